//! The rules of Helm 3: what it looked at in each kind, with a reason that it never gave.
//!
//! A Job that has failed is seen at once, where Helm asks thirty times more.

use super::fields::{conditions, group_kind, integer, is_true, text};
use super::{State, Status, Unready};
use serde_json::Value as Json;

/// What a judgement needs besides the object.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Need {
    /// Nothing.
    #[default]
    Nothing,
    /// The ReplicaSets that belong to a Deployment.
    ReplicaSets,
    /// The pods that an object selects.
    Pods,
}

/// What has to be read before an object can be judged.
#[must_use]
pub fn need(object: &Json) -> Need {
    match group_kind(object).as_str() {
        "apps/Deployment" => Need::ReplicaSets,
        "apps/ReplicaSet" | "ReplicationController" => Need::Pods,
        _ => Need::Nothing,
    }
}

/// How an object stands; `parts` are what [`need`] asked for.
#[must_use]
pub fn judge(object: &Json, jobs: bool, parts: &[Json]) -> State {
    match group_kind(object).as_str() {
        "Pod" => pod(object),
        "batch/Job" if jobs => job(object),
        "apps/Deployment" => deployment(object, parts),
        "PersistentVolumeClaim" => claim(object),
        "Service" => service(object),
        "apps/DaemonSet" => daemon_set(object),
        "apiextensions.k8s.io/CustomResourceDefinition" => definition(object),
        "apps/StatefulSet" => stateful_set(object),
        "apps/ReplicaSet" | "ReplicationController" => with_pods(object, parts),
        _ => ready(),
    }
}

/// Whether a hook has ended; `None` while it goes on.
#[must_use]
pub fn finished(object: &Json) -> Option<Result<(), Unready>> {
    let name = || text(object, "/metadata/name").to_owned();
    match (text(object, "/kind"), text(object, "/status/phase")) {
        ("Job", _) => conditions(object).filter(|condition| condition.status == "True").find_map(|c| match c.kind {
            "Complete" => Some(Ok(())),
            "Failed" => Some(Err(Unready::JobFailed { name: name(), reason: c.reason.to_owned() })),
            _ => None,
        }),
        ("Pod", "Succeeded") => Some(Ok(())),
        ("Pod", "Failed") => Some(Err(Unready::PodFailed { name: name() })),
        ("Pod", _) => None,
        _ => Some(Ok(())),
    }
}

fn ready() -> State {
    State::new(Status::Current, "ready")
}

fn waiting(why: impl Into<String>) -> State {
    State::new(Status::InProgress, why)
}

fn or_ready(why: Option<String>) -> State {
    why.map_or_else(ready, waiting)
}

fn pod(object: &Json) -> State {
    let is_ready = conditions(object).any(|condition| condition.is("Ready", "True"));
    or_ready((!is_ready).then(|| "Pod is not ready".to_owned()))
}

fn job(object: &Json) -> State {
    let (failed, limit) = (integer(object, "/status/failed", 0), integer(object, "/spec/backoffLimit", 6));
    if failed > limit {
        let (namespace, name) = (text(object, "/metadata/namespace"), text(object, "/metadata/name"));
        return State::new(Status::Failed, format!("job is failed: {namespace}/{name}"));
    }
    let (succeeded, wanted) = (integer(object, "/status/succeeded", 0), integer(object, "/spec/completions", 0));
    or_ready((succeeded < wanted).then(|| format!("Completions: {succeeded}/{wanted}")))
}

/// Says that the controller has not yet seen the latest change.
fn unobserved(object: &Json) -> Option<String> {
    let (generation, observed) =
        (integer(object, "/metadata/generation", 0), integer(object, "/status/observedGeneration", 0));
    (generation != observed).then(|| format!("generation {generation} is not observed yet"))
}

fn deployment(object: &Json, replica_sets: &[Json]) -> State {
    if is_true(object, "/spec/paused") {
        return ready();
    }
    let newest = replica_sets.iter().filter(|set| owns(object, set)).find(|set| is_of_template(object, set));
    let Some(set) = newest else { return waiting("no new ReplicaSet yet") };
    let replicas = integer(object, "/spec/replicas", 1);
    let wanted = replicas - max_unavailable(object, replicas);
    let have = integer(set, "/status/readyReplicas", 0);
    let few = (have < wanted).then(|| format!("Ready: {have}/{wanted}"));
    or_ready(unobserved(set).or_else(|| unobserved(object)).or(few))
}

