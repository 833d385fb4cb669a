//! `rhelm template`.

use super::server;
use clap::{ArgMatches, Command, FromArgMatches};
use rhelm_cli::template::{self, TemplateArgs};
use rhelm_cli::{Failure, GlobalArgs};

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<TemplateArgs>(template::command("template"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    template::run(&TemplateArgs::from_arg_matches(matches)?, &global, &server::connect)
}
