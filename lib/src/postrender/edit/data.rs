//! What an editor puts into a document: plain data in the order it was given, written in block or flow style.

use super::super::tree::{Kind, NodeId, Style, Tree};
use goyaml::Value;

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
        Self::with_scalars(
            tree,
            node,
            |tree, node, text| if tree.is_text(node) { Self::Text(text) } else { Self::Raw(text) },
        )
    }

    /// As [`Data::of`], where `scalar` makes the data of each scalar from its text.
    pub fn with_scalars(tree: &Tree, node: NodeId, scalar: fn(&Tree, NodeId, String) -> Self) -> Option<Self> {
        Copy { tree, scalar, size: LARGEST_COPY, depth: DEEPEST_COPY }.node(node)
    }

    /// A list of copies.
    pub(super) fn list(items: &[&Self]) -> Self {
        Self::List(items.iter().map(|&item| item.clone()).collect())
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

    fn scalar(&self) -> Option<Value> {
        match self {
            Self::Text(text) => Some(Value::String(text.clone())),
            Self::Raw(raw) => Some(goyaml::decode(raw).unwrap_or_else(|_| Value::String(raw.clone()))),
            Self::List(_) | Self::Map(_) => None,
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
            (Self::Raw(_) | Self::Text(_), Self::Raw(_) | Self::Text(_)) => self.scalar() == other.scalar(),
            _ => false,
        }
    }
}

/// A copy under way, with what it may still use up.
struct Copy<'t> {
    tree: &'t Tree<'t>,
    scalar: fn(&Tree, NodeId, String) -> Data,
    size: usize,
    depth: usize,
}

impl Copy<'_> {
    fn node(&mut self, node: NodeId) -> Option<Data> {
        let node = self.tree.resolve(node);
        self.size = self.size.checked_sub(1)?;
        self.depth = self.depth.checked_sub(1)?;
        let copy = match self.tree.kind(node) {
            Kind::Mapping => self.mapping(node).map(Data::Map),
            Kind::Sequence => self.tree.children(node).map(|item| self.node(item)).collect::<Option<_>>().map(Data::List),
            Kind::Scalar | Kind::Alias => self.text(node).map(|text| (self.scalar)(self.tree, node, text)),
        };
        self.depth += 1;
        copy
    }

    fn mapping(&mut self, node: NodeId) -> Option<Vec<(String, Data)>> {
        let mut entries: Vec<(String, Data)> = Vec::new();
        for (key, value) in self.tree.entries(node) {
            let merges = if self.tree.is_merge(key) { self.tree.merged(value).collect() } else { Vec::new() };
            for merged in merges.into_iter().rev() {
                let Data::Map(merged) = self.node(merged)? else { continue };
                merged.into_iter().for_each(|entry| put(&mut entries, entry));
            }
            if !self.tree.is_merge(key) {
                let key = self.text(key)?;
                put(&mut entries, (key, self.node(value)?));
            }
        }
        Some(entries)
    }

    fn text(&mut self, node: NodeId) -> Option<String> {
        let text = self.tree.scalar(node)?;
        self.size = self.size.checked_sub(text.len())?;
        Some(text.into_owned())
    }
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
            (Kind::Scalar, Style::Plain) => is_text(&self.text()[self.outer_start(id)..self.span(id).end]),
            (kind, _) => kind == Kind::Scalar,
        }
    }
}

/// Whether a plain scalar, perhaps with a tag, is a text.
pub(in super::super) fn is_text(plain: &str) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ""];
    match plain.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.' | b'!' | b'&') => {
            goyaml::decode(plain).is_ok_and(|value| value.as_str().is_some())
        }
        _ => !WORDS.iter().any(|word| word.eq_ignore_ascii_case(plain)),
    }
}
