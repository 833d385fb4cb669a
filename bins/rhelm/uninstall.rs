//! `rhelm uninstall`: a release's objects go, then its records.

use super::connect::connect;
use super::session::{Session, Signals};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, WaitArgs, at_least_one, write_stdout};
use rhelm_lib::action::uninstall::{self, UninstallOptions};
use rhelm_lib::cluster::Cascade;

#[derive(Args)]
struct UninstallArgs {
    /// Names of releases
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
    /// Keep the records
    #[arg(long)]
    keep_history: bool,
    /// Releases that are not there are no error
    #[arg(long)]
    ignore_not_found: bool,
    /// Change nothing
    #[arg(long)]
    dry_run: bool,
    /// Run no hooks
    #[arg(long)]
    no_hooks: bool,
    /// What becomes of what the objects own: `background`, `foreground` or `orphan`
    #[arg(long, default_value = "background")]
    cascade: String,
    /// Text that is recorded in the place of `Uninstallation complete`
    #[arg(long)]
    description: Option<String>,
    #[command(flatten)]
    wait: WaitArgs,
}

const USAGE: &str = "rhelm uninstall RELEASE_NAME [...] [flags]";

pub(crate) fn define() -> Command {
    let command = Command::new("uninstall").about("Delete the objects of releases, and their records");
    rhelm_cli::with_flags::<UninstallArgs>(command.visible_aliases(["del", "delete", "un"]))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = UninstallArgs::from_arg_matches(matches)?;
    let names = at_least_one(USAGE, args.operands.clone())?;
    let options = UninstallOptions {
        keep_history: args.keep_history,
        ignore_not_found: args.ignore_not_found,
        dry_run: args.dry_run,
        no_hooks: args.no_hooks,
        cascade: cascade(&args.cascade)?,
        description: args.description.clone().unwrap_or_default(),
        wait: args.wait.options(false),
    };
    let signals = Signals::default();
    let session = Session::new(connect(&global)?, signals.clone(), global.debug)?;
    for name in &names {
        let done = session.run(async |context| {
            signals.listen(name);
            uninstall::uninstall(context, &session.namespace, name, &options).await
        })?;
        let kept = if done.kept.is_empty() { String::new() } else { format!("{}\n", done.kept) };
        write_stdout(format!("{kept}release \"{name}\" uninstalled\n").as_bytes())?;
    }
    Ok(())
}

fn cascade(text: &str) -> Result<Cascade, Failure> {
    match text {
        "background" => Ok(Cascade::Background),
        "foreground" => Ok(Cascade::Foreground),
        "orphan" => Ok(Cascade::Orphan),
        other => {
            let valid = "Must be \"background\", \"foreground\", or \"orphan\"";
            Err(Failure::new(format!("invalid cascade value ({other}). {valid}")))
        }
    }
}
