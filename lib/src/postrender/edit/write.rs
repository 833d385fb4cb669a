//! Writing data as YAML, in the two styles.

use super::Data;
use std::borrow::Borrow;

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
    /// The entries of a block mapping at `column`, the first without indentation.
    pub(super) fn entries(self, entries: &[(String, Data)], column: usize) -> String {
        let mut out = String::new();
        self.write_entries(&mut out, entries, column);
        out
    }

    /// The items of a block sequence at `column`, the first without indentation.
    pub(super) fn items<D: Borrow<Data>>(self, items: &[D], column: usize) -> String {
        let mut out = String::new();
        self.write_items(&mut out, items, column);
        out
    }

    /// Any data in flow style, on one line.
    pub(super) fn flow(self, value: &Data) -> String {
        let mut out = String::new();
        self.write_flow(&mut out, value);
        out
    }

    /// `key: value` in flow style.
    pub(super) fn flow_entry(self, key: &str, value: &Data) -> String {
        let mut out = String::new();
        self.write_flow_entry(&mut out, key, value);
        out
    }

    /// What separates entries in flow style.
    pub(super) fn comma(self) -> &'static str {
        if self.json && self.colon == ":" { "," } else { ", " }
    }

    /// A line break and the indentation of the next line.
    pub(super) fn line(self, column: usize) -> String {
        const ENTRY: usize = 64;
        let mut out = String::with_capacity(column + ENTRY);
        self.write_line(&mut out, column);
        out
    }

    fn write_line(self, out: &mut String, column: usize) {
        const BLANKS: &str = "                                                                ";
        out.push_str(self.line_break);
        match BLANKS.get(..column) {
            Some(blanks) => out.push_str(blanks),
            None => out.extend(std::iter::repeat_n(' ', column)),
        }
    }

    /// `key: value` in block style; further lines are indented to `column`.
    fn write_entry(self, out: &mut String, key: &str, value: &Data, column: usize) {
        write_scalar(out, key, true);
        out.push(':');
        match value {
            Data::Map(entries) if !entries.is_empty() => {
                self.write_line(out, column + 2);
                self.write_entries(out, entries, column + 2);
            }
            Data::List(items) if !items.is_empty() => {
                self.write_line(out, column);
                self.write_items(out, items, column);
            }
            other => {
                out.push(' ');
                self.write_value(out, other, column + 2);
            }
        }
    }

    /// As [`Self::entries`], at the end of `out`.
    pub(super) fn write_entries(self, out: &mut String, entries: &[(String, Data)], column: usize) {
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                self.write_line(out, column);
            }
            self.write_entry(out, key, value, column);
        }
    }

    /// As [`Self::items`], at the end of `out`.
    pub(super) fn write_items<D: Borrow<Data>>(self, out: &mut String, items: &[D], column: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.write_line(out, column);
            }
            out.push_str("- ");
            match item.borrow() {
                Data::Map(entries) if !entries.is_empty() => self.write_entries(out, entries, column + 2),
                Data::List(items) if !items.is_empty() => self.write_items(out, items, column + 2),
                other => self.write_value(out, other, column + 2),
            }
        }
    }

    /// A scalar or an empty collection in block style; lines of a literal are indented to `column`.
    fn write_value(self, out: &mut String, value: &Data, column: usize) {
        match value {
            Data::Text(text) if is_literal(text) => {
                out.push_str(if text.ends_with('\n') { "|" } else { "|-" });
                for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                    self.write_line(out, if line.is_empty() { 0 } else { column });
                    out.push_str(line);
                }
            }
            Data::Text(text) => write_scalar(out, text, true),
            other => self.write_flow(out, other),
        }
    }

    fn write_flow(self, out: &mut String, value: &Data) {
        match value {
            Data::Raw(raw) => out.push_str(raw),
            Data::Text(text) if self.json => write_quoted(out, text),
            Data::Text(text) => write_scalar(out, text, false),
            Data::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { self.comma() } else { "" });
                    self.write_flow(out, item);
                }
                out.push(']');
            }
            Data::Map(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if index > 0 { self.comma() } else { "" });
                    self.write_flow_entry(out, key, value);
                }
                out.push('}');
            }
        }
    }

    fn write_flow_entry(self, out: &mut String, key: &str, value: &Data) {
        if self.json {
            write_quoted(out, key);
        } else {
            write_scalar(out, key, false);
        }
        // Without a blank the colon would belong to a key that is not in quotes.
        out.push_str(if self.json { self.colon } else { ": " });
        self.write_flow(out, value);
    }
}

/// A text on one line: as it is where every YAML reader takes it for a text, otherwise in quotes.
fn write_scalar(out: &mut String, text: &str, block: bool) {
    if is_plain(text, block) {
        out.push_str(text);
    } else {
        write_quoted(out, text);
    }
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
fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
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
            assert_eq!(BLOCK.flow(&text(value)), expected);
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
        assert_eq!(BLOCK.entries(&[("containers".to_owned(), Data::List(vec![container]))], 2), expected);
    }

    #[test]
    fn flow_style() {
        let data = map([("a", text("x")), ("b", Data::List(vec![Data::Raw("1".into()), text("y, z")]))]);
        assert_eq!(BLOCK.flow(&data), "{a: x, b: [1, \"y, z\"]}");
        let json = Layout { json: true, colon: ":", ..BLOCK };
        assert_eq!(json.flow(&data), "{\"a\":\"x\",\"b\":[1,\"y, z\"]}");
    }
}
