//! Why something could not be fetched.

use rhelm_lib::gourl::shown;

/// A failure, in Helm's words where Helm has some. Passwords in URLs are not shown.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FetchError {
    /// The server cannot be reached, or breaks off.
    #[error("{method} \"{}\": {cause}", shown(url))]
    Unreachable {
        /// `Get`, as Go writes it.
        method: &'static str,
        /// What was asked for.
        url: String,
        /// What happened.
        cause: String,
    },
    /// The server answers, but not with what was asked for.
    #[error("failed to fetch {} : {status}", shown(url))]
    Status {
        /// What was asked for.
        url: String,
        /// Number and words of the status.
        status: String,
    },
    /// The URL names no protocol that there is a client for.
    #[error("could not find protocol handler for: {0}")]
    Protocol(String),
    /// More than anything of its kind holds.
    #[error("{}: more than {limit} bytes", shown(url))]
    TooLarge {
        /// What was asked for.
        url: String,
        /// What is allowed.
        limit: u64,
    },
    /// The content is not what an index or a registry promised.
    #[error("{}: digest mismatch: expected {expected}, got {found}", shown(url))]
    Digest {
        /// What was asked for.
        url: String,
        /// The digest that was promised.
        expected: String,
        /// The digest of what came.
        found: String,
    },
    /// A file cannot be read or written.
    #[error("{call} {path}: {cause}")]
    File {
        /// The system call, as Go names it.
        call: &'static str,
        /// The file.
        path: String,
        /// Why it fails.
        cause: String,
    },
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl FetchError {
    pub(crate) fn other(text: impl Into<String>) -> Self {
        Self::Other(text.into())
    }

    /// A failed operation on a file, in Go's words.
    #[must_use]
    pub fn file(call: &'static str, path: &std::path::Path, error: &std::io::Error) -> Self {
        // A temporary file's error names the file as well.
        let text = error.to_string();
        let text = text.split(" at path \"").next().unwrap_or_default();
        let cause = match text.split_once(" (os error ") {
            Some((cause, _)) => cause.to_lowercase(),
            None => text.to_owned(),
        };
        Self::File { call, path: path.display().to_string(), cause }
    }
}
