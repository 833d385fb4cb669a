//! What rhelm's programs share at the command line: argument groups with Helm's names, and the printing of errors and logs.
//!
//! ```text
//! words → clap, made to read flags as Go's pflag does → argument groups → Options for one library call → exit status
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is this crate's purpose")]

pub mod chart;
mod chart_args;
mod duration;
mod environment;
mod error;
pub mod filter;
mod format;
mod global_args;
mod namespace;
mod operands;
mod output;
mod parse;
mod post_render_args;
mod render_args;
mod table;
pub mod template;
mod values_args;

pub use chart_args::ChartArgs;
pub use duration::parse_duration;
pub use environment::{environment, render_name};
pub use error::{Failure, finish, print_logs, warn};
pub use format::{Format, Record, parse_format, print_record, print_records, print_value};
pub use global_args::GlobalArgs;
pub use namespace::namespace;
pub use operands::{exactly, name_and_chart, none};
pub use output::write_stdout;
pub use parse::{matches, read_as_pflag};
pub use post_render_args::{PostRenderArgs, Stage};
pub use render_args::RenderArgs;
pub use table::table;
pub use values_args::ValuesArgs;
