//! A document as a tree of nodes that know their place in the text, for editors that must leave all other bytes alone.
//!
//! There are two readers. [`outline`] is fast and reads what manifests usually look like; whatever it is not sure of (anchors,
//! tags, texts over several lines, mistakes) it leaves to [`compose`], which reads everything that Helm reads. Where the first
//! does not decline, both give the same tree.

mod build;
mod compose;
mod flow;
mod outline;
mod scalar;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// A document's nodes. An empty document, or one of comments only, has none.
#[derive(Debug)]
pub struct Tree<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    /// Each alias and what it stands for.
    aliases: Vec<(NodeId, NodeId)>,
    /// The values of scalars whose text alone does not say it.
    values: BTreeMap<NodeId, String>,
}

/// A node's place in its tree.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct NodeId(u32);

impl NodeId {
    /// The node that holds all others.
    pub const ROOT: Self = Self(0);
}

/// What a node is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Keys and values, one after the other.
    Mapping,
    /// Items.
    Sequence,
    /// A text, number, truth value or nothing.
    Scalar,
    /// Another name of an anchored node.
    Alias,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the YAML specification")]
pub enum Style {
    Block,
    Flow,
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Node {
    kind: Kind,
    style: Style,
    /// With anchor and tag.
    outer: u32,
    start: u32,
    end: u32,
    parent: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    next: Option<NodeId>,
}

/// A document that is JSON and no YAML, because of escapes that YAML lacks: `\/`, and surrogates. Whoever takes JSON as JSON, as kubectl
/// does, reads it all the same.
fn json(text: &str) -> Option<Tree<'_>> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        plain.push_str("xx");
        rest = &rest[at + 2..];
    }
    plain.push_str(rest);
    let Tree { nodes, .. } = compose::read(&plain).ok()?;
    Some(Tree { text, nodes, aliases: Vec::new(), values: BTreeMap::new() })
}

impl<'a> Tree<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// In the words of Go's YAML library.
    pub fn read(text: &'a str) -> Result<Self, String> {
        match outline::read(text) {
            Some(tree) => Ok(tree),
            None => compose::read(text).or_else(|error| json(text).ok_or(error)),
        }
    }

    /// The document's text.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The node that holds all others.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        (!self.nodes.is_empty()).then_some(NodeId::ROOT)
    }

    /// What the node is.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// How the node is written.
    #[must_use]
    pub fn style(&self, id: NodeId) -> Style {
        self.node(id).style
    }

    /// The node's place in the text, without anchor and tag.
    ///
    /// A block scalar ends after the line break of its last line; other nodes end with their last visible byte.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Range<usize> {
        let node = self.node(id);
        node.start as usize..node.end as usize
    }

    /// Where the node begins, with anchor and tag.
    #[must_use]
    pub fn outer_start(&self, id: NodeId) -> usize {
        self.node(id).outer as usize
    }

    /// The node that this one is in.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// Items of a sequence; keys and values of a mapping.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).first, |&child| self.node(child).next)
    }

    /// The last of the children.
    #[must_use]
    pub fn last_child(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).last
    }

    /// Keys of a mapping with their values; of anything else, nothing.
    pub fn entries(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let first = self.node(id).first.filter(|_| self.kind(id) == Kind::Mapping);
        let pair = |key: NodeId| Some((key, self.node(key).next?));
        std::iter::successors(first.and_then(pair), move |&(_, value)| self.node(value).next.and_then(pair))
    }

    /// What an alias stands for; any other node is itself.
    #[must_use]
    pub fn resolve(&self, id: NodeId) -> NodeId {
        match self.kind(id) {
            Kind::Alias => self.aliases.iter().find(|(alias, _)| *alias == id).map_or(id, |&(_, target)| target),
            _ => id,
        }
    }

    /// All aliases with what they stand for.
    #[must_use]
    pub fn aliases(&self) -> &[(NodeId, NodeId)] {
        &self.aliases
    }

    /// The value of a mapping's key, as Helm's YAML reader finds it: the last one, merged mappings included.
    #[must_use]
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.lookup(mapping, key, 0)
    }

    fn lookup(&self, mapping: NodeId, wanted: &str, depth: usize) -> Option<NodeId> {
        const DEEPEST_MERGE: usize = 100;
        let mut found = None;
        for (key, value) in self.entries(self.resolve(mapping)) {
            if self.has_text(key, wanted) && !self.is_merge(key) {
                found = Some(value);
            } else if depth < DEEPEST_MERGE && self.is_merge(key) {
                found = self.merged(value).find_map(|merged| self.lookup(merged, wanted, depth + 1)).or(found);
            }
        }
        found
    }

    /// The mappings that `<<` names: one, or several, of which the first counts most.
    pub(super) fn merged(&self, value: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let value = self.resolve(value);
        let items = self.children(value).filter(move |_| self.kind(value) == Kind::Sequence);
        std::iter::once(value).filter(move |_| self.kind(value) == Kind::Mapping).chain(items)
    }

    /// Whether a key is the `<<` that merges other mappings.
    #[must_use]
    pub fn is_merge(&self, key: NodeId) -> bool {
        self.style(key) == Style::Plain && self.bytes(key) == b"<<"
    }

    /// The value at the end of a path of keys.
    #[must_use]
    pub fn find(&self, from: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(from, |node, key| self.get(node, key)).map(|node| self.resolve(node))
    }

    /// The text of the scalar at the end of a path of keys.
    #[must_use]
    pub fn find_text(&self, from: NodeId, path: &[&str]) -> Option<Cow<'_, str>> {
        self.find(from, path).and_then(|node| self.scalar(node))
    }

    /// Whether the node is a scalar without value: `null`, `~` or nothing.
    #[must_use]
    pub fn is_null(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let bare = node.kind == Kind::Scalar && node.style == Style::Plain && node.outer == node.start;
        bare && matches!(&self.text[self.span(id)], "" | "~" | "null" | "Null" | "NULL")
    }

    fn has_text(&self, id: NodeId, wanted: &str) -> bool {
        if self.style(id) == Style::Plain && !self.values.contains_key(&id) {
            return self.bytes(id) == wanted.as_bytes();
        }
        self.scalar(id).is_some_and(|text| text == wanted)
    }

    fn bytes(&self, id: NodeId) -> &[u8] {
        &self.text.as_bytes()[self.span(id)]
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}
