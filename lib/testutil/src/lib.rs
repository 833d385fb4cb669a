//! What tests of several crates share.

pub mod beside;
pub mod certificates;
pub mod chart;
pub mod conformance;
pub mod controlplane;
pub mod faults;
pub mod keys;
pub mod pgbouncer;
pub mod postgres;
pub mod registry;
pub mod terminal;
pub mod web;
pub mod world;

use std::io::Write;

/// Skips a test whose means are missing.
///
/// # Panics
/// When `RHELM_TEST_REQUIRE` is `all`.
fn skip<T>(why: &str) -> Option<T> {
    assert!(std::env::var_os("RHELM_TEST_REQUIRE").is_none_or(|tiers| tiers != "all"), "{why}");
    None
}

/// Says once for all tests what is missing. Not by `eprintln!`, which the test harness hides for tests that pass.
fn announce(why: &str) {
    // Nobody to tell is no reason to fail.
    let _ = writeln!(std::io::stderr(), "tests skipped: {why}");
}
