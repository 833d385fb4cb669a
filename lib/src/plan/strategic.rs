//! Strategic merge patches: from the last manifest, the new one and the live object to the patch that client-side apply sends.
//!
//! What the new manifest says differently than the live object is changed; what the last manifest had and the new one lacks
//! is deleted; what only the live object has stays. Lists are merged by the keys that their types name.
//!
//! <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md>

use super::types::{self, Field, Type};
use serde_json::{Map, Value as Json, json};

type Object = Map<String, Json>;

/// Why a patch cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("map: {item} does not contain declared merge key: {key}")]
pub(crate) struct PatchError {
    item: String,
    key: String,
}

/// The patch that turns `live` into what `new` says; `kind` is the type of all three.
///
/// # Errors
/// When an item of a list lacks the key that items are told apart by.
pub(super) fn three_way(old: &Json, new: &Json, live: &Json, kind: Type) -> Result<Json, PatchError> {
    let empty = Object::new();
    let map = |value| Json::as_object(value).unwrap_or(&empty);
    let changes = Differ { deletes: false }.maps(map(live), map(new), kind, false)?;
    let mut patch = Differ { deletes: true }.maps(map(old), map(new), kind, false)?;
    unite(&mut patch, changes, kind);
    Ok(Json::Object(patch))
}

/// Finds either what is to be deleted, or what is to be changed and added.
struct Differ {
    deletes: bool,
}

impl Differ {
    fn maps(&self, from: &Object, to: &Object, kind: Type, retains_keys: bool) -> Result<Object, PatchError> {
        let mut patch = Object::new();
        for (key, wanted) in to {
            match (from.get(key), wanted) {
                (Some(Json::Object(from)), Json::Object(to)) => {
                    self.map(&mut patch, key, from, to, types::field_of(kind, key))?
                }
                (Some(Json::Array(from)), Json::Array(to)) => {
                    self.list(&mut patch, key, from, to, types::field_of(kind, key))?
                }
                (Some(from), _) if self.deletes || from == wanted => {}
                (None, _) if self.deletes => {}
                _ => drop(patch.insert(key.clone(), wanted.clone())),
            }
        }
        if self.deletes {
            let gone = from.keys().filter(|key| !to.contains_key(*key));
            patch.extend(gone.map(|key| (key.clone(), Json::Null)));
        }
        let is_additional = || from.keys().any(|key| !to.contains_key(key));
        if retains_keys && (!patch.is_empty() || is_additional()) {
            let keys: Vec<&String> = to.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key).collect();
            if !keys.is_empty() {
                patch.insert("$retainKeys".to_owned(), json!(keys));
            }
        }
        Ok(patch)
    }

    fn map(&self, patch: &mut Object, key: &str, from: &Object, to: &Object, field: Field) -> Result<(), PatchError> {
        if field.is_replaced {
            if !self.deletes {
                patch.insert(key.to_owned(), Json::Object(to.clone()));
            }
            return Ok(());
        }
        let below = self.maps(from, to, field.kind, field.retains_keys)?;
        if !below.is_empty() {
            patch.insert(key.to_owned(), Json::Object(below));
        }
        Ok(())
    }

    fn list(&self, patch: &mut Object, key: &str, from: &[Json], to: &[Json], field: Field) -> Result<(), PatchError> {
        let Some(merge_key) = field.merge_key else {
            if !self.deletes && from != to {
                patch.insert(key.to_owned(), json!(to));
            }
            return Ok(());
        };
        if from.is_empty() {
            if !self.deletes && !to.is_empty() {
                patch.insert(key.to_owned(), json!(to));
            }
            return Ok(());
        }
        if merge_key.is_empty() {
            self.set(patch, key, from, to)
        } else {
            self.items(patch, key, from, to, merge_key, field)?
        }
        Ok(())
    }

    /// A list that is a set of plain values.
    fn set(&self, patch: &mut Object, key: &str, from: &[Json], to: &[Json]) {
        if self.deletes {
            let gone: Vec<_> = from.iter().filter(|value| !to.contains(value)).collect();
            if !gone.is_empty() {
                patch.insert(format!("$deleteFromPrimitiveList/{key}"), json!(gone));
                patch.insert(format!("$setElementOrder/{key}"), json!(to));
            }
            return;
        }
        let new: Vec<_> = to.iter().filter(|value| !from.contains(value)).collect();
        if !new.is_empty() {
            patch.insert(key.to_owned(), json!(new));
        }
        if from != to {
            patch.insert(format!("$setElementOrder/{key}"), json!(to));
        }
    }

    /// A list whose items have keys.
    fn items(
        &self,
        patch: &mut Object,
        key: &str,
        from: &[Json],
        to: &[Json],
        merge_key: &str,
        field: Field,
    ) -> Result<(), PatchError> {
        let kind = types::item_of(field.kind);
        let mut items = Vec::new();
        for (at, item) in to.iter().enumerate() {
            let id = id_of(item, merge_key)?;
            match partner(to, at, from, merge_key)? {
                Some(Json::Object(from)) => {
                    let empty = Object::new();
                    let mut below = self.maps(from, item.as_object().unwrap_or(&empty), kind, field.retains_keys)?;
                    if !below.is_empty() {
                        below.insert(merge_key.to_owned(), id.clone());
                        items.push(Json::Object(below));
                    }
                }
                Some(_) => {}
                None if self.deletes => {}
                None => items.push(item.clone()),
            }
        }
        if self.deletes {
            for (at, item) in from.iter().enumerate() {
                let id = id_of(item, merge_key)?;
                if partner(from, at, to, merge_key)?.is_none() {
                    items.push(json!({"$patch": "delete", merge_key: id}));
                }
            }
        }
        let order_differs = !self.deletes && !is_same_order(from, to, merge_key);
        if !items.is_empty() || order_differs {
            let order: Vec<_> = to.iter().map(|item| json!({merge_key: item.get(merge_key)})).collect();
            patch.insert(format!("$setElementOrder/{key}"), json!(order));
        }
        if !items.is_empty() {
            patch.insert(key.to_owned(), Json::Array(items));
        }
        Ok(())
    }
}

