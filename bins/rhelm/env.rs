//! `rhelm env`: the settings, as shells and plugins read them.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, write_stdout};

#[derive(Args)]
struct EnvArgs {
    /// One variable; without it all are shown
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<EnvArgs>(Command::new("env").about("Show the settings that come from the environment"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = EnvArgs::from_arg_matches(matches)?;
    let settings = rhelm_cli::settings(&global);
    let text = match args.operands.as_slice() {
        [] => settings.iter().map(|(name, value)| format!("{name}=\"{value}\"\n")).collect(),
        [name] => format!("{}\n", settings.get(name.as_str()).map_or("", String::as_str)),
        _ => return Err(Failure::new("\"helm env\" accepts at most 1 argument\n\nUsage:  helm env [flags]")),
    };
    write_stdout(text.as_bytes())
}
