//! Finding the executable that a `--post-renderer` names; [`process`] runs it.

pub(super) mod process;

use super::PostRenderError;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// One stage of a chain: a program and its arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Program {
    /// What the user called it; messages and pipelines use this name.
    pub name: String,
    /// The executable's full path.
    pub path: PathBuf,
    /// Passed as they are.
    pub arguments: Vec<String>,
    /// Set in its environment, over what that has.
    pub variables: Vec<(String, String)>,
}

/// Where programs are looked for; the caller reads it from its environment once.
#[derive(Clone, Debug, Default)]
pub struct SearchPath {
    /// The folder of rhelm's own programs, which is searched first.
    pub beside: Option<PathBuf>,
    /// The value of `PATH`.
    pub path: Option<OsString>,
    /// The working directory, against which relative paths are resolved.
    pub directory: PathBuf,
}

impl SearchPath {
    /// Finds the program `name`: without a path separator beside rhelm, then on `PATH`; otherwise as a path.
    ///
    /// # Errors
    /// [`PostRenderError::NotFound`], with the cause in the words of Go's `exec.LookPath`.
    pub fn find(&self, name: &str, arguments: Vec<String>) -> Result<Program, PostRenderError> {
        let found = if name.contains('/') { self.at_path(name) } else { self.by_name(name) };
        match found {
            Ok(path) => Ok(Program { name: name.to_owned(), path, arguments, variables: Vec::new() }),
            Err(cause) => Err(PostRenderError::NotFound { name: name.to_owned(), cause }),
        }
    }

    fn by_name(&self, name: &str) -> Result<PathBuf, String> {
        let beside = self.beside.iter().map(|folder| folder.join(name)).find(|path| which::which(path).is_ok());
        let found = beside.or_else(|| which::which_in(name, self.path.as_ref(), &self.directory).ok());
        found.ok_or_else(|| "executable file not found in $PATH".to_owned())
    }

    fn at_path(&self, name: &str) -> Result<PathBuf, String> {
        let path = absolute(&self.directory, Path::new(name));
        let metadata = path.metadata().map_err(|error| format!("stat {name}: {}", cause(&error)))?;
        if metadata.is_dir() {
            return Err("is a directory".to_owned());
        }
        which::which(&path).map_err(|_| "permission denied".to_owned())
    }
}

/// `path` below `directory`, with `.` and `..` resolved as Go's `filepath.Abs` does: by text.
fn absolute(directory: &Path, path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in directory.join(path).components() {
        match part {
            std::path::Component::ParentDir => {
                result.pop();
            }
            std::path::Component::CurDir => {}
            other => result.push(other),
        }
    }
    result
}

/// An I/O error in Go's words.
fn cause(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => error.to_string(),
    }
}
