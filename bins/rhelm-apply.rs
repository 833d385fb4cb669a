//! `rhelm-apply`: manifests from standard input to a cluster, recorded as a release.

#[path = "rhelm/apply_args.rs"]
mod apply_args;
#[path = "rhelm/connect.rs"]
mod connect;
#[path = "rhelm/driver.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod driver;
#[path = "rhelm/session.rs"]
mod session;
#[path = "rhelm/stores.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod stores;

use apply_args::{ApplyArgs, FirstArgs};
use clap::{Args, Command, FromArgMatches};
use goyaml::Map;
use rhelm_cli::release_file::ReleaseFile;
use rhelm_cli::{Failure, GlobalArgs, exactly, print_logs};
use rhelm_lib::action::install::{self, InstallOptions};
use rhelm_lib::action::template::Rendered;
use rhelm_lib::action::{Facts, Source};
use rhelm_lib::chart::Chart;
use rhelm_lib::manifest::{Manifest, Manifests, collect};
use rhelm_lib::release::Release;
use session::{Session, Signals};
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
struct RhelmApplyArgs {
    /// Name of the release
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
    /// What rhelm-render --release-file wrote
    #[arg(long, value_name = "FILE")]
    release_file: Option<PathBuf>,
    /// Run no hooks
    #[arg(long)]
    no_hooks: bool,
    /// Do not apply the files of crds/
    #[arg(long)]
    skip_crds: bool,
    #[command(flatten)]
    apply: ApplyArgs,
    #[command(flatten)]
    first: FirstArgs,
}

fn main() -> ExitCode {
    rhelm_cli::finish(rhelm_cli::with_stack(run))
}

fn run() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let about = "Apply the manifests on standard input, and record them as a release";
    let command = rhelm_cli::with_flags_now::<RhelmApplyArgs>(Command::new("rhelm-apply").about(about));
    let matches = rhelm_cli::matches(&rhelm_cli::with_flags_now::<GlobalArgs>(command), &words)?;
    let global = GlobalArgs::from_arg_matches(&matches)?.with_environment(|name| std::env::var(name).ok());
    let args = RhelmApplyArgs::from_arg_matches(&matches)?;
    let [name] = exactly("rhelm-apply NAME [flags]", args.operands.clone())?;
    ApplyArgs::check(&matches)?;
    let dry_run = args.apply.dry_run()?;
    let signals = Signals::default();
    let (manifests, file) = args.input(global.debug)?;
    let session = Session::for_install(&global, dry_run, signals.clone())?;
    let options = InstallOptions {
        name,
        namespace: session.namespace.clone(),
        no_hooks: args.no_hooks,
        skip_crds: args.skip_crds,
        replace: args.first.replace,
        client_side: !args.first.server_side,
        ..args.apply.install_options(dry_run)
    };
    let source = Stream { manifests, file, signals };
    let release = session.run(async |context| install::install(context, &options, &source).await)?;
    args.apply.print(&release, &global)
}

impl RhelmApplyArgs {
    /// The documents, and what came beside them. The file is read when the stream has ended: then it is complete.
    fn input(&self, debug: bool) -> Result<(Manifests, ReleaseFile), Failure> {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        let text = String::from_utf8(bytes).map_err(|_| Failure::new("standard input is not UTF-8"))?;
        let file = match &self.release_file {
            Some(path) => ReleaseFile::read(path)?,
            None if text.trim().is_empty() => return Err(Failure::new("no manifests on standard input")),
            None => synthetic(&text),
        };
        let (manifests, logs) = collect::read(&text)?;
        print_logs(&logs, debug);
        Ok((manifests, file))
    }
}

/// The release of manifests that came from no chart.
fn synthetic(text: &str) -> ReleaseFile {
    ReleaseFile { release: Release { chart: Chart::of_manifests(text), ..Default::default() }, crds: Vec::new() }
}

/// Documents that somebody else rendered.
struct Stream {
    manifests: Manifests,
    file: ReleaseFile,
    signals: Signals,
}

impl Source for Stream {
    fn crds(&self) -> Result<Vec<Manifest>, String> {
        Ok(self.file.crds.clone())
    }

    fn values(&self) -> Map {
        self.file.release.config.clone()
    }

    fn render(&self, facts: &Facts) -> Result<Rendered, String> {
        self.signals.listen(&facts.name);
        let Release { chart, info, .. } = self.file.release.clone();
        let (manifests, config) = (self.manifests.clone(), facts.config.clone());
        Ok(Rendered { manifests, crds: Vec::new(), notes: info.notes, chart, config })
    }
}
