//! Why an object is not what it is waited for: what its pods say, the last event, the last lines of a container that failed.
//!
//! Whatever may not be seen is left out: the wait goes on without reasons.

use crate::client::{Call, segment};
use crate::cluster::{KubeCluster, text};
use crate::write::part;
use rhelm_lib::action::status::pod_selector;
use rhelm_lib::cluster::{Cluster, ObjectId};
use rhelm_lib::plan::Object;
use serde_json::Value as Json;

/// How many lines of a log are shown.
const LINES: &str = "3";

/// The reasons, each a line.
pub(super) async fn reasons(cluster: &KubeCluster, id: &ObjectId) -> Vec<String> {
    let Ok(Some(content)) = cluster.get(id).await else { return Vec::new() };
    let pod = match id.kind.as_str() {
        "Pod" => Some(content),
        _ => worst_pod(cluster, &Object { id: id.clone(), content }).await,
    };
    let Some(pod) = pod else { return event(cluster, &id.namespace, &id.kind, &id.name).await.into_iter().collect() };
    let name = text(&pod, "/metadata/name");
    let mut lines = Vec::new();
    let trouble = trouble(&pod);
    lines.extend(trouble.as_ref().map(|trouble| format!("pod {name}: {}", trouble.message)));
    lines.extend(event(cluster, &id.namespace, "Pod", name).await);
    if let Some(Trouble { container, failed: true, restarts, .. }) = trouble {
        lines.extend(log(cluster, &id.namespace, name, &container, restarts).await);
    }
    lines
}

/// The newest pod of a workload that is not ready.
async fn worst_pod(cluster: &KubeCluster, object: &Object) -> Option<Json> {
    let selector = pod_selector(object)?;
    let path = format!("/api/v1/namespaces/{}/pods?labelSelector={}", segment(&object.id.namespace), segment(&selector));
    let mut list = cluster.connection().json(Call::get(path)).await.ok()?;
    let Json::Array(pods) = list.get_mut("items")?.take() else { return None };
    let unready = pods.into_iter().filter(|pod| condition(pod, "Ready").is_none_or(|ready| ready["status"] != "True"));
    unready
        .filter(|pod| pod["status"]["phase"] != "Succeeded")
        .max_by_key(|pod| text(pod, "/metadata/creationTimestamp").to_owned())
}

fn condition<'a>(pod: &'a Json, kind: &str) -> Option<&'a Json> {
    pod["status"]["conditions"].as_array()?.iter().find(|condition| condition["type"] == kind)
}

/// What is wrong with a pod.
#[derive(Debug, Eq, PartialEq)]
struct Trouble {
    message: String,
    container: String,
    /// The container has ended badly: its log may say why.
    failed: bool,
    /// It has been started again since.
    restarts: bool,
}

fn trouble(pod: &Json) -> Option<Trouble> {
    let lists = ["initContainerStatuses", "containerStatuses"];
    let mut containers = lists.iter().filter_map(|list| pod["status"][*list].as_array()).flatten();
    containers.find_map(of_container).or_else(|| {
        let unscheduled = condition(pod, "PodScheduled").filter(|scheduled| scheduled["status"] == "False")?;
        let message = [text(unscheduled, "/reason"), text(unscheduled, "/message")].join(": ");
        Some(Trouble { message, container: String::new(), failed: false, restarts: false })
    })
}

fn of_container(status: &Json) -> Option<Trouble> {
    let container = text(status, "/name").to_owned();
    let waiting = &status["state"]["waiting"];
    let ended = [&status["state"]["terminated"], &status["lastState"]["terminated"]];
    let code = ended.iter().find_map(|ended| ended["exitCode"].as_i64()).filter(|code| *code != 0);
    let restarts = status["state"]["terminated"].is_null();
    let message = if waiting.is_object() {
        let (reason, message) = (text(waiting, "/reason"), text(waiting, "/message"));
        let both = if message.is_empty() { reason.to_owned() } else { format!("{reason}: {message}") };
        format!("container {container} is waiting: {both}")
    } else if let Some(code) = code {
        format!("container {container} ended with exit status {code}")
    } else if status["ready"] == false && status["state"]["running"].is_object() {
        format!("container {container} is not ready")
    } else {
        return None;
    };
    Some(Trouble { message, container, failed: code.is_some(), restarts })
}

/// The latest event of an object.
async fn event(cluster: &KubeCluster, namespace: &str, kind: &str, name: &str) -> Option<String> {
    let selector = segment(&format!("involvedObject.kind={kind},involvedObject.name={name}"));
    let path = format!("/api/v1/namespaces/{}/events?fieldSelector={selector}", segment(namespace));
    let list = cluster.connection().json(Call::get(path)).await.ok()?;
    let time = |event: &Json| {
        let times = ["/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"];
        times.iter().map(|path| text(event, path)).find(|time| !time.is_empty()).unwrap_or_default().to_owned()
    };
    let latest = list["items"].as_array()?.iter().max_by_key(|event| time(event))?;
    Some(format!("event {}: {}", text(latest, "/reason"), text(latest, "/message")))
}

async fn log(cluster: &KubeCluster, namespace: &str, pod: &str, container: &str, previous: bool) -> Vec<String> {
    let path = format!("/api/v1/namespaces/{}/pods/{}", segment(namespace), segment(pod));
    let previous = if previous { "true" } else { "false" };
    let path = part(&path, "log", &[("container", container), ("tailLines", LINES), ("previous", previous)]);
    let Ok(bytes) = cluster.connection().bytes(Call::get(path).accept("text/plain,*/*")).await else { return Vec::new() };
    String::from_utf8_lossy(&bytes).lines().map(|line| format!("log of {container}: {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(status: Json) -> Option<(String, bool, bool)> {
        trouble(&json!({"status": status})).map(|trouble| (trouble.message, trouble.failed, trouble.restarts))
    }

    #[test]
    fn pods_say_what_they_wait_for() {
        let pull = json!({"name": "a", "state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}});
        let crash = json!({
            "name": "a", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 2}},
        });
        let ended = json!({"name": "a", "state": {"terminated": {"exitCode": 1}}});
        let well = json!({"name": "a", "state": {"terminated": {"exitCode": 0}}});
        let running = json!({"name": "b", "ready": false, "state": {"running": {}}});
        let nowhere =
            json!([{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}]);
        let text = |text: &str, failed, restarts| Some((text.to_owned(), failed, restarts));
        let of = |container: &Json| told(json!({"containerStatuses": [container]}));
        assert_eq!(of(&pull), text("container a is waiting: ErrImagePull: no such image", false, true));
        assert_eq!(of(&crash), text("container a is waiting: CrashLoopBackOff", true, true));
        assert_eq!(of(&ended), text("container a ended with exit status 1", true, false));
        assert_eq!(of(&running), text("container b is not ready", false, true));
        assert_eq!(of(&well), None);
        assert_eq!(told(json!({"conditions": nowhere})), text("Unschedulable: 0/1 nodes", false, false));
        let both = json!({"initContainerStatuses": [well], "containerStatuses": [running]});
        assert_eq!(told(both), text("container b is not ready", false, true));
    }
}
