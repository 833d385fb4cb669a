//! `check`: findings as lines for people, and their repair.

use super::{Scope, exit_status, failure};
use crate::{Failure, parse_duration, warn, write_stdout};
use clap::Args;
use rhelm_lib::store::check::{self, CheckOptions, Finding};
use rhelm_lib::store::{Driver, StoreError};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The exit status when there is something to repair.
const FOUND: u8 = 2;

/// What is wrong with the records of a store.
#[derive(Args)]
pub struct CheckArgs {
    #[command(flatten)]
    scope: Scope,
    /// Put right what can be put right, each record as it was first going to the quarantine file
    #[arg(long)]
    repair: bool,
    /// Where records go before they are changed or taken out; `import --replace` puts them back
    #[arg(long, value_name = "FILE", default_value = "rhelm-quarantine.jsonl")]
    quarantine: PathBuf,
    /// Take an operation that is still pending after this time for dead
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pending_after: Duration,
}

impl CheckArgs {
    /// Looks through the store; `namespace` is the current one, `now` the seconds since 1970.
    ///
    /// # Errors
    /// With exit status 2 when something is left to repair.
    pub async fn run(&self, driver: &dyn Driver, namespace: &str, now: i64) -> Result<(), Failure> {
        let options = CheckOptions {
            namespace: self.scope.namespace(namespace).to_owned(),
            now,
            pending_after: i64::try_from(self.pending_after.as_secs()).unwrap_or(i64::MAX),
        };
        let findings = check::check(driver, &options).await.map_err(|error| failure(&error))?;
        let mut left = 0;
        let mut failed = None;
        let mut quarantine = Quarantine { path: &self.quarantine, file: None };
        for finding in &findings {
            write_stdout(describe(finding).as_bytes())?;
            if finding.repair.is_none() {
                continue;
            }
            if !self.repair {
                left += 1;
                continue;
            }
            match check::repair(driver, finding, &mut |text| quarantine.keep(text)).await {
                Ok(_) => write_stdout(b"  done\n")?,
                Err(error) => {
                    warn(&format!("{}/{}: {error}", finding.id.namespace, finding.id.key));
                    failed = failed.or(Some(exit_status(&error)));
                }
            }
        }
        match (failed, left) {
            (Some(status), _) => Err(Failure::silent(status)),
            (None, 0) => Ok(()),
            (None, left) => Err(Failure::new(format!("{left} to repair: --repair does it")).with_status(FOUND)),
        }
    }
}

fn describe(finding: &Finding) -> String {
    let (id, detail) = (&finding.id, &finding.detail);
    let repair = finding.repair.as_ref().map_or_else(|| "nothing to do".to_owned(), check::Repair::describe);
    format!("{}/{}: {}: {detail} ({repair})\n", id.namespace, id.key, finding.problem)
}

/// A file of records that only its owner can read.
struct Quarantine<'a> {
    path: &'a Path,
    file: Option<File>,
}

impl Quarantine<'_> {
    fn keep(&mut self, text: &str) -> Result<(), StoreError> {
        let written = self.open().and_then(|file| file.write_all(text.as_bytes()).and_then(|()| file.sync_data()));
        written.map_err(|error| StoreError::Failed(format!("{}: {error}", self.path.display())))
    }

    fn open(&mut self) -> std::io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => private(OpenOptions::new().create(true).append(true)).open(self.path)?,
        };
        Ok(self.file.insert(file))
    }
}

/// Makes new files such that only their owner can read them.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
