//! What operations work with, made from the command line and the environment: cluster, store, clock, messages.

use super::driver::{self, Releases};
use rhelm_cli::{Failure, GlobalArgs, environment, print_logs};
use rhelm_lib::action::Context;
use rhelm_lib::log::Log;
use rhelm_lib::release::time::Time;

/// Cluster and store with everything that belongs to them.
pub(crate) struct Session {
    releases: Releases,
    debug: bool,
}

impl Session {
    /// Prepares a session. The cluster is not asked yet.
    ///
    /// # Errors
    /// When the kubeconfig cannot be read, or the store cannot be opened.
    pub(crate) fn new(global: &GlobalArgs) -> Result<Self, Failure> {
        Ok(Self { releases: driver::prepare(global)?, debug: global.debug })
    }

    /// The namespace to work in.
    pub(crate) fn namespace(&self) -> &str {
        &self.releases.namespace
    }

    /// Runs an operation.
    pub(crate) fn run<T>(&self, operation: impl AsyncFnOnce(Context<'_>) -> T) -> T {
        let Releases { runtime, cluster, store, .. } = &self.releases;
        let environment = environment(false);
        let now = move || Time::now(&environment).rfc3339();
        let log = |log: Log| print_logs(&[log], self.debug);
        runtime.block_on(operation(Context { cluster, store, now: &now, log: &log }))
    }
}
