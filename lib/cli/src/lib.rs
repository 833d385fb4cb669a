//! What rhelm's programs share at the command line: argument groups with Helm's names, and the printing of errors and logs.
//!
//! ```text
//! words → clap, made to read flags as Go's pflag does → argument groups → Options for one library call → exit status
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is this crate's purpose")]

mod access_args;
mod ask;
pub mod chart;
mod chart_args;
pub mod color;
mod csv;
pub mod dependencies;
mod diagnosis;
mod downloads;
mod dry_run;
mod duration;
mod environment;
mod error;
pub mod filter;
mod force_args;
mod format;
mod global_args;
mod home;
mod klog;
mod labels;
mod live;
mod name_args;
mod namespace;
mod numbers;
mod operands;
mod output;
mod parse;
mod post_render;
mod post_render_args;
pub mod provenance;
pub mod release_file;
pub mod release_text;
mod render_args;
mod server_table;
mod settings;
mod signals;
mod stack;
pub mod store;
mod table;
pub mod template;
mod values_args;
mod wait_args;

pub use access_args::AccessArgs;
pub use ask::{ask, ask_hidden};
pub use chart_args::{ChartArgs, DependencyArgs};
pub use csv::{StringList, parse_string_list};
pub use diagnosis::ErrorFormat;
pub use dry_run::parse_dry_run;
pub use duration::parse_duration;
pub use environment::{environment, render_name};
pub use error::{Failure, finish, print_logs, warn};
pub use force_args::{ForceArgs, warn_of_old_flags};
pub use format::{Field, Format, Record, json_text, parse_format, print_record, print_records, print_value};
pub use global_args::GlobalArgs;
pub use home::{Folders, variable};
pub use klog::server_warning;
pub use labels::{Labels, parse_labels};
pub use live::LiveTable;
pub use name_args::NameArgs;
pub use namespace::namespace;
pub use numbers::{parse_float, parse_int, parse_revision, parse_uint};
pub use operands::{at_least_one, at_most_one, exactly, name_and_chart, none};
pub use output::{say, write_stdout};
pub use parse::{matches, parse_bool, read_as_pflag, with_flags, with_flags_now};
pub use post_render::{PostRendering, renderer};
pub use post_render_args::{PostRenderArgs, ReportForm, Stage};
pub use render_args::RenderArgs;
pub use server_table::TablePrinter;
pub use settings::{settings, speaks_helm_3};
pub use signals::raising;
pub use stack::{on_thread, with_stack};
pub use table::{narrow_table, table};
pub use values_args::ValuesArgs;
pub use wait_args::WaitArgs;
