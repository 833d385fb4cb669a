//! `rhelm install`: render, post-render, apply.

use super::apply_args::{ApplyArgs, FirstArgs};
use super::pipeline::{self, Parts};
use super::rendering::{Around, RenderingArgs};
use super::session::{Session, Signals};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::chart::Purpose;
use rhelm_cli::{Failure, GlobalArgs, NameArgs, PostRendering, at_least_one, write_stdout};
use rhelm_lib::action::install::{self, InstallOptions};
use rhelm_lib::release::Release;
use std::time::SystemTime;

#[derive(Args)]
struct InstallArgs {
    /// `[NAME] CHART`
    #[arg(value_name = "[NAME] CHART")]
    operands: Vec<String>,
    #[command(flatten)]
    name: NameArgs,
    #[command(flatten)]
    rendering: RenderingArgs,
    #[command(flatten)]
    apply: ApplyArgs,
    #[command(flatten)]
    first: FirstArgs,
    /// Print the shell pipe that does the same, and do nothing
    #[arg(long)]
    print_pipeline: bool,
}

const USAGE: &str = "rhelm install [NAME] [CHART] [flags]";

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<InstallArgs>(
        Command::new("install").about("Render a chart, apply it and record it as a release"),
    )
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = InstallArgs::from_arg_matches(matches)?;
    args.rendering.render.error_format.apply(install(&global, &args, matches))
}

fn install(global: &GlobalArgs, args: &InstallArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let operands = at_least_one(USAGE, args.operands.clone())?;
    ApplyArgs::check(matches)?;
    let stages = args.rendering.post_render.resolve()?;
    let options = InstallOptions {
        replace: args.first.replace,
        client_side: !args.first.server_side,
        crds: args.apply.crds(args.rendering.render.skip_crds),
        ..args.apply.install_options(args.apply.dry_run()?)
    };
    let failed = |failure: Failure| failure.during("INSTALLATION FAILED");
    let (name, chart) = args.name_and_chart(operands).map_err(failed)?;
    if args.print_pipeline {
        return write_stdout(args.pipeline(global, &name, &chart)?.as_bytes());
    }
    let options = InstallOptions { name, ..options };
    let release = install_chart(global, &chart, &args.rendering, stages, options).map_err(failed)?;
    args.apply.print(&release, global)
}

impl InstallArgs {
    fn name_and_chart(&self, operands: Vec<String>) -> Result<(String, String), Failure> {
        match self.name.name_and_chart(USAGE, operands)? {
            (Some(name), chart) => Ok((name, chart)),
            (None, chart) if self.name.generate_name => Ok((generated(&chart), chart)),
            (None, _) => Err(Failure::new("must either provide a name or specify --generate-name")),
        }
    }

    fn pipeline(&self, global: &GlobalArgs, name: &str, chart: &str) -> Result<String, Failure> {
        let (rendering, apply, first) = (&self.rendering, &self.apply, &self.first);
        let stages = &rendering.post_render.commands()?;
        Ok(pipeline::text(&Parts { global, name, chart, rendering, stages, apply, first }))
    }
}

/// Installs a chart. What `options` say of namespace, hooks and definitions is found here.
///
/// # Errors
/// Whatever stopped it.
pub(crate) fn install_chart(
    global: &GlobalArgs,
    chart: &str,
    rendering: &RenderingArgs,
    stages: PostRendering,
    options: InstallOptions,
) -> Result<Release, Failure> {
    let signals = Signals::default();
    let around = Around { global: global.clone(), stages, dry_run: options.dry_run, signals: signals.clone() };
    let source = rendering.open(chart, Purpose::Install, around)?;
    let session = Session::for_install(global, options.dry_run, signals)?;
    let options = InstallOptions { namespace: session.namespace.clone(), no_hooks: rendering.render.no_hooks, ..options };
    session.run(async |context| install::install(context, &options, &source).await).map_err(|error| source.failure(error))
}

/// `guestbook-1700000000` of the chart's path.
fn generated(chart: &str) -> String {
    let last = chart.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let base = last.split('.').next().filter(|base| !base.is_empty()).unwrap_or("chart");
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    format!("{base}-{seconds}")
}
