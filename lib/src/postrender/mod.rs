//! Post-renderers: filters of the manifest stream between rendering and applying.
//!
//! A stage is any executable that reads standard input, writes standard output and exits 0 ([`program`]), or a filter in this
//! process ([`PostRenderer`]); a [`pipeline`] runs them as a shell runs a pipe. Text that no stage changed arrives byte for byte.
//! What comes in and goes out is the stream of `manifest::stream`.
//!
//! ```text
//! filters: documents → tree → object, select, workload → edit        labels, sidecar, secrets
//! pipeline: stage, program, plugin
//! ```

mod annotation;
pub mod documents;
pub mod edit;
mod error;
pub mod filter;
pub mod helm_format;
pub mod identity;
pub mod kit;
pub mod labels;
pub mod object;
pub mod pipeline;
pub mod program;
pub mod secrets;
pub mod select;
pub mod sidecar;
mod stage;
mod strategy;
pub mod tree;
pub mod workload;

pub use error::{Part, PostRenderError};
pub use filter::{FilterError, PostRenderer};
pub use identity::Identity;
pub use pipeline::{Interrupt, Outcome, Surroundings, run};
pub use program::{Program, SearchPath, plugin_folders};
pub use stage::{Action, Stage, StageOptions};
pub use strategy::{Hooks, RenderError, UnknownStrategy, post_render};
