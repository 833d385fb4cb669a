//! `rhelm store migrate`: the journal's file, and what is told of the work.

use super::check::private;
use super::{Scope, exit_status, failure};
use crate::{Failure, warn, write_stdout};
use clap::Args;
use rhelm_lib::store::migrate::{End, Journal, Migration, Outcome};
use rhelm_lib::store::{Driver, RecordId, StoreError};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// From where to where, and how far.
#[derive(Args)]
pub struct MigrateArgs {
    /// The store to copy from: a value of HELM_DRIVER, or sqlite:///path
    #[arg(long, value_name = "STORE")]
    pub from: String,
    /// The store to copy to
    #[arg(long, value_name = "STORE")]
    pub to: String,
    /// A file with the connection string of the database to copy from
    #[arg(long, value_name = "FILE")]
    pub from_connection_file: Option<PathBuf>,
    /// A file with the connection string of the database to copy to
    #[arg(long, value_name = "FILE")]
    pub to_connection_file: Option<PathBuf>,
    #[command(flatten)]
    scope: Scope,
    /// Print what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The other way: bring what is in --to back into --from
    #[arg(long)]
    pub reverse: bool,
    /// When all is copied: delete it where it was copied from
    #[arg(long)]
    finish: bool,
    /// Delete what was deleted where it was copied from
    #[arg(long)]
    prune: bool,
    /// Where to note what is done, to go on from there; of the stores' names when not given
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

impl MigrateArgs {
    /// Moves records between the two stores as they were opened by the names of `from` and `to`.
    ///
    /// # Errors
    /// With the exit status of the first record that could not be moved.
    pub async fn run(&self, from: &dyn Driver, to: &dyn Driver, namespace: &str) -> Result<(), Failure> {
        let (source, target) = if self.reverse { (to, from) } else { (from, to) };
        let migration = Migration {
            source,
            target,
            namespace: self.scope.namespace(namespace).to_owned(),
            dry_run: self.dry_run,
            prune: self.prune,
        };
        let ends = [end(&self.from, from).await?, end(&self.to, to).await?];
        let path = self.journal.clone().unwrap_or_else(|| default_path([&self.from, &self.to]));
        let mut file = Kept::open(&path, self.dry_run)?;
        let text = std::mem::take(&mut file.text);
        let mut append = |text: &str| file.append(text);
        let wrong = |error| Failure::new(format!("{}: {error}", path.display()));
        let (mut journal, whole) = Journal::read(&text, &ends, &mut append).map_err(wrong)?;
        if !self.dry_run {
            cut(&path, whole)?;
            if whole == 0 {
                journal.start(&ends).map_err(|error| failure(&error))?;
            }
        }
        let mut report = Report::default();
        let mut tell = |id: &RecordId, outcome: &Outcome| report.add(id, outcome);
        let result = match self.finish {
            true => migration.finish(&mut journal, &mut tell).await,
            false => migration.run(&mut journal, &mut tell).await,
        };
        report.print()?;
        result.map_err(|error| failure(&error))?;
        report.status.map_or(Ok(()), |status| Err(Failure::new("not everything was migrated").with_status(status)))
    }
}

async fn end(name: &str, driver: &dyn Driver) -> Result<End, Failure> {
    let place = driver.place().await.map_err(|error| failure(&error))?;
    Ok(End { name: name.to_owned(), place })
}

fn default_path(between: [&str; 2]) -> PathBuf {
    let word = |store: &str| store.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
    format!("rhelm-migrate-{}-{}.jsonl", word(between[0]), word(between[1])).into()
}

/// The journal's file.
struct Kept {
    text: String,
    path: PathBuf,
    file: Option<File>,
}

impl Kept {
    fn open(path: &Path, read_only: bool) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
        if read_only {
            let text = if path.exists() { std::fs::read_to_string(path).map_err(failed)? } else { String::new() };
            return Ok(Self { text, path: path.to_owned(), file: None });
        }
        let mut file = private(OpenOptions::new().create(true).read(true).append(true)).open(path).map_err(failed)?;
        // Two migrations at once would each undo what the other notes.
        file.try_lock().map_err(|error| failed(error.into()))?;
        let mut text = String::new();
        file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text)).map_err(failed)?;
        Ok(Self { text, path: path.to_owned(), file: Some(file) })
    }

    fn append(&mut self, text: &str) -> Result<(), StoreError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
        written.map_err(|error| StoreError::Failed(format!("{}: {error}", self.path.display())))
    }
}

/// Drops a line that was not written to its end.
fn cut(path: &Path, whole: usize) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).open(path)?;
    Ok(file.set_len(whole as u64)?)
}

/// Counts outcomes; shows those that somebody should know of.
#[derive(Default)]
struct Report {
    counts: BTreeMap<&'static str, usize>,
    status: Option<u8>,
}

impl Report {
    fn add(&mut self, id: &RecordId, outcome: &Outcome) {
        *self.counts.entry(outcome.name()).or_default() += 1;
        let status = match outcome {
            Outcome::Failed(error) => {
                warn(&format!("{}/{}: {error}", id.namespace, id.key));
                exit_status(error)
            }
            Outcome::Differs => {
                warn(&format!("{}/{}: different in the two stores: left as it is", id.namespace, id.key));
                exit_status(&StoreError::Conflict(String::new()))
            }
            _ => return,
        };
        self.status = self.status.or(Some(status));
    }

    fn print(&self) -> Result<(), Failure> {
        let counts: Vec<_> = self.counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let line = if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") };
        write_stdout(format!("{line}\n").as_bytes())
    }
}
