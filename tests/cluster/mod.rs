//! Against a real API server: what the library's asynchronous edges do there.

mod interop;
mod objects;
mod private;
mod records;

pub(crate) use interop::write_chart;

use rhelm_kube::{ConnectOptions, KubeCluster, connect};
use rhelm_lib::cluster::{ApplyOptions, Cluster};
use rhelm_testutil::controlplane;
use serde_json::json;
use std::future::Future;

/// Options for the control plane of this run, as its administrator, in a namespace of one's own.
pub(crate) fn options() -> Option<ConnectOptions> {
    let plane = controlplane::shared()?;
    let mut options = ConnectOptions::default();
    options.kubeconfig = Some(plane.kubeconfig().to_owned());
    options.namespace = Some(controlplane::unique_namespace());
    Some(options)
}

/// A connection, with its namespace made.
pub(crate) async fn cluster(options: &ConnectOptions) -> KubeCluster {
    let cluster = connect(options).await.expect("a kubeconfig");
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": cluster.default_namespace()}});
    cluster.apply(&namespace, ApplyOptions::default()).await.expect("a namespace");
    cluster
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
