//! How operations wait for objects.

use super::context::Context;
use crate::cluster::readiness::{Goal, Unready};
use crate::cluster::{ObjectId, Wait};
use serde_json::Value as Json;
use std::time::Duration;

/// What is waited for, and by which rules.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Strategy {
    /// Everything, by watching.
    Watcher,
    /// Hooks only.
    #[default]
    HookOnly,
    /// Everything, as Helm 3 did.
    Legacy,
}

/// How to wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WaitOptions {
    /// What is waited for.
    pub strategy: Strategy,
    /// Jobs must have completed.
    pub jobs: bool,
    /// For each single wait.
    pub timeout: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self { strategy: Strategy::HookOnly, jobs: false, timeout: Duration::from_secs(300) }
    }
}

impl WaitOptions {
    /// What is undone on failure must be known to have failed.
    pub(super) fn for_rollback(self, rollback_on_failure: bool) -> Self {
        let strategy = match self.strategy {
            Strategy::HookOnly if rollback_on_failure => Strategy::Watcher,
            strategy => strategy,
        };
        Self { strategy, ..self }
    }

    fn is_legacy(self) -> bool {
        self.strategy == Strategy::Legacy
    }
}

/// Waits until objects are ready, if the strategy asks for it. Paused Deployments never are, and are passed over.
pub(super) async fn ready(cx: Context<'_>, objects: &[(ObjectId, Json)], options: WaitOptions) -> Result<(), Unready> {
    if options.strategy == Strategy::HookOnly {
        return Ok(());
    }
    let is_paused = |object: &Json| object["kind"] == "Deployment" && object["spec"]["paused"] == true;
    let ids: Vec<_> = objects.iter().filter(|(_, object)| !is_paused(object)).map(|(id, _)| id.clone()).collect();
    let goal = Goal::Ready { jobs: options.jobs, legacy: options.is_legacy() };
    cx.cluster.wait(Wait { objects: &ids, goal, timeout: options.timeout }).await
}

/// Waits until hooks have finished.
pub(super) async fn finished(cx: Context<'_>, ids: &[ObjectId], options: WaitOptions) -> Result<(), Unready> {
    let goal = Goal::Finished { legacy: options.is_legacy() };
    cx.cluster.wait(Wait { objects: ids, goal, timeout: options.timeout }).await
}

/// Waits until objects are gone, whatever the strategy.
pub(super) async fn gone(cx: Context<'_>, ids: &[ObjectId], options: WaitOptions) -> Result<(), Unready> {
    let goal = Goal::Gone { legacy: options.is_legacy() };
    cx.cluster.wait(Wait { objects: ids, goal, timeout: options.timeout }).await
}
