//! Records as Secrets: what is stored, found again, and refused.

use super::{cluster, options, run};
use rhelm_kube::{ConnectOptions, SecretDriver, connect};
use rhelm_lib::cluster::{Cluster, ObjectId};
use rhelm_lib::release::{Release, Status};
use rhelm_lib::store::Driver;
use serde_json::json;

fn release(namespace: &str, name: &str, revision: u32) -> Release {
    Release { namespace: namespace.to_owned(), name: name.to_owned(), revision, ..Release::default() }
}

#[test]
fn revisions_are_created_updated_found_and_deleted() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let driver = SecretDriver::new(&cluster, namespace);
        for revision in [10, 2, 1] {
            driver.create(&release(namespace, "web", revision)).await.expect("created");
        }
        let exists = driver.create(&release(namespace, "web", 1)).await.expect_err("taken");
        assert_eq!(exists.to_string(), "release: already exists");
        let missing = driver.update(&release(namespace, "web", 3)).await.expect_err("no such revision");
        assert_eq!(missing.to_string(), "release: not found");
        let history = driver.history(namespace, "web").await.expect("an answer");
        assert_eq!(history.iter().map(|found| found.revision).collect::<Vec<_>>(), [1, 2, 10]);
        driver.delete(namespace, "web", 2).await.expect("deleted");
        let missing = driver.delete(namespace, "web", 2).await.expect_err("gone");
        assert_eq!(missing.to_string(), "release: not found");
        assert_eq!(driver.list(namespace).await.expect("an answer").len(), 2);
        assert!(driver.history(namespace, "other").await.expect("an answer").is_empty());
    });
}

#[test]
fn the_secret_is_helms() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let driver = SecretDriver::new(&cluster, namespace);
        let mut release = release(namespace, "web", 1);
        release.labels.insert("team".into(), "a".into());
        release.info.status = Status::PendingInstall;
        driver.create(&release).await.expect("created");
        release.info.status = Status::Deployed;
        driver.update(&release).await.expect("updated");
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
        let found = driver.history(namespace, "web").await.expect("an answer");
        assert_eq!(found[0].labels, release.labels);
    });
}

#[test]
fn refusals_are_helms_texts() {
    let Some(options) = options() else { return };
    run(async {
        let admin = cluster(&options).await;
        let namespace = admin.default_namespace();
        let driver = SecretDriver::new(&admin, namespace);
        let error = driver.create(&release("nosuchns", "web", 1)).await.expect_err("no namespace");
        assert_eq!(error.to_string(), "create: failed to create: namespaces \"nosuchns\" not found");
        let alice = connect(&ConnectOptions { as_user: Some("alice".into()), ..options.clone() }).await.expect("valid");
        let driver = SecretDriver::new(&alice, namespace);
        let denied = |place: &str| {
            format!("secrets is forbidden: User \"alice\" cannot list resource \"secrets\" in API group \"\" {place}")
        };
        let error = driver.history(namespace, "web").await.expect_err("no right");
        let place = format!("in the namespace \"{namespace}\"");
        assert_eq!(error.to_string(), format!("query: failed to query with labels: {}", denied(&place)));
        let error = driver.list("").await.expect_err("no right");
        assert_eq!(error.to_string(), format!("list: failed to list: {}", denied("at the cluster scope")));
    });
}
