//! `rhelm upgrade`: render, post-render, change what is there; or install, where nothing is there.

use super::apply_args::ApplyArgs;
use super::connect::connect;
use super::install::install_chart;
use super::rendering::{Around, RenderingArgs};
use super::session::{Session, Signals};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::chart::Purpose;
use rhelm_cli::{Failure, Format, GlobalArgs, Labels, PostRendering, exactly, parse_int, write_stdout};
use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::upgrade::{self, Begin, Reuse, UpgradeOptions};
use rhelm_lib::action::{DryRun, ServerSide};
use rhelm_lib::release::Release;

#[derive(Args)]
struct UpgradeArgs {
    /// `RELEASE CHART`
    #[arg(value_name = "RELEASE CHART")]
    operands: Vec<String>,
    /// Install the release where there is none
    #[arg(short, long)]
    install: bool,
    /// Use no values of the last revision
    #[arg(long, help_heading = "Values")]
    reset_values: bool,
    /// Use the last revision's values, and its chart's, below the new ones
    #[arg(long, help_heading = "Values")]
    reuse_values: bool,
    /// Use the last revision's values below the new ones, and the new chart's
    #[arg(long, help_heading = "Values")]
    reset_then_reuse_values: bool,
    #[command(flatten)]
    rendering: RenderingArgs,
    #[command(flatten)]
    apply: ApplyArgs,
    /// Use server-side apply: `true`, `false`, or `auto` for what the last revision did
    #[arg(long, default_value = "auto", help_heading = "Applying")]
    server_side: String,
    /// Delete what was created, when something fails
    #[arg(long, help_heading = "Applying")]
    cleanup_on_fail: bool,
    /// Let the post-renderers be others than those of the revision before, and record why
    #[arg(long, value_name = "REASON", help_heading = "Post-rendering")]
    accept_pipeline_change: Option<String>,
    #[command(flatten)]
    history: HistoryArgs,
    /// Helm 3's flag: delete the pods of what is changed
    #[arg(long, hide = true)]
    recreate_pods: bool,
}

/// How much history is kept.
#[derive(Args)]
pub(crate) struct HistoryArgs {
    /// How many revisions are kept, 0 for all [default: HELM_MAX_HISTORY, or 10]
    #[arg(long, value_parser = parse_int)]
    history_max: Option<i64>,
}

const USAGE: &str = "rhelm upgrade [RELEASE] [CHART] [flags]";

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<UpgradeArgs>(Command::new("upgrade").about("Render a chart, and make the release what it says"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = UpgradeArgs::from_arg_matches(matches)?;
    args.rendering.render.error_format.apply(upgrade_or_install(&global, &args, matches))
}

fn upgrade_or_install(global: &GlobalArgs, args: &UpgradeArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let [name, chart] = exactly(USAGE, args.operands.clone())?;
    ApplyArgs::check(matches)?;
    let stages = args.rendering.post_render.resolve()?;
    let dry_run = args.apply.dry_run()?;
    if args.install
        && let Begin::Install { replace } = args.begin(global, &name)?
    {
        args.say(&format!("Release {name:?} does not exist. Installing it now.\n"))?;
        let options = InstallOptions {
            name,
            replace,
            client_side: args.server_side == "false",
            crds: args.apply.crds(args.rendering.render.skip_crds),
            ..args.apply.install_options(dry_run)
        };
        let release = install_chart(global, &chart, &args.rendering, stages, options)?;
        return args.apply.print(&release, global);
    }
    let release = args.upgrade(global, &name, &chart, stages, dry_run)?;
    args.say(&format!("Release {name:?} has been upgraded. Happy Helming!\n"))?;
    args.apply.print(&release, global)
}

impl UpgradeArgs {
    fn begin(&self, global: &GlobalArgs, name: &str) -> Result<Begin, Failure> {
        let session = Session::new(connect(global)?, Signals::default(), global.debug)?;
        Ok(session.run(async |context| upgrade::begin(context, &session.namespace, name).await)?)
    }

    /// Says something to people only.
    fn say(&self, text: &str) -> Result<(), Failure> {
        if self.apply.output == Format::Table { write_stdout(text.as_bytes()) } else { Ok(()) }
    }

    fn upgrade(
        &self,
        global: &GlobalArgs,
        name: &str,
        chart: &str,
        stages: PostRendering,
        dry_run: DryRun,
    ) -> Result<Release, Failure> {
        let signals = Signals::default();
        let around = Around { global: global.clone(), stages, dry_run, signals: signals.clone() };
        let source = self.rendering.open(chart, Purpose::Upgrade, around)?;
        let failed = |failure: Failure| failure.during("UPGRADE FAILED");
        let connected = connect(global).map_err(|error| failed(error.into()))?;
        let session = Session::new(connected, signals, global.debug)?;
        let mut options = self.options(dry_run).map_err(failed)?;
        (options.name, options.namespace) = (name.to_owned(), session.namespace.clone());
        let upgraded = session.run(async |context| upgrade::upgrade(context, &options, &source).await);
        upgraded.map_err(|error| failed(source.failure(error)))
    }

    fn options(&self, dry_run: DryRun) -> Result<UpgradeOptions, Failure> {
        let apply = &self.apply;
        Ok(UpgradeOptions {
            dry_run,
            reuse: self.reuse(),
            description: apply.description.clone().unwrap_or_default(),
            labels: Labels::merge(&apply.labels),
            no_hooks: self.rendering.render.no_hooks,
            wait: apply.wait.options(apply.wait_for_jobs),
            rollback_on_failure: apply.rolls_back(),
            cleanup_on_fail: self.cleanup_on_fail,
            history_max: self.history.max(),
            server_side: server_side(&self.server_side)?,
            force_conflicts: apply.force.force_conflicts,
            force_replace: apply.force.replaces(),
            take_ownership: apply.take_ownership,
            hide_secret: apply.hide_secret,
            last_wins: apply.last_wins(),
            crds: apply.crds(self.rendering.render.skip_crds),
            accept_pipeline_change: self.accept_pipeline_change.clone(),
            recreate_pods: self.recreate_pods,
            ..UpgradeOptions::default()
        })
    }

    fn reuse(&self) -> Reuse {
        match self {
            Self { reset_values: true, .. } => Reuse::Reset,
            Self { reuse_values: true, .. } => Reuse::All,
            Self { reset_then_reuse_values: true, .. } => Reuse::ResetThenReuse,
            _ => Reuse::WithoutNew,
        }
    }
}

impl HistoryArgs {
    /// How many revisions are kept; 0 for all.
    pub(crate) fn max(&self) -> usize {
        let variable = || std::env::var("HELM_MAX_HISTORY").ok()?.parse().ok();
        usize::try_from(self.history_max.or_else(variable).unwrap_or(10)).unwrap_or(0)
    }
}

/// Reads the value of `--server-side` where it may depend on what was before.
///
/// # Errors
/// Helm's words.
pub(crate) fn server_side(text: &str) -> Result<ServerSide, Failure> {
    match text {
        "auto" => Ok(ServerSide::Auto),
        "true" => Ok(ServerSide::On),
        "false" => Ok(ServerSide::Off),
        _ => Err(Failure::new(format!("invalid/unknown release server-side apply method: {text}"))),
    }
}
