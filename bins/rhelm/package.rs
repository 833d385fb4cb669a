//! `rhelm package`: a folder's chart as an archive.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::dependencies::{manager, package_time, seconds};
use rhelm_cli::provenance::SigningArgs;
use rhelm_cli::{AccessArgs, Failure, GlobalArgs, print_logs, variable, write_stdout};
use rhelm_fetch::files;
use rhelm_lib::chart::{Chart, dependency, loader, package};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::version::Version;
use std::path::{Path, PathBuf};

#[derive(Args)]
struct PackageArgs {
    /// Folders of charts
    #[arg(value_name = "CHART_PATH")]
    operands: Vec<String>,
    /// Set the application's version
    #[arg(long)]
    app_version: Option<String>,
    /// Set the chart's version
    #[arg(long)]
    version: Option<String>,
    /// Folder to write to
    #[arg(short, long, default_value = ".")]
    destination: String,
    /// Fetch the dependencies first
    #[arg(short = 'u', long)]
    dependency_update: bool,
    /// Sign
    #[arg(long)]
    sign: bool,
    #[command(flatten)]
    signing: SigningArgs,
    #[command(flatten)]
    access: AccessArgs,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<PackageArgs>(Command::new("package").about("Make archives of charts"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = PackageArgs::from_arg_matches(matches)?;
    if args.operands.is_empty() {
        return Err(Failure::new("need at least one argument, the path to the chart"));
    }
    if args.sign && args.signing.key_name().is_empty() {
        return Err(Failure::new("--key is required for signing a package"));
    }
    for operand in &args.operands {
        let path = args.package(&global, operand)?;
        write_stdout(format!("Successfully packaged chart and saved it to: {}\n", path.display()).as_bytes())?;
    }
    Ok(())
}

impl PackageArgs {
    fn package(&self, global: &GlobalArgs, operand: &str) -> Result<PathBuf, Failure> {
        let folder = std::path::absolute(operand)?;
        std::fs::metadata(operand).map_err(|error| rhelm_fetch::FetchError::file("stat", operand.as_ref(), &error))?;
        if self.dependency_update {
            let home = global.home(variable);
            manager(&home, &folder, self.access.access(), &|_| ()).update()?;
        }
        let mut chart = load(&folder, global.debug)?;
        if let Some(version) = self.version.as_ref().filter(|version| !version.is_empty()) {
            chart.metadata.version.clone_from(version);
        }
        Version::parse(&chart.metadata.version)?;
        if let Some(version) = self.app_version.as_ref().filter(|version| !version.is_empty()) {
            chart.metadata.app_version.clone_from(version);
        }
        if let Err(missing) = dependency::check(&chart) {
            let names = missing.0.join(", ");
            return Err(Failure::new(format!("found in Chart.yaml, but missing in charts/ directory: {names}")));
        }
        warn_of_handlebars(&chart);
        let data = package::package(&chart, package_time()?, seconds())?;
        let name = format!("{}-{}.tgz", chart.metadata.name, chart.metadata.version);
        let path = if self.destination == "." {
            std::env::current_dir()?.join(name)
        } else {
            Path::new(&self.destination).join(name)
        };
        if Path::new(&self.destination).is_file() {
            return Err(Failure::new(format!("failed to save: is not a directory: {}", self.destination)));
        }
        files::write(&path, &data, 0o644).map_err(|error| Failure::new(format!("failed to save: {error}")))?;
        if self.sign {
            self.sign(&chart, &path, &data)?;
        }
        Ok(path)
    }

    /// Writes the provenance file beside the archive.
    fn sign(&self, chart: &Chart, path: &Path, data: &[u8]) -> Result<(), Failure> {
        let key = self.signing.chart_key()?;
        let passphrase = self.signing.passphrase(&key)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = rhelm_provenance::sign(chart.metadata.document(), &name, data, &key, &passphrase)?;
        Ok(files::write(Path::new(&format!("{}.prov", path.display())), text.as_bytes(), 0o644)?)
    }
}

/// Says that Helm cannot install what is packaged.
fn warn_of_handlebars(chart: &Chart) {
    let Some(file) = chart.template_in_handlebars() else { return };
    let message = format!("{file} is written in Handlebars: rhelm installs this chart, Helm refuses it");
    print_logs(&[Log { level: Level::Warn, message, fields: Vec::new() }], false);
}

fn load(folder: &Path, debug: bool) -> Result<Chart, Failure> {
    if folder.is_file() {
        let path = folder.display();
        return Err(Failure::new(format!(
            "unable to detect chart at {path}/Chart.yaml: open {path}/Chart.yaml: not a directory"
        )));
    }
    let loaded = loader::load(folder);
    print_logs(loaded.as_ref().map_or_else(|error| error.logs.as_slice(), |(_, logs)| logs), debug);
    Ok(loaded?.0)
}
