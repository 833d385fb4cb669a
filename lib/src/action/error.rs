//! Why an operation on a release failed. The texts are Helm's where Helm has one.

use crate::cluster::ClusterError;
use crate::cluster::readiness::Unready;
use crate::store::StoreError;

/// Why an operation on a release failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No release can have this name; the words are the operation's.
    #[error("{0}")]
    Name(String),
    /// There is a release of that name.
    #[error("cannot reuse a name that is still in use")]
    NameInUse,
    /// There is nothing to start from.
    #[error("{0:?} has no deployed releases")]
    NothingDeployed(String),
    /// Somebody else is at work on the release, or died while they were.
    #[error("another operation (install/upgrade/rollback) is in progress")]
    Busy,
    /// An option has no such value, or does not go with another one.
    #[error("{0}")]
    Option(String),
    /// The store refused.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The cluster refused.
    #[error("{0}")]
    Cluster(#[from] ClusterError),
    /// The chart cannot be rendered.
    #[error("{0}")]
    Render(String),
    /// Manifests that are no objects.
    #[error("{0}")]
    Objects(String),
    /// The chart defines an object more than once.
    #[error("{id} is defined twice: in {} and in {}", sources[0], sources[1])]
    Twice {
        /// The object, in words.
        id: String,
        /// The templates, in their order.
        sources: [String; 2],
    },
    /// An object belongs to somebody else, or cannot be looked at.
    #[error("{0}")]
    Ownership(String),
    /// The post-renderers are not those that made the revision before.
    #[error(
        "the post-renderers are not those of revision {revision}:\n{diff}give the same ones or --pipeline=recorded, or say why with --accept-pipeline-change"
    )]
    Pipeline {
        /// The revision.
        revision: u32,
        /// What is other, a line each, each with its line break.
        diff: String,
    },
    /// Definitions would lose what is in use.
    #[error("the CRDs cannot be upgraded: {0}; migrate the objects first, or leave the CRDs alone with --crds=skip")]
    Crds(String),
    /// Objects could not be written.
    #[error("{0}")]
    Apply(String),
    /// Objects did not become what they should.
    #[error("{0}")]
    Unready(#[from] Unready),
    /// The record of how it ended could not be written.
    #[error("release {name} is {status}, but its record could not be written: {cause}")]
    Unrecorded {
        /// The release.
        name: String,
        /// How it stands.
        status: &'static str,
        /// Why it is not recorded.
        #[source]
        cause: StoreError,
    },
    /// The operation was stopped from outside.
    #[error("context canceled")]
    Cancelled,
    /// While something was done, something else failed.
    #[error("{doing}: {cause}")]
    While {
        /// What was being done.
        doing: String,
        /// What failed.
        #[source]
        cause: Box<Error>,
    },
    /// Several things failed.
    #[error("{0}")]
    Several(String),
}

impl Error {
    /// Says what was being done.
    pub(super) fn during(self, doing: impl Into<String>) -> Self {
        Self::While { doing: doing.into(), cause: Box::new(self) }
    }

    /// Whether there is no such release, and nothing else is wrong.
    #[must_use]
    pub fn is_release_not_found(&self) -> bool {
        matches!(self, Self::Store(StoreError::NotFound))
    }
}
