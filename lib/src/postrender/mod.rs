//! Post-renderers: filters of the manifest stream, in process or as programs.

pub mod labels;
pub mod program;
