//! Grants from Kubernetes' own: what roles and bindings let their subjects do to Secrets.

use super::{Grants, Verb};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Text that holds no RBAC objects.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RbacError {
    /// It is no JSON.
    #[error("no JSON: {0}")]
    Json(String),
    /// A binding refers to a role that is not there.
    #[error("{binding} refers to {role}, which is not in the file")]
    Role {
        /// The binding.
        binding: String,
        /// The role.
        role: String,
    },
}

fn text<'a>(object: &'a Json, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

fn list<'a>(object: &'a Json, name: &str) -> &'a [Json] {
    object.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// What the subjects of the bindings in a `List` of roles and bindings may do to Secrets (`kubectl get
/// roles,rolebindings,clusterroles,clusterrolebindings -A -o json`). A subject is a role of its name; a service account is
/// `system:serviceaccount:NAMESPACE:NAME`.
///
/// # Errors
/// [`RbacError`].
pub fn grants_of_rbac(json: &str) -> Result<Grants, RbacError> {
    let root: Json = serde_json::from_str(json).map_err(|error| RbacError::Json(error.to_string()))?;
    let single = std::slice::from_ref(&root);
    let objects = if root.get("items").is_some() { list(&root, "items") } else { single };
    let mut grants = Grants::default();
    for binding in objects.iter().filter(|object| matches!(text(object, "/kind"), "RoleBinding" | "ClusterRoleBinding")) {
        let namespace = text(binding, "/metadata/namespace");
        let (kind, name) = (text(binding, "/roleRef/kind"), text(binding, "/roleRef/name"));
        let is_role = |object: &&Json| {
            text(object, "/kind") == kind
                && text(object, "/metadata/name") == name
                && (kind == "ClusterRole" || text(object, "/metadata/namespace") == namespace)
        };
        let role = objects.iter().find(is_role).ok_or_else(|| RbacError::Role {
            binding: format!("{} {}", text(binding, "/kind"), text(binding, "/metadata/name")),
            role: format!("{kind} {name}"),
        })?;
        let verbs = verbs(role);
        let place = if text(binding, "/kind") == "ClusterRoleBinding" { "*" } else { namespace };
        for subject in list(binding, "subjects").iter().filter(|_| !verbs.is_empty()) {
            grants.add(&subject_name(subject, namespace), place, &verbs);
        }
    }
    Ok(grants)
}

fn subject_name(subject: &Json, binding: &str) -> String {
    let name = text(subject, "/name");
    match text(subject, "/kind") {
        "ServiceAccount" => {
            let own = text(subject, "/namespace");
            format!("system:serviceaccount:{}:{name}", if own.is_empty() { binding } else { own })
        }
        _ => name.to_owned(),
    }
}

/// What the rules allow for all Secrets; rules for single names allow no record that is yet to come.
fn verbs(role: &Json) -> BTreeSet<Verb> {
    let has = |rule: &Json, field: &str, wanted: &str| {
        list(rule, field).iter().filter_map(Json::as_str).any(|word| word == wanted || word == "*")
    };
    let rules = list(role, "rules").iter().filter(|rule| {
        has(rule, "apiGroups", "") && has(rule, "resources", "secrets") && list(rule, "resourceNames").is_empty()
    });
    Verb::of_kubernetes(rules.flat_map(|rule| list(rule, "verbs")).filter_map(Json::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_grant_what_their_roles_say() {
        let objects = r#"{"items":[
            {"kind":"Role","metadata":{"name":"r","namespace":"a"},"rules":[
                {"apiGroups":[""],"resources":["pods","secrets"],"verbs":["get","list"]},
                {"apiGroups":[""],"resources":["secrets"],"resourceNames":["x"],"verbs":["delete"]},
                {"apiGroups":["apps"],"resources":["*"],"verbs":["*"]}]},
            {"kind":"ClusterRole","metadata":{"name":"all"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]},
            {"kind":"RoleBinding","metadata":{"name":"b","namespace":"a"},"roleRef":{"kind":"Role","name":"r"},
             "subjects":[{"kind":"User","name":"u"},{"kind":"ServiceAccount","name":"s"}]},
            {"kind":"RoleBinding","metadata":{"name":"b2","namespace":"b"},"roleRef":{"kind":"ClusterRole","name":"all"},
             "subjects":[{"kind":"User","name":"u"}]},
            {"kind":"ClusterRoleBinding","metadata":{"name":"c"},"roleRef":{"kind":"ClusterRole","name":"all"},
             "subjects":[{"kind":"Group","name":"g"}]}]}"#;
        let mut expected = Grants::default();
        for words in ["u:a:read", "system:serviceaccount:a:s:a:read", "u:b:*,read", "g:*:*,read"] {
            expected.add_words(words).expect("a grant");
        }
        assert_eq!(grants_of_rbac(objects), Ok(expected));
        let lost = r#"{"kind":"RoleBinding","metadata":{"name":"b","namespace":"a"},"roleRef":{"kind":"Role","name":"r"}}"#;
        let error = RbacError::Role { binding: "RoleBinding b".into(), role: "Role r".into() };
        assert_eq!(grants_of_rbac(lost), Err(error));
    }
}