fn owns(owner: &Json, object: &Json) -> bool {
    let owners = object.pointer("/metadata/ownerReferences").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    owners.iter().any(|reference| text(reference, "/uid") == text(owner, "/metadata/uid"))
}

/// Whether a ReplicaSet makes the pods that its Deployment now asks for.
fn is_of_template(deployment: &Json, set: &Json) -> bool {
    let template = |object: &Json| {
        let mut template = object.pointer("/spec/template").cloned().unwrap_or_default();
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Json::as_object_mut) {
            labels.remove("pod-template-hash");
        }
        template
    };
    template(deployment) == template(set)
}

/// How many of the replicas may be missing, as the Deployment controller computes it.
fn max_unavailable(object: &Json, replicas: i64) -> i64 {
    if text(object, "/spec/strategy/type") != "RollingUpdate" || replicas == 0 {
        return 0;
    }
    let scaled = |path, up| scale(object.pointer(path), replicas, up);
    let surge = scaled("/spec/strategy/rollingUpdate/maxSurge", true);
    let unavailable = scaled("/spec/strategy/rollingUpdate/maxUnavailable", false);
    match (surge, unavailable) {
        // Both zero would never get on.
        (0, 0) => 1,
        (_, unavailable) => unavailable.min(replicas),
    }
}

/// A number, or a percentage of `total`.
fn scale(value: Option<&Json>, total: i64, up: bool) -> i64 {
    match value {
        Some(Json::Number(number)) => number.as_i64().unwrap_or(0),
        Some(Json::String(text)) => {
            let percent: i64 = text.strip_suffix('%').and_then(|digits| digits.parse().ok()).unwrap_or(0);
            let product = percent.saturating_mul(total);
            if up { product.saturating_add(99) / 100 } else { product / 100 }
        }
        _ => 0,
    }
}

fn claim(object: &Json) -> State {
    let phase = text(object, "/status/phase");
    or_ready((phase != "Bound").then(|| format!("PVC is not Bound. phase: {phase}")))
}

fn service(object: &Json) -> State {
    let kind = text(object, "/spec/type");
    if kind == "ExternalName" {
        return ready();
    }
    if text(object, "/spec/clusterIP").is_empty() {
        return waiting("Service has no cluster IP");
    }
    let any = |path| object.pointer(path).and_then(Json::as_array).is_some_and(|list| !list.is_empty());
    let reachable = kind != "LoadBalancer" || any("/spec/externalIPs") || any("/status/loadBalancer/ingress");
    or_ready((!reachable).then(|| "Service has no load balancer address".to_owned()))
}

