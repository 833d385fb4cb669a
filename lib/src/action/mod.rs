//! Operations: the only modules that know the whole chain, one file each.

pub mod template;
