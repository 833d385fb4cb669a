//! Makes clap read a command line as Go's pflag does, and say what pflag says when it cannot.

use crate::operands::as_helm;
use crate::{Failure, write_stdout};
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Args, Command};
use rhelm_lib::nearest::distance;

/// Reads the command line.
///
/// # Errors
/// What pflag says of it. Help is printed here and reported as a failure with status 0 and no message.
pub fn matches(command: &Command, words: &[String]) -> Result<ArgMatches, Failure> {
    let read = read_as_pflag(command.clone()).try_get_matches_from(words);
    read.map_err(|error| {
        let is_help = !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        if !is_help {
            let mut complete = command.clone();
            complete.build();
            if let Some(group) = misspelt_in(&mut complete, &error, words) {
                return after_printing(&group.render_help());
            }
            return Failure::new(message(&complete, &error, words));
        }
        after_printing(&error.render())
    })
}

/// What ends a program that has only shown its help.
fn after_printing(help: &StyledStr) -> Failure {
    write_stdout(help.to_string().as_bytes()).err().unwrap_or_else(|| Failure::silent(0))
}

/// Gives a subcommand the flags of `A` when it is the one that is asked for: a program has many, and each costs time and memory.
#[must_use]
pub fn with_flags<A: Args>(command: Command) -> Command {
    command.defer(|command| read_as_pflag(with_flags_now::<A>(command)))
}

/// Adds the flags of `A` to a command that keeps its own description: clap would take that of the flags.
#[must_use]
pub fn with_flags_now<A: Args>(command: Command) -> Command {
    let about = command.get_about().cloned().unwrap_or_default();
    A::augment_args(command).about(about).long_about(None)
}

/// Switches take `=true` and `=false`, values may begin with `-`, and of a repeated flag the last one counts.
#[must_use]
pub fn read_as_pflag(command: Command) -> Command {
    let command = command.args_override_self(true).mut_args(|arg| match arg.get_action() {
        ArgAction::SetTrue => switch(arg),
        ArgAction::Set | ArgAction::Append if !arg.is_positional() && takes_value(&arg) => arg.allow_hyphen_values(true),
        _ => arg,
    });
    command.mut_subcommands(read_as_pflag)
}

/// The subcommand that has subcommands, but not this one. As cobra does, it then tells of those that it has.
fn misspelt_in<'a>(command: &'a mut Command, error: &clap::Error, words: &[String]) -> Option<&'a mut Command> {
    let group = words.iter().skip(1).find(|word| command.find_subcommand(word).is_some())?;
    let group = command.find_subcommand_mut(group)?;
    let is_misspelt = matches!(error.kind(), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument)
        && matches!(error.get(ContextKind::InvalidSubcommand), Some(ContextValue::String(_)));
    (is_misspelt && group.has_subcommands()).then_some(group)
}

fn takes_value(arg: &Arg) -> bool {
    !arg.is_require_equals_set()
}

fn switch(arg: Arg) -> Arg {
    arg.action(ArgAction::Set)
        .num_args(0..=1)
        .require_equals(true)
        .default_value("false")
        .default_missing_value("true")
        .hide_default_value(true)
        .value_name("BOOL")
        .value_parser(parse_bool)
}

/// Go's `strconv.ParseBool`.
///
/// # Errors
/// Go's words.
pub fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing \"{text}\": invalid syntax")),
    }
}

fn message(command: &Command, error: &clap::Error, words: &[String]) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let flag = context(ContextKind::InvalidArg).split([' ', '=', '[']).next().unwrap_or_default();
    let value = context(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument if flag.starts_with("--") => format!("unknown flag: {flag}"),
        ErrorKind::UnknownArgument if flag.starts_with('-') => unknown_shorthand(flag, words),
        ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument => {
            let name = if flag.is_empty() { context(ContextKind::InvalidSubcommand) } else { flag };
            let program = as_helm(command.get_name());
            let hint = suggestions(command, name);
            format!("unknown command \"{name}\" for \"{program}\"{hint}\nRun '{program} --help' for usage.")
        }
        ErrorKind::InvalidValue | ErrorKind::TooFewValues if value.is_empty() => needs_argument(command, flag, words),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            let cause = match (std::error::Error::source(error), error.get(ContextKind::ValidValue)) {
                (Some(source), _) => source.to_string(),
                (None, Some(ContextValue::Strings(valid))) => format!("must be one of {}", valid.join(", ")),
                (None, _) => String::new(),
            };
            format!("invalid argument {value:?} for \"{}\" flag: {cause}", both_forms(command, flag))
        }
        _ => error.to_string().trim_start_matches("error: ").trim_end().to_owned(),
    }
}