fn daemon_set(object: &Json) -> State {
    if let Some(why) = unobserved(object) {
        return waiting(why);
    }
    if text(object, "/spec/updateStrategy/type") != "RollingUpdate" {
        return ready();
    }
    let status = |field: &str| integer(object, &format!("/status/{field}"), 0);
    let (wanted, updated, have) =
        (status("desiredNumberScheduled"), status("updatedNumberScheduled"), status("numberReady"));
    if updated != wanted {
        return waiting(format!("Updated: {updated}/{wanted}"));
    }
    let least = wanted - scale(object.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable"), wanted, true);
    or_ready((have < least).then(|| format!("Ready: {have}/{least}")))
}

fn stateful_set(object: &Json) -> State {
    if let Some(why) = unobserved(object) {
        return waiting(why);
    }
    if text(object, "/spec/updateStrategy/type") != "RollingUpdate" {
        return ready();
    }
    let replicas = integer(object, "/spec/replicas", 1);
    let partition = integer(object, "/spec/updateStrategy/rollingUpdate/partition", 0);
    let (updated, have) = (integer(object, "/status/updatedReplicas", 0), integer(object, "/status/readyReplicas", 0));
    let differs = || text(object, "/status/currentRevision") != text(object, "/status/updateRevision");
    match () {
        () if updated < replicas - partition => waiting(format!("Updated: {updated}/{}", replicas - partition)),
        () if have != replicas => waiting(format!("Ready: {have}/{replicas}")),
        () if partition == 0 && differs() => waiting("the current revision is not the updated one yet"),
        () => ready(),
    }
}

fn definition(object: &Json) -> State {
    let decided = |c: super::fields::Condition| c.is("Established", "True") || c.is("NamesAccepted", "False");
    or_ready((!conditions(object).any(decided)).then(|| "CRD is not established".to_owned()))
}

fn with_pods(object: &Json, pods: &[Json]) -> State {
    if let Some(why) = unobserved(object) {
        return waiting(why);
    }
    let unready = pods.iter().filter(|one| pod(one).status != Status::Current).count();
    or_ready((unready > 0).then(|| format!("{unready} pods are not ready")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(api_version: &str, kind: &str, spec: Json, status: Json) -> Json {
        let metadata = json!({"name": "x", "namespace": "w", "uid": "u", "generation": 1});
        json!({"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec, "status": status})
    }

    fn state(api_version: &str, kind: &str, spec: Json, status: Json) -> String {
        let state = judge(&object(api_version, kind, spec, status), true, &[]);
        format!("{}: {}", state.status, state.message)
    }

    #[test]
    fn a_failed_job_has_failed() {
        let spec = json!({"backoffLimit": 0, "completions": 1});
        assert_eq!(state("batch/v1", "Job", spec.clone(), json!({"failed": 1})), "Failed: job is failed: w/x");
        assert_eq!(state("batch/v1", "Job", spec.clone(), json!({})), "InProgress: Completions: 0/1");
        assert_eq!(state("batch/v1", "Job", spec, json!({"succeeded": 1})), "Current: ready");
        assert_eq!(judge(&object("batch/v1", "Job", json!({}), json!({})), false, &[]), ready());
    }

    #[test]
    fn a_deployment_goes_by_its_new_replica_set() {
        let template = json!({"metadata": {"labels": {"app": "x"}}});
        let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}});
        let spec = json!({"replicas": 4, "template": template, "strategy": rolling});
        let deployment = object("apps/v1", "Deployment", spec, json!({"observedGeneration": 1}));
        assert_eq!(judge(&deployment, false, &[]), waiting("no new ReplicaSet yet"));
        let set = |ready: i64| {
            let template = json!({"metadata": {"labels": {"app": "x", "pod-template-hash": "1"}}});
            let status = json!({"observedGeneration": 1, "readyReplicas": ready});
            let mut set = object("apps/v1", "ReplicaSet", json!({"template": template}), status);
            set["metadata"]["ownerReferences"] = json!([{"uid": "u"}]);
            set
        };
        assert_eq!(judge(&deployment, false, &[set(2)]), waiting("Ready: 2/3"));
        assert_eq!(judge(&deployment, false, &[set(3)]), ready());
    }

    #[test]
    fn daemon_sets_may_lack_some_pods() {
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}});
        let status = json!({"observedGeneration": 1, "desiredNumberScheduled": 1, "updatedNumberScheduled": 1});
        assert_eq!(state("apps/v1", "DaemonSet", json!({"updateStrategy": strategy}), status), "Current: ready");
    }

    #[test]
    fn services_need_their_addresses() {
        let spec = json!({"type": "LoadBalancer", "clusterIP": "10.0.0.1"});
        assert_eq!(state("v1", "Service", spec, json!({})), "InProgress: Service has no load balancer address");
        assert_eq!(state("v1", "Service", json!({"type": "ExternalName"}), json!({})), "Current: ready");
    }

    #[test]
    fn hooks_end_in_words_of_their_own() {
        let condition = json!({"type": "Failed", "status": "True", "reason": "DeadlineExceeded"});
        let job = object("batch/v1", "Job", json!({}), json!({"conditions": [condition]}));
        let error = finished(&job).expect("an end").expect_err("a failure");
        assert_eq!(error.to_string(), "job x failed: DeadlineExceeded");
        let pod = object("v1", "Pod", json!({}), json!({"phase": "Failed"}));
        assert_eq!(finished(&pod).expect("an end").expect_err("a failure").to_string(), "pod x failed");
        assert_eq!(finished(&object("v1", "ConfigMap", json!({}), json!({}))), Some(Ok(())));
    }
}
