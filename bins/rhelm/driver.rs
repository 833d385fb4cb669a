//! Where releases are recorded: the store that `HELM_DRIVER` names, on the cluster or the database of the user.

use super::connect::{Connected, connect};
use rhelm_cli::{Failure, GlobalArgs};
use rhelm_kube::{KubeCluster, KubeDriver};
use rhelm_lib::cluster::Cluster;
use rhelm_lib::store::memory::MemoryDriver;
use rhelm_lib::store::{Driver, Store};
use rhelm_sql::{Database, SqlDriver};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::runtime::Runtime;

/// A store, the cluster beside it, and the runtime on which both are used.
pub(crate) struct Releases {
    pub(crate) runtime: Runtime,
    pub(crate) cluster: KubeCluster,
    pub(crate) store: Store,
    /// The namespace to work in.
    pub(crate) namespace: String,
}

/// Opens the store for commands that only read: the cluster must answer, as in Helm.
///
/// # Errors
/// When the cluster or the database cannot be reached, or there is no such driver.
pub(crate) fn open(global: &GlobalArgs) -> Result<Releases, Failure> {
    let releases = beside(connect(global)?)?;
    releases.runtime.block_on(releases.cluster.version())?;
    Ok(releases)
}

/// Opens the store. The cluster is not asked yet.
///
/// # Errors
/// When the database cannot be reached, or there is no such driver.
pub(crate) fn beside(connected: Connected) -> Result<Releases, Failure> {
    let Connected { runtime, cluster } = connected;
    let namespace = cluster.default_namespace().to_owned();
    let driver = runtime.block_on(driver(&cluster, &namespace))?;
    let store = Store::new(driver, seconds);
    Ok(Releases { runtime, cluster, store, namespace })
}

/// The driver by Helm's spellings of its name.
async fn driver(cluster: &KubeCluster, namespace: &str) -> Result<Box<dyn Driver>, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    Ok(match variable("HELM_DRIVER").unwrap_or_default().as_str() {
        "" | "secret" | "secrets" => Box::new(KubeDriver::secrets(cluster, namespace)),
        "configmap" | "configmaps" => Box::new(KubeDriver::config_maps(cluster, namespace)),
        "memory" => Box::<MemoryDriver>::default(),
        "sql" => {
            let text = variable("HELM_DRIVER_SQL_CONNECTION_STRING").unwrap_or_default();
            Box::new(SqlDriver::connect(&Database::parse(&text, &variable)?).await?)
        }
        other => {
            let known = "secret, configmap, sql, memory";
            return Err(Failure::new(format!("unknown driver {other:?} in HELM_DRIVER; known are {known}")));
        }
    })
}

/// Seconds since 1970.
pub(crate) fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
