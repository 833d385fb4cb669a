//! The cluster, as far as actions need one: a small asynchronous trait over plain data.
//!
//! ```text
//! objects → resolve (kinds, namespaces) → find (what is there) → write, delete → wait
//! ```
//! Calls take whole batches, so that an implementation can have many requests in flight, and end when their futures are
//! dropped. [`memory`] is a cluster without a server; [`readiness`] judges objects.

mod error;
pub mod memory;
mod progress;
pub mod readiness;

pub use crate::manifest::ObjectId;
pub use crate::plan::{Cascade, Patch, PatchKind, Write};
pub use error::ClusterError;
pub use progress::{OnProgress, Progress, Row};

use async_trait::async_trait;
use readiness::{Goal, Unready};
use serde_json::Value as Json;
use std::time::Duration;

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

/// How much of an object is wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Detail {
    /// `metadata` is enough; the rest may be missing.
    Metadata,
    /// Everything.
    Whole,
}

/// What to wait for.
#[derive(Clone, Debug)]
pub struct Wait<'a> {
    /// The objects, resolved.
    pub objects: &'a [ObjectId],
    /// What each of them must have become.
    pub goal: Goal,
    /// How long to wait for all of them together. Zero means what the goal's strategy takes it for.
    pub timeout: Duration,
}

/// What one container wrote.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContainerLog {
    /// Its pod.
    pub pod: String,
    /// Its name.
    pub container: String,
    /// The text, or why there is none.
    pub text: Result<String, String>,
}

/// What a deletion came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Deleted {
    /// There was nothing to delete.
    Absent,
    /// The object is gone.
    Gone,
    /// The object is still there, and will go: somebody has to finish something first.
    Going,
}

/// Which pods' logs are wanted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pods<'a> {
    /// One pod; its init containers too where `init` says so.
    Named {
        /// The pod's name.
        name: &'a str,
        /// Whether init containers count.
        init: bool,
    },
    /// All pods of a Job.
    OfJob(&'a str),
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

    /// Places each object: resolves its kind, and sets `namespace` on those of namespaced kinds that have none. The results
    /// are in the order of the objects; [`ClusterError::NoMatch`] stands for a kind that the server does not serve.
    async fn resolve(&self, objects: &mut [Json], namespace: &str) -> Vec<Result<ObjectId, ClusterError>>;

    /// The live object, or `None`.
    ///
    /// # Errors
    /// When the server refuses.
    async fn get(&self, id: &ObjectId) -> Result<Option<Json>, ClusterError>;

    /// The live objects, in the order of `ids`, by as few requests as the implementation can.
    async fn find(&self, ids: &[ObjectId], detail: Detail) -> Vec<Result<Option<Json>, ClusterError>>;

    /// Writes objects that do not depend on each other; the live objects, in the order of `writes`.
    async fn write(&self, writes: &[Write]) -> Vec<Result<Json, ClusterError>>;

    /// Deletes objects that do not depend on each other; the results are in the order of `ids`.
    async fn delete(&self, ids: &[ObjectId], cascade: Cascade) -> Vec<Result<Deleted, ClusterError>>;

    /// Every object of a kind in a namespace (empty: all), for `lookup`.
    ///
    /// # Errors
    /// What the server said.
    async fn list(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Json, ClusterError>;

    /// Waits until all objects have become what the goal asks for.
    ///
    /// # Errors
    /// What is still missing when time is up or an object has failed.
    async fn wait(&self, wait: Wait<'_>) -> Result<(), Unready>;

    /// What containers wrote, pod by pod.
    ///
    /// # Errors
    /// When the pods cannot be read.
    async fn logs(&self, namespace: &str, pods: Pods<'_>) -> Result<Vec<ContainerLog>, ClusterError>;
}
