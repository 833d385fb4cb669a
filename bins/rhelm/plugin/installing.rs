//! `rhelm plugin install`: folders are linked; archives, from files, web servers and registries, are checked and unpacked.

use super::{cloning, running};
use clap::Args;
use rhelm_cli::provenance::{Verifier, verified_text};
use rhelm_cli::{AccessArgs, Failure, GlobalArgs, exactly, print_logs, say, variable, write_stdout};
use rhelm_fetch::plugins::Plugin;
use rhelm_fetch::{FetchError, Home, files, registry, url};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::plugin::{PLUGIN_FILE, PluginArchive, unpack};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct InstallArgs {
    /// A folder, an archive (a file, or by https:// or oci://), or the URL of a git repository
    #[arg(value_name = "PATH|URL")]
    operands: Vec<String>,
    /// Check an archive's signature; what is cloned or linked carries none
    #[arg(long, action = clap::ArgAction::Set, num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true", value_parser = rhelm_cli::parse_bool)]
    verify: Option<bool>,
    /// Version, or constraint on it, of what is cloned
    #[arg(long)]
    version: Option<String>,
    /// File with the keys to check it with
    #[arg(long)]
    keyring: Option<String>,
    #[command(flatten)]
    access: AccessArgs,
}

/// An archive as it was fetched.
struct Fetched {
    data: Vec<u8>,
    provenance: Option<Vec<u8>>,
}

const ENDINGS: [&str; 2] = [".tar.gz", ".tgz"];

pub(super) fn install(global: &GlobalArgs, mut args: InstallArgs) -> Result<(), Failure> {
    let [source] = exactly("rhelm plugin install [options] <path|url> [flags]", std::mem::take(&mut args.operands))?;
    let home = global.home(variable);
    let is_archive = ENDINGS.iter().any(|ending| source.ends_with(ending));
    let plugin = if registry::is_oci(&source) {
        let parsed = registry::Reference::parse(&source);
        let reference = parsed.map_err(|error| Failure::new(format!("invalid OCI reference: {error}")))?;
        args.install_archive(&home, &source, reference.name())?
    } else if Path::new(&source).exists() {
        match is_archive {
            true => args.install_archive(&home, &source, plugin_name(&source))?,
            false => link(&home, &source)?,
        }
    } else if is_archive && matches!(url::scheme(&source), "http" | "https") {
        args.install_archive(&home, &source, plugin_name(&source))?
    } else {
        match args.verify {
            Some(true) => {
                let message = "plugin source does not support verification. Use --verify=false to skip verification";
                return Err(Failure::new(message));
            }
            Some(false) => say("WARNING: Skipping plugin signature verification"),
            None => {}
        }
        cloning::install(&home, &source, args.version.as_deref().unwrap_or_default())?
    };
    running::hook(&home.plugins, &plugin, "install")?;
    say(&format!("Installed plugin: {}", plugin.file.name));
    Ok(())
}

/// The name before the version and the ending of an archive: `diff` of `…/diff-1.2.3.tgz`.
fn plugin_name(source: &str) -> &str {
    let file = source.rsplit('/').next().unwrap_or_default();
    let stem = ENDINGS.iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file);
    let is_version = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && text[digits..].starts_with('.')
    };
    let end = stem.match_indices('-').map(|(at, _)| at).rfind(|at| is_version(&stem[at + 1..]));
    &stem[..end.unwrap_or(stem.len())]
}

/// Where a plugin of that folder's name is to lie. The folder above is made.
///
/// # Errors
/// When something lies there.
pub(super) fn free_place(home: &Home, name: &str) -> Result<PathBuf, Failure> {
    let root = home.plugins.folders.first().cloned().unwrap_or_default();
    std::fs::create_dir_all(&root).map_err(|error| FetchError::file("mkdir", &root, &error))?;
    let place = root.join(name);
    if name.is_empty() || place.symlink_metadata().is_ok() {
        let fields = vec![("path", place.display().to_string()), ("error", "<nil>".to_owned())];
        print_logs(&[Log { level: Level::Warn, message: "plugin already exists".into(), fields }], false);
        return Err(Failure::new("plugin already exists"));
    }
    Ok(place)
}

fn link(home: &Home, source: &str) -> Result<Plugin, Failure> {
    let folder = std::path::absolute(source)?;
    say("Installing plugin from local directory (development mode)");
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let place = free_place(home, &name)?;
    if !folder.is_dir() {
        return Err(Failure::new("expected plugin to be a directory (containing a file 'plugin.yaml')"));
    }
    if !folder.join(PLUGIN_FILE).exists() {
        return Err(Failure::new("plugin metadata (plugin.yaml) missing"));
    }
    std::os::unix::fs::symlink(&folder, &place)?;
    usable(&place)
}

