//! Values: what the user gives, and what becomes of it together with the defaults of a chart.
//!
//! ```text
//! -f files, --set …  ─ gather ─→ the user's values ─ coalesce (over the defaults of all charts) ─→ .Values
//!                                                                                                  └ schema::validate
//! ```

mod coalesce;
mod documents;
mod gather;
mod json_path;
mod merge;
mod print;
mod reuse;
pub mod schema;
pub mod set;
mod source;
pub(crate) mod tree;
#[cfg(test)]
mod vectors;

pub use coalesce::{CoalesceError, coalesce};
pub use documents::{DocumentError, read};
pub use gather::{ReadFile, ValueOptions, ValuesError, gather};
pub use json_path::{JsonPathError, json_path};
pub use merge::merge;
pub use reuse::reuse;
pub use source::Source;

pub(crate) use coalesce::{Cycle, Nulls, add_defaults, merge_tables, table_over_defaults};
pub(crate) use documents::Documents;
pub(crate) use print::verb_v;
