//! Bytes that are almost always UTF-8.

use std::borrow::Cow;

/// The text, with U+FFFD for every byte that is not part of UTF-8, as Go decodes strings. (Rust's own function makes one
/// U+FFFD of several bytes.)
pub(crate) fn to_valid(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::to_valid;

    #[test]
    fn each_bad_byte_is_replaced_by_itself() {
        assert_eq!(to_valid(b"a\xe2\x80b\xff\xc3"), "a\u{fffd}\u{fffd}b\u{fffd}\u{fffd}");
    }
}
