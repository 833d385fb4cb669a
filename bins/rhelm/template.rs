//! `rhelm template`.

use super::server;
use clap::{ArgMatches, Command, FromArgMatches};
use rhelm_cli::template::{self, TemplateArgs};
use rhelm_cli::{Failure, ForceArgs, GlobalArgs, warn_of_old_flags};

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<TemplateArgs>(template::command("template"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    ForceArgs::check(matches).inspect_err(|_| warn_of_old_flags(matches))?;
    template::run(&TemplateArgs::from_arg_matches(matches)?, &global, &server::connect)
}
