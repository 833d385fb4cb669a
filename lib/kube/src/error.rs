//! Failures in client-go's words: what a server answered, or why it did not answer.

use crate::protobuf;
use http::Method;
use rhelm_lib::cluster::ClusterError;
use rustls::CertificateError;
use rustls::pki_types::ServerName;
use serde::Deserialize;
use std::error::Error as StdError;
use std::io;

/// The fields of a `Status` object that are passed on.
#[derive(Default, Deserialize)]
struct Status {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    reason: String,
}

/// An answer outside of 2xx.
pub(crate) fn refused(code: u16, body: &[u8]) -> ClusterError {
    let status = status(body);
    let generic = || generic_message(code, &String::from_utf8_lossy(body));
    let (reason, message) = match status {
        _ if code == 401 => ("Unauthorized".to_owned(), generic()),
        Some(status) if !status.message.is_empty() => (status.reason, status.message),
        _ => (String::new(), generic()),
    };
    ClusterError::Api { code, reason, message }
}

fn status(body: &[u8]) -> Option<Status> {
    if protobuf::is_in(body) {
        let protobuf::Status { message, reason } = protobuf::read(bytes::Bytes::copy_from_slice(body)).ok()?;
        return Some(Status { kind: String::new(), message, reason });
    }
    serde_json::from_slice::<Status>(body).ok().filter(|status| status.kind == "Status")
}

fn generic_message(code: u16, body: &str) -> String {
    match code {
        401 => "the server has asked for the client to provide credentials".to_owned(),
        403 => "forbidden".to_owned(),
        404 => "the server could not find the requested resource".to_owned(),
        405 => "the server does not allow this method on the requested resource".to_owned(),
        409 => "the server reported a conflict".to_owned(),
        429 => "the server has received too many requests and has asked us to try again later".to_owned(),
        503 => "the server is currently unable to handle the request".to_owned(),
        504 => "the server was unable to return a response in the time allotted, but may still be processing the request"
            .to_owned(),
        500.. => format!("an error on the server ({:?}) has prevented the request from succeeding", body.trim()),
        _ => "the server rejected our request for an unknown reason".to_owned(),
    }
}

/// No answer at all: `Get "https://h:p/version": dial tcp h:p: connect: connection refused`.
pub(crate) fn no_answer(method: &Method, url: &str, authority: &str, error: &kube::Error) -> String {
    let verb = method.as_str();
    let verb = verb[..1].to_owned() + &verb[1..].to_ascii_lowercase();
    format!("{verb} \"{url}\": {}", cause(authority, error))
}

fn cause(authority: &str, error: &(dyn StdError + 'static)) -> String {
    let chain: Vec<_> = std::iter::successors(Some(error), |error| (*error).source()).take(16).collect();
    let io = chain.iter().rev().find_map(|error| error.downcast_ref::<io::Error>());
    let deepest = chain.last().map_or_else(|| error.to_string(), ToString::to_string);
    let dial = |why: &str| format!("dial tcp {}: {why}", authority.replace("localhost", "127.0.0.1"));
    if deepest.contains("failed to lookup address") {
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        return format!("dial tcp: lookup {host}: no such host");
    }
    if let Some(why) = chain.iter().find_map(|error| wrong_name(*error)) {
        return format!("tls: failed to verify certificate: x509: {why}");
    }
    if deepest.contains("UnknownIssuer") {
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority".to_owned();
    }
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => dial("connect: connection refused"),
        Some(io::ErrorKind::TimedOut) => dial("i/o timeout"),
        Some(io::ErrorKind::HostUnreachable) => dial("connect: no route to host"),
        Some(io::ErrorKind::NetworkUnreachable) => dial("connect: network is unreachable"),
        Some(io::ErrorKind::UnexpectedEof) => "EOF".to_owned(),
        _ => deepest,
    }
}

