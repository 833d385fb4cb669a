//! The end of a quoted scalar.

use crate::scan::simple_escape;
use memchr::{memchr, memchr2};

/// What a line of a quoted scalar is.
pub(super) enum Quoted {
    /// The quote that ends it is there.
    Ends(usize),
    /// It has no end in this line.
    GoesOn,
    /// It has an escape that is wrong or rare.
    Strange,
}

/// Reads a line of a quoted scalar, from behind the quote or from where the line begins.
pub(super) fn quoted(text: &str, quote: u8) -> Quoted {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let found = if quote == b'"' { memchr2(quote, b'\\', rest) } else { memchr(quote, rest) };
        let Some(found) = found else { return Quoted::GoesOn };
        let after = &rest[found + 1..];
        at += found;
        match (rest[found], after) {
            (b'\\', []) => return Quoted::GoesOn,
            (b'\\', _) => match escape_length(after) {
                Some(length) => at += 1 + length,
                None => return Quoted::Strange,
            },
            (b'\'', [b'\'', ..]) => at += 2,
            _ => return Quoted::Ends(at),
        }
    }
}

/// The length of an escape behind its backslash. Surrogates are refused, and so are left to the decoder.
fn escape_length(text: &[u8]) -> Option<usize> {
    let is_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match text {
        [letter, ..] if simple_escape(*letter).is_some() => Some(1),
        [b'u', digits @ ..] => {
            let digits = digits.get(..4)?;
            (is_hex(digits) && !matches!(digits[0], b'd' | b'D')).then_some(5)
        }
        _ => None,
    }
}
