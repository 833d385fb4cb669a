//! A chart's files out of a directory.
//!
//! The files come in lexical order, directory by directory, without those that `.helmignore` names. Links are followed wherever
//! they lead, each with a line in the log.

use super::ignore::Rules;
use super::symlink::resolve;
use super::{Buffered, Context, LoadProblem, MAX_FILES, MAX_SIZE, failed, rfc3339};
use crate::gotext::io_cause;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How many links are followed in one chart. Helm has no such limit; links to directories with links can multiply without end.
const MAX_LINKS: usize = 10_000;

/// The path made absolute, without `.` and `..`.
///
/// # Errors
/// When the working directory is not known.
pub(super) fn absolute(path: &Path) -> io::Result<PathBuf> {
    let start = if path.is_absolute() { PathBuf::new() } else { std::env::current_dir()? };
    let mut absolute = start;
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(absolute.pop()),
            other => absolute.push(other),
        }
    }
    Ok(absolute)
}

/// The files below `root`, which is absolute.
///
/// # Errors
/// [`LoadProblem`] for what cannot be read or must not be.
pub(super) fn read(root: &Path, context: &mut Context) -> Result<Vec<Buffered>, LoadProblem> {
    let rules = Rules::parse(&rules(&root.join(".helmignore"))?)?;
    let mut walk = Walk { root, rules, context, files: Vec::new(), size: 0, seen: 0, links: 0 };
    let mut left = names(root)?;
    while let Some(path) = left.pop() {
        left.extend(walk.visit(path)?);
    }
    Ok(walk.files)
}

fn rules(path: &Path) -> Result<String, LoadProblem> {
    if path.metadata().is_err() {
        return Ok(String::new());
    }
    let operation = if path.is_dir() { "read" } else { "open" };
    let content = std::fs::read(path).map_err(|error| failed(operation, &path.to_string_lossy(), &error))?;
    Ok(String::from_utf8_lossy(&content).into_owned())
}

struct Walk<'w> {
    root: &'w Path,
    rules: Rules,
    context: &'w mut Context,
    files: Vec<Buffered>,
    /// What all files hold together.
    size: u64,
    /// Files and directories so far.
    seen: usize,
    links: usize,
}

impl Walk<'_> {
    /// Reads a file, or tells what is in a directory, the first name last.
    fn visit(&mut self, path: PathBuf) -> Result<Vec<PathBuf>, LoadProblem> {
        self.seen += 1;
        if self.seen > MAX_FILES {
            return Err(LoadProblem::TooManyFiles(MAX_FILES));
        }
        let mut kind = lstat(&path)?;
        if kind.is_symlink() {
            kind = self.follow(&path)?;
        }
        let below = path.strip_prefix(self.root).unwrap_or(&path);
        let name = below.to_string_lossy().into_owned();
        if self.rules.ignore(&name, kind.is_dir()) {
            return Ok(Vec::new());
        }
        if kind.is_dir() {
            return names(&path);
        }
        if !kind.is_file() {
            return Err(LoadProblem::Irregular(path.to_string_lossy().into_owned()));
        }
        let data = match self.content(&path, &kind) {
            Ok(data) => data,
            Err(cause) => return Err(LoadProblem::File { file: name, cause }),
        };
        self.files.push(Buffered::new(name, data, modified(&kind)));
        Ok(Vec::new())
    }

    fn follow(&mut self, path: &Path) -> Result<Metadata, LoadProblem> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(LoadProblem::TooManyFiles(MAX_LINKS));
        }
        let name = path.to_string_lossy().into_owned();
        let resolved = match resolve(path) {
            Ok(resolved) => resolved,
            Err(cause) => return Err(LoadProblem::Link { path: name, cause }),
        };
        let message = "found symbolic link in path. Contents of linked file included and used";
        let fields = vec![("path", name), ("resolved", resolved.to_string_lossy().into_owned())];
        self.context.info(message, fields);
        lstat(&resolved)
    }

    fn content(&mut self, path: &Path, kind: &Metadata) -> Result<Vec<u8>, String> {
        let too_large = || Err(format!("chart exceeds maximum decompressed size of {MAX_SIZE} bytes"));
        let left = MAX_SIZE - self.size;
        if kind.len() > left {
            return too_large();
        }
        let failed = |operation: &str, error: io::Error| format!("{operation} {}: {}", path.display(), io_cause(&error));
        let file = File::open(path).map_err(|error| failed("open", error))?;
        let mut data = Vec::with_capacity(usize::try_from(kind.len()).unwrap_or_default());
        // The file may have grown, or have a size that says nothing.
        file.take(left + 1).read_to_end(&mut data).map_err(|error| failed("read", error))?;
        let length = data.len() as u64;
        if length > left {
            return too_large();
        }
        self.size += length;
        Ok(data)
    }
}

fn lstat(path: &Path) -> Result<Metadata, LoadProblem> {
    path.symlink_metadata().map_err(|error| failed("lstat", &path.to_string_lossy(), &error))
}

/// What is in a directory, the first name last.
fn names(directory: &Path) -> Result<Vec<PathBuf>, LoadProblem> {
    let entries = directory.read_dir().and_then(|entries| {
        // One that has more is refused later, as soon as its files are counted.
        entries.take(MAX_FILES + 1).map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()
    });
    let mut paths = entries.map_err(|error| failed("open", &directory.to_string_lossy(), &error))?;
    paths.sort_unstable_by(|a, b| b.file_name().cmp(&a.file_name()));
    Ok(paths)
}

fn modified(kind: &Metadata) -> Option<String> {
    let time = kind.modified().ok()?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => rfc3339(i64::try_from(after.as_secs()).ok()?, after.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            rfc3339(-i64::try_from(before.as_secs()).ok()?, 0)
        }
    }
}
