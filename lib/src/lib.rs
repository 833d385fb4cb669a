//! The library under rhelm's programs: from a chart to a recorded release, one stage at a time.
//!
//! ```text
//! chart + values → render → manifests → post-render → plan → apply → record
//!  chart/ values/   render/   manifest/   postrender/   plan/   cluster/   release/ store/
//! ```
//!
//! Start reading at [`action`], the only module that knows the whole chain; each of its files is one operation. Every other
//! module is one stage: a function from plain data to plain data that may use the types of earlier stages, never of later ones.
//!
//! Invariants, each with a test in `tests/tidy.rs`:
//! - Nothing here opens a socket, prints, reads the environment or exits. Files are read only in `chart/loader` and `values`,
//!   programs run only in `postrender/program`. Clock, randomness and lookups are passed in.
//! - [`cluster::Cluster`] and [`store::Driver`] are the only asynchronous edges; what is before them is synchronous and pure.
//! - No module imports [`action`].
//! - Same inputs, same bytes: no hash-ordered map lies on any path to output.

pub mod action;
pub mod chart;
pub mod cluster;
pub mod goduration;
pub mod gonumber;
mod gotext;
mod gotime;
pub mod gourl;
pub mod lint;
pub mod log;
pub mod manifest;
pub mod nearest;
mod parallel;
mod pattern;
pub mod plan;
pub mod plugin;
pub mod postrender;
mod regex;
pub mod release;
pub mod render;
pub mod selector;
pub mod store;
pub mod values;
pub mod version;
