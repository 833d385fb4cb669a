//! URLs as Go's `net/url` reads and writes them, with its words for what is none.

mod address;
mod escape;
mod print;
mod resolve;

pub(crate) use address::{Address, parse_address};
pub use print::shown;

use escape::Part;
use gotemplate::format::quoted;

/// The parts of a URL, decoded where Go decodes them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Url {
    /// What stands before the first `:`, in lower case; empty for a reference without one.
    pub scheme: Vec<u8>,
    /// What follows the scheme when it does not begin with a slash, encoded.
    pub opaque: Vec<u8>,
    /// What stands before the `@`.
    pub user: Option<UserInfo>,
    /// Host and port.
    pub host: Vec<u8>,
    /// Whether there is a scheme, and a path after it without the slashes of a host.
    pub omits_host: bool,
    /// The path, with its leading slash.
    pub path: Vec<u8>,
    /// The path as it was written, where Go would write it otherwise.
    pub raw_path: Option<Vec<u8>>,
    /// What follows the `?`, encoded.
    pub query: Vec<u8>,
    /// Whether there is a `?` with nothing after it.
    pub has_empty_query: bool,
    /// What follows the `#`.
    pub fragment: Vec<u8>,
}

/// What stands before the `@`, decoded.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UserInfo {
    /// The user.
    pub name: Vec<u8>,
    /// The password, if there is one, be it empty.
    pub password: Option<Vec<u8>>,
}

impl Url {
    /// Reads a URL or a reference.
    ///
    /// # Errors
    /// Go's text.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let (before, fragment) = cut(text, b'#');
        let failed = |text: &[u8], error: String| format!("parse {}: {error}", quoted(text));
        let mut url = Self::parse_without_fragment(before).map_err(|error| failed(before, error))?;
        if let Some(fragment) = fragment {
            url.fragment = Part::Fragment.unescape(fragment).map_err(|error| failed(text, error))?;
        }
        Ok(url)
    }

    /// Reads a URL or a reference.
    ///
    /// # Errors
    /// Go's text, with three stars for a password.
    pub fn read(text: &str) -> Result<Self, String> {
        Self::parse(text.as_bytes()).map_err(|error| error.replace(text, &shown(text)))
    }

    fn parse_without_fragment(text: &[u8]) -> Result<Self, String> {
        if text.iter().any(u8::is_ascii_control) {
            return Err("net/url: invalid control character in URL".into());
        }
        if text == b"*" {
            return Ok(Self { path: text.to_vec(), ..Self::default() });
        }
        let (scheme, rest) = cut_scheme(text)?;
        let (rest, query) = cut(rest, b'?');
        let mut url = Self {
            scheme: scheme.to_ascii_lowercase(),
            query: query.unwrap_or_default().to_vec(),
            has_empty_query: query == Some(b""),
            ..Self::default()
        };
        if !rest.starts_with(b"/") {
            if !scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".into());
            }
        }
        let path = if rest.starts_with(b"//") && (!scheme.is_empty() || !rest.starts_with(b"///")) {
            let end = rest[2..].iter().position(|&byte| byte == b'/').map_or(rest.len(), |slash| slash + 2);
            url.set_authority(&rest[2..end])?;
            &rest[end..]
        } else {
            url.omits_host = !scheme.is_empty();
            rest
        };
        url.set_path(path)?;
        Ok(url)
    }

    /// Takes a path as it is written in a URL.
    fn set_path(&mut self, path: &[u8]) -> Result<(), String> {
        self.path = Part::Path.unescape(path)?;
        self.raw_path = Some(path.to_vec()).filter(|path| *path != Part::Path.escape(&self.path));
        Ok(())
    }

    fn set_authority(&mut self, authority: &[u8]) -> Result<(), String> {
        let at = authority.iter().rposition(|&byte| byte == b'@');
        self.host = parse_host(&self.scheme, &authority[at.map_or(0, |at| at + 1)..])?;
        self.user = at.map(|at| UserInfo::parse(&authority[..at])).transpose()?;
        Ok(())
    }

    /// The host without its port and brackets.
    pub fn hostname(&self) -> &[u8] {
        let host = match self.host.iter().rposition(|&byte| byte == b':') {
            Some(colon) if is_port(&self.host[colon..]) => &self.host[..colon],
            _ => &self.host,
        };
        host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host)
    }
}

impl UserInfo {
    fn parse(text: &[u8]) -> Result<Self, String> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !text.iter().all(allowed) {
            return Err("net/url: invalid userinfo".into());
        }
        let (name, password) = cut(text, b':');
        let name = Part::User.unescape(name)?;
        Ok(Self { name, password: password.map(|password| Part::User.unescape(password)).transpose()? })
    }
}

/// What a percent-encoded part of a path stands for.
///
/// # Errors
/// Go's text for a broken escape.
pub(crate) fn unescape(text: &[u8]) -> Result<Vec<u8>, String> {
    Part::Path.unescape(text)
}

/// A fragment, or the text of a JSON pointer in one, encoded as Go's `PathEscape` encodes what is between slashes.
pub(crate) fn escape_segments(text: &[u8]) -> Vec<u8> {
    text.split(|byte| *byte == b'/').map(|segment| Part::Segment.escape(segment)).collect::<Vec<_>>().join(&b'/')
}

/// The text before and after the first `mark`.
fn cut(text: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&byte| byte == mark) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// An empty scheme when there is none.
fn cut_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let end = text.iter().position(|byte| !is_scheme(byte)).unwrap_or(text.len());
    match text.first() {
        Some(b':') => Err("missing protocol scheme".into()),
        Some(first) if first.is_ascii_alphabetic() && text.get(end) == Some(&b':') => Ok((&text[..end], &text[end + 1..])),
        _ => Ok((b"", text)),
    }
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    match host.iter().rposition(|&byte| byte == b'[') {
        Some(0) => return parse_bracketed(host),
        Some(_) => return Err("invalid IP-literal".into()),
        None => {}
    }
    let mut colons = host.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(at, _)| at);
    let (first, last) = (colons.next(), colons.next_back());
    // Only HTTP's hosts may not hold further colons.
    let strict = scheme == b"http" || scheme == b"https";
    if let Some(colon) = if strict { first } else { last.or(first) } {
        check_port(&host[colon..])?;
    }
    Part::Host.unescape(host)
}

fn parse_bracketed(host: &[u8]) -> Result<Vec<u8>, String> {
    let close = host.iter().rposition(|&byte| byte == b']').ok_or("missing ']' in host")?;
    check_port(&host[close + 1..])?;
    let port = Part::Host.unescape(&host[close + 1..])?;
    let name = &host[1..close];
    let zone = name.windows(3).position(|bytes| bytes == b"%25").unwrap_or(name.len());
    let name = [Part::Host.unescape(&name[..zone])?, Part::Zone.unescape(&name[zone..])?].concat();
    match parse_address(&name) {
        Ok(Address::V6 { .. }) => {}
        Ok(Address::V4) => return Err("invalid IP-literal".into()),
        Err(error) => return Err(format!("invalid host: {error}")),
    }
    Ok([b"[", name.as_slice(), b"]", &port].concat())
}

fn check_port(text: &[u8]) -> Result<(), String> {
    if is_port(text) { Ok(()) } else { Err(format!("invalid port {} after host", quoted(text))) }
}

/// Nothing, or a colon and any number of digits.
fn is_port(text: &[u8]) -> bool {
    text.split_first().is_none_or(|(colon, port)| *colon == b':' && port.iter().all(u8::is_ascii_digit))
}
