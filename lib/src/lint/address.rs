//! Addresses as Helm's linter takes them: of mail, and of pages.

use crate::gourl::{Address, Url, parse_address};
use crate::regex::Regexp;

/// Letters beyond ASCII, as a class of characters goes on.
const MAIL_LETTERS: &str = r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}";
const URL_LETTERS: &str = r"a-zA-Z\x{A1}-\x{FFFF}";

/// Longer texts are no URLs.
const MAX_URL: usize = 2083;
const MIN_URL: usize = 3;

/// Whether a text is an address of mail.
pub(super) fn is_email(text: &str) -> bool {
    let letters = MAIL_LETTERS;
    let atom = format!(r"[a-zA-Z0-9!#$%&'*+\-/=?^_`{{|}}~{letters}]+");
    let quoted = format!(r#""[\x01-\x08\x0b\x0c\x0e-\x1f\x7f!#-\[\]-~{letters}]*""#);
    let label = format!(r"[a-zA-Z0-9{letters}]([a-zA-Z0-9\-._~{letters}]*[a-zA-Z0-9{letters}])?");
    let last = format!(r"[a-zA-Z{letters}]([a-zA-Z0-9\-._~{letters}]*[a-zA-Z{letters}])?");
    matches(text, &format!(r"^({atom}(\.{atom})*|{quoted})@({label}\.)+{last}\.?$"))
}

/// Whether a text is the address of something on a server, with or without a scheme.
pub(super) fn is_url(text: &str) -> bool {
    if text.len() <= MIN_URL || text.chars().count() >= MAX_URL || text.starts_with('.') {
        return false;
    }
    let has_port = text.contains(':') && !text.contains("://");
    let whole = if has_port { format!("http://{text}") } else { text.to_owned() };
    if Url::parse(whole.as_bytes()).is_err() {
        return false;
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    if !text.contains(':') && !path.starts_with("//") && !path.is_empty() && !path.contains('.') {
        return false;
    }
    has_host(text)
}

fn has_host(text: &str) -> bool {
    let letters = URL_LETTERS;
    let number = r"(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])";
    let ip = format!(r"([1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])(\.{number}){{2}}\.([0-9]\d?|1\d\d|2[0-4]\d|25[0-5])");
    let before = r"([a-zA-Z0-9][a-zA-Z0-9\-_]*[a-zA-Z0-9]([-.][a-zA-Z0-9]+)*|www\.|[a-zA-Z0-9]+([-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+)";
    let name = format!(r"{before}?([{letters}0-9]+-?-?)*[{letters}0-9]+(\.[{letters}]+)?");
    let scheme = "((ftp|tcp|udp|wss?|https?)://)?";
    let user = r"(\S+(:\S*)?@)?";
    let rest = r"\.?(:\d{1,5})?([/?#]\S*)?$";
    if matches(text, &format!("^{scheme}{user}({ip}|{name}){rest}")) {
        return true;
    }
    let pattern = format!(r"^{scheme}{user}\[[0-9a-fA-F:.]+\]{rest}");
    let inner = || text.split_once('[')?.1.split_once(']').map(|(inner, _)| inner);
    matches(text, &pattern) && inner().is_some_and(|inner| matches!(parse_address(inner.as_bytes()), Ok(Address::V6 { .. })))
}

/// Whether a text is a URL with a scheme.
pub(super) fn is_request_url(text: &str) -> bool {
    Url::parse(text.as_bytes()).is_ok_and(|url| !url.scheme.is_empty())
}

fn matches(text: &str, pattern: &str) -> bool {
    Regexp::compile(pattern.as_bytes()).is_ok_and(|pattern| pattern.is_match(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<'t>(texts: &[&'t str], is_valid: fn(&str) -> bool) -> Vec<&'t str> {
        texts.iter().copied().filter(|text| !is_valid(text)).collect()
    }

    // What is refused and what is not was asked of Helm 4.3.1.
    #[test]
    fn addresses_of_pages() {
        let valid = [
            "http://x.y",
            "foo.bar/baz",
            "http://localhost",
            "http://localhost:80/x",
            "a:80",
            "ftp://x",
            "http://1.2.3.4",
            "http://[::1]/x",
            "http://[::1]:80",
            "http://ü.de",
            "www.x",
            "http://u:p@h.c/x",
            "x@y.z",
            "mailto:a@b.c",
            "https://github.com/foo",
            "https://a--b.c",
            "https://x.y.",
        ];
        assert_eq!(refused(&valid, is_url), Vec::<&str>::new());
        let invalid = [
            "x.y",
            "foo",
            "localhost",
            "gopher://x",
            "http://a_b.c",
            "http://-a",
            "http://a-.b",
            "//x.y",
            "/x.y",
            ".x",
            "abc",
            "x.y.z",
            "http://x..y",
            "http://a.b.c.d.e",
            "http://a b",
            "http://x/%zz",
            "https://x:123456",
            "https://",
            "http://256.1.1.1",
            "http://a.b-c",
            "http://a.b-c.d",
            "http://a.1",
        ];
        assert_eq!(refused(&invalid, is_url), invalid);
    }

    #[test]
    fn addresses_of_mail() {
        let valid = [
            "a@b.c",
            "a.b@c.d",
            "a@b.c.",
            "ü@b.c",
            "a@ü.de",
            "a+b@c.io",
            "a@b_c.de",
            "a@b.c-d",
            "A@B.C",
            "a@x.y.z",
            "\"a\"@b.c",
            "a@b.co1m",
            "a@b.c_d",
        ];
        assert_eq!(refused(&valid, is_email), Vec::<&str>::new());
        let invalid = [
            "a@b",
            "a b@c.d",
            "a..b@c.d",
            ".a@b.c",
            "\"q q\"@b.c",
            "a@-b.c",
            "a@b-.c",
            "a@b.c1",
            "a@b.1c",
            "a@[1.2.3.4]",
            "a@1.2.3.4",
            "a@b..c",
            "first last <a@b.c>",
        ];
        assert_eq!(refused(&invalid, is_email), invalid);
    }

    #[test]
    fn sources_need_a_scheme() {
        assert_eq!(refused(&["", "foo", "/rel", "x y://z", "foo.bar", "http://x"], is_request_url).len(), 5);
    }
}
