//! `rhelm uninstall`.

use super::session::Session;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, WaitArgs, write_stdout};
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

pub(crate) fn define() -> Command {
    let command = Command::new("uninstall").about("Delete the objects of releases, and their records");
    UninstallArgs::augment_args(command.visible_aliases(["del", "delete", "un"]))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = UninstallArgs::from_arg_matches(matches)?;
    if args.operands.is_empty() {
        let usage = "rhelm uninstall RELEASE_NAME [...] [flags]";
        return Err(Failure::new(format!("\"rhelm uninstall\" requires at least 1 argument\n\nUsage:  {usage}")));
    }
    let cascade = args.cascade()?;
    let session = Session::new(&global)?;
    let options = UninstallOptions {
        namespace: session.namespace().to_owned(),
        keep_history: args.keep_history,
        ignore_not_found: args.ignore_not_found,
        dry_run: args.dry_run,
        no_hooks: args.no_hooks,
        cascade,
        description: args.description.clone().unwrap_or_default(),
        wait: args.wait.options(false),
    };
    for name in &args.operands {
        let done = session.run(async |context| uninstall::uninstall(context, &options, name).await)?;
        let info = if done.info.is_empty() { String::new() } else { format!("{}\n", done.info) };
        write_stdout(format!("{info}release \"{name}\" uninstalled\n").as_bytes())?;
    }
    Ok(())
}

impl UninstallArgs {
    fn cascade(&self) -> Result<Cascade, Failure> {
        match self.cascade.as_str() {
            "background" => Ok(Cascade::Background),
            "foreground" => Ok(Cascade::Foreground),
            "orphan" => Ok(Cascade::Orphan),
            other => {
                let valid = "Must be \"background\", \"foreground\", or \"orphan\"";
                Err(Failure::new(format!("invalid cascade value ({other}). {valid}")))
            }
        }
    }
}
