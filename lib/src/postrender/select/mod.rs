//! Choosing objects by kind, name, namespace and labels.

mod pattern;

pub use pattern::{KindPattern, NamePattern, PatternError};

use super::object::Object;
use super::tree::Tree;
use crate::selector::Selector;

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
    pub labels: Vec<Selector>,
}

/// Whether a name passes patterns: one has to match, if there are any that do not exclude, and none of the excluding ones may.
#[must_use]
pub fn passes(patterns: &[NamePattern], name: &str) -> bool {
    pattern::any(patterns, |pattern| pattern.matches(name), |pattern| pattern.negated)
}

impl Selection {
    /// Whether the object is chosen.
    #[must_use]
    pub fn matches(&self, tree: &Tree, object: &Object) -> bool {
        pattern::any(&self.kinds, |kind| kind.matches(object), |kind| kind.negated)
            && passes(&self.names, &object.name)
            && passes(&self.namespaces, &object.namespace)
            && self
                .labels
                .iter()
                .all(|selector| selector.matches(|key| tree.find_text(object.node, &["metadata", "labels", key])))
    }
}
