//! Choosing objects by kind, name, namespace and labels.

mod label;
mod pattern;

pub use label::{LabelSelector, SelectorError};
pub use pattern::{KindPattern, NamePattern, PatternError};

use super::object::Object;
use super::tree::Tree;

/// What an object has to be like to be chosen. Without any condition every object is.
///
/// Of several patterns for one field one has to match, and none of those that begin with `!` may.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selection {
    /// `Deployment`, `Rollout.argoproj.io`, `!Secret`.
    pub kinds: Vec<KindPattern>,
    /// `web-*`, `!web-db`.
    pub names: Vec<NamePattern>,
    /// As the object says it; an object that does not say it has an empty one.
    pub namespaces: Vec<NamePattern>,
    /// All of them have to match.
    pub labels: Vec<LabelSelector>,
}

impl Selection {
    /// Whether the object is chosen.
    #[must_use]
    pub fn matches(&self, tree: &Tree, object: &Object) -> bool {
        pattern::any(&self.kinds, |kind| kind.matches(object), |kind| kind.negated)
            && pattern::any(&self.names, |name| name.matches(&object.name), |name| name.negated)
            && pattern::any(&self.namespaces, |name| name.matches(&object.namespace), |name| name.negated)
            && self
                .labels
                .iter()
                .all(|selector| selector.matches(|key| tree.find_text(object.node, &["metadata", "labels", key])))
    }
}
