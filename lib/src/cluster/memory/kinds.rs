//! The kinds that a cluster in memory serves.

use super::super::{ClusterError, ObjectId};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// API version, kind, and whether it lives in namespaces.
const BUILT_IN: &[(&str, &str, bool)] = &[
    ("v1", "Namespace", false),
    ("v1", "PersistentVolume", false),
    ("v1", "ConfigMap", true),
    ("v1", "Secret", true),
    ("v1", "Service", true),
    ("v1", "ServiceAccount", true),
    ("v1", "Pod", true),
    ("v1", "PersistentVolumeClaim", true),
    ("apps/v1", "Deployment", true),
    ("apps/v1", "StatefulSet", true),
    ("apps/v1", "DaemonSet", true),
    ("batch/v1", "Job", true),
    ("batch/v1", "CronJob", true),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", false),
    ("rbac.authorization.k8s.io/v1", "Role", true),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition", false),
];

pub(super) fn served() -> Vec<String> {
    let mut names: Vec<_> =
        BUILT_IN.iter().flat_map(|(version, kind, _)| [(*version).to_owned(), format!("{version}/{kind}")]).collect();
    names.sort();
    names.dedup();
    names
}

pub(super) fn plural(kind: &str) -> String {
    format!("{}s", kind.to_lowercase())
}

pub(super) fn resolve(
    objects: &BTreeMap<ObjectId, Json>,
    object: &mut Json,
    namespace: &str,
) -> Result<ObjectId, ClusterError> {
    let mut id = ObjectId::of(object);
    let built_in = BUILT_IN.iter().find(|(version, kind, _)| *version == id.api_version && *kind == id.kind);
    let custom = || objects.values().find_map(|definition| scope(definition, &id));
    let Some(namespaced) = built_in.map(|(_, _, namespaced)| *namespaced).or_else(custom) else {
        return Err(ClusterError::NoMatch { api_version: id.api_version, kind: id.kind });
    };
    if !namespaced {
        id.namespace = String::new();
    } else if id.namespace.is_empty() {
        id.namespace = namespace.to_owned();
        object["metadata"]["namespace"] = namespace.into();
    }
    Ok(id)
}

/// Whether a custom kind lives in namespaces, if this is its definition.
fn scope(definition: &Json, id: &ObjectId) -> Option<bool> {
    let text = |path| definition.pointer(path).and_then(Json::as_str);
    let is_it = text("/kind") == Some("CustomResourceDefinition")
        && text("/spec/names/kind") == Some(&id.kind)
        && text("/spec/group") == Some(id.group());
    is_it.then(|| text("/spec/scope") == Some("Namespaced"))
}
