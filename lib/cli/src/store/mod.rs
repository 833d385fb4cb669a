//! Release stores on the command line: one set of subcommands for every store, and any program with these subcommands as a store.
//!
//! ```text
//! rhelm-store-NAME list|get|put|delete|export|import|check|init   ⇄   lines of JSON (store::line)
//! HELM_DRIVER=NAME  →  ProgramDriver  →  rhelm-store-NAME list|get|put|delete
//! ```
//! What goes in and out, and the exit statuses, are in `docs/stores.md`.

mod args;
mod check;
mod migrate;
mod program;
mod records;

pub use args::{Scope, Tool, subcommand};
pub use check::CheckArgs;
pub use migrate::MigrateArgs;
pub use program::ProgramDriver;

use crate::Failure;
use rhelm_lib::store::StoreError;

/// The exit status for an error of a store, the same in all store tools: 1 is left to everything else.
#[must_use]
pub fn exit_status(error: &StoreError) -> u8 {
    match error {
        StoreError::Failed(_) => 1,
        StoreError::NotFound => 3,
        StoreError::Exists => 4,
        StoreError::Conflict(_) => 5,
        StoreError::Denied(_) => 6,
        StoreError::Corrupt(_) => 7,
        StoreError::Unreachable(_) => 8,
    }
}

/// An error of a store as the failure of a program, with the exit status that tells its kind.
#[must_use]
pub fn failure(error: &StoreError) -> Failure {
    Failure::new(error.to_string()).with_status(exit_status(error))
}

/// The error that an exit status tells of, with the text that came with it.
fn error_of(status: Option<i32>, text: String) -> StoreError {
    let kinds = [(3, "not-found"), (4, "exists"), (5, "conflict"), (6, "denied"), (7, "corrupt"), (8, "unreachable")];
    let kind = kinds.iter().find(|(code, _)| Some(*code) == status).map_or("failed", |(_, kind)| kind);
    StoreError::of_kind(kind, text)
}
