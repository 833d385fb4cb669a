//! Reading a chart from a directory or an archive.
//!
//! ```text
//! directory (.helmignore, links)  ┐
//!                                 ├→ files in memory → assemble (classify, read, check) → Chart
//! archive (gzip → tar → checks)   ┘
//! ```
//!
//! Everything is read in one pass and held in memory; nothing is ever unpacked to a disk. Sizes, counts and nesting are limited,
//! by Helm's limits where it has some.

pub(crate) mod archive;
mod assemble;
mod directory;
mod folder;
pub(crate) mod gzip;
mod ignore;
mod sniff;
mod symlink;
pub(crate) mod tar;

pub use archive::ArchiveError;
pub use folder::{Folder, FolderError, Kind};
pub use ignore::IgnoreError;

use super::Chart;
use super::metadata::{ValidationError, api_version};
use crate::gotext::io_cause;
use crate::log::{Level, Log};
use crate::values::DocumentError;
use std::io;
use std::path::Path;

/// The name of the file that makes a directory a chart.
const CHART_FILE: &str = "Chart.yaml";
/// What all files of a chart may hold together, as in Helm.
const MAX_SIZE: u64 = 100 << 20;
/// What all archives within a chart may hold together. Helm has no such limit.
const MAX_NESTED_SIZE: u64 = 256 << 20;
/// How many files and directories a chart may consist of. Helm has no such limit.
const MAX_FILES: usize = 100_000;
/// How deep charts may lie in charts. Helm has no such limit.
const MAX_DEPTH: usize = 100;

/// Reads the chart at `path`, a directory or an archive.
///
/// # Errors
/// [`LoadError`] when there is no chart or it is not a proper one.
pub fn load(path: &Path) -> Result<(Chart, Vec<Log>), LoadError> {
    load_with(path, Formats::Known)
}

/// Reads the chart at `path` as [`load`] does, whatever the version of its format is, to look at it only.
///
/// # Errors
/// [`LoadError`] when there is no chart or it is not a proper one.
pub fn load_any_version(path: &Path) -> Result<(Chart, Vec<Log>), LoadError> {
    load_with(path, Formats::Any)
}

/// Which formats of charts are read.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Formats {
    Known,
    Any,
}

fn load_with(path: &Path, formats: Formats) -> Result<(Chart, Vec<Log>), LoadError> {
    let mut context = Context::default();
    match read(path, formats, &mut context) {
        Ok(chart) => Ok((chart, context.logs)),
        Err(problem) => Err(LoadError { problem: Box::new(problem), logs: context.logs }),
    }
}

/// The files of an archive, as they are in it.
///
/// # Errors
/// [`ArchiveError`] for one that cannot be read or that holds what it must not.
pub(super) fn unpacked(data: &[u8]) -> Result<Vec<super::File>, ArchiveError> {
    let files = archive::read(data, &mut { MAX_SIZE })?;
    Ok(files
        .into_iter()
        .map(|Buffered { name, data, modified }| super::File { name, data: data.into(), modified })
        .collect())
}

/// Why a chart cannot be loaded. Its text is Helm's.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct LoadError {
    /// What is wrong.
    pub problem: Box<LoadProblem>,
    /// What was logged before.
    pub logs: Vec<Log>,
}

