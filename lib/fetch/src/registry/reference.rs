//! What `oci://…` names, and what of it registries accept.

use crate::{FetchError, url};
use rhelm_lib::gourl::shown;

/// A reference's parts: `oci://host/repository:tag@digest`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reference {
    /// Host and port.
    pub host: String,
    /// The path.
    pub repository: String,
    /// The tag, empty for none.
    pub tag: String,
    /// The digest, empty for none.
    pub digest: String,
}

impl Reference {
    /// Takes a reference apart. The words are those of Helm's client of registries.
    ///
    /// # Errors
    /// When a part of it is missing or malformed.
    pub fn parse(text: &str) -> Result<Self, FetchError> {
        let invalid = |what: &str, text: &str| FetchError::other(format!("invalid reference: invalid {what} {text:?}"));
        let place = text.trim_start_matches("oci://");
        let missing = || FetchError::other("invalid reference: missing registry or repository");
        let (host, path) = place.split_once('/').ok_or_else(missing)?;
        let (rest, digest) = path.split_once('@').unwrap_or((path, ""));
        let (repository, tag) = rest.split_once(':').unwrap_or((rest, ""));
        if host.is_empty() || host.contains('@') {
            return Err(invalid("registry", &shown(host)));
        }
        url::checked(&format!("oci://{host}"))?;
        if !repository.split('/').all(is_segment) {
            return Err(invalid("repository", repository));
        }
        if !tag.is_empty() && !is_tag(tag) {
            return Err(invalid("tag", tag));
        }
        if let Some(cause) = digest_fault(digest).filter(|_| !digest.is_empty()) {
            return Err(FetchError::other(format!("invalid reference: invalid digest {digest:?}: {cause}")));
        }
        let own = str::to_owned;
        Ok(Self { host: own(host), repository: own(repository), tag: own(tag), digest: own(digest) })
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }
}

/// Words of small letters and digits with one `.`, one or two `_` or any number of `-` between them.
fn is_segment(segment: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_separator = |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    segment.starts_with(is_word) && segment.ends_with(is_word) && segment.split(is_word).all(is_separator)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128 && !tag.starts_with(['.', '-']) && tag.bytes().all(|byte| is_word(byte) || b".-".contains(&byte))
}

fn digest_fault(digest: &str) -> Option<&'static str> {
    let Some((algorithm, sum)) = digest.split_once(':').filter(|(name, sum)| !name.is_empty() && !sum.is_empty()) else {
        return Some("invalid checksum digest format");
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return Some("unsupported digest algorithm"),
    };
    if sum.len() != length {
        return Some("invalid checksum digest length");
    }
    let is_sum = sum.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    (!is_sum).then_some("invalid checksum digest format")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_checked_as_registries_check_them() {
        let sum = "a".repeat(64);
        for good in ["h:5/a/b-c--d.e_f__g:1.0_x", "h/x@", "h/x:", &format!("h/x:1@sha256:{sum}")] {
            assert!(Reference::parse(good).is_ok(), "{good}");
        }
        let cases = [
            ("h", "missing registry or repository"),
            ("oci:///x", "invalid registry \"\""),
            ("oci://u:p@h/x", "invalid registry \"u:***@h\""),
            ("h/", "invalid repository \"\""),
            ("h/X", "invalid repository \"X\""),
            ("h/a//b", "invalid repository \"a//b\""),
            ("h/-a", "invalid repository \"-a\""),
            ("h/x._y", "invalid repository \"x._y\""),
            ("h/x:1.0.0+b", "invalid tag \"1.0.0+b\""),
            ("h/x@sha256:zz", "invalid digest \"sha256:zz\": invalid checksum digest length"),
            ("h/x@md5:zz", "invalid digest \"md5:zz\": unsupported digest algorithm"),
            ("h/x@zz", "invalid digest \"zz\": invalid checksum digest format"),
        ];
        for (text, expected) in cases {
            let error = Reference::parse(text).map_err(|error| error.to_string());
            assert_eq!(error, Err(format!("invalid reference: {expected}")));
        }
    }
}
