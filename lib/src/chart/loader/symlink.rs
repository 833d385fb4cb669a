//! Where a symbolic link leads, found as Go's `filepath.EvalSymlinks` finds it: so are its errors.

use crate::gotext::io_cause;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// How many links may lead to a file.
const MAX_LINKS: usize = 255;

/// The path without any link in it. `path` is absolute.
///
/// # Errors
/// Why it cannot be found, in Go's words.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, String> {
    let mut left: Vec<OsString> = parts(path);
    let mut resolved = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = left.pop() {
        if part == ".." {
            resolved.pop();
            continue;
        }
        let next = resolved.join(&part);
        let kind = next.symlink_metadata().map_err(|error| failed("lstat", &next, &error))?;
        if !kind.is_symlink() {
            if !kind.is_dir() && !left.is_empty() {
                return Err("not a directory".to_owned());
            }
            resolved = next;
            continue;
        }
        links += 1;
        if links > MAX_LINKS {
            return Err("EvalSymlinks: too many links".to_owned());
        }
        let target = next.read_link().map_err(|error| failed("readlink", &next, &error))?;
        if target.is_absolute() {
            resolved = PathBuf::from("/");
        }
        left.extend(parts(&target));
    }
    Ok(resolved)
}

/// The parts of a path that lead somewhere, the first one last.
fn parts(path: &Path) -> Vec<OsString> {
    let leads = |part: Component<'_>| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    path.components().rev().filter_map(leads).collect()
}

fn failed(operation: &str, path: &Path, error: &std::io::Error) -> String {
    format!("{operation} {}: {}", path.display(), io_cause(error))
}
