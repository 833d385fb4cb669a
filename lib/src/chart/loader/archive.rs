//! A chart's files out of a gzip'd tar archive.
//!
//! In comes the archive, read once from front to back; out come its files with their paths checked: each lies in a directory,
//! whose name does not matter, and none leads out of it. Links are empty files, directories and extension headers are skipped.

use super::gzip::{Gzip, GzipError, MAGIC};
use super::tar::{Archive, TarError};
use super::{Buffered, CHART_FILE, LoadProblem, MAX_FILES, MAX_SIZE, failed, rfc3339, sniff};
use crate::gotext::quote;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// What an archive may hold in all, headers and whatever is skipped included. Helm has no such limit; no archive within its
/// other limits reaches this one.
pub(crate) const MAX_STREAM: u64 = 512 << 20;

/// Why an archive cannot be read, or must not be.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Its bytes make no sense.
    #[error("{0}")]
    Malformed(String),
    /// It does not begin like an archive.
    #[error("{0}")]
    Header(String),
    /// A path is absolute.
    #[error("chart illegally contains absolute paths")]
    Absolute,
    /// A file lies in no directory.
    #[error("chart illegally contains content outside the base directory: {}", quote(.0))]
    Outside(String),
    /// A path leads out of the chart.
    #[error("chart illegally references parent directory")]
    Parent,
    /// A path begins with a drive.
    #[error("chart contains illegally named files")]
    Drive,
    /// `Chart.yaml` is a directory's name.
    #[error("chart yaml not in base directory")]
    ChartDirectory,
    /// It holds too much.
    #[error("decompressed chart is larger than the maximum size {0}")]
    TooLarge(u64),
    /// It holds too many files.
    #[error("chart has more than {0} files")]
    TooMany(usize),
    /// It holds nothing.
    #[error("no files in chart archive")]
    Empty,
}

