//! The flags that make writes win against what is there; and what is said of flags with old names.

use crate::{Failure, warn};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};

/// How to write against resistance.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Applying")]
pub struct ForceArgs {
    /// Take fields over from other managers
    #[arg(long)]
    pub force_conflicts: bool,
    /// Put objects in the place of those that are there
    #[arg(long)]
    pub force_replace: bool,
    /// Old name of --force-replace
    #[arg(long, hide = true)]
    pub force: bool,
}

impl ForceArgs {
    /// Whether objects are replaced.
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.force_replace || self.force
    }

    /// Refuses flags that exclude each other.
    ///
    /// # Errors
    /// The words of Helm's command line, when both are given, whatever their values.
    pub fn check(matches: &ArgMatches) -> Result<(), Failure> {
        for (name, group, both) in [
            ("force_replace", "force-replace force-conflicts", "force-conflicts force-replace"),
            ("force", "force force-conflicts", "force force-conflicts"),
        ] {
            if is_given(matches, name) && is_given(matches, "force_conflicts") {
                return Err(Failure::new(format!(
                    "if any flags in the group [{group}] are set none of the others can be; [{both}] were all set"
                )));
            }
        }
        Ok(())
    }
}

/// Tells of the new names of old flags that are given.
pub fn warn_of_old_flags(matches: &ArgMatches) {
    let known = |name: &str| matches.try_contains_id(name).is_ok() && is_given(matches, name);
    for (old, new) in [("atomic", "rollback-on-failure"), ("force", "force-replace")] {
        if known(old) {
            warn(&format!("Flag --{old} has been deprecated, use --{new} instead"));
        }
    }
    if known("recreate_pods") {
        warn(
            "Flag --recreate-pods has been deprecated, functionality will no longer be updated. \
             Consult the documentation for other methods to recreate pods",
        );
    }
}

fn is_given(matches: &ArgMatches, name: &str) -> bool {
    matches.value_source(name) == Some(ValueSource::CommandLine)
}
