//! Regular expressions, by the grammar and the matching rules of Go's `regexp`.
//!
//! ```text
//! pattern → parse (regex-syntax's Hir) → program (regex-automata) → find
//! ```

mod class;
mod error;
mod escape;
mod names;
mod node;
mod parse;
mod program;
mod scan;
mod text;
mod unicode17;

pub(crate) use class::is_letter_or_digit;
pub(crate) use error::Error;
pub(crate) use parse::parse;
pub(crate) use program::{Groups, Regexp};
pub(crate) use scan::Budget;
pub(crate) use text::Haystack;
