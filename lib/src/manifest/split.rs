//! Splitting rendered text into documents, at the lines that begin with `---`.

/// The non-blank documents of a text: leading white space is gone, trailing white space kept.
///
/// A separator is `---` at the start of a line with the blanks and tabs that follow; the rest of its line belongs to the
/// document, so `--- # note` leaves `# note`. What leads the text counts for nothing: its first separator may be indented.
#[must_use]
pub fn split(text: &str) -> Vec<&str> {
    let text = text.trim_start();
    let mut documents = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices("---") {
        let starts_line = at == 0 || text.as_bytes()[at - 1] == b'\n';
        if at < start || !starts_line {
            continue;
        }
        documents.push(&text[start..at]);
        let rest = &text[at + 3..];
        start = text.len() - rest.trim_start_matches([' ', '\t']).len();
    }
    documents.push(&text[start..]);
    documents.into_iter().map(str::trim_start).filter(|document| !document.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_white_space_stays_and_leading_goes() {
        assert_eq!(split("\n\n a: 1\n\n---\n \nb: 2\n  \n---\n\n"), ["a: 1\n\n", "b: 2\n  \n"]);
    }

    #[test]
    fn the_rest_of_a_separator_line_belongs_to_the_document() {
        assert_eq!(split("--- # c\na: 1\n---foo\n---- x\n"), ["# c\na: 1\n", "foo\n", "- x\n"]);
        assert_eq!(split(" \n\u{a0} ---\na: 1\n ---\n"), ["a: 1\n ---\n"]);
        assert_eq!(split("a: |\n  ---\n  x\n"), ["a: |\n  ---\n  x\n"]);
    }
}
