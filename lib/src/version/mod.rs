//! Versions and version constraints as Helm's semver library reads them: loosely.
//!
//! `v1.2` is a version (`1.2.0`), and so is `01.2.3`. What a constraint such as `>=1.20-0 <2` accepts is in [`Constraint`].

mod constraint;
mod scan;

pub use constraint::{Constraint, ConstraintError};

use scan::Parts;
use std::cmp::Ordering;
use std::fmt;

/// The longest text that is read as a version.
const MAX_LEN: usize = 256;

/// A version. Two versions compare by precedence with [`Version::precedence`], which ignores the metadata.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number, 0 when it was left out.
    pub minor: u64,
    /// The third number, 0 when it was left out.
    pub patch: u64,
    /// What follows the `-`.
    pub prerelease: String,
    /// What follows the `+`.
    pub metadata: String,
    /// The text that was read.
    pub original: String,
}

/// A text that is no version.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VersionError {
    /// It has another shape.
    #[error("invalid semantic version")]
    Invalid,
    /// It is too long.
    #[error("version string is too long (max {MAX_LEN} bytes)")]
    TooLong,
    /// A number of the prerelease begins with 0.
    #[error("version segment starts with 0")]
    LeadingZero,
    /// A number does not fit into 64 bits.
    #[error("error parsing version segment: strconv.ParseUint: parsing \"{0}\": value out of range")]
    OutOfRange(String),
    /// A prerelease of other characters than letters, digits and hyphens, or with an empty part.
    #[error("invalid prerelease string")]
    InvalidPrerelease,
    /// Metadata of other characters than letters, digits and hyphens, or with an empty part.
    #[error("invalid metadata string")]
    InvalidMetadata,
}

