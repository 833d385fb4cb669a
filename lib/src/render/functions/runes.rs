//! Text as Go's runes: decoding that survives bytes which are not UTF-8, the classes of `unicode`, and its case mappings of
//! one rune to one rune (`ß` stays `ß`).

use regex_syntax::hir::{Class, ClassUnicode, HirKind};
use std::sync::OnceLock;

/// The runes with their widths in bytes. A byte that is not UTF-8 is U+FFFD, one byte wide.
pub(super) fn runes(text: &[u8]) -> impl Iterator<Item = (char, usize)> + '_ {
    text.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars().map(|rune| (rune, rune.len_utf8()));
        valid.chain(chunk.invalid().iter().map(|_| (char::REPLACEMENT_CHARACTER, 1)))
    })
}

/// The last rune and its width in bytes.
pub(super) fn last(text: &[u8]) -> Option<(char, usize)> {
    let tails = (1..=text.len().min(4)).filter_map(|width| std::str::from_utf8(&text[text.len() - width..]).ok());
    match tails.flat_map(|tail| tail.chars().next()).next() {
        Some(rune) => Some((rune, rune.len_utf8())),
        None => (!text.is_empty()).then_some((char::REPLACEMENT_CHARACTER, 1)),
    }
}

/// The text with every rune replaced; bytes that are not UTF-8 become U+FFFD.
pub(super) fn map(text: &[u8], mut to: impl FnMut(char) -> char) -> Vec<u8> {
    let mut mapped = Vec::with_capacity(text.len());
    for (rune, _) in runes(text) {
        push(&mut mapped, to(rune));
    }
    mapped
}

/// Appends a rune as UTF-8.
pub(super) fn push(text: &mut Vec<u8>, rune: char) {
    text.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Go's `unicode.ToUpper`.
pub(super) fn upper(rune: char) -> char {
    let mut mapped = rune.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None) => upper,
        // Greek letters with an iota below: in full they become two letters, one by one the title case letter.
        _ => match rune {
            '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => offset(rune, 8),
            '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => offset(rune, 9),
            _ => rune,
        },
    }
}

/// Go's `unicode.ToLower`.
pub(super) fn lower(rune: char) -> char {
    rune.to_lowercase().next().unwrap_or(rune)
}

/// Go's `unicode.ToTitle`.
pub(super) fn title(rune: char) -> char {
    match rune {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => rune,
        _ => upper(rune),
    }
}

fn offset(rune: char, by: u32) -> char {
    char::from_u32(u32::from(rune) + by).unwrap_or(rune)
}

macro_rules! class {
    ($($(#[$doc:meta])* $name:ident, $pattern:literal;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(rune: char) -> bool {
            static CLASS: OnceLock<ClassUnicode> = OnceLock::new();
            contains(CLASS.get_or_init(|| class($pattern)), rune)
        }
    )*};
}

class! {
    /// Go's `unicode.IsUpper`, which is narrower than Rust's.
    is_upper, r"\p{Lu}";
    /// Go's `unicode.IsLower`.
    is_lower, r"\p{Ll}";
    /// Go's `unicode.IsTitle`.
    is_title, r"\p{Lt}";
    /// Go's `unicode.IsLetter`.
    is_letter, r"\p{L}";
    /// Go's `unicode.IsNumber`.
    is_number, r"\p{N}";
    /// Go's `unicode.IsPunct`.
    is_punct, r"\p{P}";
}

fn class(pattern: &str) -> ClassUnicode {
    match regex_syntax::parse(pattern).map(regex_syntax::hir::Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        _ => ClassUnicode::empty(),
    }
}

fn contains(class: &ClassUnicode, rune: char) -> bool {
    let ranges = class.ranges();
    let after = ranges.partition_point(|range| range.start() <= rune);
    after > 0 && rune <= ranges[after - 1].end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_runes_of_one_byte() {
        let found: Vec<(char, usize)> = runes(b"\xffa\xc3\xa9\xe2\x98").collect();
        let bad = ('\u{fffd}', 1);
        assert_eq!(found, [bad, ('a', 1), ('é', 2), bad, bad]);
    }

    // As Helm's `upper`, `title` and `lower` print them.
    #[test]
    fn case_is_mapped_rune_by_rune() {
        let mapped = |text: &str, to: fn(char) -> char| text.chars().map(to).collect::<String>();
        assert_eq!(mapped("ǆ ß ﬀ ŉ ა ᾳ", upper), "Ǆ ß ﬀ ŉ Ა ᾼ");
        assert_eq!(mapped("ǆ ß ﬀ ŉ ა", title), "ǅ ß ﬀ ŉ ა");
        assert_eq!(mapped("İ Σ ΑΣ", lower), "i σ ασ");
    }

    #[test]
    fn classes_are_those_of_unicode_categories() {
        assert!(is_upper('É') && !is_upper('Ⓐ') && is_title('ǅ') && is_lower('ß') && !is_lower('ª'));
        assert!(is_letter('日') && is_number('½') && is_punct('_') && !is_punct('+'));
    }
}
