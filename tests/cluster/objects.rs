//! Objects: kinds, apply, ownership of fields, deletion, refusals.

use super::{apply, cluster, options, run};
use rhelm_kube::{ConnectOptions, connect};
use rhelm_lib::cluster::{Cascade, Cluster, ClusterError, Deleted, Write};
use serde_json::{Value as Json, json};

fn config_map(namespace: &str, value: &str) -> Json {
    let metadata = json!({"name": "settings", "namespace": namespace});
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"key": value}})
}

#[test]
fn an_object_is_applied_read_listed_and_deleted() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let mut objects = [json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}})];
        let id = cluster.resolve(&mut objects, namespace).await.remove(0).expect("a known kind");
        assert_eq!(objects[0]["metadata"]["namespace"], namespace);
        assert!(cluster.get(&id).await.expect("an answer").is_none());
        let applied = apply(&cluster, &config_map(namespace, "a")).await.expect("applied");
        assert_eq!(applied["data"], json!({"key": "a"}));
        let managers = &applied["metadata"]["managedFields"];
        assert_eq!((&managers[0]["manager"], &managers[0]["operation"]), (&json!("helm"), &json!("Apply")));
        let listed = cluster.list("v1", "ConfigMap", namespace).await.expect("a list");
        assert!(listed["items"].as_array().expect("items").iter().any(|item| item["metadata"]["name"] == "settings"));
        for expected in [Deleted::Gone, Deleted::Absent] {
            let deleted = cluster.delete(std::slice::from_ref(&id), Cascade::Background).await;
            assert_eq!(deleted, [Ok(expected)]);
        }
    });
}

#[test]
fn what_was_exported_is_created_whatever_its_version_was() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let mut object = config_map(cluster.default_namespace(), "a");
        object["metadata"]["resourceVersion"] = json!("1");
        let created = cluster.write(&[Write::Create { object }]).await.remove(0).expect("created");
        assert_ne!(created["metadata"]["resourceVersion"], "1");
    });
}

#[test]
fn text_that_yaml_would_fold_arrives_as_it_is() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let text = "a & \u{2028} b \u{85} c\u{2029}d \u{feff}\u{7f} é \u{1f600} <\n>";
        let applied = apply(&cluster, &config_map(cluster.default_namespace(), text)).await.expect("applied");
        assert_eq!(applied["data"], json!({"key": text}));
    });
}

#[test]
fn a_dry_run_stores_nothing() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let mut objects = [config_map(cluster.default_namespace(), "a")];
        let id = cluster.resolve(&mut objects, "").await.remove(0).expect("a known kind");
        let write = Write::Apply { object: objects[0].clone(), force: false, dry_run: true, adopt: None };
        cluster.write(&[write]).await.remove(0).expect("would be applied");
        assert!(cluster.get(&id).await.expect("an answer").is_none());
    });
}

#[test]
fn an_unknown_field_is_refused() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let mut object = config_map(namespace, "a");
        object["foo"] = json!(1);
        let error = apply(&cluster, &object).await.expect_err("no such field");
        let text = format!(
            "failed to create typed patch object ({namespace}/settings; /v1, Kind=ConfigMap): .foo: field not declared in schema"
        );
        assert_eq!(error.to_string(), text);
    });
}

#[test]
fn an_unknown_kind_is_named() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let mut objects = [json!({"apiVersion": "nope.io/v1", "kind": "Foo", "metadata": {"name": "typ"}})];
        let error = cluster.resolve(&mut objects, "x").await.remove(0).expect_err("no such kind");
        assert_eq!(error.to_string(), "no matches for kind \"Foo\" in version \"nope.io/v1\"");
    });
}

#[test]
fn a_user_without_rights_is_told_so() {
    let Some(options) = options() else { return };
    run(async {
        let admin = cluster(&options).await;
        let namespace = admin.default_namespace();
        let alice = connect(&ConnectOptions { as_user: Some("alice".into()), ..options.clone() }).await.expect("valid");
        let error = apply(&alice, &config_map(namespace, "a")).await.expect_err("no right");
        let text = format!(
            "configmaps \"settings\" is forbidden: User \"alice\" cannot patch resource \"configmaps\" in API group \"\" in the namespace \"{namespace}\""
        );
        assert_eq!(error.to_string(), text);
        let ClusterError::Api { code, reason, .. } = error else { panic!("an answer") };
        assert_eq!((code, reason.as_str()), (403, "Forbidden"));
    });
}

#[test]
fn capabilities_name_versions_and_kinds() {
    let Some(options) = options() else { return };
    run(async {
        let info = connect(&options).await.expect("valid").capabilities().await.expect("an answer");
        for name in ["v1", "v1/Pod", "apps/v1", "apps/v1/Deployment", "apps/v1/Scale"] {
            assert!(info.api_versions.iter().any(|served| served == name), "{name}");
        }
        assert!(info.git_version.starts_with("v1."), "{}", info.git_version);
    });
}

#[test]
fn no_server_is_described_as_client_go_does() {
    run(async {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let options = ConnectOptions {
            kubeconfig: Some(file.path().to_owned()),
            apiserver: Some("https://127.0.0.1:1".into()),
            ..ConnectOptions::default()
        };
        let error = connect(&options).await.expect("valid").version().await.expect_err("nobody listens");
        let text = "kubernetes cluster unreachable: Get \"https://127.0.0.1:1/version\": dial tcp 127.0.0.1:1: connect: connection refused";
        assert_eq!(error.to_string(), text);
    });
}

#[test]
fn a_wrong_token_is_described_as_client_go_does() {
    let Some(options) = options() else { return };
    run(async {
        let options = ConnectOptions { token: Some("wrong".into()), ..options };
        let error = connect(&options).await.expect("valid").version().await.expect_err("not logged in");
        let text = "kubernetes cluster unreachable: the server has asked for the client to provide credentials";
        assert_eq!(error.to_string(), text);
    });
}
