//! Runes of texts that need not be UTF-8.

use super::error::{Cause, Error};
use std::borrow::Cow;

/// The first rune and the rest. At the end it is U+FFFD and nothing, which no syntax asks for.
///
/// # Errors
/// When the text does not begin with UTF-8.
pub(super) fn next_rune(text: &[u8]) -> Result<(char, &[u8]), Error> {
    if text.is_empty() {
        return Ok((char::REPLACEMENT_CHARACTER, text));
    }
    let rune = first_rune(text).ok_or_else(|| Error::new(Cause::InvalidUtf8, text))?;
    Ok((rune, &text[rune.len_utf8()..]))
}

/// The first rune, unless there is none or it is not UTF-8.
fn first_rune(text: &[u8]) -> Option<char> {
    let head = &text[..text.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
    };
    valid.chars().next()
}

/// Checks that all of the text is UTF-8.
///
/// # Errors
/// When it is not, with the rest from there on.
pub(super) fn check_utf8(text: &[u8]) -> Result<(), Error> {
    std::str::from_utf8(text).map(drop).map_err(|error| Error::new(Cause::InvalidUtf8, &text[error.valid_up_to()..]))
}

/// A text in which every byte that is not UTF-8 stands as U+FFFD, as Go's matcher sees it, and the way back.
#[derive(Debug)]
pub(crate) struct Haystack<'a> {
    /// What is searched.
    pub text: Cow<'a, str>,
    /// Where the replaced bytes begin in `text`.
    replaced: Vec<usize>,
}

impl<'a> Haystack<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self { text: Cow::Borrowed(text), replaced: Vec::new() };
        }
        let (mut text, mut replaced, mut rest) = (String::with_capacity(bytes.len()), Vec::new(), bytes);
        while let Err(error) = std::str::from_utf8(rest) {
            text.push_str(&String::from_utf8_lossy(&rest[..error.valid_up_to()]));
            replaced.push(text.len());
            text.push(char::REPLACEMENT_CHARACTER);
            rest = &rest[error.valid_up_to() + 1..];
        }
        text.push_str(&String::from_utf8_lossy(rest));
        Self { text: Cow::Owned(text), replaced }
    }

    /// Where in the bytes a place of the text is.
    pub(crate) fn original(&self, at: usize) -> usize {
        let before = self.replaced.partition_point(|&start| start < at);
        at - before * (char::REPLACEMENT_CHARACTER.len_utf8() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again() {
        let haystack = Haystack::new(b"a\xff\xc3\xa9\xe2\x82b");
        assert_eq!(haystack.text, "a\u{fffd}\u{e9}\u{fffd}\u{fffd}b");
        let places: Vec<usize> = haystack.text.char_indices().map(|(at, _)| haystack.original(at)).collect();
        assert_eq!((places, haystack.original(haystack.text.len())), (vec![0, 1, 2, 4, 5, 6], 7));
    }

    #[test]
    fn runes_end_where_utf_8_ends() {
        assert_eq!(next_rune("é!".as_bytes()), Ok(('é', b"!".as_slice())));
        assert_eq!(next_rune(b""), Ok(('\u{fffd}', b"".as_slice())));
        assert_eq!(next_rune(b"\xe2\x82"), Err(Error::new(Cause::InvalidUtf8, b"\xe2\x82")));
    }
}
