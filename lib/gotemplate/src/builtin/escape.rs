//! `html`, `js` and `urlquery`.

use crate::rune::runes;
use crate::unicode::is_printable;

pub(super) fn html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'&' => out.extend(b"&amp;"),
            b'<' => out.extend(b"&lt;"),
            b'>' => out.extend(b"&gt;"),
            b'"' => out.extend(b"&#34;"),
            b'\'' => out.extend(b"&#39;"),
            0 => out.extend("\u{fffd}".as_bytes()),
            _ => out.push(byte),
        }
    }
    out
}

pub(super) fn js(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (rune, bytes) in runes(text) {
        match rune {
            Some('\\') => out.extend(b"\\\\"),
            Some('\'') => out.extend(b"\\'"),
            Some('"') => out.extend(b"\\\""),
            Some(rune @ ('<' | '>' | '&' | '=' | '\0'..' ')) => out.extend(format!("\\u{:04X}", u32::from(rune)).bytes()),
            Some(rune) if rune.is_ascii() || is_printable(rune) => out.extend(bytes),
            rune => {
                let code = u32::from(rune.unwrap_or(char::REPLACEMENT_CHARACTER));
                out.extend(if rune.is_some() { format!("\\u{code:04X}").into_bytes() } else { bytes.to_vec() });
            }
        }
    }
    out
}

pub(super) fn urlquery(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte),
            b' ' => out.push(b'+'),
            _ => out.extend(format!("%{byte:02X}").bytes()),
        }
    }
    out
}
