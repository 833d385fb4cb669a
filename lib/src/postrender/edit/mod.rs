//! Changing a document at certain places, and leaving every other byte as it is.
//!
//! A change is a [`Patch`], merged into a node of the document's [`Tree`]; what it comes to is a list of insertions and
//! replacements in the text, in the style of the surroundings: block or flow, indentation, line breaks, JSON.
//!
//! Anchored nodes are changed in one place only: aliases that would change with them, or that stand where a change is
//! wanted, are first replaced by copies.

mod data;
mod insert;
mod remove;
#[cfg(test)]
mod tests;
mod write;

pub use data::Data;
pub(super) use data::is_text;

use super::tree::{Kind, NodeId, Style, Tree};
use std::borrow::Cow;
use std::ops::Range;

/// A change to a node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Patch<'d> {
    /// The value, where there is none yet.
    Keep(Data),
    /// The value, whatever there was before.
    Put(Data),
    /// Changes to entries of a mapping, which is made where there is none.
    Map(Vec<(String, Patch<'d>)>),
    /// Items at the end of a list, which is made where there is none.
    Append(Vec<&'d Data>),
    /// Items at the beginning of a list, which is made where there is none.
    Prepend(Vec<&'d Data>),
}

/// Why a document cannot be changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EditError {
    /// The document is no YAML.
    #[error("{0}")]
    Yaml(String),
    /// Something else stands where a mapping or list is needed.
    #[error("{path} is not a {wanted}")]
    Kind {
        /// Where.
        path: String,
        /// `mapping` or `list`.
        wanted: &'static str,
    },
    /// Aliases that stand for aliases, without measure.
    #[error("the aliases of {0} stand for too much")]
    Aliases(String),
}

/// Changes a document by what `change` asks of the editor, and returns its text.
///
/// `change` may be called several times, with an editor for the same document, and has to ask for the same each time.
///
/// # Errors
/// Those of `change`; and when the text is no YAML.
pub fn edit<'a, E: From<EditError>>(
    text: &'a str,
    change: impl Fn(&mut Editor) -> Result<(), E>,
) -> Result<Cow<'a, str>, E> {
    let mut current = Cow::Borrowed(text);
    loop {
        let tree = Tree::read(&current).map_err(EditError::Yaml)?;
        let mut editor = Editor { tree: &tree, edits: Vec::new(), shared: Vec::new() };
        change(&mut editor)?;
        if editor.shared.is_empty() {
            return Ok(match editor.apply() {
                Some(changed) => Cow::Owned(changed),
                // Copies in place of aliases are worth it only for a change.
                None => Cow::Borrowed(text),
            });
        }
        editor.edits.clear();
        editor.replace_aliases()?;
        let Some(without) = editor.apply() else { return Ok(Cow::Borrowed(text)) };
        current = Cow::Owned(without);
    }
}

/// Collects the changes to one document.
#[derive(Debug)]
pub struct Editor<'t> {
    tree: &'t Tree<'t>,
    edits: Vec<Edit>,
    /// Aliases that are in the way.
    shared: Vec<NodeId>,
}

/// New text in the place of old.
#[derive(Debug)]
struct Edit {
    place: Range<usize>,
    /// Of several insertions at one place the deepest comes first: what belongs to the innermost collection.
    depth: usize,
    text: String,
}

impl<'t> Editor<'t> {
    /// The document.
    #[must_use]
    pub fn tree(&self) -> &'t Tree<'t> {
        self.tree
    }

    /// Merges a change into a node.
    ///
    /// # Errors
    /// When the node, or one below it, is not of the kind that the change needs.
    pub fn merge(&mut self, node: NodeId, patch: &Patch) -> Result<(), EditError> {
        if self.tree.kind(node) == Kind::Alias {
            self.shared.push(node);
            return Ok(());
        }
        match patch {
            Patch::Keep(data) if self.tree.is_null(node) => self.replace(node, data),
            Patch::Keep(_) => {}
            Patch::Put(data) => self.put(node, data),
            Patch::Map(entries) => self.merge_entries(node, entries)?,
            Patch::Append(items) => self.insert_items(node, items, false)?,
            Patch::Prepend(items) => self.insert_items(node, items, true)?,
        }
        Ok(())
    }

    fn put(&mut self, node: NodeId, data: &Data) {
        if !Data::of(self.tree, node).is_some_and(|before| before.same(data)) {
            self.replace(node, data);
        }
    }

    fn merge_entries(&mut self, node: NodeId, entries: &[(String, Patch)]) -> Result<(), EditError> {
        if self.tree.is_null(node) {
            let data = entries.iter().filter_map(|(key, patch)| Some((key.clone(), patch.data()?))).collect::<Vec<_>>();
            if !data.is_empty() {
                self.fill(node, &Data::Map(data));
            }
            return Ok(());
        }
        self.expect(node, Kind::Mapping, "mapping")?;
        let mut new = Vec::new();
        for (key, patch) in entries {
            match self.tree.get(node, key) {
                Some(value) if !self.is_inside(value, node) => self.merge_shared(node, value, key, patch, &mut new),
                Some(value) => self.merge(value, patch)?,
                None => new.extend(patch.data().map(|data| (key.clone(), data))),
            }
        }
        if !new.is_empty() {
            self.insert_entries(node, &new);
        }
        Ok(())
    }

