//! Archives of plugins: gzip'd tar with one folder, named after the plugin.
//!
//! The same files and times give the same bytes. What is unpacked is checked first: no path leads out of the folder that it is
//! unpacked into, and there is nothing but files and folders.

use super::{FileError, PLUGIN_FILE, PluginFile};
use crate::chart::loader::archive::{Limited, MAX_STREAM, read_data};
use crate::chart::loader::gzip::Gzip;
use crate::chart::loader::tar::{Archive, TarError};
use crate::chart::tar_writer::{Entry, Kind, TarWriter};
use flate2::{Compression, GzBuilder};
use std::io;

/// What the files of a plugin may hold together.
const MAX_SIZE: u64 = 256 << 20;
const MAX_FILES: usize = 100_000;

/// A file, or a folder, which has no content.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ArchiveFile {
    /// The path within the archive, or within the plugin's folder when it is to be packaged.
    pub path: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// The permissions.
    pub mode: u32,
    /// When it was last changed, in seconds since 1970.
    pub time: u64,
    /// The content.
    pub data: Vec<u8>,
}

/// What an archive holds.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginArchive {
    /// The plugin's file.
    pub file: PluginFile,
    /// The files and folders, below the plugin's own folder.
    pub files: Vec<ArchiveFile>,
}

