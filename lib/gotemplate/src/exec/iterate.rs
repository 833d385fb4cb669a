//! What `range` walks over.

use crate::value::{Element, Kind, List, MapType, Str, Value};
use std::rc::Rc;

/// Elements that are still to come.
#[derive(Debug)]
pub(super) enum Elements {
    List(List, usize),
    Bytes(Rc<[u8]>, usize),
    /// The entries of a map as they were when the loop began.
    Map(std::vec::IntoIter<(Str, Value)>, MapType),
    Object(std::vec::IntoIter<(Value, Value)>),
    Count {
        next: u64,
        end: u64,
        of: fn(u64) -> Value,
    },
}

/// One element. What it holds may be Go's interface, or the value itself.
pub(super) struct Item {
    pub(super) element: Value,
    pub(super) interface: bool,
}

impl Elements {
    /// The elements of a value; `None` if it has no elements.
    pub(super) fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::List(list) => Self::List(list.clone(), 0),
            Value::Bytes(bytes) => Self::Bytes(bytes.clone(), 0),
            Value::Map(map) => Self::Map(map.entries().into_iter(), map.map_type()),
            Value::Object(object) if matches!(object.kind(), Kind::Slice | Kind::Map) => {
                Self::Object(object.entries()?.into_iter())
            }
            Value::Int(end) => Self::count(*end, |number| Value::Int(number as i64)),
            Value::Int64(end) => Self::count(*end, |number| Value::Int64(number as i64)),
            Value::Uint64(end) => Self::Count { next: 0, end: *end, of: Value::Uint64 },
            Value::Uint8(end) => Self::Count { next: 0, end: u64::from(*end), of: |number| Value::Uint8(number as u8) },
            // Like an empty map.
            Value::Nil => Self::List(List::nil(Element::Any), 0),
            _ => return None,
        })
    }

    fn count(end: i64, of: fn(u64) -> Value) -> Self {
        Self::Count { next: 0, end: u64::try_from(end).unwrap_or_default(), of }
    }

    /// Whether the elements are the numbers up to one.
    pub(super) fn is_count(&self) -> bool {
        matches!(self, Self::Count { .. })
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::List(list, at) => *at >= list.len(),
            Self::Bytes(bytes, at) => *at >= bytes.len(),
            Self::Map(entries, _) => entries.as_slice().is_empty(),
            Self::Object(entries) => entries.as_slice().is_empty(),
            Self::Count { next, end, .. } => next >= end,
        }
    }

    /// The next element. Its index or key goes to `index`, if that is wanted.
    pub(super) fn next(&mut self, index: Option<&mut Value>) -> Option<Item> {
        let (key, element, interface) = match self {
            Self::List(list, at) => {
                let element = list.items().get(*at)?.clone();
                *at += 1;
                (None, element, list.element() == Element::Any)
            }
            Self::Bytes(bytes, at) => {
                let element = Value::Uint8(*bytes.get(*at)?);
                *at += 1;
                (None, element, false)
            }
            Self::Map(entries, map_type) => {
                let (key, element) = entries.next()?;
                (Some(Value::String(key)), element, *map_type != MapType::String)
            }
            Self::Object(entries) => {
                let (key, element) = entries.next()?;
                (Some(key), element, false)
            }
            Self::Count { next, end, of } => {
                let number = (*next < *end).then_some(*next)?;
                *next += 1;
                (None, of(number), false)
            }
        };
        if let Some(index) = index {
            *index = key.unwrap_or_else(|| Value::Int(self.position() as i64 - 1));
        }
        Some(Item { element, interface })
    }

    fn position(&self) -> usize {
        match self {
            Self::List(_, at) | Self::Bytes(_, at) => *at,
            _ => 0,
        }
    }
}
