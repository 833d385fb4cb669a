//! Values with fields or methods of their own: Go structs and named types that templates can reach.

use super::{Kind, Value};
use crate::function::ParameterType;
use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;

/// A Go value that is neither a scalar, a plain slice nor a plain map.
#[expect(clippy::len_without_is_empty, reason = "None is no length")]
pub trait Object: Debug + Any {
    /// The Go type, as `%T` prints it: `engine.files`.
    fn type_name(&self) -> Cow<'static, str>;

    /// The Go kind. Slices and maps among objects must answer [`Object::len`] and [`Object::entries`].
    fn kind(&self) -> Kind {
        Kind::Struct
    }

    /// A struct field or, for a map, the entry of that key. `None`: there is no such field.
    fn field(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// The number of arguments that the method `name` takes. `None`: there is no such method.
    fn method(&self, name: &str) -> Option<usize> {
        let _ = name;
        None
    }

    /// The type of a method's parameter. Where this says more than [`ParameterType::Any`], arguments are checked, and literals
    /// converted, before the call.
    fn parameter(&self, method: &str, index: usize) -> ParameterType {
        let _ = (method, index);
        ParameterType::Any
    }

    /// Calls the method `name` with as many arguments as [`Object::method`] asks for.
    ///
    /// # Errors
    /// [`MethodError`], when an argument has the wrong type or the method itself fails.
    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        let _ = (name, arguments);
        Ok(Value::Nil)
    }

    /// The steps that a call of a method takes: see [`crate::Limits::steps`].
    fn price(&self, name: &str, arguments: &[Value]) -> u64 {
        let _ = (name, arguments);
        0
    }

    /// The text that `{{ . }}` and `%v` print; the struct's fields in braces where the Go type is no `Stringer`.
    fn display(&self) -> String;

    /// What `{{ . }}` prints, where that is not what `%v` prints: Go's templates find methods of the pointer, `%v` does not.
    fn printed(&self) -> String {
        self.display()
    }

    /// The fields of a struct whose Go type prints them one by one under every verb. `None`: it is a `Stringer`, whose text is
    /// [`Object::display`].
    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// What `%#v` prints, where there are neither fields nor entries.
    fn go_syntax(&self) -> String {
        self.display()
    }

    /// What copying it field by field makes of it, where that loses the fields that are not exported.
    fn deep_copied(&self) -> Option<Value> {
        None
    }

    /// The exported fields of a struct in their order, which encoders see. `None`: they see [`Object::plain`].
    fn exported(&self) -> Option<Vec<Exported>> {
        None
    }

    /// What JSON and YAML encoders see instead of the object, where it has neither exported fields nor entries.
    fn plain(&self) -> Value {
        Value::string(self.display())
    }

    /// The number that this is, where the Go type is a named integer such as `time.Duration`.
    fn integer(&self) -> Option<i64> {
        None
    }

    /// Go's truth; structs and non-nil pointers are true.
    fn is_true(&self) -> bool {
        self.len().is_none_or(|len| len > 0)
    }

    /// The length of a slice or map; `None` for a struct.
    fn len(&self) -> Option<usize> {
        None
    }

    /// What `range` walks over: keys or indices, and values. `None` for a struct.
    fn entries(&self) -> Option<Vec<(Value, Value)>> {
        None
    }

    /// The object, to be told apart by its Rust type.
    fn as_any(&self) -> &dyn Any;
}

/// An exported field of a struct.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its name in Go.
    pub name: &'static str,
    /// Its name in JSON.
    pub json: &'static str,
    /// What it holds.
    pub value: Value,
}

/// Why a method call failed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum MethodError {
    /// Argument `index` is of another type than the method's.
    WrongType {
        /// Counted from zero.
        index: usize,
        /// The Go type that the method takes.
        expected: &'static str,
    },
    /// The method returned an error with this text.
    Failed(String),
    /// No template can call the method, as this text says.
    Unusable(String),
}