/// Why an archive cannot be unpacked, in Helm's words.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// Its bytes make no sense.
    #[error("failed to extract plugin metadata from tarball: {0}")]
    Malformed(String),
    /// There is no plugin in it.
    #[error("failed to extract plugin metadata from tarball: plugin.yaml not found in tarball")]
    NoPlugin,
    /// It is of no proper plugin.
    #[error("failed to extract plugin metadata from tarball: {0}")]
    File(#[from] FileError),
    /// A path that could lead elsewhere.
    #[error("extracting files from archive: path {0}, which is illegal")]
    Path(&'static str),
    /// Neither file nor folder.
    #[error("extracting files from archive: unknown type: {kind:b} in {path}")]
    Kind {
        /// The type, as headers have it.
        kind: u8,
        /// The entry's path.
        path: String,
    },
    /// Too much for a plugin.
    #[error("extracting files from archive: more than {0}")]
    TooLarge(String),
}

impl From<TarError> for UnpackError {
    fn from(error: TarError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Reads an archive.
///
/// # Errors
/// [`UnpackError`].
pub fn unpack(data: &[u8]) -> Result<PluginArchive, UnpackError> {
    let files = read(data)?;
    let root = root(&files).ok_or(UnpackError::NoPlugin)?;
    let inside = |mut file: ArchiveFile| {
        file.path = file.path.strip_prefix(&root)?.to_owned();
        (!file.path.is_empty()).then_some(file)
    };
    let files: Vec<ArchiveFile> = files.into_iter().filter_map(inside).collect();
    let text = files.iter().find(|file| file.path == PLUGIN_FILE).ok_or(UnpackError::NoPlugin)?;
    Ok(PluginArchive { file: PluginFile::parse(&text.data)?, files })
}

/// The folder that the plugin lies in: the archive's own, or the first one in it that has the plugin's file.
fn root(files: &[ArchiveFile]) -> Option<String> {
    let mut roots: Vec<&str> = files.iter().filter_map(|file| file.path.strip_suffix(PLUGIN_FILE)).collect();
    roots.sort_unstable();
    let is_near = |root: &&&str| root.is_empty() || (root.ends_with('/') && root.matches('/').count() == 1);
    roots.iter().find(is_near).map(|root| (*root).to_owned())
}

fn read(data: &[u8]) -> Result<Vec<ArchiveFile>, UnpackError> {
    let malformed = |error: &dyn std::fmt::Display| UnpackError::Malformed(error.to_string());
    let gzip = Gzip::new(data).map_err(TarError::from)?;
    let mut archive = Archive::new(Limited { input: gzip, left: MAX_STREAM });
    let (mut files, mut left) = (Vec::new(), MAX_SIZE);
    while let Some(entry) = archive.next_entry()? {
        if entry.is_global {
            continue;
        }
        if files.len() == MAX_FILES {
            return Err(UnpackError::TooLarge(format!("{MAX_FILES} files")));
        }
        let path = checked(&entry.name)?;
        if !entry.is_directory && !matches!(entry.kind, 0 | b'0') {
            return Err(UnpackError::Kind { kind: entry.kind, path: entry.name });
        }
        left = left.checked_sub(entry.size).ok_or_else(|| UnpackError::TooLarge(format!("{MAX_SIZE} bytes")))?;
        let size = if entry.is_directory { 0 } else { entry.size };
        let data = read_data(&mut archive, size).map_err(|error| malformed(&error))?;
        let time = u64::try_from(entry.modified.0).unwrap_or_default();
        files.push(ArchiveFile { path, is_folder: entry.is_directory, mode: entry.mode, time, data });
    }
    Ok(files)
}

/// A path without `.` and doubled slashes.
fn checked(path: &str) -> Result<String, UnpackError> {
    if path.contains(':') {
        return Err(UnpackError::Path("contains ':'"));
    }
    let path = path.replace('\\', "/");
    if path.split('/').any(|part| part == "..") {
        return Err(UnpackError::Path("contains '..'"));
    }
    if path.starts_with('/') {
        return Err(UnpackError::Path("is absolute"));
    }
    Ok(path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/"))
}

/// The archive of a plugin of that name; the folder itself comes first, under an empty path.
///
/// # Errors
/// When it cannot be written.
pub fn package(name: &str, files: &[ArchiveFile]) -> io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().operating_system(255).write(Vec::new(), Compression::default());
    let mut tar = TarWriter::new(gzip);
    for file in files {
        let path = if file.path.is_empty() { name.to_owned() } else { format!("{name}/{}", file.path) };
        let kind = if file.is_folder { Kind::Folder } else { Kind::File };
        tar.entry(&Entry { name: &path, kind, mode: file.mode, time: file.time }, &file.data)?;
    }
    tar.finish()?.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "name: say\nversion: 1.2.3\ncommand: say\n";

    fn file(path: &str, data: &str) -> ArchiveFile {
        ArchiveFile { path: path.to_owned(), mode: 0o755, time: 7, data: data.into(), ..ArchiveFile::default() }
    }

    fn folder(path: &str) -> ArchiveFile {
        ArchiveFile { path: path.to_owned(), is_folder: true, mode: 0o755, time: 7, data: Vec::new() }
    }

    /// What comes back of what went in.
    fn through(name: &str, files: &[ArchiveFile]) -> Result<Vec<ArchiveFile>, String> {
        let data = package(name, files).expect("memory");
        unpack(&data).map(|archive| archive.files).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_packaged_is_unpacked() {
        let files = [folder("bin"), file("bin/say", "#!/bin/sh\n"), file("plugin.yaml", FILE)];
        let packaged = [&[folder("")], &files[..]].concat();
        assert_eq!(through("say", &packaged), Ok(files.to_vec()));
        assert_eq!(package("say", &packaged).expect("memory"), package("say", &packaged).expect("memory"));
    }

    #[test]
    fn what_leads_elsewhere_or_is_no_plugin_is_refused() {
        let count = |name: &str, files: &[ArchiveFile]| through(name, files).map(|files| files.len());
        let with = |path: &str| count(".", &[file("plugin.yaml", FILE), file(path, "")]);
        let illegal = |what: &str| Err(format!("extracting files from archive: path {what}, which is illegal"));
        assert_eq!(with("a/b"), Ok(2));
        assert_eq!(with("a/../../b"), illegal("contains '..'"));
        assert_eq!(with("a\\..\\b"), illegal("contains '..'"));
        assert_eq!(with("c:b"), illegal("contains ':'"));
        assert_eq!(count("/etc", &[file("plugin.yaml", FILE)]), illegal("is absolute"));
        let malformed = |cause: &str| Err(format!("failed to extract plugin metadata from tarball: {cause}"));
        assert_eq!(count("say", &[file("other.yaml", FILE)]), malformed("plugin.yaml not found in tarball"));
        assert_eq!(count("a/b", &[file("plugin.yaml", FILE)]), malformed("plugin.yaml not found in tarball"));
        let error = unpack(b"no archive").map_err(|error| error.to_string());
        assert_eq!(error, Err("failed to extract plugin metadata from tarball: gzip: invalid header".to_owned()));
    }
}
