//! Writing data as YAML, in the two styles.

use super::Data;

/// How a piece of text is to look where it is put.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout<'a> {
    /// The line break of the document.
    pub(super) line_break: &'a str,
    /// Texts always in double quotes, as JSON wants them.
    pub(super) json: bool,
    /// `": "` or `":"`.
    pub(super) colon: &'static str,
}

impl Layout<'_> {
    /// `key: value` in block style; further lines are indented to `column`.
    pub(super) fn entry(self, key: &str, value: &Data, column: usize) -> String {
        let key = scalar(key, true);
        match value {
            Data::Map(entries) if !entries.is_empty() => {
                let inner = column + 2;
                format!("{key}:{}{}", self.line(inner), self.entries(entries, inner))
            }
            Data::List(items) if !items.is_empty() => format!("{key}:{}{}", self.line(column), self.items(items, column)),
            other => format!("{key}: {}", self.value(other, column + 2)),
        }
    }

    /// The entries of a block mapping at `column`, the first without indentation.
    pub(super) fn entries(self, entries: &[(String, Data)], column: usize) -> String {
        let entries: Vec<_> = entries.iter().map(|(key, value)| self.entry(key, value, column)).collect();
        entries.join(&self.line(column))
    }

    /// The items of a block sequence at `column`, the first without indentation.
    pub(super) fn items(self, items: &[Data], column: usize) -> String {
        let items: Vec<_> = items.iter().map(|item| self.item(item, column)).collect();
        items.join(&self.line(column))
    }

    fn item(self, item: &Data, column: usize) -> String {
        let inner = column + 2;
        match item {
            Data::Map(entries) if !entries.is_empty() => format!("- {}", self.entries(entries, inner)),
            Data::List(items) if !items.is_empty() => format!("- {}", self.items(items, inner)),
            other => format!("- {}", self.value(other, inner)),
        }
    }

    /// A scalar or an empty collection in block style; lines of a literal are indented to `column`.
    fn value(self, value: &Data, column: usize) -> String {
        match value {
            Data::Text(text) if is_literal(text) => {
                let keep = if text.ends_with('\n') { "" } else { "-" };
                let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
                let indented =
                    lines.map(|line| if line.is_empty() { self.line_break.to_owned() } else { self.line(column) + line });
                format!("|{keep}{}", indented.collect::<String>())
            }
            Data::Text(text) => scalar(text, true),
            other => self.flow(other),
        }
    }

    /// Any data in flow style, on one line.
    pub(super) fn flow(self, value: &Data) -> String {
        match value {
            Data::Raw(raw) => raw.clone(),
            Data::Text(text) if self.json => quoted(text),
            Data::Text(text) => scalar(text, false),
            Data::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.flow(item)).collect();
                format!("[{}]", items.join(self.comma()))
            }
            Data::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| self.flow_entry(key, value)).collect();
                format!("{{{}}}", entries.join(self.comma()))
            }
        }
    }

    /// `key: value` in flow style.
    pub(super) fn flow_entry(self, key: &str, value: &Data) -> String {
        let key = if self.json { quoted(key) } else { scalar(key, false) };
        // Without a blank the colon would belong to a key that is not in quotes.
        let colon = if self.json { self.colon } else { ": " };
        format!("{key}{colon}{}", self.flow(value))
    }

    /// What separates entries in flow style.
    pub(super) fn comma(self) -> &'static str {
        if self.json && self.colon == ":" { "," } else { ", " }
    }

    /// A line break and the indentation of the next line.
    pub(super) fn line(self, column: usize) -> String {
        format!("{}{}", self.line_break, " ".repeat(column))
    }
}

/// A text on one line: as it is where every YAML reader takes it for a text, otherwise in quotes.
fn scalar(text: &str, block: bool) -> String {
    if is_plain(text, block) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str, block: bool) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let colon = block && !text.ends_with(':');
    let harmless = |byte: u8| matches!(byte, b'.' | b'_' | b'/' | b'-' | b'=' | b'+' | b'@') || (byte == b':' && colon);
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || harmless(byte);
    // An option such as `--verbose` is a text, too; a single dash is not.
    let first = if text.starts_with("---") { None } else { text.trim_start_matches('-').bytes().next() };
    let begins = first.is_some_and(|first| first.is_ascii_alphabetic() || first == b'/');
    begins && text.bytes().all(inner) && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text looks best, and stays what it is, as a literal: several lines, nothing unusual at their ends or its beginning.
fn is_literal(text: &str) -> bool {
    let ordinary = |c: char| {
        c == '\n' || !(c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
    };
    let lines = || text.strip_suffix('\n').unwrap_or(text).split('\n');
    let begins = lines().next().is_some_and(|first| !first.is_empty() && !first.starts_with([' ', '\t']));
    let ends = lines().next_back().is_some_and(|last| !last.is_empty());
    let trailing = lines().any(|line| line.ends_with([' ', '\t']));
    text.contains('\n') && begins && ends && !trailing && text.chars().all(ordinary)
}

/// A text in double quotes, with the escapes that JSON and YAML share.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Layout = Layout { line_break: "\n", json: false, colon: ": " };

    fn text(text: &str) -> Data {
        Data::Text(text.to_owned())
    }

    fn map<const N: usize>(entries: [(&str, Data); N]) -> Data {
        Data::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    #[test]
    fn texts_that_look_like_something_else_are_quoted() {
        let cases = [
            ("web", "web"),
            ("app.kubernetes.io/name", "app.kubernetes.io/name"),
            ("", "\"\""),
            ("yes", "\"yes\""),
            ("1.0", "\"1.0\""),
            ("-1", "\"-1\""),
            ("--verbose", "--verbose"),
            ("-c", "-c"),
            ("---", "\"---\""),
            ("-", "\"-\""),
            ("1st", "\"1st\""),
            ("a: b", "\"a: b\""),
            ("nginx:1.2", "\"nginx:1.2\""),
            ("x\u{1}\"\\é\n", "\"x\\u0001\\\"\\\\é\\n\""),
        ];
        for (value, expected) in cases {
            assert_eq!(scalar(value, false), expected);
        }
    }

    #[test]
    fn block_style() {
        let container = map([
            ("name", text("proxy")),
            ("image", text("nginx:1.2")),
            ("args", Data::List(vec![text("--x"), Data::List(vec![text("a"), Data::Raw("1".into())])])),
            ("script", text("if x\n  then\n\nfi\n")),
            ("last", text("a\nb")),
            ("odd", text("a \nb")),
            ("none", map([])),
            ("ports", Data::List(vec![map([("port", Data::Raw("80".into())), ("name", text("http"))])])),
        ]);
        let expected = "containers:\n  - name: proxy\n    image: nginx:1.2\n    args:\n    - --x\n    - - a\n      - 1\n    script: |\n      if x\n        then\n\n      fi\n    \
                        last: |-\n      a\n      b\n    odd: \"a \\nb\"\n    none: {}\n    ports:\n    - port: 80\n      name: http";
        assert_eq!(BLOCK.entry("containers", &Data::List(vec![container]), 2), expected);
    }

    #[test]
    fn flow_style() {
        let data = map([("a", text("x")), ("b", Data::List(vec![Data::Raw("1".into()), text("y, z")]))]);
        assert_eq!(BLOCK.flow(&data), "{a: x, b: [1, \"y, z\"]}");
        let json = Layout { json: true, colon: ":", ..BLOCK };
        assert_eq!(json.flow(&data), "{\"a\":\"x\",\"b\":[1,\"y, z\"]}");
    }
}
