//! The objects that a release says it has.

use super::objects::{self, BuildError};
use crate::cluster::Cluster;
use crate::manifest::collect::{self, DocumentError};
use crate::plan::Object;
use crate::release::Release;

/// Why the objects of a release cannot be told; the texts are Helm's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StatusError {
    /// The record's manifest is no YAML.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// It holds what is no object of this cluster.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// The objects as the record has them, placed in the cluster; not whether they are there.
///
/// # Errors
/// [`StatusError`].
pub async fn objects(cluster: &dyn Cluster, release: &Release) -> Result<Vec<Object>, StatusError> {
    let (manifests, _) = collect::read(&release.manifest)?;
    Ok(objects::recorded(cluster, &manifests.resources, &release.namespace).await?)
}

/// The labels of the pods that belong to an object, as `a=b,c=d`, where its kind has any.
#[must_use]
pub fn pod_selector(object: &Object) -> Option<String> {
    let labels = match object.id.kind.as_str() {
        "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => "/spec/selector/matchLabels",
        "ReplicationController" => "/spec/selector",
        _ => return None,
    };
    let labels = object.content.pointer(labels)?.as_object()?;
    let terms: Option<Vec<String>> =
        labels.iter().map(|(name, value)| Some(format!("{name}={}", value.as_str()?))).collect();
    let mut terms = terms?;
    terms.sort();
    Some(terms.join(","))
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