impl From<TarError> for ArchiveError {
    fn from(error: TarError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<io::Error> for ArchiveError {
    fn from(error: io::Error) -> Self {
        TarError::from(error).into()
    }
}

/// The files of the archive at `path`.
///
/// # Errors
/// [`LoadProblem`] for a file that is no archive of a chart.
pub(super) fn read_file(path: &Path) -> Result<Vec<Buffered>, LoadProblem> {
    let name = path.to_string_lossy();
    let file = File::open(path).map_err(|error| failed("open", &name, &error))?;
    let mut input = BufReader::with_capacity(1 << 16, file);
    let head = input.fill_buf().map_err(|error| failed("read", &name, &error))?;
    if !head.starts_with(&MAGIC) {
        let mut sniffed = [0; sniff::LENGTH];
        let length = head.len().min(sniff::LENGTH);
        sniffed[..length].copy_from_slice(&head[..length]);
        return Err(no_archive(name.into_owned(), &sniffed));
    }
    read(input, &mut { MAX_SIZE }).map_err(|error| match error {
        ArchiveError::Header(_) => LoadProblem::BadHeader { path: name.into_owned(), cause: error },
        error => LoadProblem::Archive(error),
    })
}

fn no_archive(path: String, head: &[u8]) -> LoadProblem {
    if path.ends_with(".yml") || path.ends_with(".yaml") {
        return LoadProblem::Yaml(path);
    }
    LoadProblem::NoArchive { path, content_type: sniff::content_type(head) }
}

/// The files of an archive. Their size is taken off `budget`, besides which the usual limit holds.
///
/// # Errors
/// [`ArchiveError`] for an archive that cannot be read or that holds what it must not.
pub(super) fn read(input: impl BufRead, budget: &mut u64) -> Result<Vec<Buffered>, ArchiveError> {
    let gzip = Gzip::new(input).map_err(header_error)?;
    let mut archive = Archive::new(Limited { input: gzip, left: MAX_STREAM });
    let mut files = Vec::new();
    let mut count = 0;
    let mut left = MAX_SIZE;
    while let Some(entry) = archive.next_entry()? {
        count += 1;
        if count > MAX_FILES {
            return Err(ArchiveError::TooMany(MAX_FILES));
        }
        if entry.is_directory || entry.is_global {
            continue;
        }
        let name = path_in_chart(&entry.name)?;
        // A file that fills the limit to the last byte is too large already.
        if entry.size >= left {
            return Err(ArchiveError::TooLarge(MAX_SIZE));
        }
        *budget = budget.checked_sub(entry.size).ok_or(ArchiveError::TooLarge(super::MAX_NESTED_SIZE))?;
        let data = read_data(&mut archive, entry.size)?;
        left -= entry.size;
        let (seconds, nanoseconds) = entry.modified;
        files.push(Buffered::new(name, data, rfc3339(seconds, nanoseconds)));
    }
    if files.is_empty() { Err(ArchiveError::Empty) } else { Ok(files) }
}

fn header_error(error: io::Error) -> ArchiveError {
    let is_header = error.get_ref().and_then(|inner| inner.downcast_ref()) == Some(&GzipError::Header);
    match is_header {
        true => ArchiveError::Header(error.to_string()),
        false => error.into(),
    }
}

pub(crate) fn read_data(archive: &mut Archive<impl Read>, size: u64) -> Result<Vec<u8>, ArchiveError> {
    // What the header says is not believed before it is there.
    let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(usize::MAX).min(1 << 20));
    archive.read_to_end(&mut data)?;
    if !archive.is_read() {
        return Err(TarError::Truncated.into());
    }
    // A link that claims to have content.
    if (data.len() as u64) < size { Err(ArchiveError::TooLarge(MAX_SIZE)) } else { Ok(data) }
}

/// The path of an entry without its first part, which Helm lets be anything.
fn path_in_chart(name: &str) -> Result<String, ArchiveError> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (first, rest) = name.split_once(delimiter).unwrap_or((name, ""));
    let path = rest.replace(delimiter, "/");
    if path.starts_with('/') {
        return Err(ArchiveError::Absolute);
    }
    let path = clean(&path);
    if path.is_empty() {
        return Err(ArchiveError::Outside(name.to_owned()));
    }
    if path.starts_with("..") {
        return Err(ArchiveError::Parent);
    }
    if matches!(path.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic()) {
        return Err(ArchiveError::Drive);
    }
    if first == CHART_FILE {
        return Err(ArchiveError::ChartDirectory);
    }
    Ok(path)
}

/// A relative path without `.`, without `..` that can be done without, and without doubled slashes.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(&last)) if last != ".." => drop(parts.pop()),
            (part, _) => parts.push(part),
        }
    }
    parts.join("/")
}

/// Fails when more is read than a limit allows.
pub(crate) struct Limited<R> {
    pub(crate) input: R,
    pub(crate) left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(out)?;
        match self.left.checked_sub(length as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(ArchiveError::TooLarge(MAX_STREAM))),
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_first_part() {
        let cases = [
            ("c/Chart.yaml", "Chart.yaml"),
            ("c/a/../x", "x"),
            ("c/./a//b/", "a/b"),
            ("../x", "x"),
            ("c\\templates\\x.yaml", "templates/x.yaml"),
            ("c/a\\b", "b"),
            ("q\\a/b", "a/b"),
        ];
        for (name, expected) in cases {
            assert_eq!(path_in_chart(name).ok().as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        let parent = "chart illegally references parent directory";
        let cases = [
            ("Chart.yaml", "chart illegally contains content outside the base directory: \"Chart.yaml\""),
            ("c/", "chart illegally contains content outside the base directory: \"c/\""),
            ("c/a/..", "chart illegally contains content outside the base directory: \"c/a/..\""),
            ("", "chart illegally contains content outside the base directory: \"\""),
            ("c/../x", parent),
            ("c/a/../../x", parent),
            ("c/..x", parent),
            ("c\\..\\x", parent),
            ("c//etc/x", "chart illegally contains absolute paths"),
            ("c/C:/x", "chart contains illegally named files"),
            ("Chart.yaml/x", "chart yaml not in base directory"),
        ];
        for (name, expected) in cases {
            assert_eq!(path_in_chart(name).map_err(|error| error.to_string()), Err(expected.to_owned()), "{name}");
        }
    }
}
