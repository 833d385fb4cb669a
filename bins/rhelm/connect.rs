//! From the global flags and the environment to a cluster, on a runtime of its own: only commands that reach the network
//! come here.

use rhelm_cli::GlobalArgs;
use rhelm_kube::{ConnectOptions, KubeCluster};
use rhelm_lib::cluster::ClusterError;
use std::path::PathBuf;
use tokio::runtime::{Builder, Runtime};

/// A cluster, and the runtime on which its futures are run.
pub(crate) struct Connected {
    pub(crate) runtime: Runtime,
    pub(crate) cluster: KubeCluster,
}

/// Prepares a connection. Nothing is sent yet.
///
/// # Errors
/// When the kubeconfig cannot be read or lacks what is asked for.
pub(crate) fn connect(global: &GlobalArgs) -> Result<Connected, ClusterError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| ClusterError::Unreachable(error.to_string()))?;
    let cluster = runtime.block_on(rhelm_kube::connect(&options(global)))?;
    Ok(Connected { runtime, cluster })
}

/// Where to find the cluster, by flag, environment and kubeconfig.
pub(crate) fn options(global: &GlobalArgs) -> ConnectOptions {
    ConnectOptions {
        kubeconfig: global.kubeconfig.as_ref().map(PathBuf::from),
        kubeconfig_list: std::env::var_os("KUBECONFIG"),
        home: std::env::var_os("HOME").map(PathBuf::from),
        context: global.kube_context.clone(),
        namespace: global.namespace.clone(),
        apiserver: global.kube_apiserver.clone(),
        token: global.kube_token.clone(),
        ca_file: global.kube_ca_file.as_ref().map(PathBuf::from),
        insecure: global.kube_insecure_skip_tls_verify,
        tls_server_name: global.kube_tls_server_name.clone(),
        as_user: global.kube_as_user.clone(),
        as_groups: global.kube_as_group.clone(),
        cache: cache(),
    }
}

/// kubectl's cache.
fn cache() -> Option<PathBuf> {
    let given = std::env::var_os("KUBECACHEDIR").filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = || std::env::var_os("HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    given.or_else(|| home().map(|home| home.join(".kube/cache")))
}
