//! `--dry-run` in all the forms that Helm takes.

use crate::{Failure, print_logs};
use rhelm_lib::log::{Level, Log};

/// How much of an operation is done.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum DryRun {
    /// All of it.
    #[default]
    None,
    /// What can be done without a cluster.
    Client,
    /// What can be done without changing the cluster.
    Server,
}

impl DryRun {
    /// Reads the flag's value; `unset` is the flag without one. Old forms get a warning.
    ///
    /// # Errors
    /// For any other value.
    pub fn parse(value: Option<&str>) -> Result<Self, Failure> {
        let warn = |message: &str| {
            print_logs(&[Log { level: Level::Warn, message: message.to_owned(), fields: Vec::new() }], false);
        };
        match value {
            None | Some("none") => Ok(Self::None),
            Some("client") => Ok(Self::Client),
            Some("server") => Ok(Self::Server),
            Some("unset") => {
                warn("--dry-run is deprecated and should be replaced with '--dry-run=client'");
                Ok(Self::Client)
            }
            Some("true") => {
                warn("boolean '--dry-run=true' flag is deprecated and must be replaced with '--dry-run=client'");
                Ok(Self::Client)
            }
            Some("false") => {
                warn("boolean '--dry-run=false' flag is deprecated and must be replaced with '--dry-run=none'");
                Ok(Self::None)
            }
            Some(other) => {
                Err(Failure::new(format!("invalid dry-run value ({other:?}). Must be \"none\", \"server\", or \"client\"")))
            }
        }
    }
}
