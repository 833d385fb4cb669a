//! Plugins from git repositories: cloned at the version that is asked for, and brought up to date.

use super::installing::{free_place, usable};
use rhelm_cli::Failure;
use rhelm_fetch::Home;
use rhelm_fetch::plugins::Plugin;
use rhelm_lib::version::{Constraint, Version};
use std::path::Path;
use std::process::{Command, Stdio};

/// Clones a repository and puts the plugin in it among the others.
///
/// # Errors
/// When there is none, or no such version of it.
pub(super) fn install(home: &Home, source: &str, version: &str) -> Result<Plugin, Failure> {
    let unknown = || {
        Failure::new(format!(
            "cannot get information about plugin source {source:?} (if it's a local directory, does it exist?), last error was: Cannot detect VCS"
        ))
    };
    if !["://", "git@"].iter().any(|mark| source.contains(mark)) {
        return Err(unknown());
    }
    let url = source.trim_start_matches("git+");
    let name = url.trim_end_matches('/').trim_end_matches(".git").rsplit('/').next().unwrap_or_default();
    let place = free_place(home, name)?;
    // Beside its later place, so that it can be moved there when it is whole.
    let temporary = tempfile::Builder::new().prefix(".clone-").tempdir_in(place.parent().unwrap_or(&place))?;
    let folder = temporary.path().join("plugin");
    git(Path::new("."), &["clone", "--quiet", "--", url, &folder.display().to_string()]).map_err(|_| unknown())?;
    if !version.is_empty() {
        git(&folder, &["checkout", "--quiet", &reference(&folder, version)?, "--"])?;
    }
    Plugin::read(&folder)?;
    std::fs::rename(&folder, &place)?;
    usable(&place)
}

/// Whether a plugin's folder was cloned.
pub(super) fn is_clone(folder: &Path) -> bool {
    folder.join(".git").exists()
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
