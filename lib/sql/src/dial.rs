//! Connections that do not come about, in Go's words: `dial tcp 127.0.0.1:5432: connect: connection refused`.

use crate::error::{Cause, SqlError};
use crate::settings::Host;
use std::error::Error as StdError;
use std::io::{self, ErrorKind};

/// Why one host could not be connected to: of no answer the place is told.
pub(crate) fn failed(host: &Host, error: tokio_postgres::Error) -> SqlError {
    let io = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    let is_of_network = error.to_string() == "error connecting to server";
    match io.filter(|_| is_of_network).and_then(|error| describe(host, error)) {
        Some(text) => SqlError::new(Cause::Unreachable, text),
        None => error.into(),
    }
}

/// Why none of the hosts could be connected to.
pub(crate) fn all_failed(mut errors: Vec<(&Host, SqlError)>) -> SqlError {
    if errors.len() < 2 {
        return errors.pop().map_or_else(|| SqlError::new(Cause::Other, "pq: no host"), |(_, error)| error);
    }
    let cause = errors.last().map_or(Cause::Other, |(_, error)| error.cause);
    let line = |(host, error): &(&Host, SqlError)| format!("\nconnecting to {}: {error}", address(host));
    let lines: String = errors.iter().map(line).collect();
    SqlError::new(cause, format!("pq: could not connect to any of the hosts:{lines}"))
}

fn describe(host: &Host, error: &io::Error) -> Option<String> {
    let (kind, place) = match host.name.starts_with('/') {
        true => ("unix", format!("{}/.s.PGSQL.{}", host.name, host.port)),
        false => ("tcp", address(host)),
    };
    let dial = |why: &str| Some(format!("dial {kind} {place}: {why}"));
    match error.kind() {
        ErrorKind::ConnectionRefused => dial("connect: connection refused"),
        ErrorKind::TimedOut => dial("i/o timeout"),
        ErrorKind::HostUnreachable => dial("connect: no route to host"),
        ErrorKind::NetworkUnreachable => dial("connect: network is unreachable"),
        ErrorKind::NotFound => dial("connect: no such file or directory"),
        ErrorKind::PermissionDenied if error.raw_os_error().is_some() => dial("connect: permission denied"),
        _ if error.to_string().starts_with("failed to lookup address") => {
            Some(format!("dial tcp: lookup {}: no such host", host.name))
        }
        _ => None,
    }
}

/// `127.0.0.1:5432`: Go names the address that it tried.
fn address(host: &Host) -> String {
    match host.name.as_str() {
        "localhost" => format!("127.0.0.1:{}", host.port),
        name if name.contains(':') => format!("[{name}]:{}", host.port),
        name => format!("{name}:{}", host.port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, kind: ErrorKind) -> Option<String> {
        describe(&Host { name: name.into(), port: 5432 }, &kind.into())
    }

    #[test]
    fn places_are_named_as_go_does() {
        let refused = |place| Some(format!("dial {place}: connect: connection refused"));
        assert_eq!(told("127.0.0.1", ErrorKind::ConnectionRefused), refused("tcp 127.0.0.1:5432"));
        assert_eq!(told("localhost", ErrorKind::ConnectionRefused), refused("tcp 127.0.0.1:5432"));
        assert_eq!(told("::1", ErrorKind::ConnectionRefused), refused("tcp [::1]:5432"));
        assert_eq!(told("/run/pg", ErrorKind::ConnectionRefused), refused("unix /run/pg/.s.PGSQL.5432"));
        assert_eq!(told("db", ErrorKind::TimedOut), Some("dial tcp db:5432: i/o timeout".into()));
        assert_eq!(told("db", ErrorKind::InvalidData), None);
    }
}
