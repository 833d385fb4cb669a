//! `--dry-run` in all the forms that Helm takes.

use crate::{Failure, parse_bool, print_logs};
use rhelm_lib::action::DryRun;
use rhelm_lib::log::{Level, Log};

/// Reads the flag's value; `unset` is the flag without one. Old forms get a warning.
///
/// # Errors
/// For any other value.
pub fn parse_dry_run(value: Option<&str>) -> Result<DryRun, Failure> {
    let warn = |message: &str| {
        print_logs(&[Log { level: Level::Warn, message: message.to_owned(), fields: Vec::new() }], false);
    };
    match value {
        None | Some("none") => Ok(DryRun::None),
        Some("client") => Ok(DryRun::Client),
        Some("server") => Ok(DryRun::Server),
        Some("unset") => {
            warn("--dry-run is deprecated and should be replaced with '--dry-run=client'");
            Ok(DryRun::Client)
        }
        Some(given) if parse_bool(given).is_ok() => {
            let is_on = parse_bool(given) == Ok(true);
            let new = if is_on { "client" } else { "none" };
            warn(&format!("boolean '--dry-run={given}' flag is deprecated and must be replaced with '--dry-run={new}'"));
            Ok(if is_on { DryRun::Client } else { DryRun::None })
        }
        Some(other) => {
            Err(Failure::new(format!("invalid dry-run value ({other:?}). Must be \"none\", \"server\", or \"client\"")))
        }
    }
}
