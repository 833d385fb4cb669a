//! Values a template works on: Go's dynamic types, shared by reference and mutable where Go's are.
//!
//! Cloning a [`Value`] is cheap. Cloning a map shares it: `set` is seen through every clone, as in Go.

mod capacity;
mod drop;
mod list;
mod map;
mod object;
mod text;

pub use list::{Element, List};
pub use map::{Map, MapType};
pub use object::{Exported, MethodError, Object};
pub use text::Str;

use std::rc::Rc;

/// A value of a template, named by the Go type it has.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// An untyped nil, or no value at all.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// `int`: constants, `len`, most arithmetic of sprig is `int64` instead.
    Int(i64),
    /// `int64`.
    Int64(i64),
    /// `uint64`.
    Uint64(u64),
    /// `uint8`: an indexed string or byte slice.
    Uint8(u8),
    /// `float64`: every number of a values file.
    Float(f64),
    /// `complex128`, only from a constant such as `2i`.
    Complex(f64, f64),
    /// `string`: bytes, normally UTF-8.
    String(Str),
    /// `[]uint8`.
    Bytes(Rc<[u8]>),
    /// Any other slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// Anything with fields or methods of its own: times, versions, `.Files`, `.Capabilities`.
    Object(Rc<dyn Object>),
}

/// Go's `reflect.Kind`, by the names that templates can see (`kindOf`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names are Go's")]
pub enum Kind {
    Invalid,
    Bool,
    Int,
    Int64,
    Uint64,
    Uint8,
    Float64,
    Complex128,
    String,
    Slice,
    Map,
    Struct,
    Ptr,
}

impl Value {
    /// A string value.
    pub fn string(text: impl Into<Str>) -> Self {
        Self::String(text.into())
    }

    /// A `[]interface {}`.
    #[must_use]
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(List::new(Element::Any, items))
    }

    /// A `[]string`.
    #[must_use]
    pub fn strings(items: Vec<Value>) -> Self {
        Self::List(List::new(Element::String, items))
    }

    /// Whether this is nil: no value, not a nil map.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The Go type, as `%T` and `typeOf` print it.
    #[must_use]
    pub fn type_name(&self) -> String {
        match self {
            Self::Nil => "<nil>".into(),
            Self::Bool(_) => "bool".into(),
            Self::Int(_) => "int".into(),
            Self::Int64(_) => "int64".into(),
            Self::Uint64(_) => "uint64".into(),
            Self::Uint8(_) => "uint8".into(),
            Self::Float(_) => "float64".into(),
            Self::Complex(..) => "complex128".into(),
            Self::String(_) => "string".into(),
            Self::Bytes(_) => "[]uint8".into(),
            Self::List(list) => list.element().slice_type().into(),
            Self::Map(map) => map.map_type().name().into(),
            Self::Object(object) => object.type_name().into(),
        }
    }

    /// The Go kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Nil => Kind::Invalid,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Int64(_) => Kind::Int64,
            Self::Uint64(_) => Kind::Uint64,
            Self::Uint8(_) => Kind::Uint8,
            Self::Float(_) => Kind::Float64,
            Self::Complex(..) => Kind::Complex128,
            Self::String(_) => Kind::String,
            Self::Bytes(_) | Self::List(_) => Kind::Slice,
            Self::Map(_) => Kind::Map,
            Self::Object(object) => object.kind(),
        }
    }

    /// Go's truth: false for nil, false, zero, and everything empty. Structs are always true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) => *value != 0,
            Self::Uint64(value) => *value != 0,
            Self::Uint8(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
            Self::String(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(object) => object.is_true(),
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Invalid => "invalid",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Uint8 => "uint8",
            Self::Float64 => "float64",
            Self::Complex128 => "complex128",
            Self::String => "string",
            Self::Slice => "slice",
            Self::Map => "map",
            Self::Struct => "struct",
            Self::Ptr => "ptr",
        })
    }
}
