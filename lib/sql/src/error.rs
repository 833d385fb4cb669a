//! Failures of a database, in the words of Helm's driver, sorted by cause.

use rhelm_lib::store::StoreError;
use std::error::Error as StdError;
use std::io;

/// Why a statement failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct SqlError {
    pub(crate) cause: Cause,
    pub(crate) text: String,
}

/// What went wrong, as far as it matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cause {
    /// A row of that key is there already.
    Duplicate,
    /// A table or column of that name is there already, or is none.
    Schema,
    /// The role may not do it.
    Denied,
    /// No answer.
    Unreachable,
    /// The server has as many connections as it allows.
    TooMany,
    /// Somebody else was at work.
    Conflict,
    /// The row that it belongs to is not there.
    NoOwner,
    /// A value does not fit.
    TooLong,
    Other,
}

impl SqlError {
    pub(crate) fn new(cause: Cause, text: impl Into<String>) -> Self {
        Self { cause, text: text.into() }
    }
}

impl From<SqlError> for StoreError {
    fn from(error: SqlError) -> Self {
        match error.cause {
            Cause::Denied => Self::Denied(error.text),
            Cause::Unreachable | Cause::TooMany => Self::Unreachable(error.text),
            Cause::Conflict => Self::Conflict(error.text),
            Cause::Duplicate | Cause::Schema | Cause::NoOwner | Cause::TooLong | Cause::Other => Self::Failed(error.text),
        }
    }
}

impl From<tokio_postgres::Error> for SqlError {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(answer) = error.as_db_error() {
            return Self::new(cause(answer.code().code()), answered(answer));
        }
        let chain: Vec<_> = std::iter::successors(error.source(), |error| (*error).source()).take(16).collect();
        let io = chain.iter().find_map(|error| error.downcast_ref::<io::Error>());
        let deepest = chain.last().map_or_else(|| error.to_string(), |error| without_number(&error.to_string()));
        if deepest == "server does not support TLS" {
            return Self::new(Cause::Other, "pq: SSL is not enabled on the server");
        }
        let is_network = io.is_some() || error.is_closed();
        let cause = if is_network || error.to_string().contains("timeout") { Cause::Unreachable } else { Cause::Other };
        Self::new(cause, format!("pq: {}", if chain.is_empty() { error.to_string() } else { format!("{error}: {deepest}") }))
    }
}

/// What the system says, without its number: `connection reset by peer`, not `Connection reset by peer (os error 104)`.
fn without_number(text: &str) -> String {
    text.split_once(" (os error ").map_or_else(|| text.to_owned(), |(words, _)| words.to_lowercase())
}

/// `pq: permission denied for table releases_v1 (42501)`, with the place where the server names one.
fn answered(answer: &tokio_postgres::error::DbError) -> String {
    let place = match answer.position() {
        Some(tokio_postgres::error::ErrorPosition::Original(at)) => format!(" at column {at}"),
        _ => String::new(),
    };
    format!("pq: {}{place} ({})", answer.message(), answer.code().code())
}

fn cause(code: &str) -> Cause {
    match code {
        "23505" => Cause::Duplicate,
        "23503" => Cause::NoOwner,
        "22001" => Cause::TooLong,
        "42P07" | "42P01" | "42703" | "3F000" => Cause::Schema,
        "40001" | "40P01" => Cause::Conflict,
        "42501" => Cause::Denied,
        code if code.starts_with("28") => Cause::Denied,
        "53300" => Cause::TooMany,
        // No connection, no room, or a server that stops.
        code if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => Cause::Unreachable,
        _ => Cause::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_has_no_number() {
        assert_eq!(without_number("Connection reset by peer (os error 104)"), "connection reset by peer");
        assert_eq!(without_number("unexpected EOF"), "unexpected EOF");
    }
}
