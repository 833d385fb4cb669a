//! What tests of several crates share.

pub mod conformance;
pub mod controlplane;
