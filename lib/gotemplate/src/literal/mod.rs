//! The values of literals: Go's `strconv.Unquote`, and numbers that take the type of the parameter they are given for.

mod argument;
mod float;
mod number;
mod quoted;

pub(crate) use argument::Literal;
pub(crate) use number::Number;
pub(crate) use quoted::unquote;

use quoted::unquote_char;
