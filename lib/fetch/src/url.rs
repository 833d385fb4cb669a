//! URLs, as far as fetching charts needs them taken apart.

/// A URL's parts; any of them may be empty.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Url<'a> {
    /// What stands before `://`.
    pub scheme: &'a str,
    /// Host and port, without credentials.
    pub authority: &'a str,
    /// The path with its leading `/`.
    pub path: &'a str,
    /// The query without its `?`.
    pub query: &'a str,
}

/// Takes a URL apart.
#[must_use]
pub fn parse(text: &str) -> Url<'_> {
    let text = text.split('#').next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    if scheme.is_empty() {
        return Url { scheme, authority: "", path: rest, query };
    }
    let end = rest.find('/').unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next().unwrap_or_default();
    Url { scheme, authority, path: &rest[end..], query }
}

/// The scheme of a URL, also of one without `//`; empty for anything else.
#[must_use]
pub fn scheme(text: &str) -> &str {
    let scheme = text.split(':').next().filter(|scheme| scheme.len() < text.len()).unwrap_or_default();
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_letter);
    if is_scheme { scheme } else { "" }
}

/// Whether two URLs have the same scheme, host and port.
#[must_use]
pub fn same_server(one: &str, other: &str) -> bool {
    let key = |text: &str| {
        let url = parse(text);
        let port = match url.scheme {
            "http" => ":80",
            _ => ":443",
        };
        (url.scheme.to_lowercase(), url.authority.to_lowercase().trim_end_matches(port).to_owned())
    };
    key(one) == key(other)
}

/// Whether two URLs have the same host, on whatever port.
#[must_use]
pub fn same_host(one: &str, other: &str) -> bool {
    let host = |text: &str| {
        let authority = parse(text).authority.to_lowercase();
        let end = authority.rfind(':').filter(|at| !authority[*at..].contains(']')).unwrap_or(authority.len());
        authority[..end].to_owned()
    };
    host(one) == host(other)
}

/// Whether two URLs name one repository: a trailing slash makes no difference.
#[must_use]
pub fn same_repository(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// What a reference in an index means, beside the repository's URL.
#[must_use]
pub fn resolve(base: &str, reference: &str) -> String {
    if reference.contains("://") {
        return reference.to_owned();
    }
    let url = parse(base);
    let query = if url.query.is_empty() { String::new() } else { format!("?{}", url.query) };
    let server = format!("{}://{}", url.scheme, url.authority);
    if reference.starts_with('/') {
        return format!("{server}{reference}{query}");
    }
    format!("{server}{}{query}", clean(&format!("{}/{reference}", url.path.trim_end_matches('/'))))
}

/// Where a redirect leads.
#[must_use]
pub fn redirect(from: &str, location: &str) -> String {
    if location.contains("://") {
        return location.to_owned();
    }
    let url = parse(from);
    if location.starts_with("//") {
        return format!("{}:{location}", url.scheme);
    }
    if location.starts_with('/') {
        return format!("{}://{}{location}", url.scheme, url.authority);
    }
    let folder = url.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{}://{}{folder}/{location}", url.scheme, url.authority)
}

/// Resolves `.` and `..`.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The last part of a URL's path.
#[must_use]
pub fn file_name(text: &str) -> &str {
    parse(text).path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_relative_to_the_repository() {
        let cases = [
            ("http://h/x", "a.tgz", "http://h/x/a.tgz"),
            ("http://h/x/", "a.tgz", "http://h/x/a.tgz"),
            ("http://h", "a.tgz", "http://h/a.tgz"),
            ("http://h/x", "/a.tgz", "http://h/a.tgz"),
            ("http://h/x", "../a.tgz", "http://h/a.tgz"),
            ("http://h/x?k=1", "a.tgz", "http://h/x/a.tgz?k=1"),
            ("http://h/x", "https://o/a.tgz", "https://o/a.tgz"),
        ];
        for (base, reference, expected) in cases {
            assert_eq!(resolve(base, reference), expected);
        }
    }

    #[test]
    fn schemes_need_no_slashes() {
        let cases = [("http://h", "http"), ("a+b:c", "a+b"), ("/a:b", ""), ("1:b", ""), ("a", ""), ("", ""), (":a", "")];
        for (text, expected) in cases {
            assert_eq!(scheme(text), expected, "{text}");
        }
    }

    #[test]
    fn servers_are_the_same_with_scheme_host_and_port() {
        assert!(same_server("http://h/x", "http://H:80/y"));
        assert!(!same_server("http://h", "https://h"));
        assert!(!same_server("http://h:1", "http://h:2"));
        assert!(!same_server("http://u:p@h", "http://h.evil"));
        assert!(same_host("http://h:1/x", "https://H/y") && !same_host("http://h", "http://g"));
        assert!(same_host("http://[::1]:8", "http://[::1]"));
    }
}
