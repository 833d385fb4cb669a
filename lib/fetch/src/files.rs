//! Files that are there whole or not at all.

use crate::FetchError;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a file beside `path` and renames it. The folder is made.
///
/// # Errors
/// When a part of that fails.
pub fn write(path: &Path, data: &[u8], mode: u32) -> Result<(), FetchError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| FetchError::file("mkdir", folder, &error))?;
    write_into(path, data, mode)
}

/// Writes a file beside `path` and renames it. The folder has to be there.
///
/// # Errors
/// When a part of that fails.
pub fn write_into(path: &Path, data: &[u8], mode: u32) -> Result<(), FetchError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default();
    let made = tempfile::Builder::new().prefix(name).rand_bytes(10).tempfile_in(folder);
    let mut file = made.map_err(|error| FetchError::file("open", path, &error))?;
    let written = file.write_all(data).and_then(|()| file.as_file().set_permissions(PermissionsExt::from_mode(mode)));
    written.map_err(|error| FetchError::file("write", path, &error))?;
    file.persist(path).map_err(|error| FetchError::file("rename", path, &error.error))?;
    Ok(())
}
