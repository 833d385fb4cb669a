//! How programs end: log lines and `Error: …` on standard error, and an exit status.

use rhelm_lib::log::{Level, Log};
use rhelm_lib::store::StoreError;
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

/// Whatever was caused by a store that denies, is not reached, holds damage or was changed by others ends with the exit status
/// of that cause. What Helm knows as well, a missing or an existing release, ends as with Helm.
impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let first: &(dyn std::error::Error + 'static) = &error;
        let mut chain = std::iter::successors(Some(first), |error| error.source()).take(16);
        let status = match chain.find_map(|error| error.downcast_ref::<StoreError>()) {
            None | Some(StoreError::NotFound | StoreError::Exists) => 1,
            Some(error) => crate::store::exit_status(error),
        };
        Self { message: error.to_string(), status }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rhelm_lib::action::list::ListError;

    #[test]
    fn the_exit_status_tells_what_is_wrong_with_a_store() {
        let status =
            |error: StoreError| (Failure::from(error.clone()).status, Failure::from(ListError::Store(error)).status);
        assert_eq!(status(StoreError::NotFound), (1, 1));
        assert_eq!(status(StoreError::Failed("why".into())), (1, 1));
        assert_eq!(status(StoreError::Conflict("why".into())), (5, 5));
        assert_eq!(status(StoreError::Denied("why".into())), (6, 6));
        assert_eq!(status(StoreError::Corrupt("why".into())), (7, 7));
        assert_eq!(status(StoreError::Unreachable("why".into())), (8, 8));
        assert_eq!(Failure::from(ListError::Store(StoreError::Denied("why".into()))).message, "why");
    }
}
