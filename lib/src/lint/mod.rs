//! Checking a chart before it is used: what is wrong with it, and what authors of charts do otherwise.
//!
//! ```text
//! folder or archive → rules, file by file: Chart.yaml, values.yaml, templates/, dependencies, crds/ → messages
//! ```
//!
//! Each rule is a function that looks at one thing and says what is wrong with it. What they say, and in which order, is Helm's.

mod address;
mod chart_file;
mod crds;
mod dependencies;
mod deprecation;
mod documents;
mod names;
mod tables;
mod templates;
mod values;

use crate::chart::Chart;
use crate::chart::loader::{Folder, FolderError};
use crate::log::Log;
use crate::render::{Environment, KubeVersion};
use goyaml::Map;
use std::fmt;
use std::path::Path;

/// What a check depends on besides the chart.
#[derive(Clone, Debug)]
pub struct LintOptions {
    /// The user's values.
    pub values: Map,
    /// `.Release.Namespace`.
    pub namespace: String,
    /// The version of Kubernetes to check for, if it is not the newest one that is known.
    pub kube_version: Option<KubeVersion>,
    /// Do not check the values against `values.schema.json`.
    pub skip_schema_validation: bool,
    /// Clock, randomness and name service.
    pub environment: Environment,
}

/// How much a message matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Against the conventions, but it will work.
    Warning,
    /// It will not work.
    Error,
}

/// What is to be said about a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// How much it matters.
    pub severity: Severity,
    /// The file or folder within the chart, or the chart's own path.
    pub path: String,
    /// What is the matter.
    pub text: String,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        };
        write!(f, "[{severity}] {}: {}", self.path, self.text)
    }
}

/// Checks the chart at `path`, a folder or an archive. What charts log while they are read and rendered is added to `logs`.
///
/// # Errors
/// [`FolderError`] when there is no chart.
pub fn lint(path: &Path, options: &LintOptions, logs: &mut Vec<Log>) -> Result<Vec<Message>, FolderError> {
    let folder = Folder::open(path)?;
    let mut linter = Linter { folder, options, values: options.values.clone(), logs, messages: Vec::new(), loaded: None };
    chart_file::check(&mut linter);
    values::check(&mut linter);
    templates::check(&mut linter);
    dependencies::check(&mut linter);
    crds::check(&mut linter);
    Ok(linter.messages)
}

/// What a rule finds wrong.
type Finding = Result<(), String>;

struct Linter<'l> {
    folder: Folder,
    options: &'l LintOptions,
    /// The user's values. The rules for `values.yaml` leave its defaults in their tables, as Helm's do, for the rules that follow.
    values: Map,
    logs: &'l mut Vec<Log>,
    messages: Vec<Message>,
    /// The chart, once a rule has asked for it, with what was logged.
    loaded: Option<(Result<Chart, String>, Vec<Log>)>,
}

impl Linter<'_> {
    /// Keeps what a rule found. Whether the rule was content.
    fn report(&mut self, severity: Severity, path: &str, finding: Finding) -> bool {
        let Err(text) = finding else { return true };
        self.add(severity, path, text);
        false
    }

    fn add(&mut self, severity: Severity, path: &str, text: String) {
        self.messages.push(Message { severity, path: path.to_owned(), text });
    }

    /// The chart; Helm reads it, and logs what there is to log, each time that it needs it.
    fn chart(&mut self) -> Result<Chart, String> {
        let folder = &self.folder;
        let (chart, logs) = self.loaded.get_or_insert_with(|| match folder.load() {
            Ok((chart, logs)) => (Ok(chart), logs),
            Err(error) => (Err(error.to_string()), error.logs),
        });
        self.logs.extend_from_slice(logs);
        chart.clone()
    }
}
