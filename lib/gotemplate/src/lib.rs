//! Go's `text/template`, as Helm's charts see it: compiled once, executed over shared, mutable values.
//!
//! ```text
//! text → lex (tokens) → parse (program) → exec (bytes), with functions from a FunctionTable over Values
//! ```
//!
//! A [`Set`] holds the templates of one name space. Parsing compiles each of them to a flat list of instructions, in one pass
//! and without recursion; variables are slots by then, functions are found, literals have the types of their parameters. A
//! machine executes the instructions; its loops and its invocations of templates live on the heap, so that no template can
//! exhaust the stack, and [`Limits`] bound what else it could exhaust. No text is kept for messages: an error reads again the
//! part of the template that it shows.
//!
//! The crate knows nothing of charts: `include`, `tpl`, `.Values` and the sprig functions are bound by its user through
//! [`function::FunctionTable`] and [`value::Object`].
//!
//! ```
//! use gotemplate::{Set, function::FunctionTable, value::{Map, Str, Value}};
//! use std::rc::Rc;
//!
//! let mut functions = FunctionTable::new();
//! functions.add("upper", |text: Str| text.to_str_lossy().to_uppercase());
//! let mut set = Set::new(Rc::new(functions));
//! set.parse("greeting", "Hello, {{ .name | upper }}!")?;
//! let data = Value::Map(Map::from_iter([("name".into(), Value::string("you"))]));
//! assert_eq!(set.output("greeting", &data)?.as_bytes(), b"Hello, YOU!");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
