//! Where releases are recorded: the store that `HELM_DRIVER` names, on the cluster or the database of the user.

use super::connect::{Connected, connect};
use super::stores::StoreName;
use rhelm_cli::{Failure, GlobalArgs};
use rhelm_kube::KubeCluster;
use rhelm_lib::cluster::Cluster;
use rhelm_lib::store::Store;
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

impl Releases {
    /// What `reading` finds; the cluster is asked meanwhile, and must answer, as in Helm.
    ///
    /// # Errors
    /// Before anything else, when the cluster does not answer.
    pub(crate) fn read<T, E: Into<Failure>>(&self, reading: impl Future<Output = Result<T, E>>) -> Result<T, Failure> {
        let reached = async { self.cluster.version().await.map_err(Failure::from) };
        let (_, found) = self.runtime.block_on(async { tokio::try_join!(reached, async { Ok(reading.await) }) })?;
        found.map_err(Into::into)
    }
}

/// Opens the store. The cluster is not asked yet.
///
/// # Errors
/// When the database cannot be reached, or there is no such driver.
pub(crate) fn beside(connected: Connected) -> Result<Releases, Failure> {
    let Connected { runtime, cluster } = connected;
    let namespace = cluster.default_namespace().to_owned();
    let driver = runtime.block_on(StoreName::of_environment()?.open(&cluster, &namespace));
    // Only the store tools tell causes by their exit status.
    let driver = driver.map_err(|failure| failure.with_status(1))?;
    let store = Store::new(driver, seconds);
    Ok(Releases { runtime, cluster, store, namespace })
}

/// Seconds since 1970.
pub(crate) fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