/// The plugin that was put into a folder.
pub(super) fn usable(place: &Path) -> Result<Plugin, Failure> {
    Plugin::read(place).map_err(|error| Failure::new(format!("plugin is installed but unusable: {error}")))
}

impl InstallArgs {
    fn install_archive(&self, home: &Home, source: &str, name: &str) -> Result<Plugin, Failure> {
        let verify = self.verify.unwrap_or(true);
        say(if verify { "Verifying plugin signature..." } else { "WARNING: Skipping plugin signature verification" });
        let place = free_place(home, name)?;
        let fetched = self.fetch(home, source).map_err(|error| {
            let download =
                if registry::is_oci(source) || Path::new(source).exists() { "" } else { "failed to download plugin: " };
            Failure::new(match verify {
                true => format!("failed to get verification data: {download}{error}"),
                false => error.to_string(),
            })
        })?;
        let unpacked = unpack(&fetched.data);
        let verified = verify.then(|| {
            let file_name = match (&unpacked, registry::is_oci(source)) {
                (Ok(unpacked), true) => archive_name(unpacked),
                _ => source.rsplit('/').next().unwrap_or_default().to_owned(),
            };
            self.verified(&file_name, &fetched)
        });
        let verified = verified.transpose()?;
        save(&place, &unpacked?, &fetched)?;
        write_stdout(verified.unwrap_or_default().as_bytes())?;
        usable(&place)
    }

    fn verified(&self, file_name: &str, fetched: &Fetched) -> Result<String, Failure> {
        let failed = |cause: &str| Failure::new(format!("plugin verification failed: {cause}"));
        let provenance = fetched.provenance.as_deref().unwrap_or_default();
        if provenance.is_empty() {
            return Err(failed("no provenance file (.prov) found"));
        }
        let verifier = Verifier::new(self.keyring.as_deref());
        let verified = verifier.verify_plugin(file_name, &fetched.data, provenance);
        Ok(verified_text("Plugin", &verified.map_err(|error| failed(&error.to_string()))?))
    }

    fn fetch(&self, home: &Home, source: &str) -> Result<Fetched, FetchError> {
        let access = self.access.access();
        if registry::is_oci(source) {
            let pulled = registry::pull_plugin(home, source, &access);
            let (data, provenance) =
                pulled.map_err(|error| FetchError::Other(format!("failed to pull plugin from {source}: {error}")))?;
            return Ok(Fetched { data, provenance });
        }
        let beside = format!("{source}.prov");
        if Path::new(source).exists() {
            let data = std::fs::read(source).map_err(|error| {
                let cause = FetchError::file("open", source.as_ref(), &error);
                FetchError::Other(format!("failed to read plugin file: {cause}"))
            })?;
            return Ok(Fetched { data, provenance: std::fs::read(beside).ok() });
        }
        let fetcher = home.fetcher(access);
        let data = fetcher.get(source, source)?;
        Ok(Fetched { data, provenance: fetcher.get(&beside, source).ok() })
    }
}

fn archive_name(archive: &PluginArchive) -> String {
    format!("{}-{}.tgz", archive.file.name, archive.file.version)
}

/// Unpacks a plugin beside its place and moves it there when it is whole; the archive is kept for later checks.
fn save(place: &Path, archive: &PluginArchive, fetched: &Fetched) -> Result<(), Failure> {
    let temporary = tempfile::Builder::new().prefix(".unpack-").tempdir_in(place.parent().unwrap_or(place))?;
    let folder = temporary.path().join("plugin");
    std::fs::create_dir(&folder)?;
    for file in &archive.files {
        let path = folder.join(&file.path);
        match file.is_folder {
            true => std::fs::create_dir_all(&path)?,
            false => files::write(&path, &file.data, file.mode & 0o755)?,
        }
    }
    std::fs::rename(&folder, place)?;
    let kept = place.with_file_name(archive_name(archive));
    files::write(&kept, &fetched.data, 0o644)?;
    if let Some(provenance) = &fetched.provenance {
        files::write(Path::new(&format!("{}.prov", kept.display())), provenance, 0o644)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_called_what_their_archives_are() {
        let cases = [
            ("diff-1.2.3.tgz", "diff"),
            ("https://h/x/diff-3.15.0.tar.gz", "diff"),
            ("helm-diff-linux-amd64.tgz", "helm-diff-linux-amd64"),
            ("a-1.2-3.4.tgz", "a-1.2"),
            ("a-1.tgz", "a-1"),
            ("diff.tgz", "diff"),
        ];
        for (source, expected) in cases {
            assert_eq!(plugin_name(source), expected, "{source}");
        }
    }
}
