//! What an operation works with, made from the command line and the environment: cluster, store, clock, messages.

use super::connect::{Connected, connect};
use rhelm_cli::{Failure, GlobalArgs, environment, namespace, print_logs};
use rhelm_kube::{KubeCluster, KubeDriver};
use rhelm_lib::action::Context;
use rhelm_lib::log::Log;
use rhelm_lib::release::time::Time;
use rhelm_lib::store::{Driver, Store};
use std::time::{SystemTime, UNIX_EPOCH};

/// A connection with everything that belongs to it.
pub(crate) struct Session {
    pub(crate) connected: Connected,
    pub(crate) namespace: String,
    store: Store,
    debug: bool,
}

impl Session {
    /// Prepares a session. Nothing is sent yet.
    ///
    /// # Errors
    /// When the kubeconfig cannot be read, or there is no such driver.
    pub(crate) fn new(global: &GlobalArgs) -> Result<Self, Failure> {
        let connected = connect(global)?;
        let namespace = namespace(global, |name| std::env::var_os(name));
        let store = Store::new(driver(&connected.cluster, &namespace)?, seconds);
        Ok(Self { connected, namespace, store, debug: global.debug })
    }

    /// Runs an operation.
    pub(crate) fn run<T>(&self, operation: impl AsyncFnOnce(Context<'_>) -> T) -> T {
        let environment = environment(false);
        let now = move || Time::now(&environment).rfc3339();
        let log = |log: Log| print_logs(&[log], self.debug);
        let context = Context { cluster: &self.connected.cluster, store: &self.store, now: &now, log: &log };
        self.connected.runtime.block_on(operation(context))
    }
}

/// What `HELM_DRIVER` names.
fn driver(cluster: &KubeCluster, namespace: &str) -> Result<Box<dyn Driver>, Failure> {
    match std::env::var("HELM_DRIVER").unwrap_or_default().as_str() {
        "" | "secret" | "secrets" => Ok(Box::new(KubeDriver::secrets(cluster, namespace))),
        "configmap" | "configmaps" => Ok(Box::new(KubeDriver::config_maps(cluster, namespace))),
        other => Err(Failure::new(format!("unknown driver {other:?} in HELM_DRIVER"))),
    }
}

fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
