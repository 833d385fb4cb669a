//! The objects that a release says it has.

use super::error::Error;
use super::objects::{Check, build};
use crate::cluster::Cluster;
use crate::plan::Object;
use crate::release::Release;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The objects as the record has them, placed in the cluster; not whether they are there.
///
/// # Errors
/// When the record's manifest is no YAML, or holds what is no object of this cluster.
pub async fn objects(cluster: &dyn Cluster, release: &Release) -> Result<Vec<Object>, Error> {
    let placed = build(cluster, &release.manifest, &release.namespace, Check::Recorded).await?;
    Ok(placed.into_iter().map(|placed| placed.object).collect())
}

/// The labels of the pods that belong to an object, as `a=b,c=d`, where its kind has any.
#[must_use]
pub fn pod_selector(object: &Object) -> Option<String> {
    let labels = pod_labels(&object.id.kind, &object.content)?;
    Some(labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(","))
}

/// The same labels by their names.
pub(super) fn pod_labels<'a>(kind: &str, content: &'a Json) -> Option<BTreeMap<&'a str, &'a str>> {
    let labels = match kind {
        "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => "/spec/selector/matchLabels",
        "ReplicationController" => "/spec/selector",
        _ => return None,
    };
    let labels = content.pointer(labels)?.as_object()?;
    labels.iter().map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ObjectId;
    use serde_json::json;

    #[test]
    fn workloads_name_their_pods() {
        let selector = |kind: &str, content| {
            pod_selector(&Object { id: ObjectId { kind: kind.into(), ..ObjectId::default() }, content })
        };
        let spec = json!({"spec": {"selector": {"matchLabels": {"b": "2", "a": "1"}}}});
        assert_eq!(selector("Deployment", spec.clone()).as_deref(), Some("a=1,b=2"));
        assert_eq!(selector("Service", spec), None);
        assert_eq!(selector("ReplicationController", json!({"spec": {"selector": {"a": "1"}}})).as_deref(), Some("a=1"));
        assert_eq!(selector("Job", json!({"spec": {}})), None);
    }
}
