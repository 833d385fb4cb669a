//! The cluster, as far as actions need one: a small asynchronous trait over plain data.

use async_trait::async_trait;
use serde_json::Value as Json;

/// An object's place in a cluster.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ObjectId {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// Empty for cluster-wide objects.
    pub namespace: String,
    /// The object's name.
    pub name: String,
}

/// How objects are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApplyOptions {
    /// Take fields over from other managers.
    pub force_conflicts: bool,
    /// Let the server check and default everything, and store nothing.
    pub dry_run: bool,
}

/// What is known of a cluster before anything is rendered or applied.
#[derive(Clone, Debug, Default)]
pub struct ServerInfo {
    /// `v1.37.2`.
    pub git_version: String,
    /// `1`.
    pub major: String,
    /// `37`.
    pub minor: String,
    /// `apps/v1` and `apps/v1/Deployment` for everything the server serves, as `.Capabilities.APIVersions` lists it.
    pub api_versions: Vec<String>,
}

/// A Kubernetes cluster.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// Asks for the version, the cheapest proof that the server answers.
    ///
    /// # Errors
    /// [`ClusterError::Unreachable`].
    async fn version(&self) -> Result<ServerInfo, ClusterError>;

    /// What the server serves, for `.Capabilities`.
    ///
    /// # Errors
    /// When discovery fails.
    async fn capabilities(&self) -> Result<ServerInfo, ClusterError>;

    /// Places each object: resolves its kind, and sets `namespace` on those of namespaced kinds that have none.
    ///
    /// # Errors
    /// [`ClusterError::NoMatch`] for the first kind that the server does not serve.
    async fn resolve(&self, objects: &mut [Json], namespace: &str) -> Result<Vec<ObjectId>, ClusterError>;

    /// The live object, or `None`.
    ///
    /// # Errors
    /// When the server refuses.
    async fn get(&self, id: &ObjectId) -> Result<Option<Json>, ClusterError>;

    /// Server-side apply with field manager `helm`; returns the live object.
    ///
    /// # Errors
    /// What the server said.
    async fn apply(&self, object: &Json, options: ApplyOptions) -> Result<Json, ClusterError>;

    /// Deletes an object in the background; `false` when there was none.
    ///
    /// # Errors
    /// What the server said.
    async fn delete(&self, id: &ObjectId) -> Result<bool, ClusterError>;

    /// Every object of a kind in a namespace (empty: all), for `lookup`.
    ///
    /// # Errors
    /// What the server said.
    async fn list(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Json, ClusterError>;
}

/// Why a cluster did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
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
        /// HTTP status.
        code: u16,
        /// Kubernetes' reason: `Conflict`.
        reason: String,
        /// The server's text.
        message: String,
    },
}
