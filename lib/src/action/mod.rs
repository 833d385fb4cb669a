//! Operations: the only modules that know the whole chain, one file each.
//!
//! ```text
//! install, uninstall, …  →  objects (manifests become objects), hooks, apply (plans are carried out)  →  cluster, store
//! ```

mod apply;
pub mod get;
pub mod history;
mod hooks;
pub mod install;
pub mod list;
mod objects;
pub mod status;
pub mod template;
pub mod uninstall;

use crate::cluster::readiness::{Goal, Unready};
use crate::cluster::{Cluster, ObjectId, Wait};
use crate::log::{Level, Log};
use crate::store::Store;
use std::time::Duration;

/// What operations work with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Where objects live.
    pub cluster: &'a dyn Cluster,
    /// Where releases are recorded.
    pub store: &'a Store,
    /// The time now, RFC 3339.
    pub now: &'a (dyn Fn() -> String + Send + Sync),
    /// Takes messages for people, as they come up.
    pub log: &'a (dyn Fn(Log) + Send + Sync),
}

impl Context<'_> {
    fn tell(&self, level: Level, message: impl Into<String>, fields: &[(&'static str, &str)]) {
        let fields = fields.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        (self.log)(Log { level, message: message.into(), fields });
    }
}

/// What is waited for, and by which rules.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum WaitStrategy {
    /// Hooks only.
    #[default]
    HookOnly,
    /// Objects too, by the rules of kstatus.
    Watcher,
    /// Objects too, by the rules of Helm 3.
    Legacy,
}

/// How an operation waits.
#[derive(Clone, Copy, Debug, Default)]
pub struct WaitOptions {
    /// What is waited for.
    pub strategy: WaitStrategy,
    /// Jobs must have completed.
    pub jobs: bool,
    /// How long each single wait may take.
    pub timeout: Duration,
}

impl WaitOptions {
    fn is_legacy(self) -> bool {
        self.strategy == WaitStrategy::Legacy
    }

    /// Waits until the objects of a release are ready, where the strategy says so.
    async fn ready(self, context: Context<'_>, objects: &[ObjectId]) -> Result<(), String> {
        let goal = Goal::Ready { jobs: self.jobs, legacy: self.is_legacy() };
        if self.strategy == WaitStrategy::HookOnly { Ok(()) } else { self.reach(context, objects, goal).await }
    }

    /// Waits until objects are gone, where the strategy says so.
    async fn gone(self, context: Context<'_>, objects: &[ObjectId]) -> Result<(), String> {
        let goal = Goal::Gone { legacy: self.is_legacy() };
        if self.strategy == WaitStrategy::HookOnly { Ok(()) } else { self.reach(context, objects, goal).await }
    }

    async fn reach(self, context: Context<'_>, objects: &[ObjectId], goal: Goal) -> Result<(), String> {
        if objects.is_empty() {
            return Ok(());
        }
        let wait = Wait { objects, goal, timeout: self.timeout };
        let waited = context.cluster.wait(wait).await;
        if let Err(Unready::JobFailed { name, reason }) = &waited {
            context.tell(Level::Error, "job failed", &[("job", name), ("reason", reason)]);
        }
        waited.map_err(|unready| unready.to_string())
    }
}
