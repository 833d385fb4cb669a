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
        let scheme = parse(name)?;
        Ok(if scheme.is_empty() { Self::File } else { Self::Url { scheme } })
    }
}

/// The scheme of a URL; empty if it is a relative one.
///
/// # Errors
/// [`SourceError`] for a text that Go's `url.Parse` refuses.
pub(crate) fn parse(url: &str) -> Result<&str, SourceError> {
    let (before, fragment) = url.split_once('#').unwrap_or((url, ""));
    let refused = |name: &str, problem| SourceError { name: name.to_owned(), problem };
    let scheme = without_fragment(before).map_err(|problem| refused(before, problem))?;
    check_escapes(fragment).map_err(|problem| refused(url, problem))?;
    Ok(scheme)
}

fn without_fragment(url: &str) -> Result<&str, String> {
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
        if host.as_bytes()[at + 1] < b'8' && &host[at..at + 3] != "%25" {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_files_urls_or_the_input() {
        let cases = [
            ("-", Source::Input),
            (" - ", Source::Input),
            ("a%20b", Source::File),
            ("x/a:b", Source::File),
            ("foo?%zz", Source::File),
            ("//h/x", Source::File),
            ("///x", Source::File),
            ("//\u{e9}/x", Source::File),
            ("?a:b", Source::File),
            ("a:b.yaml", Source::Url { scheme: "a" }),
            ("C:\\x", Source::Url { scheme: "C" }),
            ("https://host:80/x", Source::Url { scheme: "https" }),
            ("sc:%zz", Source::Url { scheme: "sc" }),
        ];
        for (name, expected) in cases {
            assert_eq!(Source::of(name), Ok(expected), "{name}");
        }
    }

    #[test]
    fn names_that_helm_refuses() {
        let cases = [
            ("%zz", "parse \"%zz\": invalid URL escape \"%zz\""),
            ("50%.yaml", "parse \"50%.yaml\": invalid URL escape \"%.y\""),
            ("a%2", "parse \"a%2\": invalid URL escape \"%2\""),
            (":x", "parse \":x\": missing protocol scheme"),
            ("a b:c", "parse \"a b:c\": first path segment in URL cannot contain colon"),
            ("1a:b", "parse \"1a:b\": first path segment in URL cannot contain colon"),
            ("foo#%zz", "parse \"foo#%zz\": invalid URL escape \"%zz\""),
            ("a\u{1}b", "parse \"a\\x01b\": net/url: invalid control character in URL"),
            ("//h:x/y", "parse \"//h:x/y\": invalid port \":x\" after host"),
            ("//u ser@h/x", "parse \"//u ser@h/x\": net/url: invalid userinfo"),
            ("//[::1/x", "parse \"//[::1/x\": missing ']' in host"),
            ("//h%20/x", "parse \"//h%20/x\": invalid URL escape \"%20\""),
            ("sc://h x/y", "parse \"sc://h x/y\": invalid character \" \" in host name"),
            ("//h\\x/y", "parse \"//h\\\\x/y\": invalid character \"\\\\\" in host name"),
            ("sc:/%zz", "parse \"sc:/%zz\": invalid URL escape \"%zz\""),
        ];
        for (name, expected) in cases {
            assert_eq!(Source::of(name).map_err(|error| error.to_string()), Err(expected.to_owned()), "{name}");
        }
    }
}