impl Version {
    /// Reads a version: an optional `v`, one to three numbers, a prerelease, metadata.
    ///
    /// # Errors
    /// [`VersionError`] when it is none.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        if text.len() > MAX_LEN {
            return Err(VersionError::TooLong);
        }
        let (parts, rest) = Parts::scan(text, |byte| byte.is_ascii_digit()).ok_or(VersionError::Invalid)?;
        if !rest.is_empty() {
            return Err(VersionError::Invalid);
        }
        let version = Self {
            major: number(parts.major)?,
            minor: number(parts.minor.unwrap_or("0"))?,
            patch: number(parts.patch.unwrap_or("0"))?,
            prerelease: parts.prerelease.to_owned(),
            metadata: parts.metadata.to_owned(),
            original: text.to_owned(),
        };
        check_prerelease(&version.prerelease)?;
        Ok(version)
    }

    /// Which of two versions is the newer one; metadata does not count, and a prerelease comes before its release.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        let numbers = |version: &Self| (version.major, version.minor, version.patch);
        let by_numbers = numbers(self).cmp(&numbers(other));
        by_numbers.then_with(|| match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
        })
    }

    /// The next patch version; of a prerelease, its release. `None` when the number is the greatest there is.
    #[must_use]
    pub fn next_patch(&self) -> Option<Self> {
        let step = u64::from(self.prerelease.is_empty());
        Some(self.with_numbers(self.major, self.minor, self.patch.checked_add(step)?))
    }

    /// The next minor version. `None` when the number is the greatest there is.
    #[must_use]
    pub fn next_minor(&self) -> Option<Self> {
        Some(self.with_numbers(self.major, self.minor.checked_add(1)?, 0))
    }

    /// The next major version. `None` when the number is the greatest there is.
    #[must_use]
    pub fn next_major(&self) -> Option<Self> {
        Some(self.with_numbers(self.major.checked_add(1)?, 0, 0))
    }

    /// The same version with another prerelease, or none if that is empty.
    ///
    /// # Errors
    /// [`VersionError`] when it is no prerelease.
    pub fn with_prerelease(&self, prerelease: &str) -> Result<Self, VersionError> {
        if !prerelease.is_empty() {
            check_parts(prerelease).ok_or(VersionError::InvalidPrerelease)?;
            check_prerelease(prerelease)?;
        }
        Ok(Self { prerelease: prerelease.to_owned(), ..self.clone() }.renamed(self))
    }

    /// The same version with other metadata, or none if that is empty.
    ///
    /// # Errors
    /// [`VersionError`] when it is no metadata.
    pub fn with_metadata(&self, metadata: &str) -> Result<Self, VersionError> {
        if !metadata.is_empty() {
            check_parts(metadata).ok_or(VersionError::InvalidMetadata)?;
        }
        Ok(Self { metadata: metadata.to_owned(), ..self.clone() }.renamed(self))
    }

    fn with_numbers(&self, major: u64, minor: u64, patch: u64) -> Self {
        Self { major, minor, patch, ..Self::default() }.renamed(self)
    }

    fn renamed(mut self, before: &Self) -> Self {
        let prefix = if before.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{prefix}{self}");
        self
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn number(digits: &str) -> Result<u64, VersionError> {
    digits.parse().map_err(|_| VersionError::OutOfRange(digits.to_owned()))
}

fn check_parts(text: &str) -> Option<()> {
    text.split('.').all(|part| !part.is_empty() && part.bytes().all(scan::is_identifier)).then_some(())
}

fn check_prerelease(prerelease: &str) -> Result<(), VersionError> {
    let zero_led = |part: &str| part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
    if prerelease.split('.').any(zero_led) { Err(VersionError::LeadingZero) } else { Ok(()) }
}

/// Compares part by part; missing parts come first.
fn compare_prereleases(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => compare_prerelease_parts(a, b),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers come before words. A number beyond 64 bits is a word.
fn compare_prerelease_parts(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        Version::parse(text).map_or_else(|error| error.to_string(), |version| version.to_string())
    }

    #[test]
    fn loose_versions_are_completed() {
        let texts = ["v1.2", "01.2.3", "1", "1.2.3-a.1+b.2", "1-rc"];
        assert_eq!(texts.map(printed), ["1.2.0", "1.2.3", "1.0.0", "1.2.3-a.1+b.2", "1.0.0-rc"]);
    }

    #[test]
    fn what_is_no_version() {
        for text in ["", "v", "V1", " 1", "1.2.3.4", "1.", "1-", "1-a..b", "1+", "1.2.3-é"] {
            assert_eq!(printed(text), "invalid semantic version", "{text}");
        }
        assert_eq!(printed("1.2.3-a.01"), "version segment starts with 0");
        assert_eq!(printed(&format!("1-{}", "a".repeat(255))), "version string is too long (max 256 bytes)");
        let range = "error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range";
        assert_eq!(printed("1.99999999999999999999.3"), range);
    }

    #[test]
    fn precedence_is_that_of_semver() {
        let order =
            ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-99999999999999999999", "1.0.0-a", "1.0.0-a.1", "1.0.0-b", "1.0.0"];
        let versions = order.map(|text| Version::parse(text).expect("a version"));
        assert!(versions.windows(2).all(|pair| pair[0].precedence(&pair[1]).is_lt()));
        let equal = |a, b| Version::parse(a).expect("a").precedence(&Version::parse(b).expect("b")).is_eq();
        assert!(equal("1.2.3+a", "v1.2.3+b") && equal("1.0.0-a", "1.0.0-a"));
    }

    #[test]
    fn next_versions_keep_the_v() {
        let next = |text: &str, next: fn(&Version) -> Option<Version>| {
            next(&Version::parse(text).expect("a version")).map(|version| version.original)
        };
        assert_eq!(next("v1.2.3-rc+b", Version::next_patch).as_deref(), Some("v1.2.3"));
        assert_eq!(next("1.2.3", Version::next_patch).as_deref(), Some("1.2.4"));
        assert_eq!(next("1.2.3-a", Version::next_minor).as_deref(), Some("1.3.0"));
        assert_eq!(next("v1", Version::next_major).as_deref(), Some("v2.0.0"));
        assert_eq!(next("1.18446744073709551615", Version::next_minor), None);
    }

    #[test]
    fn prerelease_and_metadata_are_checked() {
        let version = Version::parse("v1.2.3").expect("a version");
        assert_eq!(version.with_prerelease("rc.1").map(|v| v.original), Ok("v1.2.3-rc.1".into()));
        assert_eq!(version.with_prerelease("01"), Err(VersionError::LeadingZero));
        assert_eq!(version.with_prerelease("a..b"), Err(VersionError::InvalidPrerelease));
        assert_eq!(version.with_metadata("01").map(|v| v.to_string()), Ok("1.2.3+01".into()));
        assert_eq!(version.with_metadata("a b"), Err(VersionError::InvalidMetadata));
    }
}
