//! How programs end: log lines and `Error: …` on standard error, and an exit status.

use rhelm_lib::log::{Level, Log};
use std::process::ExitCode;

/// Why a program fails.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// Printed after `Error: `; nothing is printed when it is empty.
    pub message: String,
    /// The exit status.
    pub status: u8,
}

impl Failure {
    /// An ordinary failure, with exit status 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), status: 1 }
    }

    /// Says what failed. A failure without words stays without.
    #[must_use]
    pub fn during(self, what: &str) -> Self {
        match self.message.as_str() {
            "" => self,
            message => Self { message: format!("{what}: {message}"), ..self },
        }
    }
}

/// All ends with exit status 1, as with Helm; the store tools have more: see [`crate::store::failure`].
impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

/// Prints the failure, if there is one, and gives the exit status.
#[must_use]
pub fn finish(result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else { return ExitCode::SUCCESS };
    if !failure.message.is_empty() {
        eprintln!("Error: {}", failure.message);
    }
    ExitCode::from(failure.status)
}

/// Prints messages as log lines; those of debug level only when asked to.
pub fn print_logs(logs: &[Log], debug: bool) {
    for log in logs.iter().filter(|log| debug || log.level > Level::Debug) {
        eprintln!("{log}");
    }
}

/// Prints a line for people.
pub fn warn(line: &str) {
    eprintln!("{line}");
}
