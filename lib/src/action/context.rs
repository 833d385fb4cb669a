//! What every operation on a release works with.

use super::cancel::Cancellation;
use crate::cluster::Cluster;
use crate::log::{Level, Log};
use crate::release::Release;
use crate::store::{Head, Store, StoreError};

/// A cluster, the store of a namespace, and the outside world. Shared by any number of operations.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Where objects live.
    pub cluster: &'a dyn Cluster,
    /// Where records are kept.
    pub store: &'a Store,
    /// The time now, as RFC 3339 with nanoseconds.
    pub now: &'a (dyn Fn() -> String + Send + Sync),
    /// Is told what people should know, as it happens.
    pub log: &'a (dyn Fn(Log) + Send + Sync),
    /// Stops the operation.
    pub cancellation: &'a Cancellation,
}

impl Context<'_> {
    pub(super) fn say(&self, level: Level, message: impl Into<String>, fields: Vec<(&'static str, String)>) {
        (self.log)(Log { level, message: message.into(), fields });
    }

    pub(super) fn warn(&self, message: impl Into<String>, fields: Vec<(&'static str, String)>) {
        self.say(Level::Warn, message, fields);
    }

    /// The newest of these records, lowest first, that can be decoded.
    pub(super) async fn newest(&self, heads: &[Head], name: &str) -> Result<Release, StoreError> {
        self.store.newest(heads, name).await.map(|newest| newest.release)
    }

    /// Writes a record where another error is already on its way, or the operation can go on without it.
    pub(super) async fn record(&self, release: &Release) {
        if let Err(error) = self.store.update(release).await {
            let (name, revision) = (release.name.clone(), release.revision.to_string());
            self.warn(
                "failed to update release",
                vec![("name", name), ("revision", revision), ("error", error.to_string())],
            );
        }
    }

    /// Writes the record that says how an operation ended. What is not recorded did not end well.
    pub(super) async fn record_end(&self, release: &Release) -> Result<(), StoreError> {
        match self.store.update(release).await {
            // Somebody else's change of a label, or a failure that passes.
            Err(StoreError::Failed(_) | StoreError::Unreachable(_)) => self.store.update(release).await,
            result => result,
        }
    }
}
