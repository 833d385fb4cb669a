//! Field sets as a real server writes them.

use super::*;
use serde_json::json;

fn live(fields: Json, spec: Json) -> Json {
    let entry = json!({"manager": "helm", "operation": "Apply", "apiVersion": "apps/v1", "fieldsType": "FieldsV1", "fieldsV1": fields});
    let metadata = json!({"name": "x", "namespace": "w", "resourceVersion": "7", "managedFields": [entry]});
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
}

fn manifest(spec: Json) -> Json {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x", "namespace": "w"}, "spec": spec})
}

#[test]
fn a_value_that_somebody_changed_is_not_applied() {
    let fields = || json!({"f:spec": {"f:replicas": {}}});
    let manifest = manifest(json!({"replicas": 1}));
    assert!(is_applied(&manifest, &live(fields(), json!({"replicas": 1, "theirs": 2})), false));
    assert!(!is_applied(&manifest, &live(fields(), json!({"replicas": 2})), false));
    assert!(!is_applied(
        &manifest,
        &live(json!({"f:spec": {"f:replicas": {}, "f:paused": {}}}), json!({"replicas": 1})),
        false
    ));
}

#[test]
fn items_are_found_by_their_keys_even_where_these_are_defaults() {
    let ports = json!({".": {}, "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}});
    let container = json!({".": {}, "f:name": {}, "f:ports": ports});
    let fields = json!({"f:spec": {"f:containers": {"k:{\"name\":\"a\"}": container}}});
    let spec = |port: Json| json!({"containers": [{"name": "a", "ports": [port]}]});
    let live = live(fields, spec(json!({"containerPort": 80, "protocol": "TCP"})));
    assert!(is_applied(&manifest(spec(json!({"containerPort": 80}))), &live, false));
    assert!(!is_applied(&manifest(spec(json!({"containerPort": 81}))), &live, false));
}

#[test]
fn the_order_of_items_counts() {
    let fields = json!({"f:spec": {"f:l": {"k:{\"name\":\"a\"}": {".": {}, "f:name": {}}, "k:{\"name\":\"b\"}": {".": {}, "f:name": {}}}}});
    let spec = |names: [&str; 2]| json!({"l": names.map(|name| json!({"name": name}))});
    let live = live(fields, spec(["a", "b"]));
    assert!(is_applied(&manifest(spec(["a", "b"])), &live, false));
    assert!(!is_applied(&manifest(spec(["b", "a"])), &live, false));
}

#[test]
fn what_the_server_made_of_the_last_application_is_trusted() {
    let fields = json!({"f:spec": {"f:cpu": {}, "f:ref": {}}});
    let manifest = manifest(json!({"cpu": 0.5, "ref": {"path": "x"}}));
    let rewritten = live(fields, json!({"cpu": "500m", "ref": {"path": "x", "version": "v1"}}));
    assert!(is_applied(&manifest, &rewritten, true));
    assert!(!is_applied(&manifest, &rewritten, false));
    let taken = live(json!({"f:spec": {"f:ref": {}}}), json!({"cpu": "1", "ref": {"path": "x"}}));
    assert!(!is_applied(&manifest, &taken, true));
}

#[test]
fn secrets_written_as_text_are_read_from_their_data() {
    let fields = json!({"f:stringData": {"f:password": {}}});
    let mut live = live(fields, json!({}));
    live["data"] = json!({"password": "Z2VoZWlt"});
    let mut secret = json!({"metadata": {"name": "x"}, "stringData": {"password": "geheim"}});
    for object in [&mut live, &mut secret] {
        object["apiVersion"] = "v1".into();
        object["kind"] = "Secret".into();
    }
    live["metadata"]["managedFields"][0]["apiVersion"] = "v1".into();
    assert!(is_applied(&secret, &live, false));
    secret["stringData"]["password"] = "other".into();
    assert!(!is_applied(&secret, &live, false));
}

#[test]
fn fields_of_client_side_apply_are_adopted() {
    let mut object = live(json!({}), json!({}));
    assert_eq!(adopt(&object), None);
    let update = |manager: &str, fields: Json| json!({"manager": manager, "operation": "Update", "fieldsV1": fields});
    object["metadata"]["managedFields"] =
        json!([update("kubectl", json!({"f:x": {}})), update("helm", json!({"f:data": {".": {}, "f:a": {}}})),]);
    let body = |managed: Json| {
        json!([
            {"op": "replace", "path": "/metadata/managedFields", "value": managed},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
        ])
    };
    let mut renamed = update("helm", json!({"f:data": {".": {}, "f:a": {}}}));
    renamed["operation"] = "Apply".into();
    let expected = body(json!([update("kubectl", json!({"f:x": {}})), renamed]));
    assert_eq!(adopt(&object), Some(Patch { kind: PatchKind::Json, body: expected }));
}

#[test]
fn an_update_of_helm_3_joins_the_application() {
    let mut object = live(json!({"f:data": {"f:a": {}}}), json!({}));
    let update = json!({"manager": "helm", "operation": "Update", "fieldsV1": {"f:data": {"f:b": {}}}});
    object["metadata"]["managedFields"].as_array_mut().expect("a list").push(update);
    let patch = adopt(&object).expect("a patch");
    let managed = &patch.body[0]["value"];
    assert_eq!(managed.as_array().map(Vec::len), Some(1));
    assert_eq!(managed[0]["fieldsV1"], json!({"f:data": {"f:a": {}, "f:b": {}}}));
}
