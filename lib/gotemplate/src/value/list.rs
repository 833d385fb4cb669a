//! Go's slices: windows on arrays that are shared, with room behind the last item.
//!
//! Templates see both: `sortAlpha` sorts the array that other slices show, and `slice` reaches into the room, where zero
//! values are.

use super::{Str, Value, capacity};
use std::cell::OnceCell;
use std::rc::Rc;

/// What a slice holds, which is all that tells `[]string` from `[]interface {}` once it is filled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Element {
    /// `interface {}`.
    Any,
    /// `string`.
    String,
    /// `int`.
    Int,
    /// `[]interface {}`, from `chunk`.
    AnyList,
    /// `map[string]interface {}`.
    Map,
}

impl Element {
    /// The type of a slice of these.
    #[must_use]
    pub fn slice_type(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::String => "[]string",
            Self::Int => "[]int",
            Self::AnyList => "[][]interface {}",
            Self::Map => "[]map[string]interface {}",
        }
    }

    /// What an array has where nothing was written.
    fn zero(self) -> Value {
        match self {
            Self::Any => Value::Nil,
            Self::String => Value::string(""),
            Self::Int => Value::Int(0),
            Self::AnyList => Value::List(List::nil(Self::Any)),
            Self::Map => Value::Map(super::Map::nil()),
        }
    }
}

/// A slice of values. A clone shows the same array.
#[derive(Clone, Debug)]
pub struct List {
    element: Element,
    array: Option<Rc<Array>>,
    start: u32,
    len: u32,
    /// From `start` on; the array may hold less.
    capacity: u32,
}

/// An array is written once, but for sorting: that makes the next version, which all slices show from then on.
#[derive(Debug)]
struct Array {
    items: Vec<Value>,
    sorted: OnceCell<Box<Array>>,
}

impl Array {
    fn new(items: Vec<Value>) -> Self {
        Self { items, sorted: OnceCell::new() }
    }

    fn latest(&self) -> &Self {
        let mut latest = self;
        while let Some(sorted) = latest.sorted.get() {
            latest = sorted;
        }
        latest
    }
}

impl List {
    /// A slice with these items and no room behind them.
    #[must_use]
    pub fn new(element: Element, items: Vec<Value>) -> Self {
        let len = items.len();
        Self::with_capacity(element, items, len)
    }

    /// A slice to which Go's `append` added these items one by one.
    #[must_use]
    pub fn grown(element: Element, items: Vec<Value>) -> Self {
        let capacity = capacity::grown(element, items.len());
        Self::with_capacity(element, items, capacity)
    }

    /// A slice without room behind `before` items, to which Go's `append` added the rest of these items at once.
    #[must_use]
    pub fn appended(element: Element, items: Vec<Value>, before: usize) -> Self {
        let capacity = capacity::next(element, before, items.len());
        Self::with_capacity(element, items, capacity)
    }

    fn with_capacity(element: Element, items: Vec<Value>, capacity: usize) -> Self {
        let (len, capacity) = (size(items.len()), size(capacity));
        Self { element, array: Some(Rc::new(Array::new(items))), start: 0, len, capacity }
    }

    /// Go's nil slice: empty, but `null` in JSON.
    #[must_use]
    pub fn nil(element: Element) -> Self {
        Self { element, array: None, start: 0, len: 0, capacity: 0 }
    }

    /// Whether this is Go's nil slice.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.array.is_none()
    }

    /// What it holds.
    #[must_use]
    pub fn element(&self) -> Element {
        self.element
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        let items = self.array.as_deref().map(|array| &array.latest().items[..]).unwrap_or_default();
        items.get(self.start as usize..(self.start + self.len) as usize).unwrap_or_default()
    }

    /// The items, taken away, if nobody else has them.
    pub(super) fn take_own(&mut self) -> Option<&mut [Value]> {
        Rc::get_mut(self.array.as_mut()?).map(|array| &mut *array.items)
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of items that a part of this slice may reach.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    /// The same type and capacity with other items, as a copy has it.
    #[must_use]
    pub fn copied(&self, items: Vec<Value>) -> Self {
        let capacity = self.capacity().max(items.len());
        Self::with_capacity(self.element, items, capacity)
    }

    /// The items from `start` to `end`, which may lie in the room behind the last item. `None`: out of bounds.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Option<Self> {
        if start > end || end > self.capacity() {
            return None;
        }
        let mut part = if end > self.filled() { self.with_zeros(end) } else { self.clone() };
        let start = size(start);
        part.start += start;
        (part.len, part.capacity) = (size(end) - start, self.capacity - start);
        Some(part)
    }

    /// The items of the array from the first of this slice on.
    fn filled(&self) -> usize {
        let len = self.array.as_deref().map_or(0, |array| array.items.len());
        len.saturating_sub(self.start as usize)
    }

    /// An array of its own, filled up to `len` items.
    fn with_zeros(&self, len: usize) -> Self {
        let items = self.array.as_deref().map(|array| &array.latest().items[..]).unwrap_or_default();
        let mut items = items.get(self.start as usize..).unwrap_or_default().to_vec();
        items.resize(len, self.element.zero());
        Self::with_capacity(self.element, items, self.capacity())
    }

    /// Sorts texts in place: every slice of the same array shows it.
    pub fn sort_texts(&self) {
        let Some(array) = self.array.as_deref() else { return };
        let text = |value: &Value| if let Value::String(text) = value { text.clone() } else { Str::from("") };
        if self.items().is_sorted_by_key(text) {
            return;
        }
        let latest = array.latest();
        let mut items = latest.items.clone();
        items[self.start as usize..(self.start + self.len) as usize].sort_by_cached_key(text);
        // The latest version has none after it.
        let _ = latest.sorted.set(Box::new(Array::new(items)));
    }
}

/// No list has more items than fit 32 bits: they would not fit the memory.
fn size(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> List {
        List::new(Element::String, all.iter().map(|text| Value::string(*text)).collect())
    }

    fn shown(list: &List) -> String {
        String::from_utf8_lossy(&crate::format::print(&Value::List(list.clone())).expect("a text")).into_owned()
    }

    #[test]
    fn sorting_is_seen_in_every_slice_of_the_array() {
        let list = texts(&["c", "b", "a"]);
        let (clone, part) = (list.clone(), list.part(1, 3).expect("a part"));
        part.sort_texts();
        assert_eq!((shown(&list), shown(&clone), shown(&part)), ("[c a b]".into(), "[c a b]".into(), "[a b]".into()));
        list.sort_texts();
        assert_eq!((shown(&clone), shown(&part)), ("[a b c]".into(), "[b c]".into()));
    }

    // As Helm's `slice` cuts them.
    #[test]
    fn parts_reach_into_the_room_behind_the_last_item() {
        let list = List::grown(Element::Any, (0..3).map(Value::Int).collect());
        assert_eq!(shown(&list.part(0, 4).expect("a part")), "[0 1 2 <nil>]");
        assert!(list.part(0, 5).is_none() && list.part(2, 1).is_none());
        let list = texts(&["a", "b", "c"]);
        let part = list.part(0, 1).expect("a part");
        assert_eq!((shown(&part), shown(&part.part(0, 3).expect("a part"))), ("[a]".into(), "[a b c]".into()));
        assert!(list.part(1, 2).and_then(|part| part.part(0, 3)).is_none());
    }
}
