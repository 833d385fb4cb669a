//! URLs, as far as fetching charts needs more than Go's reading of them.

use crate::FetchError;
use rhelm_lib::gourl::{Url, shown};

/// The parts of a URL; none of one that Go refuses.
pub(crate) fn parse(text: &str) -> Url {
    Url::read(text).unwrap_or_default()
}

/// The parts of the URL of a chart or a repository.
///
/// # Errors
/// When it is none.
pub fn checked(text: &str) -> Result<Url, FetchError> {
    Url::read(text).map_err(|_| FetchError::other(format!("invalid chart URL format: {}", shown(text))))
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
pub(crate) fn same_server(one: &str, other: &str) -> bool {
    let key = |text: &str| {
        let Url { scheme, host, .. } = parse(text);
        let port: &[u8] = if scheme == b"http" { b":80" } else { b":443" };
        let host = host.to_ascii_lowercase();
        (host.strip_suffix(port).map(<[u8]>::to_vec).unwrap_or(host), scheme)
    };
    key(one) == key(other)
}

/// Whether two URLs have the same host, on whatever port.
pub(crate) fn same_host(one: &str, other: &str) -> bool {
    parse(one).hostname().eq_ignore_ascii_case(parse(other).hostname())
}

/// Whether two URLs name one repository: a trailing slash makes no difference.
pub(crate) fn same_repository(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// What a reference in an index means, beside the repository's URL.
///
/// # Errors
/// When one of them is no URL.
pub(crate) fn resolve(base: &str, reference: &str) -> Result<String, FetchError> {
    let read = |text: &str| {
        let failed = |cause| FetchError::other(format!("failed to parse {} as URL: {cause}", shown(text)));
        Url::read(text).map_err(failed)
    };
    let reference_url = read(reference)?;
    if !reference_url.scheme.is_empty() {
        return Ok(reference.to_owned());
    }
    let mut folder = read(base)?;
    for path in std::iter::once(&mut folder.path).chain(&mut folder.raw_path) {
        path.truncate(path.len() - usize::from(path.ends_with(b"/")));
        path.push(b'/');
    }
    let url = Url { query: folder.query.clone(), ..folder.resolve(&reference_url) };
    Ok(text(url.print()))
}

/// Where a redirect leads.
///
/// # Errors
/// Go's text for what is no URL.
pub(crate) fn redirect(from: &str, location: &str) -> Result<String, String> {
    let failed = |cause| format!("failed to parse Location header {:?}: {cause}", shown(location));
    let location = Url::read(location).map_err(failed)?;
    Ok(text(parse(from).resolve(&location).print()))
}

/// A URL as it is asked for: without its fragment, everything encoded that has to be.
///
/// # Errors
/// Go's text for what is no URL, or has no host.
pub(crate) fn asked(target: &str) -> Result<String, String> {
    let url = Url { fragment: Vec::new(), ..Url::read(target)? };
    if url.host.is_empty() {
        return Err("http: no Host in request URL".into());
    }
    let encode = |byte: u8| match byte {
        0x21..=0x7E if !b"\"<>".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    Ok(url.print().into_iter().map(encode).collect())
}

/// The last part of a URL's path.
pub(crate) fn file_name(url: &str) -> String {
    text(parse(url).path.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec())
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
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
            ("http://u:p@h/x", "a b.tgz", "http://u:p@h/x/a%20b.tgz"),
            ("http://u:p@h/x", "//o/a.tgz", "http://o/a.tgz"),
        ];
        for (base, reference, expected) in cases {
            assert_eq!(resolve(base, reference).as_deref(), Ok(expected));
        }
        let refused = resolve("http://h", "%zz").map_err(|error| error.to_string());
        assert_eq!(refused, Err("failed to parse %zz as URL: parse \"%zz\": invalid URL escape \"%zz\"".into()));
    }

    #[test]
    fn redirects_keep_the_user_on_the_same_server() {
        let cases = [
            ("/y?z", "http://u:p@h/y?z"),
            ("y", "http://u:p@h/a/y"),
            ("//o/y", "http://o/y"),
            ("https://o/\u{e9}", "https://o/%C3%A9"),
        ];
        for (location, expected) in cases {
            assert_eq!(redirect("http://u:p@h/a/b?c", location).as_deref(), Ok(expected));
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
