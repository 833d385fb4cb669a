//! What a document is decoded into, as far as decoding depends on it.

/// A place in a Go value. Where that is a string, a scalar of any type becomes its text: `1.10` is `1.1`.
pub trait Target {
    /// Whether this is a string.
    fn is_text(&self) -> bool;
    /// Whether anything in this place is looked at. What is not is checked all the same, and then left out.
    fn is_wanted(&self) -> bool {
        true
    }
    /// Whether integers stay integers here; else they become floats, as in `interface{}`.
    fn keeps_integers(&self) -> bool {
        false
    }
    /// The items of a list in this place.
    fn item(&self) -> &dyn Target;
    /// The member `key` of a mapping in this place.
    fn member(&self, key: &str) -> &dyn Target;
}

/// `interface{}`, and all that is in it.
pub(super) struct Any;

pub(super) static ANY: Any = Any;

impl Target for Any {
    fn is_text(&self) -> bool {
        false
    }

    fn item(&self) -> &dyn Target {
        self
    }

    fn member(&self, _: &str) -> &dyn Target {
        self
    }
}
