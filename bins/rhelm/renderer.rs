//! `rhelm renderer test`: the kit for authors of post-renderers.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, parse_duration, renderer, write_stdout};
use rhelm_lib::postrender::kit::{Check, examine};
use std::time::Duration;

#[derive(Args)]
struct TestArgs {
    /// How long one run may take
    #[arg(long, default_value = "30s", value_parser = parse_duration)]
    limit: Duration,
    /// The program, as after --post-renderer
    program: String,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

const ABOUT: &str = "Test a post-renderer against streams that are easy to damage

Runs the program again and again and says which rules it breaks: it succeeds; it loses no object, and a document of which it \
changes no value keeps its bytes and its comments; its own output passes through it unchanged; the same input gives the same \
output; YAML that is wrong is refused, or passes as it is; it ends when nobody reads on. Speed is shown too. The exit status \
is 1 when a rule is broken.";

pub(crate) fn define() -> Command {
    let test = TestArgs::augment_args(Command::new("test").about(ABOUT));
    Command::new("renderer").about("Tools for authors of post-renderers").subcommand_required(true).subcommand(test)
}

pub(crate) fn run(_: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((_, own)) = matches.subcommand() else { return Ok(()) };
    let args = TestArgs::from_arg_matches(own)?;
    let (stage, surroundings) = renderer(&args.program, args.arguments)?;
    let checks = examine(&stage, &surroundings, args.limit);
    write_stdout(checks.iter().map(text).collect::<String>().as_bytes())?;
    match checks.iter().filter(|check| !check.faults.is_empty()).count() {
        0 => Ok(()),
        broken => Err(Failure::new(format!("{}: {broken} of {} rules are broken", args.program, checks.len()))),
    }
}

fn text(check: &Check) -> String {
    let verdict = if check.faults.is_empty() { "ok" } else { "FAIL" };
    let mut text = format!("{verdict:<6}{:<15}{}", check.rule, check.note).trim_end().to_owned();
    text.push('\n');
    for fault in &check.faults {
        text.push_str(&format!("      {}\n", fault.trim_end().replace('\n', "\n      ")));
    }
    text
}
