//! What the name of a values file means. Helm takes every name for a URL first, so some names of files are refused.

use crate::gotext::quote;

/// Where a values file comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source<'n> {
    /// `-`: the standard input.
    Input,
    /// A name with a scheme, in lower case or not: `https://host/values.yaml`. One with an unknown scheme is a file after all.
    Url {
        /// The scheme.
        scheme: &'n str,
    },
    /// A file.
    File,
}

/// A name that is no URL, not even a relative one. Its text is Helm's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("parse {}: {problem}", quote(.name))]
pub struct SourceError {
    /// The name.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
}

impl<'n> Source<'n> {
    /// What `name` means.
    ///
    /// # Errors
    /// [`SourceError`] for a name that Go's `url.Parse` refuses.
    pub fn of(name: &'n str) -> Result<Self, SourceError> {
        if name.trim() == "-" {
            return Ok(Self::Input);
        }
        match parse(name) {
            Ok("") => Ok(Self::File),
            Ok(scheme) => Ok(Self::Url { scheme }),
            Err(problem) => Err(SourceError { name: name.to_owned(), problem }),
        }
    }
}

/// The scheme of a URL, or nothing.
fn parse(url: &str) -> Result<&str, String> {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    if url.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("net/url: invalid control character in URL".into());
    }
    let (scheme, rest) = split_scheme(url)?;
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Ok(scheme);
        }
        let first = rest.split('/').next().unwrap_or_default();
        if first.contains(':') {
            return Err("first path segment in URL cannot contain colon".into());
        }
    }
    let has_authority = rest.starts_with("//") && (!scheme.is_empty() || !rest.starts_with("///"));
    let path = if has_authority { after_authority(&rest[2..])? } else { rest };
    check_escapes(path)?;
    check_escapes(fragment)?;
    Ok(scheme)
}

fn split_scheme(url: &str) -> Result<(&str, &str), String> {
    for (at, byte) in url.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".into()),
            b':' => return Ok((&url[..at], &url[at + 1..])),
            _ => break,
        }
    }
    Ok(("", url))
}

/// Checks `user@host:port`; what follows it.
fn after_authority(rest: &str) -> Result<&str, String> {
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let is_user = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(is_user) {
        return Err("net/url: invalid userinfo".into());
    }
    check_escapes(user)?;
    if host.starts_with('[') {
        let end = host.rfind(']').ok_or("missing ']' in host")?;
        check_port(&host[end + 1..])?;
        return Ok(path);
    }
    if let Some(at) = host.rfind(':') {
        check_port(&host[at..])?;
    }
    check_host(host)?;
    Ok(path)
}

fn check_port(port: &str) -> Result<(), String> {
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok(()),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
        _ => Err(format!("invalid port {} after host", quote(port))),
    }
}

fn check_host(host: &str) -> Result<(), String> {
    check_escapes(host)?;
    // Only bytes beyond ASCII may be escaped in a host.
    for (at, _) in host.match_indices('%') {
        if host.as_bytes()[at + 1] < b'8' {
            return Err(format!("invalid URL escape {}", quote(&host[at..at + 3])));
        }
    }
    let is_host = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || "-._~!$&'()*+,;=:[]<>\"%".contains(c);
    match host.chars().find(|c| !is_host(*c)) {
        Some(c) => Err(format!("invalid character {} in host name", quote(&c.to_string()))),
        None => Ok(()),
    }
}

fn check_escapes(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices('%') {
        let is_digit = |offset: usize| text.as_bytes().get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        if !is_digit(1) || !is_digit(2) {
            let escape: Vec<u8> = text.bytes().skip(at).take(3).collect();
            return Err(format!("invalid URL escape {}", quote(&String::from_utf8_lossy(&escape))));
        }
    }
    Ok(())
}
