//! The order in which kinds are installed.

use super::{Hook, Manifest, Manifests};

/// Kinds in the order in which they are installed; others follow by name.
const INSTALL_ORDER: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Sorts documents and hooks by kind. Those of one kind keep their order.
pub fn sort_for_install(manifests: &mut Manifests) {
    manifests.resources.sort_by(|a: &Manifest, b: &Manifest| install_rank(&a.head.kind).cmp(&install_rank(&b.head.kind)));
    manifests
        .hooks
        .sort_by(|a: &Hook, b: &Hook| install_rank(&a.manifest.head.kind).cmp(&install_rank(&b.manifest.head.kind)));
}

/// What to compare kinds by: the place in the install order, then the name of a kind that has none.
#[must_use]
pub fn install_rank(kind: &str) -> (usize, &str) {
    match INSTALL_ORDER.iter().position(|known| *known == kind) {
        Some(place) => (place, ""),
        None => (INSTALL_ORDER.len(), kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_kinds_come_last_by_name() {
        let mut kinds = ["Zebra", "Deployment", "", "Alpaca", "Service", "Namespace"];
        kinds.sort_by_key(|kind| install_rank(kind));
        assert_eq!(kinds, ["Namespace", "Service", "Deployment", "", "Alpaca", "Zebra"]);
    }
}
