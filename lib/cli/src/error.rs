//! How programs end: log lines and `Error: …` on standard error, and an exit status.

use crate::{ErrorFormat, diagnosis, downloads};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::render::diagnosis::Diagnosis;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Why a program fails.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// Printed after `Error: `; nothing is printed when it is empty.
    pub message: String,
    /// The exit status.
    pub status: u8,
    /// Where in a chart the cause is.
    pub diagnosis: Option<Box<Diagnosis>>,
    /// How it is printed.
    pub format: ErrorFormat,
}

impl Failure {
    /// An ordinary failure, with exit status 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), status: 1, diagnosis: None, format: ErrorFormat::Text }
    }

    /// An end without words.
    #[must_use]
    pub fn silent(status: u8) -> Self {
        Self::new("").with_status(status)
    }

    /// Sets the exit status.
    #[must_use]
    pub fn with_status(self, status: u8) -> Self {
        Self { status, ..self }
    }

    /// Says where in a chart the cause is.
    #[must_use]
    pub fn with_diagnosis(self, diagnosis: Diagnosis) -> Self {
        Self { diagnosis: Some(Box::new(diagnosis)), ..self }
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
    downloads::clear();
    let Err(failure) = result else { return ExitCode::SUCCESS };
    if !failure.message.is_empty() {
        match failure.format {
            ErrorFormat::Json => warn(&diagnosis::json(&failure)),
            ErrorFormat::Text => warn(&format!("Error: {}", failure.message)),
        }
    }
    if let Some(diagnosis) = failure.diagnosis.as_deref().filter(|_| failure.format == ErrorFormat::Text)
        && std::io::stderr().is_terminal()
    {
        write_stderr(&diagnosis::excerpt(diagnosis));
    }
    ExitCode::from(failure.status)
}

/// Prints messages as log lines; those of debug level only when asked to.
pub fn print_logs(logs: &[Log], debug: bool) {
    downloads::clear();
    for log in logs.iter().filter(|log| debug || log.level > Level::Debug) {
        write_stderr(&format!("{log}\n"));
    }
}

/// Prints a line for people.
pub fn warn(line: &str) {
    downloads::clear();
    write_stderr(&format!("{line}\n"));
}

/// Prints a text for people; a reader that has gone away is no matter.
pub(crate) fn write_stderr(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
