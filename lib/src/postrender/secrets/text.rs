//! Assignments within texts: configuration files, scripts, arguments, JSON.

use super::words::{Name, classify, is_literal, is_reference, looks_like_key};
use std::ops::Range;

/// How many assignments of one text are looked at.
const MOST: usize = 10_000;

/// The places of credentials that a text assigns to a name: `password = x`, `"token": "x"`, `--api-key=x`, `<secret>x</secret>`.
pub(super) fn assignments(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let signs = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':' | b'>')).map(|(at, _)| at);
    for at in signs.take(MOST) {
        let Some(name) = name_before(text, at) else { continue };
        let Some(kind) = classify(name) else { continue };
        let Some(value) = value_after(text, at) else { continue };
        // Of `:=` both signs lead here.
        let again = found.last() == Some(&value);
        if !again && is_credential(kind, &text[value.clone()], quoted(text, &value)) {
            found.push(value);
        }
    }
    found
}

/// The identifier right before an assignment's sign, perhaps in quotes.
fn name_before(text: &str, at: usize) -> Option<&str> {
    let xml = text.as_bytes()[at] == b'>';
    let before = text[..at].trim_end_matches([' ', '\t', ':', '"', '\'', '\\']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let start = before.trim_end_matches(is_part).len();
    // A dot or dash in front belongs to a path or an option.
    let name = before[start..].trim_start_matches(['-', '.']);
    let opened = before[..start].ends_with('<');
    (!name.is_empty() && name.len() <= 80 && opened == xml).then_some(name)
}

/// The value behind an assignment's sign, without quotes.
fn value_after(text: &str, at: usize) -> Option<Range<usize>> {
    let mut start = at + 1;
    let rest = &text[start..];
    start += rest.len() - rest.trim_start_matches(['=', '>', ' ', '\t']).len();
    let bytes = text.as_bytes();
    let escaped = bytes.get(start) == Some(&b'\\');
    start += usize::from(escaped);
    let quote = bytes.get(start).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    start += usize::from(quote.is_some());
    let ends = |c: char| match quote {
        Some(quote) => c == char::from(quote) || c == '\n' || (escaped && c == '\\'),
        None => c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '<' | '`' | '&' | '|' | '\\'),
    };
    let length = text[start..].find(ends).unwrap_or(text.len() - start);
    let value = start..start + length;
    (3..=500).contains(&length).then_some(value)
}

fn quoted(text: &str, value: &Range<usize>) -> bool {
    text[..value.start].ends_with(['"', '\''])
}

fn is_credential(kind: Name, value: &str, quoted: bool) -> bool {
    let code = !quoted && (value.contains(['(', ')', '[', ']', '{', '}', '+']) || value.starts_with('\\'));
    let reference =
        !quoted && value.contains('.') && value.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '.' | '_'));
    let prose = value.chars().filter(|c| c.is_whitespace()).count() > 1;
    if code || reference || prose || !is_literal(value) || is_reference(value) || value.contains(['*', '$', '%']) {
        return false;
    }
    match kind {
        Name::Password => !value.bytes().all(|byte| byte.is_ascii_punctuation()),
        Name::Key => looks_like_key(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        assignments(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn assignments_of_many_languages() {
        let cases = [
            ("password = hunter2\nx = y", "hunter2"),
            ("[db]\nuser: a\nDB_PASSWORD: 'hunter 2'\n", "hunter 2"),
            ("{\"password\": \"hunter2\", \"a\": 1}", "hunter2"),
            ("--db-password=hunter2", "hunter2"),
            ("export PGPASSWORD=hunter2; psql", "hunter2"),
            ("<password>hunter2</password>", "hunter2"),
            ("api_token: \"a8f5f167f44f4964e6c998dee827110c\"", "a8f5f167f44f4964e6c998dee827110c"),
            ("say \\\"password\\\": \\\"hunter2\\\"", "hunter2"),
            ("password := \"hunter2\"", "hunter2"),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        let cases = [
            "password = $DB_PASSWORD",
            "password = ${DB:-x}",
            "password = os.environ.get(\"X\")",
            "password = config.password",
            "password: admin-password",
            "passwordFile: /etc/x",
            "password: \"\"",
            "token: my-release-token",
            "if password == null",
            "# the password: it is needed for",
            "password=%s",
            "grep -oP '^password=\\K.+' $1",
            "password=\"a-placeholder\"",
        ];
        for text in cases {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
