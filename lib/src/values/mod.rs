//! Values: what the user gives, and what becomes of it together with the defaults of a chart.
//!
//! ```text
//! -f files, --set …  ─ gather ─→ the user's values ─ coalesce (over the defaults of all charts) ─→ .Values
//!                                                                                                  └ schema::validate
//! ```

mod documents;
mod gather;
mod merge;
pub mod set;
mod source;

pub use documents::{DocumentError, read};
pub use gather::{ValueOptions, ValuesError, gather};
pub use merge::merge;
pub use source::{Source, SourceError};
