//! Strings and characters as Go writes them.

use crate::rune::decode;
use memchr::memchr;
use std::borrow::Cow;

/// The bytes of a string in double or back quotes; `None` if an escape is malformed.
pub(crate) fn unquote(literal: &[u8]) -> Option<Cow<'_, [u8]>> {
    let body = &literal[1..literal.len() - 1];
    if literal[0] == b'`' {
        let has_returns = memchr(b'\r', body).is_some();
        let without = || body.iter().copied().filter(|&byte| byte != b'\r').collect();
        return Some(if has_returns { Cow::Owned(without()) } else { Cow::Borrowed(body) });
    }
    if memchr(b'\\', body).is_none() && std::str::from_utf8(body).is_ok() {
        return Some(Cow::Borrowed(body));
    }
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while !rest.is_empty() {
        let (unit, tail) = unquote_char(rest, b'"')?;
        match unit {
            Unit::Byte(byte) => bytes.push(byte),
            Unit::Rune(rune) => bytes.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = tail;
    }
    Some(Cow::Owned(bytes))
}

/// What one character or escape stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unit {
    Byte(u8),
    Rune(char),
}

/// Reads one character or escape, and returns what follows it.
pub(super) fn unquote_char(text: &[u8], quote: u8) -> Option<(Unit, &[u8])> {
    match text {
        [] => None,
        [byte, ..] if *byte == quote => None,
        [b'\\', escape, rest @ ..] => unescape(*escape, rest, quote),
        [b'\\'] => None,
        _ => {
            // A byte that is not UTF-8 becomes U+FFFD.
            let (rune, width) = decode(text);
            Some((Unit::Rune(rune.unwrap_or(char::REPLACEMENT_CHARACTER)), &text[width..]))
        }
    }
}

fn unescape(escape: u8, rest: &[u8], quote: u8) -> Option<(Unit, &[u8])> {
    let byte = match escape {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        b'\'' | b'"' if escape == quote => escape,
        b'x' => {
            let (value, rest) = digits(rest, 2, 16)?;
            return Some((Unit::Byte(u8::try_from(value).ok()?), rest));
        }
        b'u' => return rune(digits(rest, 4, 16)?),
        b'U' => return rune(digits(rest, 8, 16)?),
        b'0'..=b'7' => {
            let (low, rest) = digits(rest, 2, 8)?;
            let value = u32::from(escape - b'0') * 64 + low;
            return Some((Unit::Byte(u8::try_from(value).ok()?), rest));
        }
        _ => return None,
    };
    Some((Unit::Byte(byte), rest))
}

fn rune((value, rest): (u32, &[u8])) -> Option<(Unit, &[u8])> {
    Some((Unit::Rune(char::from_u32(value)?), rest))
}

fn digits(text: &[u8], count: usize, base: u32) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(count)?;
    let mut value = 0u32;
    for &digit in digits {
        value = value.checked_mul(base)?.checked_add(char::from(digit).to_digit(base)?)?;
    }
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(literal: &[u8]) -> Option<Vec<u8>> {
        unquote(literal).map(Cow::into_owned)
    }

    #[test]
    fn escapes() {
        assert_eq!(text(br#""a\n\x41\101\u00e9\U0001f600\"""#), Some("a\nAAé😀\"".into()));
        assert_eq!(text(b"\"\\xff\""), Some(vec![0xff]));
        assert_eq!(text(b"\"\xff\""), Some("\u{fffd}".into()));
        assert_eq!(text(b"`a\r\n\\n`"), Some(b"a\n\\n".to_vec()));
    }

    #[test]
    fn malformed_escapes() {
        for literal in [&br#""\q""#[..], br#""\'""#, br#""\x4""#, br#""\777""#, br#""\ud800""#, br#""\U00110000""#] {
            assert_eq!(text(literal), None);
        }
    }
}
