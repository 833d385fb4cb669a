//! Tables that a server has made, printed as kubectl prints them: three blanks between columns, headers in capitals.

use serde_json::Value as Json;

/// The narrowest column, with the blanks after it.
const NARROWEST: usize = 6;
const PADDING: usize = 3;

/// Prints one table after the other. Each is laid out by itself, and one with the columns of the one before it has no header,
/// also where it is of another kind.
#[derive(Default)]
pub struct TablePrinter {
    columns_before: Json,
}

impl TablePrinter {
    /// The text of tables.
    pub fn print(&mut self, tables: &[Json]) -> String {
        let mut text = String::new();
        for table in tables {
            let columns = &table["columnDefinitions"];
            let mut lines = rows(table);
            if self.columns_before != *columns && !lines.is_empty() {
                lines.insert(0, shown(columns).map(|at| text_of(&columns[at]["name"]).to_uppercase()).collect());
                self.columns_before = columns.clone();
            }
            text.push_str(&layout(&lines));
        }
        text
    }
}

/// The places of the columns that are not for wide tables only.
fn shown(columns: &Json) -> impl Iterator<Item = usize> {
    let columns = columns.as_array().map(Vec::as_slice).unwrap_or_default();
    columns.iter().enumerate().filter(|(_, column)| column["priority"].as_i64().unwrap_or(0) == 0).map(|(at, _)| at)
}

fn rows(table: &Json) -> Vec<Vec<String>> {
    let rows = table["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    let cells = |row: &Json| shown(&table["columnDefinitions"]).map(|at| text_of(&row["cells"][at])).collect();
    rows.iter().map(cells).collect()
}

/// A cell on one line, without what a terminal would act upon.
fn text_of(cell: &Json) -> String {
    let text = match cell {
        Json::Null => String::new(),
        Json::String(text) => match text.find(['\u{c}', '\n', '\r']) {
            Some(end) => text[..end].to_owned() + "...",
            None => text.clone(),
        },
        other => other.to_string(),
    };
    text.replace('\u{1b}', "^[")
}

fn layout(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let longest = lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        NARROWEST.max(longest + PADDING)
    };
    let mut text = String::new();
    for line in lines {
        for (column, cell) in line.iter().enumerate() {
            if column + 1 == columns {
                text.push_str(cell);
            } else {
                text.push_str(&format!("{cell:width$}", width = width(column)));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn later_tables_have_no_header_and_widths_of_their_own() {
        let table = |name: &str, data: &str| {
            json!({
                "columnDefinitions": [{"name": "Name"}, {"name": "Data"}, {"name": "Wide", "priority": 1}, {"name": "Age"}],
                "rows": [{"cells": [name, data, "w", "5s"]}],
            })
        };
        let expected = "NAME       DATA   AGE\ngb-store   1      5s\na     1     5s\n";
        let mut printer = TablePrinter::default();
        assert_eq!(printer.print(&[table("gb-store", "1"), table("a", "1")]), expected);
        assert_eq!(printer.print(&[table("b", "2")]), "b     2     5s\n");
        assert_eq!(printer.print(&[json!({"columnDefinitions": [{"name": "Name"}], "rows": []})]), "");
    }
}
