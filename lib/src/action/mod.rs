//! Operations: the only modules that know the whole chain, one file each.

pub mod get;
pub mod history;
pub mod list;
pub mod template;
