//! Go's string: shared bytes that are normally, but not always, UTF-8.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A string of a template. `trunc` may cut inside a rune and `b64dec` may yield anything, so it holds bytes.
///
/// Most strings of a chart are short: those up to 22 bytes need no allocation.
#[derive(Clone)]
pub struct Str(Bytes);

const SHORT: usize = 22;

#[derive(Clone)]
enum Bytes {
    Short(u8, [u8; SHORT]),
    Shared(Rc<[u8]>),
}

impl Str {
    fn new(bytes: &[u8]) -> Self {
        if bytes.len() > SHORT {
            return Self(Bytes::Shared(bytes.into()));
        }
        let mut short = [0; SHORT];
        short[..bytes.len()].copy_from_slice(bytes);
        Self(Bytes::Short(bytes.len() as u8, short))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short(len, bytes) => &bytes[..usize::from(*len)],
            Bytes::Shared(bytes) => bytes,
        }
    }

    /// The text, with every byte that is not UTF-8 replaced by U+FFFD, as Go's `range` over a string sees it.
    #[must_use]
    pub fn to_str_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// The text, if it is UTF-8.
    #[must_use]
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()).ok()
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

impl std::fmt::Debug for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.to_str_lossy())
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Str {}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

/// Lets a map keyed by [`Str`] be searched with plain bytes.
impl Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::new(text.as_bytes())
    }
}

impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes)
    }
}

impl From<Vec<u8>> for Str {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_strings_differ_in_nothing() {
        let text = "abcdefghijklmnopqrstuvwxyz";
        for len in [0, 1, SHORT - 1, SHORT, SHORT + 1, text.len()] {
            let string = Str::from(&text[..len]);
            assert_eq!((string.as_bytes(), string.len(), string.is_empty()), (&text.as_bytes()[..len], len, len == 0));
            assert_eq!(string.clone(), string);
        }
        let (short, long) = (Str::from("b"), Str::from(text));
        assert!(long < short);
        assert!(
            Str::from("a") < Str::from("a\0")
                && Str::from("a\0") < Str::from("a\0a")
                && Str::from("\u{e9}") > Str::from("z")
        );
    }
}
