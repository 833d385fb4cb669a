//! `--recreate-pods`, which Helm 3 had: the pods of workloads that were changed are deleted, and their owners make new ones.

use super::context::Context;
use super::execute::Executed;
use super::status::pod_labels;
use crate::cluster::{Cascade, ObjectId};
use serde_json::Value as Json;

/// Deletes the pods of what was changed, and not created. What fails is passed over, as by Helm: the release is what it should be.
pub(super) async fn pods(cx: Context<'_>, executed: &Executed) {
    let changed = executed.live.iter().filter(|(id, _)| !executed.created.iter().any(|created| created.is_same(id)));
    for (id, live) in changed {
        let Some(labels) = pod_labels(&id.kind, live).filter(|labels| !labels.is_empty()) else { continue };
        let Ok(pods) = cx.cluster.list("v1", "Pod", &id.namespace).await else { continue };
        let items = pods["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let belongs = |pod: &&Json| labels.iter().all(|(name, value)| pod["metadata"]["labels"][*name] == **value);
        let name = |pod: &Json| pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let ids: Vec<ObjectId> = items.iter().filter(belongs).map(|pod| pod_id(id, name(pod))).collect();
        drop(cx.cluster.delete(&ids, Cascade::Background).await);
    }
}

fn pod_id(owner: &ObjectId, name: String) -> ObjectId {
    ObjectId { api_version: "v1".to_owned(), kind: "Pod".to_owned(), namespace: owner.namespace.clone(), name }
}
