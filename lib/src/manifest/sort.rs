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

/// Kinds in the order in which they are uninstalled; others follow by name.
const UNINSTALL_ORDER: &[&str] = &[
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
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
    rank(INSTALL_ORDER, kind)
}

/// What to compare kinds by when objects go.
#[must_use]
pub fn uninstall_rank(kind: &str) -> (usize, &str) {
    rank(UNINSTALL_ORDER, kind)
}

fn rank<'k>(order: &[&str], kind: &'k str) -> (usize, &'k str) {
    match order.iter().position(|known| *known == kind) {
        Some(place) => (place, ""),
        None => (order.len(), kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_know_the_same_kinds() {
        let sorted = |order: &[&'static str]| {
            let mut kinds = order.to_vec();
            kinds.sort_unstable();
            kinds
        };
        assert_eq!(sorted(INSTALL_ORDER), sorted(UNINSTALL_ORDER));
        assert!(uninstall_rank("Zebra") > uninstall_rank("PriorityClass"));
    }

    #[test]
    fn unknown_kinds_come_last_by_name() {
        let mut kinds = ["Zebra", "Deployment", "", "Alpaca", "Service", "Namespace"];
        kinds.sort_by_key(|kind| install_rank(kind));
        assert_eq!(kinds, ["Namespace", "Service", "Deployment", "", "Alpaca", "Zebra"]);
    }
}
