//! The Kubernetes objects of a document: one, or the items of a list.

use super::tree::{Kind, NodeId, Tree};
use std::borrow::Cow;

/// Lists of lists are taken apart down to here.
const DEEPEST_LIST: usize = 20;

/// An object and where it is in its document.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of a Kubernetes object")]
pub struct Object<'t> {
    /// The object's mapping.
    pub node: NodeId,
    pub api_version: Cow<'t, str>,
    pub kind: Cow<'t, str>,
    pub name: Cow<'t, str>,
    pub namespace: Cow<'t, str>,
}

impl Object<'_> {
    /// The group of the API version; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

impl std::fmt::Display for Object<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "{} ", self.kind)?;
        if !self.namespace.is_empty() {
            write!(out, "{}/", self.namespace)?;
        }
        write!(out, "{}", self.name)
    }
}

/// The objects of a document, in its order. What has no kind is no object.
///
/// A list is what its kind calls so and what has `items`; as for kubectl, an item without kind is of the kind that the list
/// is of.
#[must_use]
pub fn objects<'t>(tree: &'t Tree) -> Vec<Object<'t>> {
    let mut found = Vec::new();
    if let Some(root) = tree.root() {
        collect(tree, root, ("", ""), 0, &mut found);
    }
    found
}

fn collect<'t>(tree: &'t Tree, node: NodeId, (api_version, kind): (&str, &str), depth: usize, found: &mut Vec<Object<'t>>) {
    let node = tree.resolve(node);
    if tree.kind(node) != Kind::Mapping {
        return;
    }
    let or = |key: &str, other: &str| match tree.find_text(node, &[key]) {
        Some(own) if !own.is_empty() => own,
        _ => Cow::Owned(other.to_owned()),
    };
    let (api_version, kind) = (or("apiVersion", api_version), or("kind", kind));
    let item_kind = kind.strip_suffix("List");
    let items = || tree.find(node, &["items"]).filter(|&items| tree.kind(items) == Kind::Sequence);
    match (item_kind, item_kind.and_then(|_| items())) {
        (Some(item_kind), Some(items)) if depth < DEEPEST_LIST => {
            let inherited =
                if item_kind.is_empty() || item_kind == "Resource" { ("", "") } else { (&*api_version, item_kind) };
            tree.children(items).for_each(|item| collect(tree, item, inherited, depth + 1, found));
        }
        _ if kind.is_empty() => {}
        _ => {
            let metadata = tree.find(node, &["metadata"]);
            let text = |key: &str| metadata.and_then(|metadata| tree.find_text(metadata, &[key])).unwrap_or_default();
            let (name, namespace) = (text("name"), text("namespace"));
            found.push(Object { node, api_version, kind, name, namespace });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_items_of_lists() {
        let document = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}\n\
                        - apiVersion: v1\n  kind: SecretList\n  items:\n  - metadata: {name: b, namespace: n}\n  - kind: ConfigMap\n- x\n- {a: 1}\n";
        let tree = Tree::read(document).expect("a document");
        let found: Vec<_> =
            objects(&tree).iter().map(|object| (object.to_string(), object.api_version.to_string())).collect();
        let expected = [("Deployment a", "apps/v1"), ("Secret n/b", "v1"), ("ConfigMap ", "v1")];
        assert_eq!(found, expected.map(|(name, version)| (name.to_owned(), version.to_owned())));
    }

    #[test]
    fn a_kind_that_only_ends_like_a_list_is_an_object() {
        let tree = Tree::read("kind: AllowList\nmetadata: {name: a}\n").expect("a document");
        assert_eq!(objects(&tree).len(), 1);
    }
}
