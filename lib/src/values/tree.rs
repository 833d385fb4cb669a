//! Values while they are merged: tables that are shared as Go's maps are, over values that are borrowed until they change.
//!
//! Helm's merging hands the same map to several places, and a change through one of them is seen through the others: nested
//! tables of `global` belong to a chart and its subcharts at once. A [`Table`] is such a map; cloning it shares it. What is in
//! it stays borrowed from the charts and the user's values until [`Table::to_map`] makes the result.

use goyaml::{Map, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A shared map. No borrow of its content outlives a method, so tables may share and even contain what they like.
#[derive(Clone, Default)]
pub(crate) struct Table<'a>(Rc<RefCell<BTreeMap<String, Node<'a>>>>);

/// A value in a [`Table`].
#[derive(Clone)]
pub(crate) enum Node<'a> {
    /// A value as it is.
    Plain(&'a Value),
    /// A value whose maps, to any depth, are to be read without their nulls.
    WithoutNulls(&'a Value),
    /// A map that was looked into.
    Table(Table<'a>),
    /// A null that merging made.
    Null,
}

/// What a [`Table`] holds under a key.
pub(crate) enum Entry<'a> {
    Missing,
    Null,
    Table(Table<'a>),
    /// Neither null nor a map.
    Other(&'a Value),
}

impl<'a> Table<'a> {
    /// The table of a map.
    pub(crate) fn of(map: &'a Map) -> Self {
        map.iter().map(|(key, value)| (key.clone(), Node::Plain(value))).collect()
    }

    /// What is under `key`; a map becomes a table of its own.
    pub(crate) fn get(&self, key: &str) -> Entry<'a> {
        let mut content = self.0.borrow_mut();
        let Some(node) = content.get_mut(key) else {
            return Entry::Missing;
        };
        node.open();
        match node {
            Node::Table(table) => Entry::Table(table.clone()),
            Node::Null => Entry::Null,
            Node::Plain(value) | Node::WithoutNulls(value) if value.is_null() => Entry::Null,
            Node::Plain(value) | Node::WithoutNulls(value) => Entry::Other(value),
        }
    }

    pub(crate) fn set(&self, key: &str, node: Node<'a>) {
        self.0.borrow_mut().insert(key.to_owned(), node);
    }

    pub(crate) fn remove(&self, key: &str) {
        self.0.borrow_mut().remove(key);
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.0.borrow().keys().cloned().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// A table with the same content, which changes by itself; the tables in it are shared.
    pub(crate) fn shallow_copy(&self) -> Self {
        for key in self.keys() {
            self.get(&key);
        }
        Self(Rc::new(RefCell::new(self.0.borrow().clone())))
    }

    /// Whether both are the same map.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A table with the same content that shares nothing with this one.
    pub(crate) fn deep_copy(&self) -> Self {
        let copy = |node: &Node<'a>| match node {
            Node::Table(table) => Node::Table(table.deep_copy()),
            other => other.clone(),
        };
        self.0.borrow().iter().map(|(key, node)| (key.clone(), copy(node))).collect()
    }

    /// Whether `other` is this table or anywhere in it.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        let mut seen = BTreeSet::new();
        let mut left = vec![self.clone()];
        while let Some(table) = left.pop() {
            if table.is(other) {
                return true;
            }
            // Tables may be shared many times over.
            if seen.insert(Rc::as_ptr(&table.0).addr()) {
                left.extend(table.0.borrow().values().filter_map(|node| match node {
                    Node::Table(below) => Some(below.clone()),
                    _ => None,
                }));
            }
        }
        false
    }

    /// The table at a path of keys joined by dots.
    ///
    /// # Errors
    /// The first key that leads to no table.
    pub(crate) fn table_at<'p>(&self, path: &'p str) -> Result<Self, &'p str> {
        path.split('.').try_fold(self.clone(), |table, key| match table.get(key) {
            Entry::Table(inner) => Ok(inner),
            _ => Err(key),
        })
    }

    /// Roughly how many bytes the content takes as plain values; `None` if more than `limit`.
    pub(crate) fn size(&self, limit: u64) -> Option<u64> {
        let mut left = limit;
        self.take_size(&mut left)?;
        Some(limit - left)
    }

    fn take_size(&self, left: &mut u64) -> Option<()> {
        self.0.borrow().iter().try_for_each(|(key, node)| {
            take(left, key.len())?;
            match node {
                Node::Plain(value) | Node::WithoutNulls(value) => take_size(value, left),
                Node::Table(table) => table.take_size(left),
                Node::Null => Some(()),
            }
        })
    }

    /// The content as plain values.
    pub(crate) fn to_map(&self) -> Map {
        self.0.borrow().iter().map(|(key, node)| (key.clone(), node.to_value())).collect()
    }
}

