//! What an editor puts into a document: plain data in the order it was given, written in block or flow style.

use super::super::tree::{Kind, NodeId, Style, Tree};

/// How much the copy of an aliased node may grow to, and how deep: what a hostile document can make of a few bytes has no end.
const LARGEST_COPY: usize = 1 << 20;
const DEEPEST_COPY: usize = 500;

/// Data to be written as YAML.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Data {
    /// A scalar that is no text, as it is written: `8080`, `true`, `null`.
    Raw(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Data>),
    /// A mapping.
    Map(Vec<(String, Data)>),
}

impl Data {
    /// The data of a node, with its aliases and merges resolved. `None` when it grows without measure.
    #[must_use]
    pub fn of(tree: &Tree, node: NodeId) -> Option<Self> {
        Self::copy(tree, node, &mut Left { size: LARGEST_COPY, depth: DEEPEST_COPY })
    }

    fn copy(tree: &Tree, node: NodeId, left: &mut Left) -> Option<Self> {
        let node = tree.resolve(node);
        left.size = left.size.checked_sub(1)?;
        left.depth = left.depth.checked_sub(1)?;
        let copy = Self::copy_node(tree, node, left);
        left.depth += 1;
        copy
    }

    fn copy_node(tree: &Tree, node: NodeId, left: &mut Left) -> Option<Self> {
        match tree.kind(node) {
            Kind::Mapping => Self::copy_mapping(tree, node, left).map(Self::Map),
            Kind::Sequence => {
                tree.children(node).map(|item| Self::copy(tree, item, left)).collect::<Option<_>>().map(Self::List)
            }
            Kind::Scalar | Kind::Alias => {
                let text = tree.scalar(node)?.into_owned();
                left.size = left.size.checked_sub(text.len())?;
                Some(if tree.is_text(node) { Self::Text(text) } else { Self::Raw(text) })
            }
        }
    }

    fn copy_mapping(tree: &Tree, node: NodeId, left: &mut Left) -> Option<Vec<(String, Self)>> {
        let mut entries: Vec<(String, Self)> = Vec::new();
        for (key, value) in tree.entries(node) {
            let merges = if tree.is_merge(key) { tree.merged(value).collect() } else { Vec::new() };
            for merged in merges.into_iter().rev() {
                let Self::Map(merged) = Self::copy(tree, merged, left)? else { continue };
                merged.into_iter().for_each(|entry| put(&mut entries, entry));
            }
            if !tree.is_merge(key) {
                let key = tree.scalar(key)?.into_owned();
                put(&mut entries, (key, Self::copy(tree, value, left)?));
            }
        }
        Some(entries)
    }

    /// The value of a mapping's key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether both say the same: in a mapping the order does not count.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Map(one), Self::Map(two)) => {
                one.len() == two.len() && one.iter().all(|(key, value)| other.get(key).is_some_and(|it| it.same(value)))
            }
            (Self::List(one), Self::List(two)) => one.len() == two.len() && one.iter().zip(two).all(|(a, b)| a.same(b)),
            _ => self == other,
        }
    }
}

/// What a copy may still use up.
struct Left {
    size: usize,
    depth: usize,
}

fn put(entries: &mut Vec<(String, Data)>, (key, value): (String, Data)) {
    match entries.iter_mut().find(|(name, _)| *name == key) {
        Some((_, before)) => *before = value,
        None => entries.push((key, value)),
    }
}

impl Tree<'_> {
    /// Whether a scalar is a text, and not a number, a truth value or nothing.
    #[must_use]
    pub fn is_text(&self, id: NodeId) -> bool {
        let id = self.resolve(id);
        match (self.kind(id), self.style(id)) {
            (Kind::Scalar, Style::Plain) => is_plain_text(&self.text()[self.span(id)]),
            (kind, _) => kind == Kind::Scalar,
        }
    }
}

/// Whether YAML 1.1 reads a plain scalar as text.
fn is_plain_text(plain: &str) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "", "<<", "="];
    match plain.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => false,
        _ => !WORDS.iter().any(|word| word.eq_ignore_ascii_case(plain)),
    }
}
