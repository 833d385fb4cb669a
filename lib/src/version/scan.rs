//! The shape that versions and the versions of constraints share: `v1.2.3-rc.1+build`, most of it optional.

/// The pieces of a version as they stand in the text.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Parts<'a> {
    pub major: &'a str,
    pub minor: Option<&'a str>,
    pub patch: Option<&'a str>,
    /// Without the `-`; empty when there is none.
    pub prerelease: &'a str,
    /// Without the `+`; empty when there is none.
    pub metadata: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes the longest version at the start of `text`; what may stand for a digit is the caller's. Returns the rest too.
    pub(super) fn scan(text: &'a str, is_digit: fn(u8) -> bool) -> Option<(Self, &'a str)> {
        let (major, rest) = take(text.strip_prefix('v').unwrap_or(text), is_digit)?;
        let (minor, rest) = take_segment(rest, is_digit);
        let (patch, rest) = take_segment(rest, is_digit);
        let (prerelease, rest) = take_identifiers(rest, '-');
        let (metadata, rest) = take_identifiers(rest, '+');
        Some((Self { major, minor, patch, prerelease, metadata }, rest))
    }
}

/// A letter, a digit or a hyphen.
pub(super) fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn take(text: &str, accept: fn(u8) -> bool) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !accept(byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn take_segment(text: &str, is_digit: fn(u8) -> bool) -> (Option<&str>, &str) {
    match text.strip_prefix('.').and_then(|rest| take(rest, is_digit)) {
        Some((segment, rest)) => (Some(segment), rest),
        None => (None, text),
    }
}

/// `mark`, then identifiers with dots between them.
fn take_identifiers(text: &str, mark: char) -> (&str, &str) {
    let Some((first, mut rest)) = text.strip_prefix(mark).and_then(|rest| take(rest, is_identifier)) else {
        return ("", text);
    };
    let mut len = first.len();
    while let Some((next, after)) = rest.strip_prefix('.').and_then(|rest| take(rest, is_identifier)) {
        len += 1 + next.len();
        rest = after;
    }
    (&text[1..=len], rest)
}