impl<'a> FromIterator<(String, Node<'a>)> for Table<'a> {
    fn from_iter<T: IntoIterator<Item = (String, Node<'a>)>>(entries: T) -> Self {
        Self(Rc::new(RefCell::new(entries.into_iter().collect())))
    }
}

impl Node<'_> {
    /// Makes a table of a map.
    fn open(&mut self) {
        let table = match self {
            Self::Plain(Value::Map(map)) => Table::of(map),
            Self::WithoutNulls(Value::Map(map)) => {
                let entries = map.iter().filter(|(_, value)| !value.is_null());
                entries.map(|(key, value)| (key.clone(), Node::WithoutNulls(value))).collect()
            }
            _ => return,
        };
        *self = Node::Table(table);
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Plain(value) => (*value).clone(),
            Self::WithoutNulls(value) => without_nulls(value),
            Self::Table(table) => Value::Map(table.to_map()),
            Self::Null => Value::Null,
        }
    }
}

/// Takes the size of a text and of the value that it belongs to.
fn take(left: &mut u64, length: usize) -> Option<()> {
    *left = left.checked_sub(length as u64 + size_of::<Value>() as u64)?;
    Some(())
}

fn take_size(value: &Value, left: &mut u64) -> Option<()> {
    match value {
        Value::String(text) => take(left, text.len()),
        Value::List(items) => items.iter().try_for_each(|item| take(left, 0).and_then(|()| take_size(item, left))),
        Value::Map(map) => {
            map.iter().try_for_each(|(key, value)| take(left, key.len()).and_then(|()| take_size(value, left)))
        }
        _ => Some(()),
    }
}

/// A copy in which no map, at any depth outside of lists, holds a null.
pub(crate) fn without_nulls(value: &Value) -> Value {
    let Value::Map(map) = value else {
        return value.clone();
    };
    let entries = map.iter().filter(|(_, value)| !value.is_null());
    Value::Map(entries.map(|(key, value)| (key.clone(), without_nulls(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, Value)]) -> Map {
        entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
    }

    #[test]
    fn a_change_is_seen_through_every_reference() {
        let values = map(&[("a", map(&[("x", 1.0.into())]).into())]);
        let table = Table::of(&values);
        let copy = table.shallow_copy();
        let Entry::Table(inner) = copy.get("a") else { panic!("no table") };
        inner.set("y", Node::Null);
        copy.set("b", Node::Null);
        let expected = map(&[("a", map(&[("x", 1.0.into()), ("y", Value::Null)]).into())]);
        assert_eq!(table.to_map(), expected);
    }

    #[test]
    fn a_table_contains_those_below_it() {
        let values = map(&[("a", map(&[("b", map(&[]).into())]).into())]);
        let table = Table::of(&values);
        let (Ok(outer), Ok(inner)) = (table.table_at("a"), table.table_at("a.b")) else { panic!("no tables") };
        assert_eq!((outer.contains(&inner), inner.contains(&outer), inner.contains(&inner)), (true, false, true));
    }

    #[test]
    fn sizes_are_limited_before_they_are_made() {
        let values = map(&[("text", "x".repeat(1000).into())]);
        let table = Table::of(&values);
        // 1,000 tables that are two of the one below would be 2^1000.
        let doubled = (0..1000).fold(table, |below, _| {
            [("a".to_owned(), Node::Table(below.clone())), ("b".to_owned(), Node::Table(below))].into_iter().collect()
        });
        assert_eq!(doubled.size(1 << 20), None);
        assert!(!doubled.contains(&Table::default()));
        assert!(Table::of(&values).size(1 << 20).is_some_and(|size| size > 1000));
    }

    #[test]
    fn nulls_are_hidden_in_maps_but_not_in_lists() {
        let inner = map(&[("n", Value::Null), ("l", vec![Value::Null].into())]);
        let values = map(&[("n", Value::Null), ("m", inner.into())]);
        let value = Value::Map(values);
        let expected = map(&[("m", map(&[("l", vec![Value::Null].into())]).into())]);
        let table: Table<'_> = [("v".to_owned(), Node::WithoutNulls(&value))].into_iter().collect();
        assert_eq!(table.to_map(), map(&[("v", expected.clone().into())]));
        assert!(table.table_at("v.m").is_ok());
        assert_eq!(table.to_map(), map(&[("v", expected.into())]));
        assert_eq!(table.table_at("v.m.l").err(), Some("l"));
    }
}
