//! What a scalar says: its text without quotes, escapes and indentation.

use super::{Kind, NodeId, Style, Tree};
use std::borrow::Cow;

impl Tree<'_> {
    /// The text of a scalar or of what an alias stands for; `None` for collections. That of a number is as written.
    #[must_use]
    pub fn scalar(&self, id: NodeId) -> Option<Cow<'_, str>> {
        let id = self.resolve(id);
        if self.kind(id) != Kind::Scalar {
            return None;
        }
        if let Some(value) = self.values.get(&id) {
            return Some(Cow::Borrowed(value));
        }
        let raw = &self.text[self.span(id)];
        Some(match self.style(id) {
            Style::Single => unquote(raw, "''", |_| ("'".to_owned(), 2)),
            Style::Double => unquote(raw, "\\", unescape),
            Style::Literal => Cow::Owned(literal(raw)),
            Style::Folded => Cow::Owned(fold(&literal(raw))),
            Style::Plain | Style::Block | Style::Flow => Cow::Borrowed(raw),
        })
    }
}

/// The inside of a quoted text, with what `replace` makes of each `mark` and what follows it.
fn unquote<'a>(raw: &'a str, mark: &str, replace: impl Fn(&str) -> (String, usize)) -> Cow<'a, str> {
    let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if !inside.contains(mark) {
        return Cow::Borrowed(inside);
    }
    let (mut text, mut rest) = (String::with_capacity(inside.len()), inside);
    while let Some(at) = rest.find(mark) {
        let (replacement, length) = replace(&rest[at..]);
        text.push_str(&rest[..at]);
        text.push_str(&replacement);
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// An escape of a text in double quotes, which the fast reader has found to be one: what it stands for, and its length.
fn unescape(text: &str) -> (String, usize) {
    let kind = text.as_bytes().get(1).copied().unwrap_or(b'\\');
    let hex = |digits: usize| {
        let code = text.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        (code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER).to_string(), 2 + digits)
    };
    let one = match kind {
        b'x' => return hex(2),
        b'u' => return surrogates(text).unwrap_or_else(|| hex(4)),
        b'U' => return hex(8),
        b'0' => "\0",
        b'a' => "\x07",
        b'b' => "\x08",
        b't' => "\t",
        b'n' => "\n",
        b'v' => "\x0b",
        b'f' => "\x0c",
        b'r' => "\r",
        b'e' => "\x1b",
        b'N' => "\u{85}",
        b'_' => "\u{a0}",
        b'L' => "\u{2028}",
        b'P' => "\u{2029}",
        _ => &text[1..2],
    };
    (one.to_owned(), 2)
}

/// Two escapes of JSON that stand for one character.
fn surrogates(text: &str) -> Option<(String, usize)> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..)?.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let pair = [unit(0)?, unit(6)?];
    let character = char::decode_utf16(pair).next()?.ok().filter(|character| character.len_utf16() == 2)?;
    Some((character.to_string(), 12))
}

/// A block scalar's lines without indentation, its end as its header wants it.
fn literal(raw: &str) -> String {
    let (header, body) = raw.split_once('\n').unwrap_or((raw, ""));
    let indicator = header.as_bytes().get(1);
    let first = body.lines().find(|line| !line.trim_matches([' ', '\r']).is_empty());
    let indent = first.map_or(usize::MAX, |line| line.len() - line.trim_start_matches(' ').len());
    let mut text = String::with_capacity(body.len());
    for line in body.split_inclusive('\n') {
        let line = line.strip_suffix("\r\n").map_or(Cow::Borrowed(line), |line| Cow::Owned(format!("{line}\n")));
        match line.get(indent..) {
            Some(content) if !line[..indent].contains('\n') => text.push_str(content),
            _ if line.ends_with('\n') => text.push('\n'),
            _ => {}
        }
    }
    match indicator {
        Some(b'+') => text,
        Some(b'-') => text.trim_end_matches('\n').to_owned(),
        _ => {
            let content = text.trim_end_matches('\n').len();
            text.truncate((content + 1).min(text.len()));
            if content == 0 { String::new() } else { text }
        }
    }
}

/// Folds lines: a single line break between two lines that are not indented more becomes a blank.
fn fold(text: &str) -> String {
    let content = text.trim_end_matches('\n');
    let mut folded = String::with_capacity(text.len());
    let (mut breaks, mut before_is_more) = (0, true);
    for line in content.split('\n') {
        if line.is_empty() {
            breaks += 1;
            continue;
        }
        let more = line.starts_with([' ', '\t']);
        let begins = folded.is_empty();
        match (begins, before_is_more || more) {
            (true, _) => folded.push_str(&"\n".repeat(breaks)),
            (false, true) => folded.push_str(&"\n".repeat(breaks + 1)),
            (false, false) if breaks == 0 => folded.push(' '),
            (false, false) => folded.push_str(&"\n".repeat(breaks)),
        }
        folded.push_str(line);
        (breaks, before_is_more) = (0, more);
    }
    folded.push_str(&text[content.len()..]);
    folded
}
