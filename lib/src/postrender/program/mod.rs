//! Finding the executable that a `--post-renderer` names; [`process`] runs it.

mod plugin;
pub(super) mod process;

pub use plugin::plugin_folders;
pub use process::describe;

use super::{PostRenderError, Stage};
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
    /// The folders with Helm's plugins.
    pub plugins: Vec<PathBuf>,
    /// The environment, for the variables in a plugin's command.
    pub variables: Vec<(OsString, OsString)>,
}

impl SearchPath {
    /// The stage that `name` stands for: a path; or a program beside rhelm, an installed plugin of Helm's, a program on `PATH`,
    /// in this order.
    ///
    /// # Errors
    /// [`PostRenderError::NotFound`], with the cause in the words of Go's `exec.LookPath`; and for a plugin that cannot be used.
    pub fn stage(&self, name: &str, arguments: Vec<String>) -> Result<Stage, PostRenderError> {
        if !name.contains('/')
            && self.by_name_beside(name).is_none()
            && let Some(program) = self.plugin(name, &arguments)?
        {
            let mut stage = Stage::program(program);
            stage.options.filename_annotation = true;
            return Ok(stage);
        }
        self.find(name, arguments).map(Stage::program)
    }

    /// Finds the program `name`: without a path separator beside rhelm, then on `PATH`; otherwise as a path.
    ///
    /// # Errors
    /// [`PostRenderError::NotFound`], with the cause in the words of Go's `exec.LookPath`.
    pub fn find(&self, name: &str, arguments: Vec<String>) -> Result<Program, PostRenderError> {
        Ok(Program { name: name.to_owned(), path: self.executable(name)?, arguments, variables: Vec::new() })
    }

    fn executable(&self, name: &str) -> Result<PathBuf, PostRenderError> {
        let found = if name.contains('/') { self.at_path(name) } else { self.by_name(name) };
        found.map_err(|cause| PostRenderError::NotFound { name: name.to_owned(), cause })
    }

    fn by_name_beside(&self, name: &str) -> Option<PathBuf> {
        self.beside.iter().map(|folder| folder.join(name)).find(|path| which::which(path).is_ok())
    }

    fn by_name(&self, name: &str) -> Result<PathBuf, String> {
        let found = self.by_name_beside(name).or_else(|| which::which_in(name, self.path.as_ref(), &self.directory).ok());
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
