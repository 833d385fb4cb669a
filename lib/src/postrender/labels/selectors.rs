//! Adding labels to selectors, which Kubernetes does not let change on objects that exist.

use super::super::edit::{EditError, Editor, Patch};
use super::super::object::Object;

/// Group, kind, path to the labels that are selected, and whether to make them where there are none.
const SELECTORS: &[(&str, &str, &[&str], bool)] = &[
    ("", "Service", &["spec", "selector"], false),
    ("", "ReplicationController", &["spec", "selector"], false),
    ("apps", "Deployment", MATCH_LABELS, true),
    ("apps", "ReplicaSet", MATCH_LABELS, true),
    ("apps", "StatefulSet", MATCH_LABELS, true),
    ("apps", "DaemonSet", MATCH_LABELS, true),
    ("batch", "Job", MATCH_LABELS, false),
    ("batch", "CronJob", &["spec", "jobTemplate", "spec", "selector", "matchLabels"], false),
    ("policy", "PodDisruptionBudget", MATCH_LABELS, false),
    ("networking.k8s.io", "NetworkPolicy", &["spec", "podSelector", "matchLabels"], false),
];

const MATCH_LABELS: &[&str] = &["spec", "selector", "matchLabels"];

/// Adds the labels to the object's selector, if its kind has one.
pub(super) fn add(editor: &mut Editor, object: &Object, labels: &[(String, Patch)]) -> Result<(), EditError> {
    let row = SELECTORS.iter().find(|(group, kind, ..)| *group == object.group() && *kind == object.kind);
    let Some((_, _, path, make)) = row else { return Ok(()) };
    let present = editor.tree().find(object.node, path).is_some_and(|node| !editor.tree().is_null(node));
    if !present && !make {
        return Ok(());
    }
    let innermost = Patch::Map(labels.to_vec());
    let patch = path.iter().rev().fold(innermost, |inner, key| Patch::Map(vec![((*key).to_owned(), inner)]));
    editor.merge(object.node, &patch)
}
