//! What controllers would make of an object, given time enough.
//!
//! The label `outcome` of a pod, or of a Job's pod template, says how it ends: `fail`, `hang`, else well.

use serde_json::{Value as Json, json};

/// The object with the status that it will have.
pub(super) fn settle(mut object: Json) -> Json {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let label = |path: &str| object.pointer(path).and_then(Json::as_str).unwrap_or_default().to_owned();
    let status = match kind.as_str() {
        "Job" => job(&label("/spec/template/metadata/labels/outcome")),
        "Pod" => pod(&label("/metadata/labels/outcome")),
        "Deployment" => deployment(&object, &label("/spec/template/metadata/labels/outcome")),
        "CustomResourceDefinition" => json!({"conditions": [{"type": "Established", "status": "True"}]}),
        _ => return object,
    };
    object["status"] = status;
    object
}

fn job(outcome: &str) -> Json {
    match outcome {
        "fail" => {
            json!({"failed": 1, "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]})
        }
        "hang" => json!({"startTime": "2024-01-01T00:00:00Z", "active": 1}),
        _ => json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}),
    }
}

fn pod(outcome: &str) -> Json {
    match outcome {
        "fail" => json!({"phase": "Failed"}),
        "hang" => json!({"phase": "Running"}),
        _ => json!({"phase": "Succeeded"}),
    }
}

fn deployment(object: &Json, outcome: &str) -> Json {
    let replicas = object.pointer("/spec/replicas").and_then(Json::as_i64).unwrap_or(1);
    if outcome == "hang" {
        return json!({"replicas": replicas, "updatedReplicas": replicas});
    }
    let conditions = json!([
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
        {"type": "Available", "status": "True"},
    ]);
    json!({
        "replicas": replicas, "updatedReplicas": replicas, "availableReplicas": replicas, "readyReplicas": replicas,
        "conditions": conditions,
    })
}
