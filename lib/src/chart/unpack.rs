//! An archive's files, to be written to a folder: checked, but not read as a chart.

use super::File;
use super::loader::{ArchiveError, unpacked};

/// What an archive holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Unpacked {
    /// The chart's name: the folder it belongs into.
    pub name: String,
    /// The files, below that folder.
    pub files: Vec<File>,
}

/// Why an archive cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It cannot be read, or holds what it must not.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It is of no chart.
    #[error("chart yaml not in base directory")]
    NoChart,
    /// Its name would lead out of a folder.
    #[error("chart name {0:?} is not allowed")]
    Name(String),
}

/// Reads an archive.
///
/// # Errors
/// [`UnpackError`].
pub fn unpack(data: &[u8]) -> Result<Unpacked, UnpackError> {
    let files = unpacked(data)?;
    let chart = files.iter().find(|file| file.name == "Chart.yaml").ok_or(UnpackError::NoChart)?;
    let decoded = goyaml::decode_bytes(&chart.data).unwrap_or_default();
    let name = decoded.get("name").and_then(goyaml::Value::as_str).unwrap_or_default().to_owned();
    if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(UnpackError::Name(name));
    }
    Ok(Unpacked { name, files })
}
