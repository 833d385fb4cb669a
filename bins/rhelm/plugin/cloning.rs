//! Plugins from git repositories: cloned at the version that is asked for, and brought up to date.

use super::file::{Plugin, folders};
use super::running;
use rhelm_cli::{Failure, GlobalArgs, say};
use rhelm_lib::version::{Constraint, Version};
use std::path::Path;
use std::process::{Command, Stdio};

/// Clones a repository and installs the plugin in it.
///
/// # Errors
/// When there is none, or no such version of it.
pub(super) fn install(global: &GlobalArgs, source: &str, version: &str) -> Result<(), Failure> {
    let unknown = |cause: &str| {
        Failure::new(format!(
            "cannot get information about plugin source {source:?} (if it's a local directory, does it exist?), last error was: {cause}"
        ))
    };
    if !["://", "git@"].iter().any(|mark| source.contains(mark)) {
        return Err(unknown("Cannot detect VCS"));
    }
    if is_archive(source) {
        return Err(Failure::new(format!("{source}: archives of plugins are not taken: unpack it, and install the folder")));
    }
    let root = folders(global).into_iter().next().unwrap_or_default();
    std::fs::create_dir_all(&root)?;
    // Beside its later place, so that it can be moved there when it is whole.
    let temporary = tempfile::Builder::new().prefix(".clone-").tempdir_in(&root)?;
    let folder = temporary.path().join("plugin");
    let url = source.trim_start_matches("git+");
    git(Path::new("."), &["clone", "--quiet", "--", url, &folder.display().to_string()])
        .map_err(|_| unknown("Cannot detect VCS"))?;
    if !version.is_empty() {
        git(&folder, &["checkout", "--quiet", &reference(&folder, version)?, "--"])?;
    }
    let mut plugin = Plugin::read(&folder).map_err(Failure::new)?;
    let name = url.trim_end_matches('/').trim_end_matches(".git").rsplit('/').next().unwrap_or_default();
    let place = root.join(name);
    if name.is_empty() || place.symlink_metadata().is_ok() {
        return Err(Failure::new("plugin already exists"));
    }
    std::fs::rename(&folder, &place)?;
    plugin.folder = place;
    running::hook(global, &plugin, "install")?;
    say(&format!("Installed plugin: {}", plugin.name));
    Ok(())
}

/// Brings a clone up to date.
///
/// # Errors
/// When it holds changes, or the repository cannot be reached.
pub(super) fn update(folder: &Path) -> Result<(), Failure> {
    if !git(folder, &["status", "--porcelain"])?.is_empty() {
        return Err(Failure::new("plugin repo was modified"));
    }
    git(folder, &["fetch", "--quiet", "--tags", "origin"])?;
    git(folder, &["checkout", "--quiet", "--detach", "origin/HEAD"]).map(drop)
}

fn is_archive(source: &str) -> bool {
    [".tgz", ".tar.gz", ".zip"].iter().any(|ending| source.ends_with(ending)) || source.starts_with("oci://")
}

/// The tag of the newest version that the constraint accepts, or what has just that name.
fn reference(folder: &Path, version: &str) -> Result<String, Failure> {
    let tags = git(folder, &["tag", "--list"])?;
    let mut found: Vec<(Version, &str)> = tags.lines().filter_map(|tag| Some((Version::parse(tag).ok()?, tag))).collect();
    found.sort_by(|one, other| other.0.precedence(&one.0));
    if let Ok(constraint) = Constraint::parse(version)
        && let Some((_, tag)) = found.iter().find(|(version, _)| constraint.accepts(version))
    {
        return Ok((*tag).to_owned());
    }
    git(folder, &["rev-parse", "--quiet", "--verify", &format!("{version}^{{commit}}")])
        .map(|commit| commit.trim().to_owned())
        .map_err(|_| Failure::new(format!("requested version {version:?} does not exist for plugin")))
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let failed = |cause: String| Failure::new(format!("git {}: {cause}", arguments[0]));
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).env("GIT_TERMINAL_PROMPT", "0");
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
