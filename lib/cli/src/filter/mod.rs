//! The filter programs: their command lines, and their run from standard input to standard output.
//!
//! The same command lines make stages inside `rhelm`: see [`stage`].

mod labels;
mod secrets;
mod selection;
mod sidecar;

pub use labels::InjectLabels;
pub use secrets::ScanSecrets;
pub use selection::SelectionArgs;
pub use sidecar::InjectSidecar;

use crate::{Failure, finish, matches};
use clap::{ArgMatches, Command};
use rhelm_lib::postrender::{FilterError, PostRenderer};
use std::io::{ErrorKind, Read, Write};
use std::process::ExitCode;

/// A filter program.
pub trait Program {
    /// What it is called.
    const NAME: &'static str;

    /// Its command line.
    fn command() -> Command;

    /// The files that a command line makes it read beside its input.
    ///
    /// # Errors
    /// When the command line is wrong.
    fn files(matches: &ArgMatches) -> Result<Vec<String>, Failure>;

    /// The filter that a command line asks for.
    ///
    /// # Errors
    /// When the flags contradict each other, or a file that they name cannot be read.
    fn filter(matches: &ArgMatches) -> Result<Box<dyn PostRenderer>, Failure>;
}

/// The whole of a filter program: standard input to standard output.
#[must_use]
pub fn main<P: Program>() -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    finish(filter::<P>(&words).and_then(|filter| run(filter.as_ref())))
}

/// The filter that is called `name`, made from its arguments, to run in this process; `None` when it is none of ours.
#[must_use]
pub fn stage(name: &str, arguments: &[String]) -> Option<Result<Box<dyn PostRenderer>, Failure>> {
    let words: Vec<String> = std::iter::once(name.to_owned()).chain(arguments.iter().cloned()).collect();
    match name {
        InjectLabels::NAME => Some(filter::<InjectLabels>(&words)),
        InjectSidecar::NAME => Some(filter::<InjectSidecar>(&words)),
        ScanSecrets::NAME => Some(filter::<ScanSecrets>(&words)),
        _ => None,
    }
}

/// The files that one of our filters reads beside its input; none for what is none of ours.
///
/// # Errors
/// When its arguments are wrong.
pub fn files(name: &str, arguments: &[String]) -> Result<Vec<String>, Failure> {
    let words: Vec<String> = std::iter::once(name.to_owned()).chain(arguments.iter().cloned()).collect();
    match name {
        InjectLabels::NAME => InjectLabels::files(&matches(&InjectLabels::command(), &words)?),
        InjectSidecar::NAME => InjectSidecar::files(&matches(&InjectSidecar::command(), &words)?),
        ScanSecrets::NAME => ScanSecrets::files(&matches(&ScanSecrets::command(), &words)?),
        _ => Ok(Vec::new()),
    }
}

fn filter<P: Program>(words: &[String]) -> Result<Box<dyn PostRenderer>, Failure> {
    P::filter(&matches(&P::command(), words)?)
}

fn run(filter: &dyn PostRenderer) -> Result<(), Failure> {
    let (mut input, mut output) = standard_streams()?;
    match filter.run(&mut input, &mut output, &mut std::io::stderr()) {
        // Whoever reads has read enough.
        Err(FilterError::Io(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(FilterError::Refused { message, status }) => Err(Failure::new(message).with_status(status)),
        other => Ok(other?),
    }
}

/// Standard input and output without the buffers of the standard library, which look for line breaks in all that is written.
#[cfg(unix)]
fn standard_streams() -> std::io::Result<(impl Read, impl Write)> {
    use std::os::fd::AsFd;
    let input = std::io::stdin().as_fd().try_clone_to_owned()?;
    let output = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok((std::fs::File::from(input), std::fs::File::from(output)))
}

#[cfg(not(unix))]
fn standard_streams() -> std::io::Result<(impl Read, impl Write)> {
    Ok((std::io::stdin(), std::io::stdout()))
}

/// Reads a file that a flag names.
fn read_file(flag: &str, path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::new(format!("{flag} {path}: {error}")))
}
