//! `rhelm-apply`: manifests from standard input to a cluster, recorded as a release.

#[path = "rhelm/apply_args.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod apply_args;
#[path = "rhelm/connect.rs"]
mod connect;
#[path = "rhelm/driver.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod driver;
#[path = "rhelm/session.rs"]
mod session;

use apply_args::ApplyArgs;
use clap::{Args, Command, FromArgMatches};
use rhelm_cli::release_file::ReleaseFile;
use rhelm_cli::{DryRun, Failure, GlobalArgs, exactly, print_logs};
use rhelm_lib::action::install::{self, InstallInput};
use rhelm_lib::chart::Chart;
use rhelm_lib::manifest::{Manifests, collect};
use session::Session;
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
}

fn main() -> ExitCode {
    rhelm_cli::finish(run())
}

fn run() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let about = "Apply the manifests on standard input, and record them as a release";
    let command = RhelmApplyArgs::augment_args(Command::new("rhelm-apply").about(about));
    let matches = rhelm_cli::matches(&GlobalArgs::augment_args(command), &words)?;
    let global = GlobalArgs::from_arg_matches(&matches)?.with_environment(|name| std::env::var(name).ok());
    let args = RhelmApplyArgs::from_arg_matches(&matches)?;
    let [name] = exactly("rhelm-apply NAME [flags]", args.operands.clone())?;
    let (mut options, dry_run) = args.apply.options(args.no_hooks)?;
    let (manifests, file) = args.input(global.debug)?;
    let session = Session::new(&global)?;
    (options.name, options.namespace) = (name, session.namespace().to_owned());
    let release = file.release;
    let input = InstallInput { chart: release.chart, config: release.config, manifests, notes: release.info.notes };
    if dry_run == DryRun::Client {
        let draft = session.run(async |context| install::draft(context, &options, input));
        return args.apply.print(&draft, global.debug);
    }
    let installed = session.run(async |context| {
        install::begin(context, &options).await?;
        if !args.skip_crds && !options.dry_run {
            install::install_crds(context, &options, &file.crds).await?;
        }
        install::install(context, &options, input).await
    });
    args.apply.print(&installed?, global.debug)
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
    let release = rhelm_lib::release::Release { chart: Chart::of_manifests(text), ..Default::default() };
    ReleaseFile { release, crds: Vec::new() }
}
