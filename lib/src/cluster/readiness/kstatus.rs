//! The rules of kstatus, which Helm's watcher goes by.
//!
//! <https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md>

use super::fields::{conditions, group_kind, integer, text};
use super::{Goal, State, Status};
use serde_json::Value as Json;
use std::time::Duration;

/// How long a pod may stay unscheduled before it counts as failed.
pub const SCHEDULING_GRACE: Duration = Duration::from_secs(15);

/// How old a pod must be that is not restarted, before it is believed that it goes on: most programs that fail do so at once.
pub const SETTLING: Duration = Duration::from_secs(3);

/// How an object stands on the way to a goal; `age` is the time since it was created.
#[must_use]
pub fn judge(object: &Json, goal: Goal, age: Duration) -> State {
    let finished = match group_kind(object).as_str() {
        "batch/Job" if matches!(goal, Goal::Finished { .. } | Goal::Ready { jobs: true, .. }) => Some(finished_job(object)),
        "Pod" if matches!(goal, Goal::Finished { .. }) => Some(finished_pod(object)),
        _ if matches!(goal, Goal::Finished { .. }) => Some(current("Resource is current")),
        _ => None,
    };
    // Helm's own readers of Jobs and Pods look at nothing else, not even at a deletion.
    finished.unwrap_or_else(|| ready(object, age))
}

/// A controller in progress has failed when pods of it have: it will hardly get on without somebody's help.
#[must_use]
pub fn with_pods(state: State, pods: &[(Json, Duration)]) -> State {
    let failed = pods.iter().filter(|(pod, age)| pod_conditions(pod, *age).status == Status::Failed).count();
    if state.status == Status::InProgress && failed > 0 {
        return State::new(Status::Failed, format!("{failed} pods have failed"));
    }
    state
}

fn ready(object: &Json, age: Duration) -> State {
    if let Some(state) = generic(object) {
        return state;
    }
    match group_kind(object).as_str() {
        "apps/Deployment" | "extensions/Deployment" => deployment(object),
        "apps/StatefulSet" => stateful_set(object),
        "apps/DaemonSet" | "extensions/DaemonSet" => daemon_set(object),
        "apps/ReplicaSet" | "extensions/ReplicaSet" => replica_set(object),
        "batch/Job" => started_job(object),
        "Pod" => pod_conditions(object, age),
        "PersistentVolumeClaim" => claim(object),
        "Service" => service(object),
        "apiextensions.k8s.io/CustomResourceDefinition" => definition(object),
        "Secret" | "ConfigMap" | "batch/CronJob" => current("Resource is always ready"),
        "policy/PodDisruptionBudget" => current("AllowedDisruptions has been computed."),
        _ => ready_condition(object),
    }
}

fn current(message: impl Into<String>) -> State {
    State::new(Status::Current, message)
}

fn in_progress(message: impl Into<String>) -> State {
    State::new(Status::InProgress, message)
}

fn failed(message: impl Into<String>) -> State {
    State::new(Status::Failed, message)
}

/// What holds for every kind.
fn generic(object: &Json) -> Option<State> {
    if !text(object, "/metadata/deletionTimestamp").is_empty() {
        return Some(State::new(Status::Terminating, "Resource scheduled for deletion"));
    }
    let number = |path| object.pointer(path).and_then(Json::as_i64);
    if let (Some(generation), Some(observed)) = (number("/metadata/generation"), number("/status/observedGeneration"))
        && generation != observed
    {
        let kind = text(object, "/kind");
        return Some(in_progress(format!(
            "{kind} generation is {generation}, but latest observed generation is {observed}"
        )));
    }
    conditions(object).find_map(|condition| match () {
        () if condition.is("Reconciling", "True") => Some(in_progress(condition.message)),
        () if condition.is("Stalled", "True") => Some(failed(condition.message)),
        () => None,
    })
}

fn ready_condition(object: &Json) -> State {
    let ready = conditions(object).filter(|condition| condition.kind == "Ready");
    let mut states = ready.filter_map(|condition| match condition.status {
        "True" => Some(current("Resource is Ready")),
        "False" | "Unknown" => Some(in_progress(condition.message)),
        _ => None,
    });
    states.next().unwrap_or_else(|| current("Resource is current"))
}

