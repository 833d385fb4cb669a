//! What a real server makes of objects, and what plans make of that: whether an application would change nothing.

use super::{apply, cluster, options, run};
use rhelm_lib::cluster::{Cluster, ObjectId, Write};
use rhelm_lib::plan::{Change, Method, Object, build, managed};
use serde_json::{Value as Json, json};

/// Objects as charts write them: with defaults left out, quantities in other forms, lists of every sort.
fn objects(namespace: &str) -> Vec<Json> {
    let object = |version: &str, kind: &str, rest: Json| {
        let metadata = json!({"name": "x", "namespace": namespace, "labels": {"app": "x"}, "annotations": {"a/b": "c"}});
        let mut object = json!({"apiVersion": version, "kind": kind, "metadata": metadata});
        object.as_object_mut().expect("a map").extend(rest.as_object().cloned().expect("a map"));
        object
    };
    let container = json!({
        "name": "main", "image": "example/web:1", "command": ["sh", "-c"], "args": ["a", "b"],
        "ports": [{"name": "http", "containerPort": 80}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}],
        "env": [{"name": "A", "value": "1"}, {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "resources": {"limits": {"cpu": 0.5, "memory": "1024Mi"}, "requests": {"cpu": "1000m"}},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "conf", "mountPath": "/conf", "readOnly": true}],
        "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
        "securityContext": {"runAsNonRoot": true, "capabilities": {"drop": ["ALL"]}},
    });
    let mut container = container;
    container["resources"]["requests"]["cpu"] = "250m".into();
    let pod = json!({
        "containers": [container, {"name": "side", "image": "example/side:1"}],
        "volumes": [{"name": "data", "emptyDir": {"sizeLimit": "0.5Gi"}}, {"name": "conf", "configMap": {"name": "x", "defaultMode": 420}}],
        "tolerations": [{"key": "a", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 1, "podAffinityTerm": {"topologyKey": "h", "labelSelector": {"matchLabels": {"app": "x"}}}},
        ]}},
        "imagePullSecrets": [{"name": "p"}],
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "ScheduleAnyway"}],
    });
    let template = json!({"metadata": {"labels": {"app": "x"}, "annotations": {"sum": "1"}}, "spec": pod});
    let selector = json!({"matchLabels": {"app": "x"}});
    let claim = json!({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}}});
    let job = json!({"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}}});
    vec![
        object("v1", "ConfigMap", json!({"data": {"a": "1", "long": "x\ny\n"}, "binaryData": {"b": "AAEC"}})),
        object("v1", "Secret", json!({"stringData": {"password": "geheim"}, "type": "Opaque"})),
        object("v1", "ServiceAccount", json!({"automountServiceAccountToken": false})),
        object("v1", "Service", json!({"spec": {"selector": {"app": "x"}, "ports": [{"port": 80, "targetPort": "http"}]}})),
        object("v1", "ResourceQuota", json!({"spec": {"hard": {"pods": 20, "limits.memory": "2048Mi"}}})),
        object("apps/v1", "Deployment", json!({"spec": {"replicas": 2, "selector": selector, "template": template}})),
        object(
            "apps/v1",
            "StatefulSet",
            json!({"spec": {
                "serviceName": "x", "selector": selector, "template": template, "volumeClaimTemplates": [claim],
            }}),
        ),
        object("batch/v1", "Job", json!({"spec": job})),
        object("batch/v1", "CronJob", json!({"spec": {"schedule": "0 * * * *", "jobTemplate": {"spec": job}}})),
        object("policy/v1", "PodDisruptionBudget", json!({"spec": {"minAvailable": "50%", "selector": selector}})),
        object(
            "networking.k8s.io/v1",
            "Ingress",
            json!({"spec": {"rules": [{"host": "a.b", "http": {"paths": [
                {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "x", "port": {"number": 80}}}},
            ]}}]}}),
        ),
        object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({"spec": {
                "podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": selector}]}],
            }}),
        ),
        object(
            "rbac.authorization.k8s.io/v1",
            "Role",
            json!({"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
        ),
        object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}, "minReplicas": 1, "maxReplicas": 3,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}],
            }}),
        ),
    ]
}

#[test]
fn what_was_applied_need_not_be_applied_again() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        for object in objects(cluster.default_namespace()) {
            let kind = object["kind"].clone();
            let live = apply(&cluster, &object).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
            assert!(managed::is_applied(&object, &live, true), "{kind}: {:#}", live["metadata"]["managedFields"]);
            let mut changed = object.clone();
            changed["metadata"]["labels"]["new"] = "x".into();
            assert!(!managed::is_applied(&changed, &live, false), "{kind}: a new label");
            changed["metadata"]["labels"] = json!({"app": "y"});
            assert!(!managed::is_applied(&changed, &live, false), "{kind}: another label");
            changed["metadata"]["labels"] = Json::Null;
            assert!(!managed::is_applied(&changed, &live, false), "{kind}: no label");
        }
    });
}

#[test]
fn client_side_patches_of_unchanged_objects_are_empty() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        for content in objects(cluster.default_namespace()) {
            let kind = content["kind"].clone();
            let created = cluster.write(&[Write::Create { object: content.clone() }]).await.remove(0);
            let live = created.unwrap_or_else(|error| panic!("{kind}: {error}"));
            let object = Object { id: ObjectId::of(&content), content };
            let old = [object.clone()];
            let plan = build(vec![(object, Some(live))], &old, &[], Method::ClientSide { live_custom: false }, true);
            assert!(matches!(plan.operations[0].change, Change::Unchanged(_)) || has_quantities(&kind), "{kind}: {plan:#?}");
        }
    });
}

/// Client-side apply compares quantities by their text, as Helm does.
fn has_quantities(kind: &Json) -> bool {
    ["Deployment", "StatefulSet", "ResourceQuota", "Secret"].iter().any(|with| kind == with)
}

#[test]
fn fields_of_client_side_apply_are_adopted() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let object = objects(cluster.default_namespace()).remove(0);
        let created = cluster.write(&[Write::Create { object: object.clone() }]).await.remove(0).expect("created");
        assert!(!managed::is_applied(&object, &created, true));
        let adopt = managed::adopt(&created);
        assert!(adopt.is_some());
        let write = Write::Apply { object: object.clone(), force: false, dry_run: false, adopt };
        let live = cluster.write(&[write]).await.remove(0).expect("applied");
        assert!(managed::is_applied(&object, &live, true), "{:#}", live["metadata"]["managedFields"]);
    });
}
