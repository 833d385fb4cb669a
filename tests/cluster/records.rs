//! Records as Secrets and ConfigMaps: what is stored, found again, and refused.

use super::{cluster, options, run};
use rhelm_kube::{ConnectOptions, KubeCluster, KubeDriver, connect};
use rhelm_lib::cluster::{Cluster, ObjectId};
use rhelm_lib::release::{Release, Status};
use rhelm_lib::store::Store;
use rhelm_testutil::conformance::driver_conformance;
use rhelm_testutil::controlplane;
use serde_json::json;

fn release(namespace: &str, name: &str, revision: u32) -> Release {
    Release { namespace: namespace.to_owned(), name: name.to_owned(), revision, ..Release::default() }
}

fn store_of(cluster: &KubeCluster) -> Store {
    Store::new(Box::new(KubeDriver::secrets(cluster, cluster.default_namespace())), || 1_700_000_000)
}

#[test]
fn secrets_and_config_maps_are_stores() {
    let Some(options) = options() else { return };
    run(async {
        let first = cluster(&options).await;
        let second = cluster(&ConnectOptions { namespace: Some(controlplane::unique_namespace()), ..options }).await;
        let namespaces = [first.default_namespace(), second.default_namespace()];
        driver_conformance(&KubeDriver::secrets(&first, ""), namespaces).await;
        driver_conformance(&KubeDriver::config_maps(&first, ""), namespaces).await;
    });
}

#[test]
fn revisions_are_created_updated_found_and_deleted() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let store = store_of(&cluster);
        for revision in [10, 2, 1] {
            store.create(&release(namespace, "web", revision)).await.expect("created");
        }
        let exists = store.create(&release(namespace, "web", 1)).await.expect_err("taken");
        assert_eq!(exists.to_string(), "release: already exists");
        let missing = store.update(&release(namespace, "web", 3)).await.expect_err("no such revision");
        assert_eq!(missing.to_string(), "release: not found");
        let history = store.history(namespace, "web").await.expect("an answer");
        assert_eq!(history.iter().map(|found| found.revision).collect::<Vec<_>>(), [1, 2, 10]);
        store.delete(namespace, "web", 2).await.expect("deleted");
        let missing = store.delete(namespace, "web", 2).await.expect_err("gone");
        assert_eq!(missing.to_string(), "release: not found");
        assert_eq!(store.list(namespace).await.expect("an answer").len(), 2);
        assert!(store.history(namespace, "other").await.expect("an answer").is_empty());
    });
}

#[test]
fn the_secret_is_helms() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let store = store_of(&cluster);
        let mut release = release(namespace, "web", 1);
        release.labels.insert("team".into(), "a".into());
        release.info.status = Status::PendingInstall;
        store.create(&release).await.expect("created");
        release.info.status = Status::Deployed;
        store.update(&release).await.expect("updated");
        let id = ObjectId {
            api_version: "v1".into(),
            kind: "Secret".into(),
            namespace: namespace.into(),
            name: "sh.helm.release.v1.web.v1".into(),
        };
        let mut secret = cluster.get(&id).await.expect("an answer").expect("a record");
        assert_eq!(secret["type"], "helm.sh/release.v1");
        assert_eq!(secret["metadata"]["managedFields"][0]["manager"], "Helm");
        let labels = secret["metadata"]["labels"].as_object_mut().expect("labels");
        assert!(labels.remove("modifiedAt").is_some());
        let expected = json!({"name": "web", "owner": "helm", "status": "deployed", "version": "1", "team": "a"});
        assert_eq!(secret["metadata"]["labels"], expected);
        let found = store.get(namespace, "web", 1).await.expect("an answer");
        assert_eq!(found.labels, release.labels);
    });
}

#[test]
fn refusals_are_helms_texts() {
    let Some(options) = options() else { return };
    run(async {
        let admin = cluster(&options).await;
        let namespace = admin.default_namespace();
        let store = store_of(&admin);
        let error = store.create(&release("nosuchns", "web", 1)).await.expect_err("no namespace");
        assert_eq!(error.to_string(), "create: failed to create: namespaces \"nosuchns\" not found");
        let alice = connect(&ConnectOptions { as_user: Some("alice".into()), ..options.clone() }).await.expect("valid");
        let store = store_of(&alice);
        let denied = |place: &str| {
            format!("secrets is forbidden: User \"alice\" cannot list resource \"secrets\" in API group \"\" {place}")
        };
        let error = store.history(namespace, "web").await.expect_err("no right");
        let place = format!("in the namespace \"{namespace}\"");
        assert_eq!(error.to_string(), format!("query: failed to query with labels: {}", denied(&place)));
        let error = store.list("").await.expect_err("no right");
        assert_eq!(error.to_string(), format!("list: failed to list: {}", denied("at the cluster scope")));
    });
}
