//! Go's `text/template`, as Helm's charts see it: parsed once, executed over shared, mutable values.
//!
//! ```text
//! text → lex (tokens) → parse (tree) → exec (bytes), with functions from a FunctionTable over Values
//! ```
//!
//! The crate knows nothing of charts: `include`, `tpl`, `.Values` and the sprig functions are bound by its user through
//! [`function::FunctionTable`] and [`value::Object`].

mod builtin;
mod exec;
mod expression;
pub mod format;
pub mod function;
mod lex;
mod literal;
mod parse;
mod program;
mod rune;
mod set;
#[cfg(test)]
mod testing;
mod unicode;
pub mod value;

pub use exec::{ExecError, Location};
pub use parse::ParseError;
pub use set::{Limits, MissingKey, Set, TextError};
