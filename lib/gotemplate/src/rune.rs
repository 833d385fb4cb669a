//! Go's view of text: runes decoded one by one from bytes that may not be UTF-8.

/// The first rune of `bytes`, which must not be empty, and its width. A byte that begins no rune is `None`, one byte wide.
pub(crate) fn decode(bytes: &[u8]) -> (Option<char>, usize) {
    let width = match bytes[0] {
        first @ ..0x80 => return (Some(char::from(first)), 1),
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return (None, 1),
    };
    let rune = bytes.get(..width).and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(|text| text.chars().next());
    (rune, if rune.is_some() { width } else { 1 })
}

/// Every rune with its bytes.
pub(crate) fn runes(mut bytes: &[u8]) -> impl Iterator<Item = (Option<char>, &[u8])> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let (rune, width) = decode(bytes);
        let (head, tail) = bytes.split_at(width);
        bytes = tail;
        Some((rune, head))
    })
}

/// The number of runes.
pub(crate) fn count(bytes: &[u8]) -> usize {
    if bytes.is_ascii() { bytes.len() } else { runes(bytes).count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_bytes_are_runes_of_their_own() {
        let all: Vec<_> = runes(b"a\xc3\xa9\xff\xe2\x82").map(|(rune, bytes)| (rune, bytes.len())).collect();
        assert_eq!(all, [(Some('a'), 1), (Some('é'), 2), (None, 1), (None, 1), (None, 1)]);
        assert_eq!((count(b"ab"), count("é€".as_bytes()), count(b"\xed\xa0\x80")), (2, 2, 3));
    }
}
