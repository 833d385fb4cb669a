//! A program as a store: `rhelm-store-NAME` with the subcommands list, get, put and delete, one run for each question.

use super::error_of;
use async_trait::async_trait;
use rhelm_lib::store::line::{self, Line};
use rhelm_lib::store::{Driver, Head, Query, Record, RecordId, StoreError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Keeps records where a program keeps them.
pub struct ProgramDriver {
    name: String,
    path: PathBuf,
}

impl ProgramDriver {
    /// The store that the program at `path` is.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { name, path: path.to_owned() }
    }

    /// Runs the program. What it has to say beside its answer is shown, where it does not become the error.
    fn run(&self, arguments: &[&str], input: &str) -> Result<Output, StoreError> {
        let failed = |error: std::io::Error| StoreError::Failed(format!("{}: {error}", self.name));
        let mut child = Command::new(&self.path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let stdin = child.stdin.take();
        std::thread::scope(|scope| {
            // A program that does not read all of its input says so by its exit status.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
            child.wait_with_output().map_err(failed)
        })
    }

    fn error(&self, output: &Output) -> StoreError {
        let text = String::from_utf8_lossy(&output.stderr);
        let text = text.trim().trim_start_matches("Error: ");
        let text = if text.is_empty() { format!("{}: {}", self.name, output.status) } else { text.to_owned() };
        error_of(output.status.code(), text)
    }

    fn lines(&self, output: &Output) -> Result<Vec<Line>, StoreError> {
        let text = std::str::from_utf8(&output.stdout);
        let text = text.map_err(|_| StoreError::Failed(format!("{}: its answer is no UTF-8", self.name)))?;
        let number = |(at, line)| {
            line::read(line)
                .map_err(|error| StoreError::Failed(format!("{}: line {} of its answer: {error}", self.name, at + 1)))
        };
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(number).collect()
    }

    /// Asks about one record; its line, if there is one.
    fn one(&self, arguments: &[&str], input: &str) -> Result<Option<Line>, StoreError> {
        let output = self.run(arguments, input)?;
        // A program that fails may fail in the middle of a line.
        let line = match self.lines(&output) {
            Err(_) if !output.status.success() => None,
            lines => lines?.pop(),
        };
        match line {
            Some(Line { error: Some(error), .. }) => Err(error),
            _ if !output.status.success() => Err(self.error(&output)),
            line => Ok(line),
        }
    }

    fn write(&self, arguments: &[&str], record: &Record) -> Result<String, StoreError> {
        let line = self.one(arguments, &line::of_record(record))?;
        let none = || StoreError::Failed(format!("{}: it did not say that it wrote the record", self.name));
        line.map(|line| line.head.version).ok_or_else(none)
    }
}

#[async_trait]
impl Driver for ProgramDriver {
    fn name(&self) -> &'static str {
        "Program"
    }

    async fn heads(&self, query: &Query) -> Result<Vec<Head>, StoreError> {
        let mut arguments = vec!["list"];
        match query.namespace.as_str() {
            "" => arguments.push("--all-namespaces"),
            namespace => arguments.extend(["--namespace", namespace]),
        }
        if let Some(name) = &query.name {
            arguments.extend(["--name", name]);
        }
        let output = self.run(&arguments, "")?;
        if !output.status.success() {
            return Err(self.error(&output));
        }
        Ok(self.lines(&output)?.into_iter().map(|line| line.head).collect())
    }

    async fn read(&self, ids: &[RecordId]) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let output = self.run(&["get"], &ids.iter().map(line::of_id).collect::<String>())?;
        let lines = match self.lines(&output) {
            Err(_) if !output.status.success() => return Err(self.error(&output)),
            lines => lines?,
        };
        if lines.len() != ids.len() {
            return Err(match output.status.success() {
                true => StoreError::Failed(format!("{}: {} answers to {} questions", self.name, lines.len(), ids.len())),
                false => self.error(&output),
            });
        }
        let record = |(id, line): (&RecordId, Line)| match line.error {
            Some(error) => Err(error),
            None if line.head.id != *id => Err(StoreError::Failed(format!("{}: an answer to another question", self.name))),
            None => line.record().map_err(|error| StoreError::Corrupt(error.to_string())),
        };
        Ok(ids.iter().zip(lines).map(record).collect())
    }

    async fn create(&self, record: &Record) -> Result<String, StoreError> {
        self.write(&["put"], record)
    }

    async fn replace(&self, record: &Record) -> Result<String, StoreError> {
        self.write(&["put", "--replace"], record)
    }

    async fn delete(&self, id: &RecordId) -> Result<(), StoreError> {
        self.one(&["delete"], &line::of_id(id)).map(|_| ())
    }
}
