//! Why a cluster did not do what it was asked.

/// Why a cluster did not do what it was asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ClusterError {
    /// No answer: the text is client-go's for the same cause.
    #[error("kubernetes cluster unreachable: {0}")]
    Unreachable(String),
    /// The server serves no such kind.
    #[error("no matches for kind \"{kind}\" in version \"{api_version}\"")]
    NoMatch {
        /// The group and version asked for.
        api_version: String,
        /// The kind asked for.
        kind: String,
    },
    /// The server refused; its code and message.
    #[error("{message}")]
    Api {
        /// HTTP status; 0 when there was no answer.
        code: u16,
        /// Kubernetes' reason: `Conflict`.
        reason: String,
        /// The server's text.
        message: String,
    },
}

impl ClusterError {
    /// Whether the server answered with this status.
    #[must_use]
    pub fn is(&self, status: u16) -> bool {
        matches!(self, Self::Api { code, .. } if *code == status)
    }

    /// Whether something is missing that was asked for.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.is(404)
    }

    /// Whether an object is there that was to be created.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        matches!(self, Self::Api { reason, .. } if reason == "AlreadyExists")
    }

    /// Whether somebody else changed the object, or owns the field.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is(409) && !self.is_already_exists()
    }
}
