//! Go's slices. Nothing a template can call changes a slice in place, so a list is immutable and shared.

use super::Value;
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
}

/// A slice of values.
#[derive(Clone, Debug)]
pub struct List {
    element: Element,
    items: Option<Rc<[Value]>>,
}

impl List {
    /// A slice with these items.
    #[must_use]
    pub fn new(element: Element, items: Vec<Value>) -> Self {
        Self { element, items: Some(items.into()) }
    }

    /// Go's nil slice: empty, but `null` in JSON.
    #[must_use]
    pub fn nil(element: Element) -> Self {
        Self { element, items: None }
    }

    /// Whether this is Go's nil slice.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// What it holds.
    #[must_use]
    pub fn element(&self) -> Element {
        self.element
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        self.items.as_deref().unwrap_or_default()
    }

    /// The items, taken away, if nobody else has them.
    pub(super) fn take_own(&mut self) -> Option<&mut [Value]> {
        Rc::get_mut(self.items.as_mut()?)
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items().len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }
}
