//! Go's `strconv.Quote` and `QuoteRune`, which error texts use.

use std::fmt::Write;

/// `strconv.Quote`
pub(crate) fn push_go_string(out: &mut String, text: &[u8]) {
    out.push('"');
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            push_escaped(out, character, '"');
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
}

/// The first character of `bytes` as `strconv.QuoteRune` prints it, and a byte that begins none in hexadecimal.
pub(crate) fn quote_rune(bytes: &[u8]) -> String {
    let mut out = String::from("'");
    let first = &bytes[..bytes.len().min(4)];
    let chunk = first.utf8_chunks().next();
    match chunk.and_then(|chunk| chunk.valid().chars().next()) {
        Some(character) => push_escaped(&mut out, character, '\''),
        None => {
            let _ = write!(out, "\\x{:x}", first.first().copied().unwrap_or(0));
        }
    }
    out.push('\'');
    out
}

fn push_escaped(out: &mut String, character: char, quote: char) {
    match character {
        '\\' => out.push_str("\\\\"),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        _ if character == quote => out.extend(['\\', character]),
        _ if is_printable(character) => out.push(character),
        _ => push_code(out, u32::from(character)),
    }
}

fn push_code(out: &mut String, code: u32) {
    let _ = match code {
        0..0x80 => write!(out, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the blank.
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    // Rust escapes what Go does, and marks too, but these only at the start.
    let mut text = String::from("a");
    text.push(character);
    text.escape_debug().nth(1) == Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_runes_are_quoted_as_in_go() {
        let mut out = String::new();
        push_go_string(&mut out, b"a'\"\\\x07\x01\x7f\xff\xc3\xa9\xe2\x80\xa8\xcc\x81\xc2\xad\xf3\xa0\x80\x81");
        assert_eq!(out, r#""a'\"\\\a\x01\x7f\xffé\u2028́\u00ad\U000e0001""#);
        assert_eq!(
            [quote_rune(b"'"), quote_rune(b"\""), quote_rune(b"\xff"), quote_rune(b"\xc2\xa0")],
            [r"'\''", "'\"'", r"'\xff'", r"'\u00a0'"]
        );
    }
}
