//! Go's `strconv.Quote` and its relatives.

use crate::rune::{self, runes};
use crate::unicode::is_printable;
use std::fmt::Write;

/// `strconv.Quote`: in double quotes, with what does not print escaped.
#[must_use]
pub fn quoted(text: &[u8]) -> String {
    quote(text, '"', false)
}

/// `strconv.QuoteToASCII`: everything outside ASCII escaped too.
#[must_use]
pub fn quoted_ascii(text: &[u8]) -> String {
    quote(text, '"', true)
}

/// `strconv.QuoteRune`, or `QuoteRuneToASCII`.
pub(super) fn quoted_rune(rune: char, ascii: bool) -> String {
    quote(rune.encode_utf8(&mut [0; 4]).as_bytes(), '\'', ascii)
}

/// `strconv.CanBackquote`: whether the text may stand unchanged between backquotes.
pub(super) fn can_backquote(text: &[u8]) -> bool {
    runes(text).all(|(rune, _)| match rune {
        None | Some('\u{feff}' | '`' | '\u{7f}') => false,
        Some(rune) => rune >= ' ' || rune == '\t',
    })
}

fn quote(text: &[u8], mark: char, ascii: bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(mark);
    for (rune, bytes) in rune::runes(text) {
        match rune {
            Some(rune) => escape(&mut quoted, rune, mark, ascii),
            None => push(&mut quoted, format_args!("\\x{:02x}", bytes[0])),
        }
    }
    quoted.push(mark);
    quoted
}

fn escape(quoted: &mut String, rune: char, mark: char, ascii: bool) {
    match rune {
        '\\' => quoted.push_str("\\\\"),
        _ if rune == mark => quoted.extend(['\\', mark]),
        _ if rune.is_ascii() && is_printable(rune) => quoted.push(rune),
        _ if !ascii && is_printable(rune) => quoted.push(rune),
        '\u{7}' => quoted.push_str("\\a"),
        '\u{8}' => quoted.push_str("\\b"),
        '\u{c}' => quoted.push_str("\\f"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        '\t' => quoted.push_str("\\t"),
        '\u{b}' => quoted.push_str("\\v"),
        '\0'..' ' | '\u{7f}' => push(quoted, format_args!("\\x{:02x}", u32::from(rune))),
        ..='\u{ffff}' => push(quoted, format_args!("\\u{:04x}", u32::from(rune))),
        _ => push(quoted, format_args!("\\U{:08x}", u32::from(rune))),
    }
}

fn push(quoted: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = quoted.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_go_s() {
        assert_eq!(quoted(b"a\"\\\n\x00\x7f'"), r#""a\"\\\n\x00\x7f'""#);
        assert_eq!(quoted("é\u{ad}\u{e000}\u{e0001}".as_bytes()), "\"é\\u00ad\\ue000\\U000e0001\"");
        assert_eq!(quoted(b"\xff\xe2\x82"), r#""\xff\xe2\x82""#);
        assert_eq!(quoted_ascii("é😀".as_bytes()), r#""\u00e9\U0001f600""#);
        assert_eq!(quoted_rune('\'', false), r"'\''");
    }

    #[test]
    fn backquotes_hold_all_but_controls() {
        assert_eq!([&b"a\tb\"\\"[..], b"a`b", b"a\nb", b"\xff"].map(can_backquote), [true, false, false, false]);
    }
}
