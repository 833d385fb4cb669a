//! Patches as Helm 4.3.1 sent them, and the rules of each kind of list.

use super::*;
use serde_json::json;

fn patch(kind: Type, old: Json, new: Json, live: Json) -> Json {
    three_way(&old, &new, &live, kind).expect("a patch")
}

fn pod(containers: Json) -> Json {
    json!({"spec": {"template": {"spec": {"containers": containers}}}})
}

#[test]
fn containers_are_merged_by_name() {
    let old = pod(json!([{"name": "a", "image": "e/a:1"}, {"name": "b", "image": "e/b:1"}]));
    let new = pod(json!([{"name": "a", "image": "e/b:1"}, {"name": "b", "image": "e/b:1"}]));
    let live = pod(json!([
        {"name": "a", "image": "e/a:1", "imagePullPolicy": "IfNotPresent"},
        {"name": "b", "image": "e/b:1", "imagePullPolicy": "IfNotPresent"},
    ]));
    let expected = pod(json!([{"image": "e/b:1", "name": "a"}]));
    let mut spec = expected;
    spec["spec"]["template"]["spec"]["$setElementOrder/containers"] = json!([{"name": "a"}, {"name": "b"}]);
    assert_eq!(patch("apps.v1.Deployment", old, new, live), spec);
}

#[test]
fn nothing_changed_means_an_empty_patch() {
    let object = pod(json!([{"name": "a", "image": "x", "ports": [{"containerPort": 80}]}]));
    let live = pod(json!([{"name": "a", "image": "x", "ports": [{"containerPort": 80, "protocol": "TCP"}], "tty": false}]));
    assert_eq!(patch("apps.v1.Deployment", object.clone(), object, live), json!({}));
}

#[test]
fn items_and_fields_that_went_are_deleted() {
    let old = pod(json!([{"name": "a", "image": "x", "command": ["y"]}, {"name": "b", "image": "x"}]));
    let new = pod(json!([{"name": "a", "image": "z"}]));
    let live = old.clone();
    let items = json!([{"name": "a", "image": "z", "command": null}, {"$patch": "delete", "name": "b"}]);
    let mut expected = pod(items);
    expected["spec"]["template"]["spec"]["$setElementOrder/containers"] = json!([{"name": "a"}]);
    assert_eq!(patch("apps.v1.Deployment", old, new, live), expected);
}

#[test]
fn what_others_added_stays_and_what_they_changed_goes_back() {
    let manifest = json!({"data": {"a": "1"}});
    let live = json!({"data": {"a": "2", "theirs": "x"}});
    assert_eq!(patch("core.v1.ConfigMap", manifest.clone(), manifest, live), json!({"data": {"a": "1"}}));
}

#[test]
fn plain_lists_are_replaced() {
    let args = |args: Json| json!({"spec": {"containers": [{"name": "a", "args": args}]}});
    let mut expected = args(json!(["y"]));
    expected["spec"]["$setElementOrder/containers"] = json!([{"name": "a"}]);
    assert_eq!(patch("core.v1.Pod", args(json!(["x"])), args(json!(["y"])), args(json!(["x"]))), expected);
}

#[test]
fn sets_are_merged_by_value() {
    let finalizers = |list: Json| json!({"metadata": {"finalizers": list}});
    let expected = json!({"metadata": {
        "finalizers": ["c"],
        "$deleteFromPrimitiveList/finalizers": ["a"],
        "$setElementOrder/finalizers": ["b", "c"],
    }});
    let (old, new) = (finalizers(json!(["a", "b"])), finalizers(json!(["b", "c"])));
    assert_eq!(patch("core.v1.ConfigMap", old.clone(), new, old), expected);
}

#[test]
fn volumes_name_the_keys_that_stay() {
    let volume = |source: &str| json!({"spec": {"volumes": [{"name": "v", source: {}}]}});
    let (old, new) = (volume("emptyDir"), volume("ephemeral"));
    let item = json!({"name": "v", "ephemeral": {}, "emptyDir": null, "$retainKeys": ["ephemeral", "name"]});
    let mut expected = json!({"spec": {"volumes": [item]}});
    expected["spec"]["$setElementOrder/volumes"] = json!([{"name": "v"}]);
    assert_eq!(patch("core.v1.Pod", old.clone(), new, old), expected);
}

#[test]
fn a_selector_of_a_disruption_budget_is_always_sent() {
    let budget = json!({"spec": {"selector": {"matchLabels": {"a": "b"}}}});
    assert_eq!(patch("policy.v1.PodDisruptionBudget", budget.clone(), budget.clone(), budget.clone()), budget);
}

#[test]
fn an_item_without_its_key_is_an_error() {
    let nameless = json!({"spec": {"containers": [{"image": "x"}]}});
    let error = three_way(&nameless, &nameless, &nameless, "core.v1.Pod").expect_err("no key");
    assert_eq!(error.to_string(), "map: {\"image\":\"x\"} does not contain declared merge key: name");
}

/// A port may be there twice, for two protocols; what tells items apart is the port alone.
#[test]
fn items_of_equal_keys_go_together_in_their_order() {
    let ports = |tcp: u16, udp: u16| {
        json!({"spec": {"ports": [
            {"name": "tcp", "port": 53, "protocol": "TCP", "targetPort": tcp},
            {"name": "udp", "port": 53, "protocol": "UDP", "targetPort": udp},
        ]}})
    };
    let kind = "core.v1.Service";
    assert_eq!(patch(kind, ports(53, 53), ports(53, 53), ports(53, 53)), json!({}));
    let changed = json!([{"port": 53, "targetPort": 1}, {"port": 53, "targetPort": 2}]);
    let expected = json!({"spec": {"ports": changed, "$setElementOrder/ports": [{"port": 53}, {"port": 53}]}});
    assert_eq!(patch(kind, ports(53, 53), ports(1, 2), ports(53, 53)), expected);
}
