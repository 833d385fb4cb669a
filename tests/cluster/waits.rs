//! Waiting for real objects: what Helm 4.3.1 says of the same ones.

use super::{apply, cluster, options, run};
use rhelm_kube::KubeCluster;
use rhelm_lib::cluster::readiness::{Goal, Unready};
use rhelm_lib::cluster::{Cascade, Cluster, Detail, ObjectId, Wait};
use serde_json::{Value as Json, json};
use std::time::Duration;

const READY: Goal = Goal::Ready { jobs: false, legacy: false };

/// A Deployment or a Job; its pods cannot be scheduled when it is stuck.
fn workload(kind: &str, namespace: &str, stuck: bool) -> Json {
    let nodes = if stuck { json!({"disk": "none"}) } else { json!({}) };
    let pod = json!({"restartPolicy": "Always", "nodeSelector": nodes, "containers": [{"name": "main", "image": "example/web:1"}]});
    let mut template = json!({"metadata": {"labels": {"app": "x"}}, "spec": pod});
    let (version, spec) = match kind {
        "Job" => {
            template["spec"]["restartPolicy"] = "Never".into();
            ("batch/v1", json!({"template": template}))
        }
        _ => ("apps/v1", json!({"selector": {"matchLabels": {"app": "x"}}, "template": template})),
    };
    json!({"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": namespace}, "spec": spec})
}

async fn wait(cluster: &KubeCluster, object: &Json, goal: Goal, seconds: u64) -> Result<(), String> {
    let objects = [ObjectId::of(object)];
    let wait = Wait { objects: &objects, goal, timeout: Duration::from_secs(seconds) };
    cluster.wait(wait).await.map_err(|unready: Unready| unready.to_string())
}

#[test]
fn a_deployment_becomes_ready() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let deployment = workload("Deployment", cluster.default_namespace(), false);
        apply(&cluster, &deployment).await.expect("applied");
        assert_eq!(wait(&cluster, &deployment, READY, 30).await, Ok(()));
        assert_eq!(wait(&cluster, &deployment, Goal::Ready { jobs: false, legacy: true }, 30).await, Ok(()));
    });
}

#[test]
fn objects_that_do_not_get_ready_are_named_with_their_state() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let deployment = workload("Deployment", namespace, true);
        apply(&cluster, &deployment).await.expect("applied");
        let text = |why: &str| {
            Err(format!(
                "resource Deployment/{namespace}/x not ready. status: InProgress, message: {why}\ncontext deadline exceeded"
            ))
        };
        assert_eq!(wait(&cluster, &deployment, READY, 2).await, text("Available: 0/1"));
        assert_eq!(wait(&cluster, &deployment, Goal::Ready { jobs: false, legacy: true }, 2).await, text("Ready: 0/1"));
        let set = workload("StatefulSet", namespace, true);
        apply(&cluster, &set).await.expect("applied");
        let text = format!("resource StatefulSet/{namespace}/x not ready. status: Failed, message: 1 pods have failed");
        assert_eq!(wait(&cluster, &set, READY, 60).await, Err(text));
    });
}

#[test]
fn a_job_is_waited_for_to_its_end_where_that_is_asked() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let job = workload("Job", namespace, true);
        apply(&cluster, &job).await.expect("applied");
        assert_eq!(wait(&cluster, &job, READY, 30).await, Ok(()));
        let text = format!(
            "resource Job/{namespace}/x not ready. status: InProgress, message: Job in progress\ncontext deadline exceeded"
        );
        assert_eq!(wait(&cluster, &job, Goal::Finished { legacy: false }, 2).await, Err(text));
    });
}

#[test]
fn a_deletion_is_waited_for() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        let metadata = json!({"name": "held", "namespace": namespace, "finalizers": ["example.com/never"]});
        let held = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata});
        apply(&cluster, &held).await.expect("applied");
        let id = ObjectId::of(&held);
        cluster.delete(std::slice::from_ref(&id), Cascade::Background).await.remove(0).expect("an answer");
        let text = format!(
            "resource ConfigMap/{namespace}/held still exists. status: Terminating, message: Resource scheduled for deletion\ncontext deadline exceeded"
        );
        for legacy in [false, true] {
            assert_eq!(wait(&cluster, &held, Goal::Gone { legacy }, 1).await, Err(text.clone()));
        }
        let mut missing = held.clone();
        missing["metadata"]["name"] = "never".into();
        for legacy in [false, true] {
            assert_eq!(wait(&cluster, &missing, Goal::Gone { legacy }, 30).await, Ok(()));
        }
    });
}

#[test]
fn many_objects_are_found_whatever_their_labels() {
    let Some(options) = options() else { return };
    run(async {
        let cluster = cluster(&options).await;
        let object = |name: String, labels: Json| {
            let metadata = json!({"name": name, "namespace": cluster.default_namespace(), "labels": labels});
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}})
        };
        let helms = json!({"app.kubernetes.io/managed-by": "Helm"});
        let objects: Vec<Json> =
            (0..8).map(|at| object(format!("c{at}"), if at < 4 { helms.clone() } else { json!({}) })).collect();
        for there in &objects[..7] {
            apply(&cluster, there).await.expect("applied");
        }
        let ids: Vec<ObjectId> = objects.iter().rev().map(ObjectId::of).collect();
        let found = cluster.find(&ids, Detail::Whole).await;
        let names = |found: Vec<Result<Option<Json>, _>>| -> Vec<Option<String>> {
            let name = |object: Json| {
                (object["kind"] == "ConfigMap").then(|| object["metadata"]["name"].as_str().map(str::to_owned))?
            };
            found
                .into_iter()
                .map(|found: Result<_, rhelm_lib::cluster::ClusterError>| found.expect("an answer").and_then(name))
                .collect()
        };
        assert!(
            found[1..]
                .iter()
                .all(|found| found.as_ref().is_ok_and(|found| found.as_ref().is_some_and(|o| o["data"]["a"] == "b")))
        );
        let expected: Vec<_> = (0..8).rev().map(|at| (at < 7).then(|| format!("c{at}"))).collect();
        assert_eq!(names(found), expected);
        assert_eq!(names(cluster.find(&ids, Detail::Metadata).await), expected);
    });
}
