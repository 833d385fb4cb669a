//! Control planes of one test alone: their settings hold, and nothing of them outlives their owner.

use super::run;
use rhelm_kube::{ConnectOptions, connect};
use rhelm_lib::cluster::Cluster;
use rhelm_testutil::controlplane::{self, ControlPlane};
use std::time::{Duration, Instant};

#[test]
fn a_private_control_plane_logs_requests_and_goes_with_its_owner() {
    if !controlplane::shared().is_some_and(ControlPlane::is_private) {
        return;
    }
    let plane = ControlPlane::start(&["--audit", "--api-only"]).expect("started");
    let kubeconfig = Some(plane.kubeconfig().to_owned());
    let options = ConnectOptions { kubeconfig, ..ConnectOptions::default() };
    run(async {
        let cluster = connect(&options).await.expect("valid");
        cluster.list("v1", "ConfigMap", "default").await.expect("a list");
    });
    let log = std::fs::read_to_string(plane.audit_log()).expect("a log");
    assert!(log.contains("\"requestURI\":\"/api/v1/namespaces/default/configmaps\""), "{log}");
    let folder = plane.kubeconfig().parent().expect("a folder").to_owned();
    drop(plane);
    let start = Instant::now();
    while folder.exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "{} is still there", folder.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}
