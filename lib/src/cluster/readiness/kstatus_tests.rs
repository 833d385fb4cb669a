//! The examples that were tried with Helm 4.3.1 on a real cluster, and one for each other rule.

use super::*;
use serde_json::json;

const READY: Goal = Goal::Ready { jobs: false, legacy: false };

fn object(group_kind: &str, spec: Json, status: Json) -> Json {
    let (api_version, kind) = match group_kind.split_once('/') {
        Some((group, kind)) => (format!("{group}/v1"), kind),
        None => ("v1".to_owned(), group_kind),
    };
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": spec, "status": status})
}

fn state(group_kind: &str, spec: Json, status: Json) -> String {
    let state = judge(&object(group_kind, spec, status), READY, Duration::ZERO);
    format!("{}: {}", state.status, state.message)
}

fn condition(kind: &str, status: &str, reason: &str) -> Json {
    json!({"type": kind, "status": status, "reason": reason, "message": format!("message of {kind}")})
}

#[test]
fn deployments() {
    let kind = "apps/Deployment";
    let spec = || json!({"replicas": 2, "progressDeadlineSeconds": 600});
    let counts = |replicas: i64, updated: i64, available: i64, ready: i64| {
        let mut status = json!({"replicas": replicas, "updatedReplicas": updated, "availableReplicas": available});
        status["readyReplicas"] = ready.into();
        status
    };
    assert_eq!(state(kind, spec(), json!({})), "InProgress: Replicas: 0/2");
    assert_eq!(state(kind, spec(), counts(2, 1, 0, 0)), "InProgress: Updated: 1/2");
    assert_eq!(state(kind, spec(), counts(3, 2, 2, 3)), "InProgress: Pending termination: 1");
    assert_eq!(state(kind, spec(), counts(2, 2, 0, 0)), "InProgress: Available: 0/2");
    assert_eq!(state(kind, spec(), counts(2, 2, 2, 1)), "InProgress: Ready: 1/2");
    assert_eq!(state(kind, spec(), counts(2, 2, 2, 2)), "InProgress: ReplicaSet not Available");
    let mut status = counts(2, 2, 2, 2);
    status["conditions"] = json!([condition("Progressing", "True", "NewReplicaSetAvailable")]);
    assert_eq!(state(kind, spec(), status.clone()), "InProgress: Deployment not Available");
    status["conditions"] = json!([status["conditions"][0], condition("Available", "True", "")]);
    assert_eq!(state(kind, spec(), status), "Current: Deployment is available. Replicas: 2");
    let status = json!({"conditions": [condition("Progressing", "False", "ProgressDeadlineExceeded")]});
    assert_eq!(state(kind, spec(), status), "Failed: Progress deadline exceeded");
}

