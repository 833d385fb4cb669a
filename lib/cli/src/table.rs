//! Tables as Helm prints them: every cell as wide as its column, tabs between columns.

/// The table's text: a line for each row, an empty one when there is none.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..).map_while(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("\t")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_padded_to_their_columns() {
        let rows = [vec!["NAME".to_owned(), "A".to_owned()], vec!["x".to_owned(), "long".to_owned()]];
        assert_eq!(table(&rows), "NAME\tA   \nx   \tlong\n");
        assert_eq!(table(&[]), "\n");
    }
}
