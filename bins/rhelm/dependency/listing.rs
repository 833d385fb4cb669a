//! Which dependencies are there, and in what state.

use rhelm_cli::Failure;
use rhelm_lib::chart::{Chart, Dependency, loader};
use rhelm_lib::version::{Constraint, Version};
use std::path::{Path, PathBuf};

/// The rows of the table, header first.
pub(super) fn rows(path: &Path, chart: &Chart) -> Vec<Vec<String>> {
    let header = ["NAME", "VERSION", "REPOSITORY", "STATUS"].map(str::to_owned).to_vec();
    let row = |dependency: &Dependency| {
        let Dependency { name, version, repository, .. } = dependency;
        vec![name.clone(), version.clone(), repository.clone(), status(path, dependency, chart).to_owned()]
    };
    std::iter::once(header).chain(chart.metadata.dependencies.iter().map(row)).collect()
}

fn status(path: &Path, dependency: &Dependency, chart: &Chart) -> &'static str {
    let archives = archives(&path.join("charts"), &dependency.name);
    let versioned: Vec<_> = archives.iter().filter(|(version, _)| is_version(version)).collect();
    match (&archives[..], &versioned[..]) {
        ([], _) | ([_, _, ..], []) => {}
        ([(_, archive)], _) | (_, [(_, archive)]) => {
            return match loader::load_any_version(archive) {
                Ok((found, _)) => judge(dependency, &found, "ok"),
                Err(_) => "corrupt",
            };
        }
        _ => return "too many matches",
    }
    let found = chart.dependencies.iter().find(|found| found.metadata.name == dependency.name);
    found.map_or("missing", |found| judge(dependency, found, "unpacked"))
}

fn judge(dependency: &Dependency, found: &Chart, good: &'static str) -> &'static str {
    if found.metadata.name != dependency.name {
        return "misnamed";
    }
    if found.metadata.version == dependency.version {
        return good;
    }
    match (Constraint::parse(&dependency.version), Version::parse(&found.metadata.version)) {
        (Ok(constraint), Ok(version)) if constraint.accepts(&version) => good,
        (Ok(_), Ok(_)) => "wrong version",
        _ => "invalid version",
    }
}

/// The archives whose names begin as the dependency's does, with what stands in the place of a version.
fn archives(folder: &Path, name: &str) -> Vec<(String, PathBuf)> {
    let archive = |path: PathBuf| {
        let file = path.file_name()?.to_string_lossy().into_owned();
        let version = file.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(".tgz")?.to_owned();
        Some((version, path))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<_> = entries.filter_map(|entry| archive(entry.ok()?.path())).collect();
    found.sort();
    found
}

/// Whether a text is a whole version, without a `v`.
fn is_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    core.split('.').count() == 3 && !text.starts_with('v') && Version::parse(text).is_ok()
}

/// The charts of `charts/` that nobody asked for.
pub(super) fn undeclared(path: &Path, chart: &Chart) -> Result<Vec<String>, Failure> {
    let Ok(entries) = std::fs::read_dir(path.join("charts")) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut undeclared = Vec::new();
    for path in paths {
        let is_chart = path.is_dir() || path.extension().is_some_and(|extension| extension == "tgz");
        let Ok((found, _)) = loader::load_any_version(&path) else { continue };
        let is_declared = chart.metadata.dependencies.iter().any(|declared| declared.name == found.metadata.name);
        if is_chart && !is_declared {
            undeclared.push(path.display().to_string());
        }
    }
    Ok(undeclared)
}
