//! From the command line to a loaded chart and the user's values: what `template`, `install` and `upgrade` begin with.

use crate::{ChartArgs, Failure, ValuesArgs, print_logs};
use goyaml::Map;
use rhelm_lib::chart::{Chart, dependency, loader};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::values::{self, ValueOptions};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Finds the chart that `name` names: a folder or an archive. Messages are added to `logs`.
///
/// # Errors
/// Helm's words, when there is none.
pub fn locate(name: &str, args: &ChartArgs, logs: &mut Vec<Log>) -> Result<PathBuf, Failure> {
    args.check()?;
    let mut debug = |message: &str, fields| logs.push(Log { level: Level::Debug, message: message.to_owned(), fields });
    debug("Original chart version", vec![("version", args.version.clone().unwrap_or_default())]);
    if args.devel && args.version.is_none() {
        debug("setting version to >0.0.0-0", Vec::new());
    }
    let path = Path::new(name.trim());
    if path.exists() {
        let path = std::path::absolute(path)?;
        debug("Chart path", vec![("path", path.display().to_string())]);
        return Ok(path);
    }
    if path.is_absolute() || name.starts_with('.') {
        return Err(Failure::new(format!("path \"{name}\" not found")));
    }
    Err(Failure::new(format!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {name}")))
}

/// What a chart is loaded for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// To be installed, or shown as if it were.
    Install,
    /// To be upgraded to: Helm takes libraries there.
    Upgrade,
}

/// Loads a chart. Messages are added to `logs`.
///
/// # Errors
/// When it cannot be read, is a library that is to be installed, or lacks a dependency that it declares.
pub fn load(path: &Path, purpose: Purpose, logs: &mut Vec<Log>) -> Result<Chart, Failure> {
    let loaded = loader::load(path);
    logs.extend_from_slice(loaded.as_ref().map_or_else(|error| error.logs.as_slice(), |(_, logs)| logs));
    let (chart, _) = loaded?;
    if purpose == Purpose::Install {
        chart.check_installable()?;
    }
    logs.extend(chart.deprecation());
    dependency::check(&chart)?;
    Ok(chart)
}

/// Finds and loads a chart, and gathers the user's values. Messages are printed.
///
/// # Errors
/// Those of [`locate`], [`ValuesArgs::gather`] and [`load`].
pub fn open(
    name: &str,
    chart: &ChartArgs,
    values: &ValuesArgs,
    purpose: Purpose,
    debug: bool,
) -> Result<(Chart, Map), Failure> {
    let mut logs = Vec::new();
    let path = locate(name, chart, &mut logs);
    let loaded = path.and_then(|path| Ok((values.gather()?, load(&path, purpose, &mut logs)?)));
    print_logs(&logs, debug);
    let (config, chart) = loaded?;
    Ok((chart, config))
}

impl ValuesArgs {
    /// Gathers the user's values.
    ///
    /// # Errors
    /// For the first file or flag that cannot be read.
    pub fn gather(&self) -> Result<Map, Failure> {
        let options = ValueOptions {
            files: self.values.clone(),
            set_json: self.set_json.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
        };
        Ok(values::gather(&options, &read)?)
    }
}

/// Reads a file, or standard input for `-`.
fn read(path: &str) -> std::io::Result<Vec<u8>> {
    if path.trim() != "-" {
        return std::fs::read(path);
    }
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    Ok(text)
}
