//! Tables as Helm prints them: every cell as wide as its column, tabs between columns.

/// The table's text: a line for each row, an empty one when there is none. A cell may have several lines; when all of them
/// together are longer than its column, it is cut off, as by Helm.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> String {
    let cell_width = |cell: &String| cell.split('\n').map(width).max().unwrap_or(0);
    let column_width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(cell_width).max();
    let widths: Vec<usize> = (0..).map_while(column_width).collect();
    rows.iter().map(|row| text_of(row, &widths)).collect::<Vec<_>>().join("\n") + "\n"
}

/// A table whose columns are no wider than `limit`; 0 is no limit.
#[must_use]
pub fn narrow_table(rows: &[Vec<String>], limit: usize) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let cut: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cut(cell, limit)).collect()).collect();
    table(&cut)
}

/// Colours take no place.
fn width(text: &str) -> usize {
    let mut is_color = false;
    let is_seen = |c: &char| {
        let was_color = is_color;
        is_color = (was_color && *c != 'm') || *c == '\u{1b}';
        !was_color && !c.is_control()
    };
    text.chars().filter(is_seen).count()
}

/// As many lines as the longest cell has.
fn text_of(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| cut(cell, *width)).collect();
    let height = cells.iter().map(|cell| cell.split('\n').count()).max().unwrap_or(1);
    let line = |at: usize| {
        let part = |cell: &'_ String, limit: usize| {
            let text = cell.split('\n').nth(at).unwrap_or_default();
            format!("{text}{}", " ".repeat(limit.saturating_sub(width(text))))
        };
        cells.iter().zip(widths).map(|(cell, width)| part(cell, *width)).collect::<Vec<_>>().join("\t")
    };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

fn cut(cell: &str, limit: usize) -> String {
    if width(cell) <= limit {
        return cell.to_owned();
    }
    let mut left = limit.saturating_sub(ELLIPSIS.len());
    let mut kept = String::new();
    for c in cell.chars() {
        if !c.is_control() {
            match left.checked_sub(1) {
                Some(rest) => left = rest,
                None => break,
            }
        }
        kept.push(c);
    }
    kept + ELLIPSIS
}

const ELLIPSIS: &str = "...";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_padded_to_their_columns() {
        let rows = [vec!["NAME".to_owned(), "A".to_owned()], vec!["x".to_owned(), "long".to_owned()]];
        assert_eq!(table(&rows), "NAME\tA   \nx   \tlong\n");
        assert_eq!(table(&[]), "\n");
    }

    #[test]
    fn cells_of_several_lines_are_cut_as_by_helm() {
        let cases = [
            ("one\ntwo", "1\tone        \n \ttwo        \n"),
            ("b\nlonger than all", "1\tb              \n \tlonger than... \n"),
            ("longer than all\nb", "1\tlonger than ...\n"),
            ("x\n", "1\tx          \n \t           \n"),
        ];
        for (text, expected) in cases {
            let rows = [vec!["R".to_owned(), "DESCRIPTION".to_owned()], vec!["1".to_owned(), text.to_owned()]];
            let table = table(&rows);
            let (_, rows) = table.split_once('\n').expect("a header");
            assert_eq!(rows, expected, "{text:?}");
        }
    }
}