#[test]
fn stateful_sets() {
    let kind = "apps/StatefulSet";
    assert_eq!(state(kind, json!({}), json!({"replicas": 1})), "InProgress: Ready: 0/1");
    let on_delete = json!({"updateStrategy": {"type": "OnDelete"}});
    assert_eq!(state(kind, on_delete, json!({})), "Current: StatefulSet is using the ondelete update strategy");
    let status =
        json!({"replicas": 1, "readyReplicas": 1, "currentReplicas": 1, "currentRevision": "a", "updateRevision": "b"});
    assert_eq!(state(kind, json!({}), status), "InProgress: Waiting for updated revision to match current");
    let partition = json!({"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}});
    let status = json!({"replicas": 3, "readyReplicas": 3, "updatedReplicas": 1});
    assert_eq!(state(kind, partition.clone(), status), "Current: Partition rollout complete. updated: 1");
    let status = json!({"replicas": 3, "readyReplicas": 3});
    assert_eq!(state(kind, partition, status), "InProgress: updated: 0/1");
}

#[test]
fn daemon_sets_need_their_generations() {
    let mut set = object("apps/DaemonSet", json!({}), json!({"desiredNumberScheduled": 1, "currentNumberScheduled": 1}));
    let message = |set: &Json| judge(set, READY, Duration::ZERO).message;
    assert_eq!(message(&set), "DaemonSet metadata.generation not found");
    set["metadata"]["generation"] = 1.into();
    assert_eq!(message(&set), "DaemonSet status.observedGeneration not found");
    set["status"]["observedGeneration"] = 1.into();
    assert_eq!(message(&set), "Updated: 0/1");
    set["status"]["updatedNumberScheduled"] = 1.into();
    assert_eq!(message(&set), "Available: 0/1");
}

#[test]
fn jobs_need_only_run_unless_they_are_waited_for() {
    let running = object("batch/Job", json!({}), json!({"startTime": "x", "active": 1}));
    let with_jobs = Goal::Ready { jobs: true, legacy: false };
    assert_eq!(judge(&running, READY, Duration::ZERO).status, Status::Current);
    assert_eq!(judge(&running, with_jobs, Duration::ZERO), in_progress("Job in progress"));
    assert_eq!(state("batch/Job", json!({"suspend": true}), json!({})), "InProgress: Job not started");
    let status = json!({"failed": 1, "conditions": [condition("Failed", "True", "BackoffLimitExceeded")]});
    assert_eq!(judge(&object("batch/Job", json!({}), status), with_jobs, Duration::ZERO), failed("Job Failed. failed: 1/1"));
    let status = json!({"conditions": [condition("Suspended", "True", "")]});
    assert_eq!(state("batch/Job", json!({"suspend": true}), status), "InProgress: Job not started");
}

#[test]
fn pods() {
    let status = json!({"phase": "Failed"});
    assert_eq!(state("Pod", json!({}), status), "Failed: Pod has completed, but not successfully");
    let status = json!({"phase": "Running", "conditions": [condition("Ready", "True", "")]});
    assert_eq!(state("Pod", json!({}), status.clone()), "Current: Pod is Ready");
    let once = object("Pod", json!({"restartPolicy": "Never"}), status);
    assert_eq!(judge(&once, READY, Duration::ZERO), in_progress("Pod is Ready, and very young"));
    assert_eq!(judge(&once, READY, SETTLING), current("Pod is Ready"));
    let waiting = json!({"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}});
    let status = json!({"phase": "Running", "containerStatuses": [waiting]});
    assert_eq!(state("Pod", json!({}), status), "Failed: Containers in CrashLoop state: main");
    let status = json!({"phase": "Pending", "conditions": [condition("PodScheduled", "False", "Unschedulable")]});
    assert_eq!(state("Pod", json!({}), status.clone()), "InProgress: Pod has not been scheduled");
    let pod = object("Pod", json!({}), status);
    assert_eq!(judge(&pod, READY, SCHEDULING_GRACE), failed("Pod could not be scheduled"));
    let controller = with_pods(in_progress("Ready: 0/1"), &[(pod.clone(), SCHEDULING_GRACE), (pod, Duration::ZERO)]);
    assert_eq!(controller, failed("1 pods have failed"));
}

#[test]
fn hooks_are_judged_by_jobs_and_pods_only() {
    let goal = Goal::Finished { legacy: false };
    let judged = |kind: &str, status: Json| judge(&object(kind, json!({}), status), goal, Duration::ZERO);
    assert_eq!(judged("Pod", json!({"phase": "Failed"})), failed("pod x failed"));
    assert_eq!(judged("Pod", json!({})), in_progress("Pod in progress"));
    assert_eq!(judged("apps/Deployment", json!({})).status, Status::Current);
}

#[test]
fn other_kinds() {
    assert_eq!(
        state("PersistentVolumeClaim", json!({}), json!({"phase": "Pending"})),
        "InProgress: PVC is not Bound. phase: Pending"
    );
    assert_eq!(
        state("Service", json!({"type": "LoadBalancer", "clusterIP": "10.0.0.1"}), json!({})),
        "Current: Service is ready"
    );
    assert_eq!(state("ReplicationController", json!({}), json!({})), "Current: Resource is current");
    assert_eq!(state("apps/ReplicaSet", json!({}), json!({"fullyLabeledReplicas": 1})), "InProgress: Available: 0/1");
    let status = json!({"conditions": [condition("NamesAccepted", "False", "x")]});
    let kind = "apiextensions.k8s.io/CustomResourceDefinition";
    assert_eq!(state(kind, json!({}), status), "Failed: message of NamesAccepted");
}

#[test]
fn custom_resources_speak_by_conditions_and_generations() {
    let conditions = |kind: &str, status: &str| json!({"conditions": [condition(kind, status, "")]});
    let judged = |status: Json| state("example.com/Gadget", json!({}), status);
    assert_eq!(judged(json!({})), "Current: Resource is current");
    assert_eq!(judged(conditions("Ready", "False")), "InProgress: message of Ready");
    assert_eq!(judged(conditions("Ready", "Unknown")), "InProgress: message of Ready");
    assert_eq!(judged(conditions("Ready", "True")), "Current: Resource is Ready");
    assert_eq!(judged(conditions("Reconciling", "True")), "InProgress: message of Reconciling");
    assert_eq!(judged(conditions("Stalled", "True")), "Failed: message of Stalled");
    assert_eq!(judged(conditions("Available", "False")), "Current: Resource is current");
    let mut gadget = object("example.com/Gadget", json!({}), json!({"observedGeneration": 0}));
    gadget["metadata"]["generation"] = 1.into();
    let message = "Gadget generation is 1, but latest observed generation is 0";
    assert_eq!(judge(&gadget, READY, Duration::ZERO), in_progress(message));
    gadget["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
    assert_eq!(judge(&gadget, READY, Duration::ZERO).status, Status::Terminating);
}