fn deployment(object: &Json) -> State {
    const NO_DEADLINE: i64 = i32::MAX as i64;
    let mut progressing = integer(object, "/spec/progressDeadlineSeconds", NO_DEADLINE) == NO_DEADLINE;
    let mut available = false;
    for condition in conditions(object) {
        if condition.kind == "Progressing" && condition.reason == "ProgressDeadlineExceeded" {
            return failed("Progress deadline exceeded");
        }
        progressing |= condition.is("Progressing", "True") && condition.reason == "NewReplicaSetAvailable";
        available |= condition.is("Available", "True");
    }
    let wanted = integer(object, "/spec/replicas", 1);
    let status = |field: &str| integer(object, &format!("/status/{field}"), 0);
    let (replicas, updated, usable) = (status("replicas"), status("updatedReplicas"), status("availableReplicas"));
    let ready = status("readyReplicas");
    match () {
        () if wanted > replicas => in_progress(format!("Replicas: {replicas}/{wanted}")),
        () if wanted > updated => in_progress(format!("Updated: {updated}/{wanted}")),
        () if replicas > wanted => in_progress(format!("Pending termination: {}", replicas - wanted)),
        () if updated > usable => in_progress(format!("Available: {usable}/{updated}")),
        () if wanted > ready => in_progress(format!("Ready: {ready}/{wanted}")),
        () if !progressing => in_progress("ReplicaSet not Available"),
        () if !available => in_progress("Deployment not Available"),
        () => current(format!("Deployment is available. Replicas: {replicas}")),
    }
}

fn stateful_set(object: &Json) -> State {
    if text(object, "/spec/updateStrategy/type") == "OnDelete" {
        return current("StatefulSet is using the ondelete update strategy");
    }
    let wanted = integer(object, "/spec/replicas", 1);
    let status = |field: &str| integer(object, &format!("/status/{field}"), 0);
    let (replicas, ready, updated) = (status("replicas"), status("readyReplicas"), status("updatedReplicas"));
    let now = status("currentReplicas");
    let partition = integer(object, "/spec/updateStrategy/rollingUpdate/partition", -1);
    match () {
        () if wanted > replicas => in_progress(format!("Replicas: {replicas}/{wanted}")),
        () if wanted > ready => in_progress(format!("Ready: {ready}/{wanted}")),
        () if replicas > wanted => in_progress(format!("Pending termination: {}", replicas - wanted)),
        () if partition != -1 && updated < wanted - partition => {
            in_progress(format!("updated: {updated}/{}", wanted - partition))
        }
        () if partition != -1 => current(format!("Partition rollout complete. updated: {updated}")),
        () if wanted > now => in_progress(format!("current: {now}/{wanted}")),
        () if text(object, "/status/currentRevision") != text(object, "/status/updateRevision") => {
            in_progress("Waiting for updated revision to match current")
        }
        () => current(format!("All replicas scheduled as expected. Replicas: {replicas}")),
    }
}

fn daemon_set(object: &Json) -> State {
    for path in ["metadata.generation", "status.observedGeneration"] {
        if object.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Json::as_i64).is_none() {
            return in_progress(format!("{} {path} not found", text(object, "/kind")));
        }
    }
    let wanted = integer(object, "/status/desiredNumberScheduled", -1);
    let status = |field: &str| integer(object, &format!("/status/{field}"), 0);
    let (now, updated) = (status("currentNumberScheduled"), status("updatedNumberScheduled"));
    let (available, ready) = (status("numberAvailable"), status("numberReady"));
    match () {
        () if wanted == -1 => in_progress("Missing .status.desiredNumberScheduled"),
        () if wanted > now => in_progress(format!("Current: {now}/{wanted}")),
        () if wanted > updated => in_progress(format!("Updated: {updated}/{wanted}")),
        () if wanted > available => in_progress(format!("Available: {available}/{wanted}")),
        () if wanted > ready => in_progress(format!("Ready: {ready}/{wanted}")),
        () => current(format!("All replicas scheduled as expected. Replicas: {wanted}")),
    }
}

fn replica_set(object: &Json) -> State {
    if conditions(object).any(|condition| condition.is("ReplicaFailure", "True")) {
        return in_progress("Replica Failure condition. Check Pods");
    }
    let wanted = integer(object, "/spec/replicas", 1);
    let status = |field: &str| integer(object, &format!("/status/{field}"), 0);
    let (replicas, labelled) = (status("replicas"), status("fullyLabeledReplicas"));
    let (available, ready) = (status("availableReplicas"), status("readyReplicas"));
    match () {
        () if wanted > labelled => in_progress(format!("Labelled: {labelled}/{wanted}")),
        () if wanted > available => in_progress(format!("Available: {available}/{wanted}")),
        () if wanted > ready => in_progress(format!("Ready: {ready}/{wanted}")),
        () if replicas > wanted => in_progress(format!("Pending termination: {}", replicas - wanted)),
        () => current(format!("ReplicaSet is available. Replicas: {replicas}")),
    }
}

