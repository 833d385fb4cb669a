//! Against a real API server: what the library's asynchronous edges do there.

mod commands;
mod definitions;
mod differences;
mod faults;
mod install;
pub(crate) mod interop;
mod large;
mod objects;
mod pipelines;
mod plans;
mod post_rendering;
mod private;
mod records;
mod sequences;
mod signals;
mod table;
mod waits;

use rhelm_kube::{ConnectOptions, KubeCluster, KubeDriver, connect};
use rhelm_lib::cluster::{Cluster, ClusterError, Write};
use rhelm_lib::store::Store;
use rhelm_testutil::controlplane;
use rhelm_testutil::faults::FaultyServer;
use serde_json::{Value as Json, json};
use std::future::Future;

/// Options for the control plane of this run, as its administrator, in a namespace of one's own.
pub(crate) fn options() -> Option<ConnectOptions> {
    let plane = controlplane::shared()?;
    let kubeconfig = Some(plane.kubeconfig().to_owned());
    Some(ConnectOptions { kubeconfig, namespace: Some(controlplane::unique_namespace()), ..ConnectOptions::default() })
}

/// A server that fails on order, before the control plane of this run.
fn faulty() -> Option<FaultyServer> {
    FaultyServer::before(controlplane::shared()?)
}

/// A connection, with its namespace made.
pub(crate) async fn cluster(options: &ConnectOptions) -> KubeCluster {
    let cluster = connect(options).await.expect("a kubeconfig");
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": cluster.default_namespace()}});
    apply(&cluster, &namespace).await.expect("a namespace");
    cluster
}

/// Server-side apply of one object.
async fn apply(cluster: &KubeCluster, object: &Json) -> Result<Json, ClusterError> {
    let write = Write::Apply { object: object.clone(), force: false, dry_run: false, adopt: None };
    cluster.write(&[write]).await.remove(0)
}

/// Each revision of the release `web` as it stands on record: state and description.
fn recorded(options: &ConnectOptions) -> Vec<String> {
    run(async {
        let cluster = cluster(options).await;
        let namespace = cluster.default_namespace();
        let store = Store::new(Box::new(KubeDriver::secrets(&cluster, namespace)), || 0);
        let all = store.history(namespace, "web").await.expect("records");
        all.into_iter().map(|release| format!("{}: {}", release.info.status, release.info.description)).collect()
    })
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