/// The subcommands that may have been meant: those that begin so, or are two letters away.
fn suggestions(command: &Command, name: &str) -> String {
    let name = name.to_lowercase();
    let is_near = |known: &&str| known.starts_with(&name) || distance(known, &name) <= 2;
    let mut near: Vec<&str> = command.get_subcommands().map(Command::get_name).filter(is_near).collect();
    near.sort_unstable();
    if near.is_empty() {
        return String::new();
    }
    format!("\n\nDid you mean this?\n{}", near.iter().map(|known| format!("\t{known}\n")).collect::<String>())
}

fn unknown_shorthand(flag: &str, words: &[String]) -> String {
    let letter = flag.trim_start_matches('-').chars().next().unwrap_or_default();
    let word = words.iter().find(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(letter));
    format!("unknown shorthand flag: '{letter}' in {}", word.map_or(flag, String::as_str))
}

fn needs_argument(command: &Command, flag: &str, words: &[String]) -> String {
    let short = find(command, flag).and_then(Arg::get_short);
    match (words.last(), short) {
        (Some(last), Some(short)) if !last.starts_with("--") => format!("flag needs an argument: '{short}' in {last}"),
        _ => format!("flag needs an argument: {flag}"),
    }
}

/// `-n, --namespace` where the flag has a short form.
fn both_forms(command: &Command, flag: &str) -> String {
    match find(command, flag).and_then(Arg::get_short) {
        Some(short) => format!("-{short}, {flag}"),
        None => flag.to_owned(),
    }
}

fn find<'a>(command: &'a Command, flag: &str) -> Option<&'a Arg> {
    let long = flag.trim_start_matches('-');
    let own = command.get_arguments().find(|arg| arg.get_long() == Some(long));
    own.or_else(|| command.get_subcommands().find_map(|sub| find(sub, flag)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GlobalArgs, ValuesArgs, parse_duration};
    use clap::Args;

    fn program() -> Command {
        let template = Command::new("template")
            .arg(Arg::new("timeout").long("timeout").value_parser(parse_duration))
            .arg(Arg::new("operands").action(ArgAction::Append));
        GlobalArgs::augment_args(Command::new("rhelm"))
            .subcommand_required(true)
            .subcommand(ValuesArgs::augment_args(template))
    }

    fn read(line: &str) -> Result<ArgMatches, String> {
        let words: Vec<String> = line.split(' ').map(ToOwned::to_owned).collect();
        matches(&program(), &words).map_err(|failure| failure.message)
    }

    #[test]
    fn wrong_command_lines_get_the_words_of_pflag() {
        let cases = [
            ("rhelm --foo", "unknown flag: --foo"),
            ("rhelm template --foo", "unknown flag: --foo"),
            ("rhelm template -o x", "unknown shorthand flag: 'o' in -o"),
            ("rhelm template --set", "flag needs an argument: --set"),
            ("rhelm template -n", "flag needs an argument: 'n' in -n"),
            (
                "rhelm templat",
                "unknown command \"templat\" for \"helm\"\n\nDid you mean this?\n\ttemplate\n\nRun 'helm --help' for usage.",
            ),
            ("rhelm foo", "unknown command \"foo\" for \"helm\"\nRun 'helm --help' for usage."),
            (
                "rhelm template --timeout 5x",
                "invalid argument \"5x\" for \"--timeout\" flag: time: unknown unit \"x\" in duration \"5x\"",
            ),
            (
                "rhelm --debug=maybe template",
                "invalid argument \"maybe\" for \"--debug\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line).err().as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_group_tells_of_its_subcommands_when_it_lacks_one() {
        let words = |line: &str| line.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>();
        let get = Command::new("get").subcommand_required(true).subcommand(Command::new("values"));
        let failure = matches(&program().subcommand(get), &words("rhelm get nothing x")).expect_err("help");
        assert_eq!(failure, Failure::silent(0));
    }

    #[test]
    fn flags_may_repeat_and_stand_anywhere() {
        let matches = read("rhelm template c --debug --set a=1 -n x --set -b -n y --debug=false").expect("a command line");
        let (_, template) = matches.subcommand().expect("a subcommand");
        assert_eq!(template.get_one::<bool>("debug"), Some(&false));
        assert_eq!(template.get_one::<String>("namespace").map(String::as_str), Some("y"));
        assert_eq!(template.get_many::<String>("set").expect("values").collect::<Vec<_>>(), ["a=1", "-b"]);
    }
}