    /// An entry that comes from another mapping by `<<`: a value may be overridden, anything deeper needs a copy.
    fn merge_shared(&mut self, node: NodeId, value: NodeId, key: &str, patch: &Patch, new: &mut Vec<(String, Data)>) {
        match patch {
            Patch::Keep(_) => {}
            Patch::Put(data) if Data::of(self.tree, value).is_some_and(|before| before.same(data)) => {}
            Patch::Put(data) => new.push((key.to_owned(), data.clone())),
            _ => {
                let merges = self.tree.entries(node).filter(|&(key, _)| self.tree.is_merge(key));
                let inside = merges.flat_map(|(_, merged)| std::iter::once(merged).chain(self.tree.children(merged)));
                let aliases: Vec<_> = inside.filter(|&id| self.tree.kind(id) == Kind::Alias).collect();
                self.shared.extend(aliases);
            }
        }
    }

    fn insert_items(&mut self, node: NodeId, items: &[&Data], first: bool) -> Result<(), EditError> {
        if items.is_empty() {
            return Ok(());
        }
        if self.tree.is_null(node) {
            self.fill(node, &Data::list(items));
            return Ok(());
        }
        self.expect(node, Kind::Sequence, "list")?;
        self.insert_into_list(node, items, first);
        Ok(())
    }

    fn expect(&self, node: NodeId, kind: Kind, wanted: &'static str) -> Result<(), EditError> {
        if self.tree.kind(node) == kind { Ok(()) } else { Err(EditError::Kind { path: self.tree.path(node), wanted }) }
    }

    fn is_inside(&self, node: NodeId, outer: NodeId) -> bool {
        self.tree.ancestors(node).any(|ancestor| ancestor == outer)
    }

    /// Notes a change inside `node`, and the aliases that it would show through.
    fn push(&mut self, node: NodeId, place: Range<usize>, text: String) {
        let seen = self.tree.aliases().iter().filter(|&&(_, target)| self.is_inside(node, target));
        let seen: Vec<_> = seen.map(|&(alias, _)| alias).collect();
        self.shared.extend(seen);
        self.edits.push(Edit { place, depth: self.tree.ancestors(node).count(), text });
    }

    fn replace_aliases(&mut self) -> Result<(), EditError> {
        let mut shared = std::mem::take(&mut self.shared);
        shared.sort_unstable();
        shared.dedup();
        for alias in shared {
            let copy = Data::of(self.tree, alias).ok_or_else(|| EditError::Aliases(self.tree.path(alias)))?;
            let text = self.layout(alias).flow(&copy);
            self.edits.push(Edit { place: self.tree.span(alias), depth: 0, text });
        }
        Ok(())
    }

    /// The text with all changes; `None` when there are none.
    fn apply(mut self) -> Option<String> {
        if self.edits.is_empty() {
            return None;
        }
        self.edits.sort_by_key(|edit| (edit.place.start, edit.place.end, usize::MAX - edit.depth));
        let old = self.tree.text();
        let added: usize = self.edits.iter().map(|edit| edit.text.len()).sum();
        let (mut text, mut at) = (String::with_capacity(old.len() + added), 0);
        for edit in &self.edits {
            text.push_str(&old[at..edit.place.start.max(at)]);
            text.push_str(&edit.text);
            at = edit.place.end.max(at);
        }
        text.push_str(&old[at..]);
        Some(text)
    }
}

impl Patch<'_> {
    /// What the change makes where there is nothing.
    fn data(&self) -> Option<Data> {
        match self {
            Self::Keep(data) | Self::Put(data) => Some(data.clone()),
            Self::Map(entries) => {
                let data: Vec<_> = entries.iter().filter_map(|(key, patch)| Some((key.clone(), patch.data()?))).collect();
                (!data.is_empty()).then_some(Data::Map(data))
            }
            Self::Append(items) | Self::Prepend(items) => (!items.is_empty()).then(|| Data::list(items)),
        }
    }
}

impl Tree<'_> {
    /// The node, what it is in, and so on to the root.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(node), |&id| self.parent(id))
    }

    /// Where a node is: `spec.containers[0].image`.
    #[must_use]
    pub fn path(&self, node: NodeId) -> String {
        let mut steps: Vec<String> = self.ancestors(node).filter_map(|id| self.step(id)).collect();
        steps.reverse();
        let path = steps.concat();
        path.strip_prefix('.').map_or(if path.is_empty() { "the document".to_owned() } else { path.clone() }, str::to_owned)
    }

    fn step(&self, node: NodeId) -> Option<String> {
        let parent = self.parent(node)?;
        let position = self.children(parent).position(|child| child == node)?;
        if self.kind(parent) == Kind::Sequence {
            return Some(format!("[{position}]"));
        }
        let key = self.children(parent).nth(position - position % 2)?;
        let key = self.scalar(key).unwrap_or_default();
        let simple = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        Some(if simple { format!(".{key}") } else { format!("[{key:?}]") })
    }

    /// Whether the node is written, or stands, inside brackets or braces.
    fn is_in_flow(&self, node: NodeId) -> bool {
        self.ancestors(node).any(|id| self.style(id) == Style::Flow)
    }
}
