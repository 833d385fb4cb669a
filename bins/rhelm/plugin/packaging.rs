//! `rhelm plugin package` and `plugin verify`: archives of plugins, signed, and checked by their provenance files.

use clap::Args;
use rhelm_cli::dependencies::{package_time, seconds};
use rhelm_cli::provenance::{SigningArgs, Verifier, verified_text};
use rhelm_cli::{Failure, exactly, write_stdout};
use rhelm_fetch::plugins::Plugin;
use rhelm_fetch::{FetchError, files};
use rhelm_lib::plugin::{ArchiveFile, PluginFile, package};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct PackageArgs {
    /// The plugin's folder
    #[arg(value_name = "PATH")]
    operands: Vec<String>,
    /// Sign
    #[arg(long, default_value = "true", action = clap::ArgAction::Set, num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true", value_parser = rhelm_cli::parse_bool)]
    sign: bool,
    #[command(flatten)]
    signing: SigningArgs,
    /// Folder to write to
    #[arg(short, long, default_value = ".")]
    destination: String,
}

#[derive(Args)]
pub(super) struct VerifyArgs {
    /// The archive
    #[arg(value_name = "PATH")]
    operands: Vec<String>,
    /// File with the keys to check it with
    #[arg(long)]
    keyring: Option<String>,
}

pub(super) fn package_plugin(mut args: PackageArgs) -> Result<(), Failure> {
    let [folder] = exactly("rhelm plugin package [PATH] [flags]", std::mem::take(&mut args.operands))?;
    let folder = Path::new(&folder);
    let kind = folder.metadata().map_err(|error| FetchError::file("stat", folder, &error))?;
    if !kind.is_dir() {
        return Err(Failure::new("plugin package only supports directories, not tarballs"));
    }
    let plugin = Plugin::read(folder).map_err(|error| Failure::new(format!("invalid plugin directory: {error}")))?;
    let key = match args.sign {
        true => {
            let key = args.signing.plugin_key()?;
            let passphrase = args.signing.passphrase(&key)?;
            Some((key, passphrase))
        }
        false => {
            let warning =
                "WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.\n";
            write_stdout(warning.as_bytes())?;
            None
        }
    };
    let PluginFile { name, version, .. } = &plugin.file;
    let archive = package(name, &folder_files(folder)?)?;
    let file_name = format!("{name}-{version}.tgz");
    let signature = key
        .map(|(key, passphrase)| rhelm_provenance::sign(plugin.file.document(), &file_name, &archive, &key, &passphrase))
        .transpose()?;
    let path = match args.destination.as_str() {
        "." => PathBuf::from(&file_name),
        destination => Path::new(destination).join(&file_name),
    };
    files::write(&std::path::absolute(&path)?, &archive, 0o644)?;
    if let Some(signature) = signature {
        let beside = format!("{}.prov", path.display());
        files::write(&std::path::absolute(&beside)?, signature.as_bytes(), 0o644)?;
        write_stdout(format!("Successfully signed. Signature written to: {beside}\n").as_bytes())?;
    }
    write_stdout(format!("Successfully packaged plugin and saved it to: {}\n", path.display()).as_bytes())
}

/// A folder's files in the order of their paths, the folder itself first.
fn folder_files(folder: &Path) -> Result<Vec<ArchiveFile>, Failure> {
    let mut files = vec![ArchiveFile { is_folder: true, ..described(folder, "")? }];
    add(folder, "", &mut files)?;
    Ok(files)
}

fn add(folder: &Path, below: &str, files: &mut Vec<ArchiveFile>) -> Result<(), Failure> {
    let entries = folder.read_dir().map_err(|error| FetchError::file("open", folder, &error))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        let described = described(&path, &name)?;
        if kind.is_dir() {
            files.push(ArchiveFile { is_folder: true, ..described });
            add(&path, &format!("{name}/"), files)?;
        } else if kind.is_file() {
            let data = std::fs::read(&path).map_err(|error| FetchError::file("open", &path, &error))?;
            files.push(ArchiveFile { data, ..described });
        } else {
            let path = path.display();
            return Err(Failure::new(format!("{path} is neither file nor folder, and plugins of such cannot be installed")));
        }
    }
    Ok(())
}

fn described(path: &Path, name: &str) -> Result<ArchiveFile, Failure> {
    let kind = path.symlink_metadata().map_err(|error| FetchError::file("lstat", path, &error))?;
    let time = package_time()?.or_else(|| u64::try_from(kind.mtime()).ok()).unwrap_or_else(seconds);
    Ok(ArchiveFile { path: name.to_owned(), mode: kind.mode() & 0o777, time, ..ArchiveFile::default() })
}

pub(super) fn verify(args: VerifyArgs) -> Result<(), Failure> {
    let [path] = exactly("rhelm plugin verify [PATH] [flags]", args.operands)?;
    let path = Path::new(&path);
    let kind = path.metadata().map_err(|error| FetchError::file("stat", path, &error))?;
    if kind.is_dir() {
        return Err(Failure::new("directory verification not supported - only plugin tarballs can be verified"));
    }
    if !path.extension().is_some_and(|extension| extension == "gz" || extension == "tgz") {
        return Err(Failure::new("plugin file must be a gzipped tarball (.tar.gz or .tgz)"));
    }
    let beside = PathBuf::from(format!("{}.prov", path.display()));
    if let Err(error) = beside.metadata() {
        let cause = FetchError::file("stat", &beside, &error);
        return Err(Failure::new(format!("could not find provenance file {}: {cause}", beside.display())));
    }
    let read = |path: &Path, what: &str| {
        std::fs::read(path)
            .map_err(|error| Failure::new(format!("failed to read {what} file: {}", FetchError::file("open", path, &error))))
    };
    let (archive, provenance) = (read(path, "plugin")?, read(&beside, "provenance")?);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let verified = Verifier::new(args.keyring.as_deref()).verify_plugin(&name, &archive, &provenance)?;
    write_stdout(verified_text("Plugin", &verified).as_bytes())
}
