//! `rhelm version`: which Helm this is like. Tools decide by it how to speak, so it can be told to be like another.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, none, variable, write_stdout};
use rhelm_lib::render::build_info::{self, BuildInfo};

const USAGE: &str = "rhelm version [flags]";

#[derive(Args)]
struct VersionArgs {
    #[arg(hide = true)]
    operands: Vec<String>,
    /// Print the number only
    #[arg(long)]
    short: bool,
    /// Helm 2's and 3's flag: there is no server to ask
    #[arg(short, long, hide = true)]
    client: bool,
    /// Print with a Go template
    #[arg(long)]
    template: Option<String>,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<VersionArgs>(Command::new("version").about("Print the version"))
}

pub(crate) fn run(_: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = VersionArgs::from_arg_matches(matches)?;
    none(USAGE, &args.operands)?;
    // Who gives the flag that Helm 4 has no more, knows Helm 3 only.
    let default = if args.client { "v3" } else { "" };
    let info = BuildInfo::like(variable("RHELM_HELM_VERSION").as_deref().unwrap_or(default));
    let info = BuildInfo { rhelm: format!("v{}", env!("CARGO_PKG_VERSION")), ..info };
    let text = match &args.template {
        Some(template) => build_info::render(template, &info)?,
        None if args.short => format!("{}+g{}\n", info.version, &info.git_commit[..7]),
        None => format!("{info}\n"),
    };
    write_stdout(text.as_bytes())
}
