//! `rhelm completion`: scripts that let a shell complete command lines, under the name by which the program is called.

use clap::builder::Resettable::Reset;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use clap_complete::Shell;
use rhelm_cli::{Failure, GlobalArgs, none, write_stdout};
use std::path::Path;

#[derive(Args)]
struct CompletionArgs {
    #[arg(hide = true)]
    operands: Vec<String>,
    /// Leave out the descriptions
    #[arg(long)]
    no_descriptions: bool,
}

const SHELLS: [(&str, Shell, &str); 4] = [
    ("bash", Shell::Bash, "Print the script for bash"),
    ("fish", Shell::Fish, "Print the script for fish"),
    ("powershell", Shell::PowerShell, "Print the script for PowerShell"),
    ("zsh", Shell::Zsh, "Print the script for zsh"),
];

pub(crate) fn define() -> Command {
    let command = Command::new("completion").about("Print scripts that complete command lines").arg_required_else_help(true);
    command
        .subcommands(SHELLS.map(|(name, _, about)| rhelm_cli::with_flags::<CompletionArgs>(Command::new(name).about(about))))
}

pub(crate) fn run(_: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let unknown = || Failure::new("for which shell? see rhelm completion --help");
    let (name, own) = matches.subcommand().ok_or_else(unknown)?;
    let args = CompletionArgs::from_arg_matches(own)?;
    none(&format!("rhelm completion {name} [flags]"), &args.operands)?;
    let (_, shell, _) = SHELLS.iter().find(|(known, ..)| *known == name).ok_or_else(unknown)?;
    let mut command = super::command(None);
    if args.no_descriptions {
        command = without_descriptions(command);
    }
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut command, own_name(), &mut script);
    write_stdout(&script)
}

/// A link named `helm` completes `helm`.
fn own_name() -> String {
    let path = std::env::args().next().unwrap_or_default();
    Path::new(&path).file_name().map_or_else(|| "rhelm".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn without_descriptions(command: Command) -> Command {
    command.about(Reset).mut_args(|arg| arg.help(Reset)).mut_subcommands(without_descriptions)
}
