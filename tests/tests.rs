//! Tests of programs and library together: one test program, one module for each tier.

mod cluster;
mod help;
mod inject_labels;
mod inject_sidecar;
mod parity;
mod scan_secrets;
mod sql;
mod tidy;
