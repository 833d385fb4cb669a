//! Records that are too large for one object: what Helm does with them, and what is left of them.

use super::interop::{helm, write_chart};
use super::{cluster, options, run};
use rhelm_kube::KubeDriver;
use rhelm_lib::chart::File;
use rhelm_lib::cluster::Cluster;
use rhelm_lib::release::Status;
use rhelm_lib::store::{Record, RecordId, Store, StoreError};
use rhelm_testutil::controlplane;
use std::process::Command;

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn helm_lists_a_large_release_and_refuses_the_rest() {
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let chart = tempfile::tempdir().expect("a folder");
    write_chart(chart.path());
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        helm(&program, &options, &["install", "web", &chart.path().display().to_string()]);
        let store = Store::new(Box::new(KubeDriver::secrets(&cluster, namespace)), || 1_700_000_000);
        let first = store.last(namespace, "web").await.expect("a release");
        let mut large = first.clone();
        large.revision = 2;
        large.chart.files = vec![File { name: "noise".into(), data: noise(10 << 20).into(), ..File::default() }];
        store.create(&large).await.expect("created");
        store.update(&large).await.expect("updated");
        let mut old = first.clone();
        old.info.status = Status::Superseded;
        store.update(&old).await.expect("updated");
        let listed = helm(&program, &options, &["list", "--output", "json"]);
        assert!(listed.contains("\"name\":\"web\"") && listed.contains("\"revision\":\"2\""), "{listed}");
        let mut again = store.get(namespace, "web", 2).await.expect("a release");
        again.labels = large.labels.clone();
        assert!(again == large, "the release is what it was");
        let refuses = |arguments: &[&str], because: &str| {
            let output = Command::new(&program)
                .args(arguments)
                .args(["--namespace", namespace, "--kubeconfig"])
                .arg(options.kubeconfig.as_ref().expect("set"))
                .output()
                .expect("helm runs");
            let words = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && words.contains(because), "{arguments:?}: {words}");
        };
        refuses(&["uninstall", "web"], "failed to delete release: web");
        // Helm has noted by now that it is uninstalling: nothing else is lost.
        let after = store.get(namespace, "web", 2).await.expect("a release");
        assert!(after.chart == large.chart && after.manifest == large.manifest, "Helm has kept the chunks");
        assert_eq!(after.info.status, Status::Uninstalling);
        refuses(&["rollback", "web", "1"], "no matches for kind \"ReleaseStoredInChunks\"");
        refuses(&["rollback", "web", "2"], "no matches for kind \"ReleaseStoredInChunks\"");
    });
}

#[test]
fn a_large_record_is_whole_or_corrupt() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let driver = KubeDriver::config_maps(&cluster, namespace);
        let store = Store::new(Box::new(KubeDriver::config_maps(&cluster, namespace)), || 1);
        let body = "x".repeat(3 << 20);
        let record = rhelm_testutil::conformance::record(namespace, "web", 1, &body);
        store.driver().create(&record).await.expect("created");
        let all = cluster.list("v1", "ConfigMap", namespace).await.expect("a list");
        let name = |object: &serde_json::Value| object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let items = all["items"].as_array().cloned().unwrap_or_default();
        let chunks: Vec<_> = items.iter().filter(|object| name(object).contains(".v1.web.v1.")).collect();
        assert_eq!(chunks.len(), 4);
        for chunk in &chunks {
            assert_eq!(chunk["metadata"]["ownerReferences"][0]["name"], "sh.helm.release.v1.web.v1");
        }
        let gone = RecordId { namespace: namespace.to_owned(), key: name(chunks[1]) };
        use rhelm_lib::store::Driver;
        driver.delete(&gone).await.expect("deleted");
        let read = driver.read(std::slice::from_ref(&record.head.id)).await.expect("an answer").remove(0);
        assert_eq!(
            read.map(|Record { body, .. }| body.len()),
            Err(StoreError::Corrupt("one of its chunks is missing".into()))
        );
        // Helm, or somebody with kubectl, deletes the index alone.
        KubeDriver::config_maps(&cluster, namespace).delete(&record.head.id).await.expect("deleted");
        let strays = driver.strays(namespace).await.expect("an answer");
        for stray in &strays {
            assert_eq!(stray.id, record.head.id);
            let removed = driver.remove_stray(stray).await;
            assert!(matches!(removed, Ok(()) | Err(StoreError::NotFound)), "{removed:?}");
        }
        assert_eq!(driver.strays(namespace).await, Ok(Vec::new()));
    });
}

#[test]
fn a_large_release_is_installed_upgraded_and_rolled_back() {
    let Some(options) = options() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    // 10 MB and 100 MB are for `scripts/bench-stores large`: each step takes seconds without optimisations.
    std::fs::write(folder.path().join("noise.bin"), noise(2 << 20)).expect("a file");
    run(async { cluster(&options).await });
    let namespace = options.namespace.clone().expect("set");
    let rhelm = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.args(arguments).env("HELM_NAMESPACE", &namespace);
        command.env("KUBECONFIG", options.kubeconfig.as_ref().expect("set"));
        command
    };
    let chart = folder.path().display().to_string();
    rhelm(&["install", "web", &chart]).assert().success();
    rhelm(&["upgrade", "web", &chart, "--history-max", "3"]).assert().success();
    rhelm(&["rollback", "web", "1"]).assert().success().stdout("Rollback was a success! Happy Helming!\n");
    rhelm(&["upgrade", "web", &chart, "--history-max", "3"]).assert().success();
    let expected = ["superseded: Upgrade complete", "superseded: Rollback to 1", "deployed: Upgrade complete"];
    assert_eq!(super::recorded(&options), expected);
    rhelm(&["uninstall", "web"]).assert().success();
    run(async {
        let cluster = cluster(&options).await;
        let left = cluster.list("v1", "Secret", &namespace).await.expect("a list");
        assert_eq!(left["items"], serde_json::json!([]), "no chunk is left");
    });
}
