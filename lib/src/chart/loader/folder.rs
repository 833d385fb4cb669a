//! A chart's files before they are judged: in a folder, or in an archive that is looked at as one.

use super::archive::{self, ArchiveError};
use super::assemble::assemble;
use super::ignore::Rules;
use super::{Buffered, CHART_FILE, Context, LoadError, LoadProblem, MAX_SIZE, directory};
use crate::chart::Chart;
use crate::chart::metadata::read_fields;
use crate::gotext::{io_cause, quote};
use crate::log::Log;
use goyaml::Value;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// What a name within a chart stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Nothing.
    Missing,
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Why there is no chart to look at.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The archive cannot be opened.
    #[error("unable to open tarball: {0}")]
    Unopened(String),
    /// The archive holds no proper files.
    #[error("unable to extract tarball: {0}")]
    Archive(#[from] ArchiveError),
    /// The archive's `Chart.yaml` cannot be read.
    #[error("unable to extract tarball: cannot load Chart.yaml: {0}")]
    Malformed(String),
    /// The archive's `Chart.yaml` gives no name.
    #[error("unable to extract tarball: chart name not specified")]
    Nameless,
    /// The chart's name leads out of a folder.
    #[error("unable to extract tarball: chart name {} is not allowed", quote(.0))]
    NotAllowed(String),
    /// The chart's name is a path.
    #[error("unable to extract tarball: chart name {} must not contain path separators", quote(.0))]
    Separators(String),
    /// There is no `Chart.yaml`.
    #[error("unable to check Chart.yaml file in chart: stat {path}: {cause}")]
    NoChart {
        /// Where it is expected.
        path: String,
        /// What the system says.
        cause: String,
    },
}

/// The files of a chart.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The files of an archive.
    files: Option<Vec<Buffered>>,
}

impl Folder {
    /// Finds the folder, or reads the archive, at `path`.
    ///
    /// # Errors
    /// [`FolderError`] when there is neither.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let name = path.to_string_lossy();
        let files = if name.ends_with(".tgz") || name.ends_with(".tar.gz") { Some(unpack(path)?) } else { None };
        let folder = Self { path: directory::absolute(path).unwrap_or_else(|_| path.to_owned()), files };
        if folder.kind(CHART_FILE) == Kind::Missing {
            let cause = path.join(CHART_FILE).metadata().err().map(|error| io_cause(&error));
            let path = path.components().collect::<PathBuf>().join(CHART_FILE).to_string_lossy().into_owned();
            return Err(FolderError::NoChart { path, cause: cause.unwrap_or_else(|| "no such file or directory".into()) });
        }
        Ok(folder)
    }

    /// Where the chart is, as an absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a name within the chart stands for.
    #[must_use]
    pub fn kind(&self, name: &str) -> Kind {
        let Some(files) = &self.files else {
            return match self.path.join(name).metadata() {
                Err(_) => Kind::Missing,
                Ok(metadata) if metadata.is_dir() => Kind::Folder,
                Ok(_) => Kind::File,
            };
        };
        let is_below = |file: &Buffered| file.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        match files {
            files if files.iter().any(|file| file.name == name) => Kind::File,
            files if files.iter().any(is_below) => Kind::Folder,
            _ => Kind::Missing,
        }
    }

    /// The content of a file.
    ///
    /// # Errors
    /// What the system says, in Go's words.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let path = self.path.join(name);
        let failed = |operation: &str, cause: &str| format!("{operation} {}: {cause}", path.display());
        if let Some(files) = &self.files {
            let found = files.iter().find(|file| file.name == name);
            return found.map(|file| file.data.clone()).ok_or_else(|| failed("open", "no such file or directory"));
        }
        if path.metadata().is_ok_and(|metadata| metadata.len() > MAX_SIZE) {
            return Err(failed("read", "file is too large"));
        }
        std::fs::read(&path).map_err(|error| {
            let operation = if error.kind() == io::ErrorKind::IsADirectory { "read" } else { "open" };
            failed(operation, &io_cause(&error))
        })
    }

    /// Makes a chart of the files.
    ///
    /// # Errors
    /// [`LoadError`] when they make no proper one.
    pub fn load(&self) -> Result<(Chart, Vec<Log>), LoadError> {
        let mut context = Context::default();
        let files = match &self.files {
            Some(files) => not_ignored(files),
            None => directory::read(&self.path, &mut context),
        };
        match files.and_then(|files| assemble(files, &mut context)) {
            Ok(chart) => Ok((chart, context.logs)),
            Err(problem) => Err(LoadError { problem: Box::new(problem), logs: context.logs }),
        }
    }
}

fn unpack(path: &Path) -> Result<Vec<Buffered>, FolderError> {
    let failed = |error: io::Error| FolderError::Unopened(format!("open {}: {}", path.display(), io_cause(&error)));
    let file = File::open(path).map_err(failed)?;
    let files = archive::read(BufReader::new(file), &mut { MAX_SIZE })?;
    let mut name = String::new();
    for file in files.iter().filter(|file| file.name == CHART_FILE) {
        let fields = read_fields(&file.data).map_err(FolderError::Malformed)?;
        name = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    }
    match name.as_str() {
        "" => Err(FolderError::Nameless),
        "." | ".." => Err(FolderError::NotAllowed(name)),
        _ if name.contains('/') && name != "/" => Err(FolderError::Separators(name)),
        _ => Ok(files),
    }
}

/// The files that `.helmignore`, which is one of them, does not name. They come as a folder would list them.
fn not_ignored(files: &[Buffered]) -> Result<Vec<Buffered>, LoadProblem> {
    let rules = files.iter().find(|file| file.name == ".helmignore");
    let rules = Rules::parse(&rules.map(|file| String::from_utf8_lossy(&file.data)).unwrap_or_default())?;
    let is_ignored = |name: &str| {
        let mut folders = name.match_indices('/').map(|(end, _)| &name[..end]);
        folders.any(|folder| rules.ignore(folder, true)) || rules.ignore(name, false)
    };
    let mut kept: Vec<Buffered> = files.iter().filter(|file| !is_ignored(&file.name)).cloned().collect();
    kept.sort_by(|a, b| a.name.split('/').cmp(b.name.split('/')));
    Ok(kept)
}
