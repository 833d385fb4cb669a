//! `rhelm completion`: scripts that let a shell complete command lines, under the name by which the program is called. They ask
//! `rhelm __complete`.

use clap::{ArgMatches, Args, Command, FromArgMatches};
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

/// Of each shell its name, its script, and what that is.
const SHELLS: [(&str, &str, &str); 4] = [
    ("bash", include_str!("completion/bash.sh"), "Print the script for bash"),
    ("fish", include_str!("completion/fish.fish"), "Print the script for fish"),
    ("powershell", include_str!("completion/powershell.ps1"), "Print the script for PowerShell"),
    ("zsh", include_str!("completion/zsh.sh"), "Print the script for zsh"),
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
    let (_, script, _) = SHELLS.iter().find(|(known, ..)| *known == name).ok_or_else(unknown)?;
    let request = if args.no_descriptions { "__completeNoDesc" } else { "__complete" };
    write_stdout(script.replace("REQUEST", request).replace("PROGRAM", &own_name()).as_bytes())
}

/// A link named `helm` completes `helm`.
fn own_name() -> String {
    let path = std::env::args().next().unwrap_or_default();
    Path::new(&path).file_name().map_or_else(|| "rhelm".to_owned(), |name| name.to_string_lossy().into_owned())
}