/// A certificate that is somebody else's: Go names those of its names that are of the kind that was expected.
fn wrong_name(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut error = error;
    while let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        error = inner;
    }
    let Some(rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented })) =
        error.downcast_ref()
    else {
        return None;
    };
    let (kind, none) = match expected {
        ServerName::IpAddress(_) => ("IpAddress", "any IP SANs"),
        _ => ("DnsName", "names"),
    };
    let inside = |name: &String| {
        let text = name.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')')?;
        Some(text.trim_matches('"').to_owned())
    };
    let names: Vec<_> = presented.iter().filter_map(inside).collect();
    let expected = expected.to_str();
    Some(match (names.is_empty(), kind) {
        (false, _) => format!("certificate is valid for {}, not {expected}", names.join(", ")),
        (true, "IpAddress") => format!("cannot validate certificate for {expected} because it doesn't contain {none}"),
        (true, _) => format!("certificate is not valid for any {none}, but wanted to match {expected}"),
    })
}

/// Whether a connection was made before it failed: one that is refused stays refused.
pub(crate) fn was_reached(error: &kube::Error) -> bool {
    let words = cause("", error);
    !words.starts_with("dial tcp") && !words.starts_with("tls: ") && !matches!(error, kube::Error::Auth(_))
}

/// The text of a `Warning` header: of `299 - "unknown field \"foo\""`.
pub(crate) fn warning(header: &str) -> Option<String> {
    let quoted = header.trim().strip_prefix("299 ")?.split_once(' ')?.1;
    let mut text = String::new();
    let mut characters = quoted.trim_start().strip_prefix('"')?.chars();
    loop {
        match characters.next()? {
            '"' => return Some(text),
            '\\' => text.push(characters.next()?),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_text_is_passed_on() {
        let body = br#"{"kind":"Status","message":"configmaps \"x\" already exists","reason":"AlreadyExists","code":409}"#;
        let ClusterError::Api { code, reason, message } = refused(409, body) else { panic!("an answer") };
        assert_eq!((code, reason.as_str()), (409, "AlreadyExists"));
        assert_eq!(message, "configmaps \"x\" already exists");
    }

    #[test]
    fn the_servers_text_is_passed_on_from_protobuf() {
        let raw = b"\x12\x07Failure\x1a\x04gone\x22\x08NotFound\x30\x94\x03";
        let body = [b"k8s\0\x12\x1c", &raw[..]].concat();
        let ClusterError::Api { code, reason, message } = refused(404, &body) else { panic!("an answer") };
        assert_eq!((code, reason.as_str(), message.as_str()), (404, "NotFound", "gone"));
    }

    #[test]
    fn names_of_a_certificate_are_told_by_kind() {
        let text = |expected: &str| {
            let expected = ServerName::try_from(expected.to_owned()).expect("a name");
            let presented = ["DnsName(\"a.b\")", "DnsName(\"c\")", "IpAddress(10.0.0.1)"].map(str::to_owned).to_vec();
            let cause = CertificateError::NotValidForNameContext { expected, presented };
            wrong_name(&io::Error::other(io::Error::other(rustls::Error::InvalidCertificate(cause))))
        };
        assert_eq!(text("x.y").as_deref(), Some("certificate is valid for a.b, c, not x.y"));
        assert_eq!(text("1.2.3.4").as_deref(), Some("certificate is valid for 10.0.0.1, not 1.2.3.4"));
    }

    #[test]
    fn warnings_lose_their_quotes() {
        let header = r#"299 - "unknown field \"foo\"""#;
        assert_eq!(warning(header).as_deref(), Some("unknown field \"foo\""));
        assert_eq!(warning("199 - \"x\""), None);
        assert_eq!(warning("299 - \"x"), None);
    }

    #[test]
    fn answers_without_a_status_are_described() {
        let body = b"boom\n";
        let text = "an error on the server (\"boom\") has prevented the request from succeeding";
        assert_eq!(refused(500, body).to_string(), text);
        let unauthorized = br#"{"kind":"Status","message":"Unauthorized","reason":"Unauthorized","code":401}"#;
        let text = "the server has asked for the client to provide credentials";
        assert_eq!(refused(401, unauthorized).to_string(), text);
    }
}
