//! `rhelm rollback`: a new revision that is like an old one.

use super::connect::connect;
use super::session::{Session, Signals};
use super::upgrade::{HistoryArgs, server_side};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{
    Failure, ForceArgs, GlobalArgs, WaitArgs, at_least_one, parse_dry_run, parse_revision, warn_of_old_flags, write_stdout,
};
use rhelm_lib::action::rollback::{self, RollbackOptions};

#[derive(Args)]
struct RollbackArgs {
    /// `RELEASE [REVISION]`: the revision before the last one, where none is named
    #[arg(value_name = "RELEASE [REVISION]")]
    operands: Vec<String>,
    /// `client` or `server`: change nothing
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "unset")]
    dry_run: Option<String>,
    /// Text that is recorded in the place of `Rollback to 1`
    #[arg(long)]
    description: Option<String>,
    #[command(flatten)]
    force: ForceArgs,
    /// Use server-side apply: `true`, `false`, or `auto` for what the old revision did
    #[arg(long, default_value = "auto")]
    server_side: String,
    /// Run no hooks
    #[arg(long)]
    no_hooks: bool,
    /// Delete what was created, when something fails
    #[arg(long)]
    cleanup_on_fail: bool,
    /// With --wait: Jobs must have completed
    #[arg(long)]
    wait_for_jobs: bool,
    #[command(flatten)]
    wait: WaitArgs,
    #[command(flatten)]
    history: HistoryArgs,
    /// Helm 3's flag: delete the pods of what is changed
    #[arg(long, hide = true)]
    recreate_pods: bool,
}

const USAGE: &str = "rhelm rollback <RELEASE> [REVISION] [flags]";

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<RollbackArgs>(Command::new("rollback").about("Go back to a revision"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = RollbackArgs::from_arg_matches(matches)?;
    warn_of_old_flags(matches);
    let operands = at_least_one(USAGE, args.operands.clone())?;
    ForceArgs::check(matches)?;
    let options = args.options(&operands)?;
    let signals = Signals::default();
    let session = Session::new(connect(&global)?, signals.clone(), global.debug)?;
    let options = RollbackOptions { namespace: session.namespace.clone(), ..options };
    session.run(async |context| {
        signals.listen(&options.name);
        rollback::rollback(context, &options).await
    })?;
    write_stdout(b"Rollback was a success! Happy Helming!\n")
}

impl RollbackArgs {
    fn options(&self, operands: &[String]) -> Result<RollbackOptions, Failure> {
        Ok(RollbackOptions {
            name: operands[0].clone(),
            revision: operands.get(1).map_or(Ok(0), |text| revision(text))?,
            dry_run: parse_dry_run(self.dry_run.as_deref())?,
            description: self.description.clone().unwrap_or_default(),
            no_hooks: self.no_hooks,
            wait: self.wait.options(self.wait_for_jobs),
            cleanup_on_fail: self.cleanup_on_fail,
            history_max: self.history.max(),
            server_side: server_side(&self.server_side)?,
            force_conflicts: self.force.force_conflicts,
            force_replace: self.force.replaces(),
            recreate_pods: self.recreate_pods,
            ..RollbackOptions::default()
        })
    }
}

fn revision(text: &str) -> Result<u32, Failure> {
    let number = parse_revision(text).map_err(Failure::new)?;
    u32::try_from(number).map_err(|_| Failure::new("invalid release revision"))
}
