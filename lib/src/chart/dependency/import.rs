//! Values that subcharts hand up: `import-values`, and all others, since a chart's values hold those of its subcharts.

use super::DependencyError;
use crate::chart::{Chart, Dependency};
use crate::gotext::quote;
use crate::log::{Level, Log};
use crate::values::tree::{Node, Table};
use crate::values::{Cycle, Nulls, add_defaults, merge_tables, verb_v};
use goyaml::{Map, Value};

/// How large the values of all charts may become together, roughly. Helm has no such limit: it shares what is imported twice.
const MAX_SIZE: u64 = 512 << 20;

/// Completes the values of `chart` and of the charts below it, deepest first.
///
/// # Errors
/// [`DependencyError`] when the values do not fit the charts or become too large.
pub(super) fn import(chart: &mut Chart, logs: &mut Vec<Log>) -> Result<(), DependencyError> {
    Importer { logs, left: MAX_SIZE }.chart(chart)
}

struct Importer<'l> {
    logs: &'l mut Vec<Log>,
    left: u64,
}

impl Importer<'_> {
    fn chart(&mut self, chart: &mut Chart) -> Result<(), DependencyError> {
        for subchart in &mut chart.dependencies {
            self.chart(subchart)?;
        }
        if chart.metadata.dependencies.is_empty() {
            return Ok(());
        }
        let mut declared = std::mem::take(&mut chart.metadata.dependencies);
        let values = self.values(chart, &mut declared);
        chart.metadata.dependencies = declared;
        chart.values = values?;
        chart.has_values = true;
        Ok(())
    }

    /// The chart's own values, over those of its subcharts, over what is imported from them.
    fn values(&mut self, chart: &Chart, declared: &mut [Dependency]) -> Result<Map, DependencyError> {
        let values = Table::default();
        add_defaults(chart, &values, Nulls::Keep, self.logs)?;
        let imported = Table::default();
        for dependency in declared {
            self.dependency(dependency, &values, &imported)?;
        }
        for table in [&values, &imported] {
            let too_large = DependencyError::TooLarge { limit: MAX_SIZE, logs: Vec::new() };
            self.left -= table.size(self.left).ok_or(too_large)?;
        }
        // Tables that were imported are shared with the place they come from, and must not change there now.
        let values = values.deep_copy();
        // Nothing in the copy is in what was imported.
        let _ = merge_tables(&values, &imported, self.logs);
        Ok(values.to_map())
    }

    fn dependency<'a>(
        &mut self,
        dependency: &mut Dependency,
        values: &Table<'a>,
        imported: &Table<'a>,
    ) -> Result<(), DependencyError> {
        let name = dependency.name.clone();
        let imports = std::mem::take(&mut dependency.import_values);
        for import in &imports {
            let (child, parent) = match import {
                Value::Map(pair) => (side(pair, "child"), side(pair, "parent")),
                Value::String(export) => (format!("exports.{export}"), ".".to_owned()),
                _ => continue,
            };
            match values.table_at(&format!("{name}.{child}")) {
                Ok(table) => merge_tables(imported, &at_path(&parent, table), self.logs)
                    .map_err(|Cycle| DependencyError::Cycle { chart: name.clone(), logs: Vec::new() })?,
                Err(key) => self.logs.push(missing(import, &name, key)),
            }
            let pair = Map::from([("child".to_owned(), child.into()), ("parent".to_owned(), parent.into())]);
            dependency.import_values.push(pair.into());
        }
        Ok(())
    }
}

fn side(pair: &Map, side: &str) -> String {
    verb_v(pair.get(side).unwrap_or(&Value::Null))
}

/// A table in which `table` is at `path`; itself if the path is a dot.
fn at_path<'a>(path: &str, table: Table<'a>) -> Table<'a> {
    // Helm shares a table with the place it comes from only if there is something in it.
    let table = if table.is_empty() { Table::default() } else { table };
    if path == "." {
        return table;
    }
    path.split('.').rev().fold(table, |below, key| [(key.to_owned(), Node::Table(below))].into_iter().collect())
}

fn missing(import: &Value, chart: &str, key: &str) -> Log {
    let error = ("error", format!("{} is not a table", quote(key)));
    let (message, fields) = match import {
        Value::String(_) => ("ImportValues missing table", vec![error]),
        _ => ("ImportValues missing table from chart", vec![("chart", chart.to_owned()), error]),
    };
    Log { level: Level::Warn, message: message.into(), fields }
}
