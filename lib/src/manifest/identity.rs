//! What tells one object from another, and how messages call it.

use serde_json::Value as Json;

/// An object's place in a cluster.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ObjectId {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// Empty for cluster-wide objects.
    pub namespace: String,
    /// The object's name.
    pub name: String,
}

impl ObjectId {
    /// What an object says of itself.
    #[must_use]
    pub fn of(object: &Json) -> Self {
        let text = |path| object.pointer(path).and_then(Json::as_str).unwrap_or_default().to_owned();
        Self {
            api_version: text("/apiVersion"),
            kind: text("/kind"),
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name"),
        }
    }

    /// `apps` of `apps/v1`; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `v1` of `apps/v1`.
    #[must_use]
    pub fn version(&self) -> &str {
        self.api_version.split_once('/').map_or(&self.api_version, |(_, version)| version)
    }

    /// Whether both are the same object, in whatever version each is written.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let place = |id: &Self| (id.kind.clone(), id.namespace.clone(), id.name.clone());
        self.group() == other.group() && place(self) == place(other)
    }

    /// `apps/v1, Kind=Deployment`, as Go prints a kind; `/v1, Kind=Pod` in the core group.
    #[must_use]
    pub fn kind_in_go(&self) -> String {
        format!("{}/{}, Kind={}", self.group(), self.version(), self.kind)
    }

    /// `team/web apps/v1, Kind=Deployment`.
    #[must_use]
    pub fn in_go(&self) -> String {
        format!("{}/{} {}", self.namespace, self.name, self.kind_in_go())
    }
}

/// `Deployment "web" in namespace "team"`.
impl std::fmt::Display for ObjectId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} \"{}\" in namespace \"{}\"", self.kind, self.name, self.namespace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_named_as_helm_names_them() {
        let metadata = json!({"name": "web", "namespace": "team"});
        let id = ObjectId::of(&json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}));
        assert_eq!(id.to_string(), "Deployment \"web\" in namespace \"team\"");
        assert_eq!(id.in_go(), "team/web apps/v1, Kind=Deployment");
        let core = ObjectId { api_version: "v1".into(), kind: "Pod".into(), ..ObjectId::default() };
        assert_eq!(core.kind_in_go(), "/v1, Kind=Pod");
        let other = ObjectId { api_version: "apps/v1beta2".into(), ..id.clone() };
        assert!(id.is_same(&other) && !id.is_same(&core));
    }
}
