//! Lists whose items are known by a key, such as containers by their names.

use super::super::edit::{Data, EditError, Editor, Patch};
use super::super::tree::{Kind, NodeId, Tree};
use super::{Conflict, SidecarError};

/// A list of a pod, and what is to be added to it.
pub(super) struct Keyed<'a> {
    /// The mapping that holds the list.
    pub(super) holder: NodeId,
    /// The list's name there.
    pub(super) field: &'a str,
    /// What items are known by.
    pub(super) key: &'a str,
    /// Items, each with the file it comes from.
    pub(super) items: Vec<(&'a str, &'a Data)>,
}

/// What to do about conflicts, and where they are.
#[derive(Clone, Copy)]
pub(super) struct Rule<'a> {
    pub(super) conflict: Conflict,
    pub(super) place: &'a str,
}

impl<'a> Keyed<'a> {
    /// Compares the items with those that are there, replaces the ones that have to be, and returns the new ones.
    pub(super) fn settle(self, editor: &mut Editor, rule: Rule) -> Result<Vec<&'a Data>, SidecarError> {
        let mut new: Vec<&Data> = Vec::new();
        for (file, item) in self.items {
            let key = item.get(self.key).and_then(Data::as_text).unwrap_or_default();
            let conflict = |path: String| SidecarError::Conflict {
                place: rule.place.to_owned(),
                path: format!("{path}[{}={key}]", self.key),
                file: file.to_owned(),
            };
            let added = new.iter().find(|one| one.get(self.key).and_then(Data::as_text) == Some(key));
            match (find(editor.tree(), self.holder, self.field, self.key, key)?, added) {
                (None, None) => new.push(item),
                (None, Some(other)) if other.same(item) => {}
                (Some(node), _) if Data::of(editor.tree(), node).is_some_and(|there| there.same(item)) => {}
                (Some(node), _) => match rule.conflict {
                    Conflict::Keep => {}
                    Conflict::Replace => replace(editor, node, item)?,
                    Conflict::Error => return Err(conflict(format!("{}.{}", editor.tree().path(self.holder), self.field))),
                },
                (None, Some(_)) => return Err(conflict(self.field.to_owned())),
            }
        }
        Ok(new)
    }
}

/// Replaces an item, through an alias that stands for its list if need be.
fn replace(editor: &mut Editor, node: NodeId, item: &Data) -> Result<(), EditError> {
    editor.merge(node, &Patch::Put(item.clone()))
}

/// The item of a list with this key.
fn find(tree: &Tree, holder: NodeId, field: &str, key: &str, value: &str) -> Result<Option<NodeId>, EditError> {
    let Some(list) = tree.get(holder, field) else { return Ok(None) };
    let resolved = tree.resolve(list);
    if tree.is_null(resolved) {
        return Ok(None);
    }
    if tree.kind(resolved) != Kind::Sequence {
        return Err(EditError::Kind { path: tree.path(list), wanted: "list" });
    }
    Ok(tree.children(resolved).find(|&item| tree.find_text(item, &[key]).is_some_and(|text| text == value)))
}
