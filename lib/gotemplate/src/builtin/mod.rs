//! The functions of the language itself. `and` and `or` are compiled to jumps; the others are here.

mod compare;
mod escape;
mod index;

use crate::format;
use crate::function::{FunctionError, ParameterType};
use crate::value::{Kind, Value};

/// A function of the language.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Builtin {
    And,
    Or,
    Not,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Index,
    Slice,
    Len,
    Call,
    Print,
    Printf,
    Println,
    Html,
    Js,
    Urlquery,
}

const NAMES: [(&str, Builtin); 19] = [
    ("and", Builtin::And),
    ("or", Builtin::Or),
    ("not", Builtin::Not),
    ("eq", Builtin::Eq),
    ("ne", Builtin::Ne),
    ("lt", Builtin::Lt),
    ("le", Builtin::Le),
    ("gt", Builtin::Gt),
    ("ge", Builtin::Ge),
    ("index", Builtin::Index),
    ("slice", Builtin::Slice),
    ("len", Builtin::Len),
    ("call", Builtin::Call),
    ("print", Builtin::Print),
    ("printf", Builtin::Printf),
    ("println", Builtin::Println),
    ("html", Builtin::Html),
    ("js", Builtin::Js),
    ("urlquery", Builtin::Urlquery),
];

/// The names of all.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

impl Builtin {
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, builtin)| *builtin)
    }

    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, builtin)| *builtin == self).map_or("", |(name, _)| name)
    }

    /// The number of fixed parameters, and whether there may be more.
    pub(crate) fn signature(self) -> (usize, bool) {
        match self {
            Self::Not | Self::Len => (1, false),
            Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge => (2, false),
            Self::Print | Self::Println | Self::Html | Self::Js | Self::Urlquery => (0, true),
            Self::And | Self::Or | Self::Eq | Self::Index | Self::Slice | Self::Call | Self::Printf => (1, true),
        }
    }

    /// The type of the argument of that index.
    pub(crate) fn parameter(self, index: usize) -> ParameterType {
        if self == Self::Printf && index == 0 { ParameterType::String } else { ParameterType::Any }
    }

    /// Calls the function. For `len`, `interface` says whether a nil is one of Go's interfaces; for `call`, `callee` is the
    /// first argument as it is written.
    ///
    /// # Errors
    /// The function's own failure.
    pub(crate) fn run(
        self,
        arguments: &[Value],
        interface: bool,
        callee: impl Fn() -> String,
    ) -> Result<Value, FunctionError> {
        Ok(match (self, arguments) {
            (Self::Not, [value]) => Value::Bool(!value.is_true()),
            (Self::Eq, [first, rest @ ..]) => Value::Bool(compare::equals_any(first, rest)?),
            (Self::Ne, [a, b]) => Value::Bool(!compare::equals_any(a, std::slice::from_ref(b))?),
            (Self::Lt, [a, b]) => Value::Bool(compare::is_less(a, b)?),
            (Self::Le, [a, b]) => Value::Bool(compare::is_less_or_equal(a, b)?),
            (Self::Gt, [a, b]) => Value::Bool(!compare::is_less_or_equal(a, b)?),
            (Self::Ge, [a, b]) => Value::Bool(!compare::is_less(a, b)?),
            (Self::Index, [collection, keys @ ..]) => index::index(collection, keys)?,
            (Self::Slice, [sequence, bounds @ ..]) => index::slice(sequence, bounds)?,
            (Self::Len, [value]) => Value::Int(index::len(value, interface)? as i64),
            (Self::Call, [Value::Nil, ..]) => return Err("call of nil".into()),
            (Self::Call, [value, ..]) => {
                return Err(std::format!("non-function {} of type {}", callee(), value.type_name()).into());
            }
            (Self::Print, _) => Value::string(format::sprint(arguments)?),
            (Self::Println, _) => Value::string(format::sprintln(arguments)?),
            (Self::Printf, [Value::String(text), rest @ ..]) => Value::string(format::sprintf(text.as_bytes(), rest)?),
            (Self::Html, _) => Value::string(escape::html(&joined(arguments)?)),
            (Self::Js, _) => Value::string(escape::js(&joined(arguments)?)),
            (Self::Urlquery, _) => Value::string(escape::urlquery(&joined(arguments)?)),
            _ => Value::Nil,
        })
    }
}

/// The arguments as one text: a string alone as it is, others as `print` joins them, but for nil and pointers.
fn joined(arguments: &[Value]) -> Result<Vec<u8>, FunctionError> {
    if let [Value::String(text)] = arguments {
        return Ok(text.as_bytes().to_vec());
    }
    let mut out = Vec::new();
    let mut follows_string = true;
    for value in arguments {
        let is_string = matches!(value, Value::Nil | Value::String(_));
        if !is_string && !follows_string {
            out.push(b' ');
        }
        match value {
            Value::Nil => out.extend(b"<no value>"),
            Value::Object(object) if object.kind() == Kind::Ptr => {
                out.extend(object.display().trim_start_matches('&').bytes())
            }
            value => format::write(value, &mut out)?,
        }
        if out.len() > format::MAX_LENGTH {
            return Err(format::FormatError::TooLong.into());
        }
        follows_string = is_string;
    }
    Ok(out)
}
