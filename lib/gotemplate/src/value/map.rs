//! Go's maps with string keys: shared by every clone, and mutable through each.

use super::{Str, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The Go type of a map.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MapType {
    /// `map[string]interface {}`.
    Any,
    /// `map[string]string`.
    String,
    /// A named map type with the same contents as [`MapType::Any`], such as Helm's `common.Values`.
    Named(&'static str),
}

impl MapType {
    /// The type's name as Go prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "map[string]interface {}",
            Self::String => "map[string]string",
            Self::Named(name) => name,
        }
    }
}

/// A map. A clone is the same map.
#[derive(Clone, Debug)]
pub struct Map {
    map_type: MapType,
    entries: Option<Rc<RefCell<BTreeMap<Str, Value>>>>,
}

impl Map {
    /// A new `map[string]interface {}` with these entries.
    #[must_use]
    pub fn new(entries: BTreeMap<Str, Value>) -> Self {
        Self::with_type(MapType::Any, entries)
    }

    /// A new map of a given type.
    #[must_use]
    pub fn with_type(map_type: MapType, entries: BTreeMap<Str, Value>) -> Self {
        Self { map_type, entries: Some(Rc::new(RefCell::new(entries))) }
    }

    /// Go's nil map: empty, `null` in JSON, and refusing writes.
    #[must_use]
    pub fn nil() -> Self {
        Self { map_type: MapType::Any, entries: None }
    }

    /// The same map under another type, as a Go conversion makes it: writes through either are seen in both.
    #[must_use]
    pub fn retyped(&self, map_type: MapType) -> Self {
        Self { map_type, entries: self.entries.clone() }
    }

    /// The Go type.
    #[must_use]
    pub fn map_type(&self) -> MapType {
        self.map_type
    }

    /// Whether this is Go's nil map.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.entries.is_none()
    }

    /// Whether both are one map, so that a write to one is seen in the other.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.entries, &other.entries) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries.as_ref()?.borrow().get(key).cloned()
    }

    /// Whether `key` is there, even with a nil value.
    #[must_use]
    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.entries.as_ref().is_some_and(|entries| entries.borrow().contains_key(key))
    }

    /// Writes `key`. Returns false, and does nothing, on a nil map.
    pub fn insert(&self, key: impl Into<Str>, value: Value) -> bool {
        let Some(entries) = &self.entries else { return false };
        entries.borrow_mut().insert(key.into(), value);
        true
    }

    /// Removes `key` and returns what it held.
    pub fn remove(&self, key: &[u8]) -> Option<Value> {
        self.entries.as_ref()?.borrow_mut().remove(key)
    }

    /// The entries as they are now, in the byte order of their keys: later writes do not disturb a loop over them.
    #[must_use]
    pub fn entries(&self) -> Vec<(Str, Value)> {
        self.with(|entries| entries.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// Reads the entries in place. `read` must not write to this map.
    pub fn with<T>(&self, read: impl FnOnce(&BTreeMap<Str, Value>) -> T) -> T {
        match &self.entries {
            Some(entries) => read(&entries.borrow()),
            None => read(&BTreeMap::new()),
        }
    }

    /// The entries, taken away, if nobody else has them.
    pub(super) fn take_own(&mut self) -> Option<BTreeMap<Str, Value>> {
        Rc::get_mut(self.entries.as_mut()?).map(|entries| std::mem::take(entries.get_mut()))
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.with(BTreeMap::len)
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FromIterator<(Str, Value)> for Map {
    fn from_iter<T: IntoIterator<Item = (Str, Value)>>(entries: T) -> Self {
        Self::new(entries.into_iter().collect())
    }
}