/// What can be wrong with a chart.
#[derive(Debug, thiserror::Error)]
pub enum LoadProblem {
    /// A file or directory cannot be looked at or read; the text says which.
    #[error("{0}")]
    Unreadable(String),
    /// A directory without `Chart.yaml`.
    #[error("unable to detect chart at {path}: {cause}")]
    NoChart {
        /// Where `Chart.yaml` is expected.
        path: String,
        /// Why it cannot be read.
        cause: String,
    },
    /// A file that should be an archive is YAML.
    #[error("file '{0}' seems to be a YAML file, but expected a gzipped archive")]
    Yaml(String),
    /// A file is no archive.
    #[error("file '{path}' does not appear to be a gzipped archive; got '{content_type}'")]
    NoArchive {
        /// The file.
        path: String,
        /// What it seems to be.
        content_type: &'static str,
    },
    /// An archive begins like one, but not like a proper one.
    #[error("file '{path}' does not appear to be a valid chart file (details: {cause})")]
    BadHeader {
        /// The file.
        path: String,
        /// What is wrong with it.
        cause: ArchiveError,
    },
    /// An archive cannot be read, or must not be.
    #[error("unable to load chart archive")]
    Archive(#[source] ArchiveError),
    /// An archive within a chart cannot be read, or must not be.
    #[error(transparent)]
    NestedArchive(ArchiveError),
    /// An archive without `Chart.yaml`.
    #[error("unable to detect chart version, no Chart.yaml found")]
    NoChartInArchive,
    /// The format is one that nobody knows.
    #[error("unsupported chart version")]
    UnknownVersion,
    /// The format is known but cannot be installed.
    #[error("invalid chart apiVersion")]
    UnsupportedVersion,
    /// A chart within another has no `Chart.yaml`, or all is ignored.
    #[error("Chart.yaml file is missing")]
    Missing,
    /// A file of the chart is no YAML or has another shape.
    #[error("cannot load {file}: {cause}")]
    Malformed {
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// `values.yaml` is malformed.
    #[error("cannot load values.yaml: {0}")]
    Values(#[from] DocumentError),
    /// The metadata is incomplete or contradictory.
    #[error(transparent)]
    Invalid(#[from] ValidationError),
    /// A rule of `.helmignore` cannot be read.
    #[error(transparent)]
    Ignore(#[from] IgnoreError),
    /// A link leads nowhere.
    #[error("error evaluating symlink {path}: {cause}")]
    Link {
        /// The link.
        path: String,
        /// Why it cannot be followed.
        cause: String,
    },
    /// A device, socket or pipe.
    #[error("cannot load irregular file {0} as it has file mode type bits set")]
    Irregular(String),
    /// A file of a directory cannot be read.
    #[error("error reading {file}: {cause}")]
    File {
        /// The file, relative to the chart.
        file: String,
        /// Why it cannot be read.
        cause: String,
    },
    /// A chart consists of too many files.
    #[error("chart has more than {0} files")]
    TooManyFiles(usize),
    /// Charts lie too deep in charts.
    #[error("charts are nested more than {0} levels deep")]
    TooDeep(usize),
    /// A chart in `charts/` is not a proper one.
    #[error("error unpacking subchart {name} in {parent}: {problem}")]
    Subchart {
        /// The file or directory.
        name: String,
        /// The chart that it belongs to.
        parent: String,
        /// What is wrong with it.
        problem: Box<LoadProblem>,
    },
    /// A directory is named like an archive.
    #[error("error unpacking subchart tar in {parent}: expected {name}, got {found}")]
    NotASubchart {
        /// The directory.
        name: String,
        /// The chart that it belongs to.
        parent: String,
        /// The first file in it.
        found: String,
    },
}

/// What is gathered and counted while a chart is read.
struct Context {
    logs: Vec<Log>,
    /// How much archives within charts may still hold.
    nested_size: u64,
    /// How deep the current chart lies in others.
    depth: usize,
}

impl Default for Context {
    fn default() -> Self {
        Self { logs: Vec::new(), nested_size: MAX_NESTED_SIZE, depth: 0 }
    }
}

impl Context {
    fn info(&mut self, message: &str, fields: Vec<(&'static str, String)>) {
        self.logs.push(Log { level: Level::Info, message: message.to_owned(), fields });
    }
}

/// A file as it was found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Buffered {
    /// Relative to the chart's root, with `/`.
    name: String,
    data: Vec<u8>,
    modified: Option<String>,
}

impl Buffered {
    /// A file, whose content loses a byte order mark at its beginning.
    fn new(name: String, mut data: Vec<u8>, modified: Option<String>) -> Self {
        if data.starts_with("\u{feff}".as_bytes()) {
            data.drain(..3);
        }
        Self { name, data, modified }
    }
}

fn read(path: &Path, formats: Formats, context: &mut Context) -> Result<Chart, LoadProblem> {
    let path = directory::absolute(path).map_err(|error| failed("getwd", &path.to_string_lossy(), &error))?;
    let kind = path.metadata().map_err(|error| failed("stat", &path.to_string_lossy(), &error))?;
    let read_files = |context: &mut Context| match kind.is_dir() {
        true => directory::read(&path, context),
        false => archive::read_file(&path),
    };
    if formats == Formats::Any {
        let files = read_files(context)?;
        return assemble::assemble(files, context);
    }
    let directory_version = if kind.is_dir() { Some(directory_version(&path)?) } else { None };
    let files = read_files(context)?;
    let version = match directory_version {
        Some(version) => version,
        None => {
            let chart = files.iter().find(|file| file.name == CHART_FILE).ok_or(LoadProblem::NoChartInArchive)?;
            known_version(&chart.data)?
        }
    };
    let chart = assemble::assemble(files, context)?;
    // Helm reads charts of a format to come, and then has no use for them.
    if version == "v3" { Err(LoadProblem::UnsupportedVersion) } else { Ok(chart) }
}

fn directory_version(root: &Path) -> Result<String, LoadProblem> {
    let path = root.join(CHART_FILE);
    let name = path.to_string_lossy();
    let text = std::fs::read(&path).map_err(|error| {
        let operation = if path.is_dir() { "read" } else { "open" };
        LoadProblem::NoChart { path: name.clone().into_owned(), cause: failed(operation, &name, &error).to_string() }
    })?;
    known_version(&text)
}

/// The version of a chart's format, if it is one that Helm knows.
fn known_version(text: &[u8]) -> Result<String, LoadProblem> {
    let version = api_version(text).map_err(|cause| LoadProblem::Malformed { file: CHART_FILE, cause })?;
    match version.as_str() {
        "" | "v1" | "v2" | "v3" => Ok(version),
        _ => Err(LoadProblem::UnknownVersion),
    }
}

/// A failed operation on a file, in Go's words.
fn failed(operation: &str, name: &str, error: &io::Error) -> LoadProblem {
    LoadProblem::Unreadable(format!("{operation} {name}: {}", io_cause(error)))
}

/// A time as RFC 3339.
fn rfc3339(seconds: i64, nanoseconds: u32) -> Option<String> {
    let time = jiff::Timestamp::new(seconds, i32::try_from(nanoseconds).ok()?).ok()?;
    Some(time.to_string())
}
