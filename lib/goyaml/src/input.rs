//! From bytes to text: encodings, the byte order mark, and the characters that YAML refuses.
//!
//! go-yaml checks its input 512 bytes at a time, just before it scans them. An error in the characters therefore comes before
//! every error of the scanner from a little before the start of its block; [`Failure::fence`] keeps that order.

use crate::Error;
use std::borrow::Cow;

/// Checked text, and the error that awaits whoever reads to its end.
pub(crate) struct Input<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) failure: Option<Failure>,
}

/// A refused character.
#[derive(Clone)]
pub(crate) struct Failure {
    /// Where the last block before the one with the character ends.
    pub(crate) fence: usize,
    pub(crate) error: Error,
}

const BLOCK: usize = 512;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<'a> Input<'a> {
    /// Checks text that is known to be UTF-8.
    pub(crate) fn from_text(text: &'a str) -> Self {
        let failure = find_control(text).map(|at| failure(text.as_bytes(), at, CONTROL));
        Self { text: Cow::Borrowed(text), failure }
    }

    /// Checks bytes: UTF-8, or UTF-16 behind its byte order mark.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Self {
        match bytes {
            [0xff, 0xfe, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
            _ => from_utf8(bytes),
        }
    }
}

/// The length of the byte order mark at the start of `text`.
pub(crate) fn mark_length(text: &str) -> usize {
    if text.as_bytes().starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

const CONTROL: &str = "control characters are not allowed";

fn from_utf8(bytes: &[u8]) -> Input<'_> {
    let (text, broken) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(valid).unwrap_or_default(), Some((valid.len(), broken_sequence(rest))))
        }
    };
    match (find_control(text), broken) {
        (Some(at), _) => Input { text: Cow::Borrowed(text), failure: Some(failure(bytes, at, CONTROL)) },
        (None, Some((at, problem))) => Input { text: Cow::Borrowed(text), failure: Some(failure(bytes, at, problem)) },
        (None, None) => Input { text: Cow::Borrowed(text), failure: None },
    }
}

fn failure(bytes: &[u8], at: usize, problem: &str) -> Failure {
    let mut fence = 0;
    loop {
        let end = complete_end(bytes, fence + BLOCK);
        if at < end || end >= bytes.len() || end == fence {
            return Failure { fence, error: Error::yaml(0, problem, at) };
        }
        fence = end;
    }
}

/// The last boundary between characters that is not after `end`.
fn complete_end(bytes: &[u8], end: usize) -> usize {
    if end >= bytes.len() {
        return bytes.len();
    }
    let lead = (end.saturating_sub(3)..end).rev().find(|&at| !is_continuation(bytes[at]));
    match lead {
        Some(at) if at + width(bytes[at]) > end => at,
        _ => end,
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

fn width(lead: u8) -> usize {
    match lead {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    }
}

/// What go-yaml says of a sequence that is not UTF-8.
fn broken_sequence(rest: &[u8]) -> &'static str {
    let Some(&lead) = rest.first() else { return CONTROL };
    if is_continuation(lead) || lead >= 0xf8 {
        return "invalid leading UTF-8 octet";
    }
    let width = width(lead);
    let Some(sequence) = rest.get(..width) else { return "incomplete UTF-8 octet sequence" };
    if !sequence[1..].iter().copied().all(is_continuation) {
        return "invalid trailing UTF-8 octet";
    }
    let value =
        sequence[1..].iter().fold(u32::from(lead) & (0x7f >> width), |value, &byte| value << 6 | u32::from(byte & 0x3f));
    let least = [0, 0, 0x80, 0x800, 0x1_0000][width];
    if value < least { "invalid length of a UTF-8 sequence" } else { "invalid Unicode character" }
}

/// Byte offset of the first character that YAML does not allow.
pub(crate) fn find_control(text: &str) -> Option<usize> {
    const STEP: usize = 32;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        while bytes.get(at..at + STEP).is_some_and(|block| !block.iter().fold(false, |any, &byte| any | is_suspect(byte))) {
            at += STEP;
        }
        let end = bytes.len().min(at + STEP);
        while at < end {
            let character = if is_suspect(bytes[at]) { text[at..].chars().next()? } else { ' ' };
            if !is_allowed(character) {
                return Some(at);
            }
            at += character.len_utf8();
        }
    }
    None
}

/// Whether a byte needs a closer look: it is not printable ASCII or a line feed.
fn is_suspect(byte: u8) -> bool {
    !(b' '..=b'~').contains(&byte) && byte != b'\n'
}

fn is_allowed(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' => true,
        '\0'..'\u{a0}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Input<'static> {
    let mut text = String::with_capacity(bytes.len());
    let (units, odd) = bytes.as_chunks::<2>();
    let mut problem = (!odd.is_empty()).then_some("incomplete UTF-16 character");
    for decoded in char::decode_utf16(units.iter().map(|&pair| unit(pair))) {
        match decoded {
            Ok(character) if is_allowed(character) => text.push(character),
            Ok(_) => problem = Some(CONTROL),
            Err(lone) if lone.unpaired_surrogate() >= 0xdc00 => problem = Some("unexpected low surrogate area"),
            Err(_) => problem = Some("expected low surrogate area"),
        }
        if problem.is_some() && odd.is_empty() {
            break;
        }
    }
    let failure = problem.map(|problem| Failure { fence: 0, error: Error::yaml(0, problem, 0) });
    Input { text: Cow::Owned(text), failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(bytes: &[u8]) -> Option<(usize, String)> {
        Input::from_bytes(bytes).failure.map(|failure| (failure.fence, failure.error.to_string()))
    }

    #[test]
    fn bytes_that_are_not_utf8_are_named_as_go_names_them() {
        let cases: [(&[u8], &str); 8] = [
            (b"a: \xff", "invalid leading UTF-8 octet"),
            (b"a: \x80", "invalid leading UTF-8 octet"),
            (b"a: \xc3", "incomplete UTF-8 octet sequence"),
            (b"a: \xc3(", "invalid trailing UTF-8 octet"),
            (b"a: \xc0\x80", "invalid length of a UTF-8 sequence"),
            (b"a: \xed\xa0\x80", "invalid Unicode character"),
            (b"a: \xf5\x80\x80\x80", "invalid Unicode character"),
            (b"a: \x7f", "control characters are not allowed"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(problem(bytes), Some((0, format!("yaml: {expected}"))));
        }
        assert_eq!(problem("\u{85}\u{a0}\u{feff}\u{fffd}\u{10ffff}\t\r\n".as_bytes()), None);
    }

    #[test]
    fn the_fence_stands_at_the_start_of_the_block_with_the_error() {
        let text = "é".repeat(400) + "\u{1}";
        assert_eq!(problem(text.as_bytes()).map(|found| found.0), Some(512));
        let text = "x".to_owned() + &text;
        assert_eq!(problem(text.as_bytes()).map(|found| found.0), Some(511));
    }

    #[test]
    fn utf16_is_read_behind_its_mark() {
        assert_eq!(Input::from_bytes(b"\xff\xfea\0:\0 \x001\0").text, "a: 1");
        assert_eq!(Input::from_bytes(b"\xfe\xff\0a").text, "a");
        assert_eq!(problem(b"\xfe\xff\0"), Some((0, "yaml: incomplete UTF-16 character".into())));
    }
}
