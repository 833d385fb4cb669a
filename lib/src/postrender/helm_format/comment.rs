//! The comments between two nodes, and to which of them they belong.

/// What stands between two nodes.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Gap<'a> {
    /// The comment at the end of the line of the first one.
    pub(super) line: Option<&'a str>,
    /// Comments on lines of their own.
    pub(super) groups: Vec<Group<'a>>,
}

/// Comments of one column without a blank line between them.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Group<'a> {
    pub(super) column: usize,
    pub(super) lines: Vec<&'a str>,
    pub(super) blank_before: bool,
    pub(super) blank_after: bool,
}

/// Reads the text between two nodes: blanks, comments, and the signs that make lists and mappings. `from_line_start` says that it
/// begins a line.
pub(super) fn gap(text: &str, from_line_start: bool) -> Gap<'_> {
    let mut gap = Gap::default();
    let mut blank = false;
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let last = lines.len() - 1;
    for (number, line) in lines.into_iter().enumerate() {
        let Some(at) = line.find('#') else {
            // The text before the second node is no line of its own.
            let is_blank = line.trim().is_empty() && number != last && (number > 0 || from_line_start);
            if is_blank && let Some(group) = gap.groups.last_mut() {
                group.blank_after = true;
            }
            blank = is_blank || (blank && line.trim().is_empty());
            continue;
        };
        let comment = &line[at..];
        if number == 0 && !from_line_start {
            gap.line = Some(comment);
            continue;
        }
        match gap.groups.last_mut().filter(|group| !group.blank_after && group.column == at) {
            Some(group) => group.lines.push(comment),
            None => gap.groups.push(Group { column: at, lines: vec![comment], blank_before: blank, blank_after: false }),
        }
        blank = false;
    }
    gap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_grouped_by_column_and_blank_lines() {
        let found = gap(": # at\n  # a\n  # b\n# c\n\n# d\n- ", false);
        let group = |column, lines: &[&'static str], blank_before, blank_after| Group {
            column,
            lines: lines.to_vec(),
            blank_before,
            blank_after,
        };
        let groups =
            vec![group(2, &["# a", "# b"], false, false), group(0, &["# c"], false, true), group(0, &["# d"], true, false)];
        assert_eq!(found, Gap { line: Some("# at"), groups });
        assert_eq!(gap("\n\n  # a\n", false).groups, [group(2, &["# a"], true, false)]);
    }
}
