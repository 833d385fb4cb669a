//! Tests of programs and library together: one test program, one module for each tier.

mod cluster;
mod docs;
#[cfg(target_os = "linux")]
mod filter_memory;
mod help;
mod hostile;
mod inject_labels;
mod inject_sidecar;
mod lint;
mod parity;
mod plugins;
mod post_renderers;
mod renderer;
mod scan_secrets;
mod sql;
mod store;
mod tidy;