fn id_of<'a>(item: &'a Json, key: &str) -> Result<&'a Json, PatchError> {
    item.get(key).ok_or_else(|| PatchError { item: item.to_string(), key: key.to_owned() })
}

/// The item among `others` that goes with the one at `at`. Keys may repeat, as the port of a Service that is there for TCP and for
/// UDP: the first goes with the first, the second with the second.
fn partner<'a>(items: &[Json], at: usize, others: &'a [Json], key: &str) -> Result<Option<&'a Json>, PatchError> {
    let id = id_of(&items[at], key)?;
    let mut before = items[..at].iter().filter(|item| item.get(key) == Some(id)).count();
    for other in others {
        if id_of(other, key)? == id {
            if before == 0 {
                return Ok(Some(other));
            }
            before -= 1;
        }
    }
    Ok(None)
}

fn is_same_order(from: &[Json], to: &[Json], key: &str) -> bool {
    from.len() == to.len() && from.iter().zip(to).all(|(from, to)| from.get(key) == to.get(key))
}

/// Adds changes to a patch of deletions. Where both speak of a list, items of one key become one.
fn unite(patch: &mut Object, changes: Object, kind: Type) {
    for (key, change) in changes {
        let field = types::field_of(kind, &key);
        match (patch.get_mut(&key), change) {
            (Some(Json::Object(patch)), Json::Object(change)) if !field.is_replaced => unite(patch, change, field.kind),
            (Some(Json::Array(patch)), Json::Array(change)) if field.merge_key.is_some_and(|key| !key.is_empty()) => {
                unite_items(patch, change, field);
            }
            (_, change) => drop(patch.insert(key, change)),
        }
    }
}

fn unite_items(patch: &mut Vec<Json>, changes: Vec<Json>, field: Field) {
    let key = field.merge_key.unwrap_or_default();
    let (mut changes, deletions) = (changes, std::mem::take(patch));
    for deletion in deletions {
        let Json::Object(mut deletion) = deletion else { continue };
        let changed = changes.iter_mut().find(|change| change.get(key) == deletion.get(key));
        match changed {
            Some(Json::Object(change)) => {
                unite(&mut deletion, std::mem::take(change), types::item_of(field.kind));
                *change = deletion;
            }
            _ => changes.push(Json::Object(deletion)),
        }
    }
    *patch = changes;
}

#[cfg(test)]
#[path = "strategic_tests.rs"]
mod tests;
