//! Names of releases: what Helm accepts.

/// Longer names do not leave room for what charts append to them.
const MAX_LENGTH: usize = 53;

const PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/// Why a name is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NameError {
    /// It is empty.
    #[error("no name provided")]
    Missing,
    /// It is no DNS name or too long.
    #[error("invalid release name, must match regex {PATTERN} and the length must not be longer than {MAX_LENGTH}")]
    Invalid,
}

/// Checks a release's name.
///
/// # Errors
/// [`NameError`]; each command puts words of its own before it.
pub fn check(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Missing);
    }
    let is_valid = name.len() <= MAX_LENGTH && name.split('.').all(is_label);
    if is_valid { Ok(()) } else { Err(NameError::Invalid) }
}

/// Lower-case letters, digits and, between them, dashes.
fn is_label(label: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let (first, last) = (label.bytes().next(), label.bytes().last());
    first.is_some_and(plain) && last.is_some_and(plain) && label.bytes().all(|c| plain(c) || c == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_names_of_53_characters() {
        for name in ["a", "a-b.c1", "0", &"a".repeat(53)] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for name in ["A", "a-", "-a", "a..b", "a.", "a_b", "ä", "a\n", &"a".repeat(54)] {
            assert_eq!(check(name), Err(NameError::Invalid), "{name}");
        }
        assert_eq!(check(""), Err(NameError::Missing));
    }
}
