//! From the command line to a loaded chart and the user's values: what `template`, `install` and `upgrade` begin with.

use crate::{ChartArgs, DependencyArgs, Failure, GlobalArgs, StringList, ValuesArgs, print_logs, say, variable};
use goyaml::Map;
use rhelm_fetch::{Access, Home};
use rhelm_lib::chart::{Chart, dependency, loader};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::values::{self, Source, ValueOptions};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Finds the chart that `name` names, and fetches it if it is not on this machine. Messages are added to `logs`.
///
/// # Errors
/// Helm's words, when there is none.
pub fn locate(name: &str, args: &ChartArgs, home: &Home, logs: &mut Vec<Log>) -> Result<PathBuf, Failure> {
    let verifier = args.verifier();
    let mut debug = |message: &str, fields| logs.push(Log { level: Level::Debug, message: message.to_owned(), fields });
    debug("Original chart version", vec![("version", args.version.clone().unwrap_or_default())]);
    if args.devel && args.version.is_none() {
        debug("setting version to >0.0.0-0", Vec::new());
    }
    let path = Path::new(name.trim());
    if args.repo.is_none() && path.exists() {
        let path = std::path::absolute(path)?;
        if let Some(verifier) = &verifier {
            verifier.verify_file(&path)?;
        }
        debug("Chart path", vec![("path", path.display().to_string())]);
        return Ok(path);
    }
    if args.repo.is_none() && (path.is_absolute() || name.starts_with('.')) {
        return Err(Failure::new(format!("path \"{name}\" not found")));
    }
    let mut archive = rhelm_fetch::locate::fetch(home, &args.request(name))?;
    if let Some(verifier) = verifier {
        let provenance = archive.fetch_provenance(home)?;
        verifier.verify(&archive.file_name, &archive.data, &provenance)?;
    }
    if let Some((reference, digest)) = &archive.pulled {
        let note = rhelm_fetch::registry::underscore_note(reference);
        crate::warn(format!("Pulled: {reference}\nDigest: {digest}\n{note}").trim_end());
    }
    Ok(archive.cached)
}

/// What a chart is loaded for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// To be installed, or shown as if it were.
    Install,
    /// To be upgraded to: Helm takes libraries there, and warns of a deprecated chart later.
    Upgrade,
    /// To be looked at: Helm does not warn of a deprecated chart there.
    Show,
}

/// Loads a chart. Messages are added to `logs`.
///
/// # Errors
/// When it cannot be read, or is a library that is to be installed.
pub fn load(path: &Path, purpose: Purpose, logs: &mut Vec<Log>) -> Result<Chart, Failure> {
    let loaded = if purpose == Purpose::Show { loader::load_any_version(path) } else { loader::load(path) };
    logs.extend_from_slice(loaded.as_ref().map_or_else(|error| error.logs.as_slice(), |(_, logs)| logs));
    let (chart, _) = loaded?;
    if purpose == Purpose::Install {
        chart.check_installable()?;
    }
    if purpose == Purpose::Install {
        logs.extend(chart.deprecation());
    }
    Ok(chart)
}

/// Loads a chart with its dependencies, after fetching those that are missing, where that is wanted.
///
/// # Errors
/// Those of [`load`], and when a dependency that is declared is missing.
pub fn load_complete(
    path: &Path,
    purpose: Purpose,
    args: &ChartArgs,
    update: Option<&Home>,
    logs: &mut Vec<Log>,
) -> Result<Chart, Failure> {
    let mut chart = load(path, purpose, logs)?;
    match (dependency::check(&chart), update) {
        (Ok(()), _) => {}
        (Err(missing), None) => return Err(missing.into()),
        (Err(_), Some(home)) => {
            crate::dependencies::manager(home, path, args.access(), &|line| say(line)).update()?;
            chart = load(path, purpose, logs)?;
        }
    }
    if purpose == Purpose::Upgrade {
        logs.extend(chart.deprecation());
    }
    Ok(chart)
}

/// Finds and loads a chart, and gathers the user's values. Messages are printed.
///
/// # Errors
/// Those of [`locate`], [`ValuesArgs::gather`] and [`load_complete`].
pub fn open(
    name: &str,
    chart: &ChartArgs,
    values: &ValuesArgs,
    purpose: Purpose,
    global: &GlobalArgs,
    dependencies: &DependencyArgs,
) -> Result<(Chart, Map), Failure> {
    let mut logs = Vec::new();
    let home = global.home(variable);
    let update = dependencies.dependency_update.then_some(&home);
    let path = locate(name, chart, &home, &mut logs);
    if purpose == Purpose::Upgrade {
        // Helm says where the chart is only when it is installed.
        logs.retain(|log| log.message.starts_with("setting version"));
    }
    let loaded = path.and_then(|path| {
        let config = values.gather(&home, &chart.access())?;
        Ok((config, load_complete(&path, purpose, chart, update, &mut logs)?))
    });
    print_logs(&logs, global.debug);
    let (config, chart) = loaded?;
    Ok((chart, config))
}

impl ValuesArgs {
    /// Gathers the user's values; `access` is for those that are on a server, and plugins get nothing of it.
    ///
    /// # Errors
    /// For the first file or flag that cannot be read.
    pub fn gather(&self, home: &Home, access: &Access) -> Result<Map, Failure> {
        let options = ValueOptions {
            files: StringList::all(&self.values).cloned().collect(),
            set_json: self.set_json.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
        };
        Ok(values::gather(&options, &|name| read(name, home, access))?)
    }
}

/// Reads a file, a URL, what a plugin fetches, or standard input for `-`.
fn read(path: &str, home: &Home, access: &Access) -> std::io::Result<Vec<u8>> {
    let fetched = match Source::of(path).map_err(std::io::Error::other)? {
        Source::Url { scheme } => match scheme.to_lowercase().as_str() {
            "http" | "https" => Some(home.fetcher(access.clone()).get(path, path)),
            scheme => home.plugins.get(scheme, path, &Access::default()),
        },
        Source::File => None,
        Source::Input => {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text)?;
            return Ok(text);
        }
    };
    fetched.map_or_else(|| std::fs::read(path), |fetched| fetched.map_err(std::io::Error::other))
}
