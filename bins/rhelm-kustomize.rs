//! `rhelm-kustomize`: sends the manifests through an overlay of kustomize, which reads folders only.

use clap::{Args, Command, FromArgMatches};
use goyaml::Value;
use rhelm_cli::{Failure, exactly};
use rhelm_lib::postrender::Interrupt;
use std::fmt::Display;
use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{self, ExitCode};

/// The file that an overlay names for the manifests.
const MANIFESTS: &str = "all.yaml";
/// What kustomize calls the file of an overlay.
const OVERLAYS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

#[derive(Args)]
struct KustomizeArgs {
    /// Folder of the overlay, which has `all.yaml` among its resources: the manifests. All that it needs is in the folder
    #[arg(value_name = "DIR")]
    operands: Vec<String>,
}

fn main() -> ExitCode {
    rhelm_cli::finish(run())
}

fn run() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let about = "Send the manifests on standard input through an overlay of kustomize";
    let command = rhelm_cli::with_flags_now::<KustomizeArgs>(Command::new("rhelm-kustomize").about(about));
    let args = KustomizeArgs::from_arg_matches(&rhelm_cli::matches(&command, &words)?)?;
    let [folder] = exactly("rhelm-kustomize DIR", args.operands)?;
    let overlay = Path::new(&folder);
    check(overlay)?;
    let kustomize = kustomize()?;
    let mut manifests = Vec::new();
    std::io::stdin().read_to_end(&mut manifests)?;
    // A signal ends kustomize, and this program when the copy is gone: it holds what Secrets hold.
    rhelm_cli::raising(&Interrupt::default(), || build(kustomize, overlay, &manifests))?
}

/// An overlay that does not name the manifests would lose them all.
fn check(overlay: &Path) -> Result<(), Failure> {
    let file = OVERLAYS.iter().map(|name| overlay.join(name)).find(|file| file.exists());
    let file = file.ok_or_else(|| failed(overlay, "there is no kustomization.yaml"))?;
    let text = fs::read_to_string(&file).map_err(|error| failed(&file, error))?;
    let document = goyaml::decode(&text).map_err(|error| failed(&file, error))?;
    let resources = document.get("resources").and_then(Value::as_list).unwrap_or_default();
    let is_named = resources.iter().filter_map(Value::as_str).any(|name| name.trim_start_matches("./") == MANIFESTS);
    is_named.then_some(()).ok_or_else(|| failed(&file, format!("add {MANIFESTS}, the manifests, to its resources")))
}

/// The command to which a folder is added.
fn kustomize() -> Result<process::Command, Failure> {
    for (program, subcommand) in [("kustomize", "build"), ("kubectl", "kustomize")] {
        if let Ok(path) = which::which(program) {
            let mut command = process::Command::new(path);
            command.arg(subcommand);
            return Ok(command);
        }
    }
    Err(Failure::new("neither kustomize nor kubectl is on PATH: install one of them"))
}

fn build(mut kustomize: process::Command, overlay: &Path, manifests: &[u8]) -> Result<(), Failure> {
    let private = Permissions::from_mode(0o700);
    let copy = tempfile::Builder::new().prefix("rhelm-kustomize-").permissions(private).tempdir()?;
    copy_folder(overlay, copy.path())?;
    fs::write(copy.path().join(MANIFESTS), manifests)?;
    let status = kustomize.arg(copy.path()).status()?;
    if status.success() { Ok(()) } else { Err(failed(overlay, format!("kustomize ended with {status}"))) }
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(from).map_err(|error| failed(from, error))? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(|error| failed(&source, error))?;
        }
    }
    Ok(())
}

fn failed(path: &Path, why: impl Display) -> Failure {
    Failure::new(format!("{}: {why}", path.display()))
}
