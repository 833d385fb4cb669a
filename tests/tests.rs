//! Tests of programs and library together: one test program, one module for each tier.

mod chart_commands;
mod cluster;
mod completion;
mod docs;
mod errors;
#[cfg(target_os = "linux")]
mod filter_memory;
mod getters;
mod handlebars;
mod help;
mod hostile;
mod inject_labels;
mod inject_sidecar;
mod kustomize;
mod lint;
mod parity;
mod plugin_archives;
mod plugin_commands;
mod plugins;
mod post_renderers;
mod provenance;
mod registry;
mod remote_schemas;
mod renderer;
mod repos;
mod scan_secrets;
mod spellings;
mod sql;
mod store;
mod tidy;
