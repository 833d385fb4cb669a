//! `rhelm`: the umbrella, with Helm's command line. One file per subcommand; this one only finds it and runs it.
//!
//! A new subcommand is a `mod` line and a row of [`SUBCOMMANDS`].

mod apply_args;
mod complete;
mod completion;
mod connect;
mod create;
mod dependency;
mod driver;
mod env;
mod get;
mod history;
mod install;
mod lint;
mod list;
mod package;
mod pipeline;
mod plugin;
mod pull;
mod push;
mod registry;
mod renderer;
mod rendering;
mod repo;
mod rollback;
mod search;
mod server;
mod session;
mod show;
mod status;
mod store;
mod stores;
mod template;
mod test;
mod uninstall;
mod upgrade;
mod verify;
mod version;

use clap::{ArgMatches, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, color};
use std::io::IsTerminal;
use std::process::ExitCode;

/// A subcommand: what it is called and takes, and what it does.
struct Subcommand {
    define: fn() -> Command,
    run: fn(GlobalArgs, &ArgMatches) -> Result<(), Failure>,
}

const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand { define: completion::define, run: completion::run },
    Subcommand { define: create::define, run: create::run },
    Subcommand { define: dependency::define, run: dependency::run },
    Subcommand { define: env::define, run: env::run },
    Subcommand { define: get::define, run: get::run },
    Subcommand { define: history::define, run: history::run },
    Subcommand { define: install::define, run: install::run },
    Subcommand { define: lint::define, run: lint::run },
    Subcommand { define: list::define, run: list::run },
    Subcommand { define: package::define, run: package::run },
    Subcommand { define: plugin::define, run: plugin::run },
    Subcommand { define: pull::define, run: pull::run },
    Subcommand { define: push::define, run: push::run },
    Subcommand { define: registry::define, run: registry::run },
    Subcommand { define: renderer::define, run: renderer::run },
    Subcommand { define: repo::define, run: repo::run },
    Subcommand { define: rollback::define, run: rollback::run },
    Subcommand { define: search::define, run: search::run },
    Subcommand { define: show::define, run: show::run },
    Subcommand { define: status::define, run: status::run },
    Subcommand { define: store::define, run: store::run },
    Subcommand { define: template::define, run: template::run },
    Subcommand { define: test::define, run: test::run },
    Subcommand { define: uninstall::define, run: uninstall::run },
    Subcommand { define: upgrade::define, run: upgrade::run },
    Subcommand { define: verify::define, run: verify::run },
    Subcommand { define: version::define, run: version::run },
];

/// The program, under whatever name.
pub(crate) fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    rhelm_cli::finish(rhelm_cli::with_stack(|| run(&words)))
}

fn run(words: &[String]) -> Result<(), Failure> {
    if complete::is_request(words.get(1)) {
        return complete::run(&words[1..]);
    }
    let command = command(words.get(1));
    // What is no subcommand may be a plugin.
    if !names_subcommand(&command, words)
        && let Some(result) = plugin::run_named(&words[1..])
    {
        return result;
    }
    let matches = rhelm_cli::matches(&command, words)?;
    let Some((name, own)) = matches.subcommand() else {
        return Err(Failure::new("no subcommand given; see rhelm --help"));
    };
    let mut global = GlobalArgs::from_arg_matches(own)?.with_environment(|name| std::env::var(name).ok());
    global.colored = color::is_colored(&global, |name| std::env::var(name).ok(), std::io::stdout().is_terminal())?;
    let known = SUBCOMMANDS.iter().find(|subcommand| (subcommand.define)().get_name() == name);
    let subcommand = known.ok_or_else(|| Failure::new(format!("unknown command {name:?} for \"rhelm\"")))?;
    (subcommand.run)(global, own)
}

/// Whether the first operand is the name of a subcommand.
fn names_subcommand(command: &Command, words: &[String]) -> bool {
    let is_subcommand = |word: &String| word == "help" || command.find_subcommand(word).is_some();
    words.get(1).is_some_and(is_subcommand)
        || plugin::first_operand(&words[1..]).is_some_and(|at| is_subcommand(&words[1 + at]))
}

/// The command line with all subcommands, or with the one that is the first word: clap gives each one all global flags, and
/// the memory for that takes more time than a small render.
fn command(first: Option<&String>) -> Command {
    let rhelm = Command::new("rhelm").about("Helm as a suite of small Unix programs").arg_required_else_help(true);
    let rhelm = rhelm_cli::with_flags_now::<GlobalArgs>(rhelm);
    let mut all = SUBCOMMANDS.iter().map(|subcommand| (subcommand.define)());
    match all.find(|subcommand| first.is_some_and(|word| is_called(subcommand, word))) {
        Some(subcommand) => rhelm.subcommand(subcommand),
        None => rhelm.subcommands(SUBCOMMANDS.iter().map(|subcommand| (subcommand.define)())),
    }
}

fn is_called(subcommand: &Command, word: &str) -> bool {
    subcommand.get_name() == word || subcommand.get_all_aliases().any(|alias| alias == word)
}
