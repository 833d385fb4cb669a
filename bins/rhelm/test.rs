//! `rhelm test`: runs the tests of a release.

use super::connect::connect;
use super::session::{Session, Signals};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::release_text::{Shown, release_text};
use rhelm_cli::{Failure, Format, GlobalArgs, StringList, exactly, parse_duration, parse_string_list, write_stdout};
use rhelm_lib::action::test::{self, TestOptions, Tested};
use rhelm_lib::action::{Context, Error};
use std::time::Duration;

#[derive(Args)]
struct TestArgs {
    /// The release
    #[arg(value_name = "RELEASE")]
    operands: Vec<String>,
    /// `name=TEST` for this test, `!name=TEST` for all but this one (repeatable; commas separate)
    #[arg(long, value_parser = parse_string_list)]
    filter: Vec<StringList>,
    /// Print what the pods of the tests wrote
    #[arg(long)]
    logs: bool,
    /// How long each single test may take
    #[arg(long, default_value = "5m0s", value_parser = parse_duration)]
    timeout: Duration,
    /// Helm 3's flag: notes are not shown anyhow
    #[arg(long, hide = true)]
    hide_notes: bool,
}

const USAGE: &str = "rhelm test [RELEASE] [flags]";

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<TestArgs>(Command::new("test").about("Run the tests of a release"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = TestArgs::from_arg_matches(matches)?;
    let [name] = exactly(USAGE, args.operands.clone())?;
    let (include, exclude) = filters(StringList::all(&args.filter))?;
    let signals = Signals::default();
    let session = Session::new(connect(&global)?, signals.clone(), global.debug)?;
    let options = TestOptions { name, namespace: session.namespace.clone(), include, exclude, timeout: args.timeout };
    session.run(async |context| {
        signals.listen(&options.name);
        let tested = test::test(context, &options).await?;
        let shown = args.show(context, &tested, &global).await;
        let cleaned = tested.clean_up(context).await;
        shown.and(cleaned.map_err(Failure::from))
    })
}

impl TestArgs {
    /// Prints how the tests went; it is a failure when they failed.
    async fn show(&self, context: Context<'_>, tested: &Tested, global: &GlobalArgs) -> Result<(), Failure> {
        let (debug, colored) = (global.debug, global.colored);
        let shown = Shown { hide_notes: true, manifest: debug, values: debug, colored, ..Shown::default() };
        write_stdout(release_text(&tested.release, Format::Table, shown)?.as_bytes())?;
        let mut errors: Vec<String> = tested.result.as_ref().err().map(ToString::to_string).into_iter().collect();
        if self.logs {
            errors.extend(print_logs(context, tested).await?);
        }
        if errors.is_empty() { Ok(()) } else { Err(Failure::new(errors.join("\n"))) }
    }
}

/// Prints the logs; what could not be read.
async fn print_logs(context: Context<'_>, tested: &Tested) -> Result<Vec<String>, Failure> {
    write_stdout(b"\n")?;
    let (logs, result) = tested.logs(context).await;
    let mut errors = Vec::new();
    for log in logs {
        match log.text {
            Ok(text) => write_stdout(format!("POD LOGS: {} ({})\n{text}\n", log.pod, log.container).as_bytes())?,
            Err(why) => {
                errors.push(format!("unable to get logs for pod {}, container {}: {why}", log.pod, log.container));
            }
        }
    }
    errors.extend(result.err().map(|error: Error| error.to_string()));
    Ok(errors)
}

/// What is included and what is not.
fn filters<'f>(filters: impl Iterator<Item = &'f String>) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (mut include, mut exclude) = (Vec::new(), Vec::new());
    for filter in filters {
        let negated = filter.strip_prefix('!').map(|rest| rest.strip_prefix(char::is_whitespace).unwrap_or(rest));
        if let Some(name) = filter.strip_prefix("name=") {
            include.push(name.to_owned());
        } else if let Some(name) = negated.and_then(|rest| rest.strip_prefix("name=")) {
            exclude.push(name.to_owned());
        } else {
            return Err(Failure::new(format!("invalid filter {filter:?}: must be name=TEST or !name=TEST")));
        }
    }
    Ok((include, exclude))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_name_tests() {
        let read = |text: &str| filters(text.split(',').map(str::to_owned).collect::<Vec<_>>().iter());
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(read("name=a,!name=b,! name=c,name=d"), Ok((names(&["a", "d"]), names(&["b", "c"]))));
        let refused = |text: &str| Failure::new(format!("invalid filter {text:?}: must be name=TEST or !name=TEST"));
        assert_eq!(read("kind=Pod"), Err(refused("kind=Pod")));
        assert_eq!(read("name"), Err(refused("name")));
    }
}