/// How a Job ended, if it has: its successes or failures out of the completions that were asked for.
fn ended_job(object: &Json) -> Option<State> {
    let completions = integer(object, "/spec/completions", integer(object, "/spec/parallelism", 1));
    conditions(object).filter(|condition| condition.status == "True").find_map(|condition| match condition.kind {
        "Complete" => {
            Some(current(format!("Job Completed. succeeded: {}/{completions}", integer(object, "/status/succeeded", 0))))
        }
        "Failed" => Some(failed(format!("Job Failed. failed: {}/{completions}", integer(object, "/status/failed", 0)))),
        _ => None,
    })
}

fn started_job(object: &Json) -> State {
    ended_job(object).unwrap_or_else(|| match text(object, "/status/startTime") {
        "" => in_progress("Job not started"),
        _ => current("Job in progress"),
    })
}

fn finished_job(object: &Json) -> State {
    ended_job(object).unwrap_or_else(|| in_progress("Job in progress"))
}

fn finished_pod(object: &Json) -> State {
    let name = text(object, "/metadata/name");
    match text(object, "/status/phase") {
        "Succeeded" => current(format!("pod {name} succeeded")),
        "Failed" => failed(format!("pod {name} failed")),
        _ => in_progress("Pod in progress"),
    }
}

fn pod_conditions(object: &Json, age: Duration) -> State {
    let has = |kind, status| conditions(object).any(|condition| condition.is(kind, status));
    let unschedulable = || conditions(object).any(|c| c.is("PodScheduled", "False") && c.reason == "Unschedulable");
    match text(object, "/status/phase") {
        "Succeeded" => current("Pod has completed successfully"),
        // Current in kstatus: a pod that will never run counts as ready there.
        "Failed" => failed("Pod has completed, but not successfully"),
        "Running" if has("Ready", "True") && may_end(object) && age < SETTLING => {
            in_progress("Pod is Ready, and very young")
        }
        "Running" if has("Ready", "True") => current("Pod is Ready"),
        "Running" => match crash_looping(object).as_slice() {
            [] => in_progress("Pod is running but is not Ready"),
            names => failed(format!("Containers in CrashLoop state: {}", names.join(","))),
        },
        "Pending" if unschedulable() && age < SCHEDULING_GRACE => in_progress("Pod has not been scheduled"),
        "Pending" if unschedulable() => failed("Pod could not be scheduled"),
        "Pending" => in_progress("Pod is in the Pending phase"),
        "" => in_progress("Pod phase not available"),
        phase => State::new(Status::Unknown, format!("unknown phase {phase}")),
    }
}

fn may_end(pod: &Json) -> bool {
    matches!(text(pod, "/spec/restartPolicy"), "Never" | "OnFailure")
}

fn crash_looping(object: &Json) -> Vec<&str> {
    let statuses = object.pointer("/status/containerStatuses").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let looping = statuses.iter().filter(|status| text(status, "/state/waiting/reason") == "CrashLoopBackOff");
    looping.map(|status| text(status, "/name")).collect()
}

fn claim(object: &Json) -> State {
    match text(object, "/status/phase") {
        "Bound" => current("PVC is Bound"),
        phase => in_progress(format!("PVC is not Bound. phase: {}", if phase.is_empty() { "unknown" } else { phase })),
    }
}

fn service(object: &Json) -> State {
    if text(object, "/spec/type") == "LoadBalancer" && text(object, "/spec/clusterIP").is_empty() {
        return in_progress("ClusterIP not set. Service type: LoadBalancer");
    }
    current("Service is ready")
}

fn definition(object: &Json) -> State {
    let decided = conditions(object).find_map(|condition| match (condition.kind, condition.status) {
        ("NamesAccepted", "False") => Some(failed(condition.message)),
        ("Established", "False") if condition.reason != "Installing" => Some(failed(condition.message)),
        ("Established", "True") => Some(current("CRD is established")),
        _ => None,
    });
    decided.unwrap_or_else(|| in_progress("Install in progress"))
}

#[cfg(test)]
#[path = "kstatus_tests.rs"]
mod tests;
