//! `urlParse` and `urlJoin`: a URL as a map of its parts.

use crate::gourl::{Url, UserInfo};
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{Map, Str, Value};

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable) {
    table.add("urlParse", |text: Str| to_map(text.as_bytes()));
    table.add("urlJoin", |parts: Map| from_map(&parts));
}

fn to_map(text: &[u8]) -> Result<Map, FunctionError> {
    let url = Url::parse(text).map_err(|error| format!("unable to parse url: {error}"))?;
    let user_info = url.user.as_ref().map(UserInfo::print).unwrap_or_default();
    let parts: [(&str, Vec<u8>); 8] = [
        ("hostname", url.hostname().to_vec()),
        ("scheme", url.scheme),
        ("host", url.host),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", user_info),
    ];
    Ok(parts.into_iter().map(|(key, value)| (Str::from(key), Value::string(value))).collect())
}

fn from_map(parts: &Map) -> Result<Vec<u8>, FunctionError> {
    let part = |key: &str| part(parts, key);
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        ..Url::default()
    };
    let user_info = part("userinfo")?;
    if !user_info.is_empty() {
        let text = [b"proto://", user_info.as_slice(), b"@host"].concat();
        url.user = Url::parse(&text).map_err(|error| format!("unable to parse userinfo in dict: {error}"))?.user;
    }
    Ok(url.print())
}

fn part(parts: &Map, key: &str) -> Result<Vec<u8>, FunctionError> {
    match parts.get(key.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.as_bytes().to_vec()),
        Some(Value::Nil) => Err("runtime error: invalid memory address or nil pointer dereference".into()),
        Some(other) => Err(format!("unable to parse {key} key, must be of type string, but {} found", other.kind()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> String {
        match to_map(text.as_bytes()) {
            Err(error) => error.message,
            Ok(map) => {
                let entry = |(key, value): (Str, Value)| match value {
                    Value::String(value) if value.is_empty() => None,
                    Value::String(value) => Some(format!("{}={}", key.to_str_lossy(), value.to_str_lossy())),
                    _ => None,
                };
                map.entries().into_iter().filter_map(entry).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn join(parts: &[(&str, &str)]) -> String {
        let parts: Map = parts.iter().map(|(key, value)| (Str::from(*key), Value::string(*value))).collect();
        from_map(&parts).map_or_else(|error| error.message, |text| String::from_utf8_lossy(&text).into_owned())
    }

    // The expected values are Helm's.
    #[test]
    fn urls_are_taken_apart() {
        let whole = "fragment=f g host=e.com:8443 hostname=e.com path=/p/a b query=q=1&r scheme=https userinfo=u:p%20w";
        assert_eq!(map("HTTPS://u:p%20w@e.com:8443/p/a%20b?q=1&r#f%20g"), whole);
        assert_eq!(map("mailto:x@y"), "opaque=x@y scheme=mailto");
        assert_eq!(map("//[fe80::1%25eth0]:80/"), "host=[fe80::1%eth0]:80 hostname=fe80::1%eth0 path=/");
        assert_eq!(map("*"), "path=*");
    }

    #[test]
    fn what_is_no_url() {
        let cases = [
            (":bad", "parse \":bad\": missing protocol scheme"),
            ("a:b:c/d", ""),
            ("a b:c", "parse \"a b:c\": first path segment in URL cannot contain colon"),
            ("http://a:b:c/#f", "parse \"http://a:b:c/\": invalid port \":b:c\" after host"),
            ("http://a/%zz", "parse \"http://a/%zz\": invalid URL escape \"%zz\""),
            ("http://a/#%z", "parse \"http://a/#%z\": invalid URL escape \"%z\""),
            ("http://a b/", "parse \"http://a b/\": invalid character \" \" in host name"),
            ("http://u ser@a/", "parse \"http://u ser@a/\": net/url: invalid userinfo"),
            ("http://a\n", "parse \"http://a\\n\": net/url: invalid control character in URL"),
            ("http://[::1", "parse \"http://[::1\": missing ']' in host"),
            ("http://[1.2.3.4]", "parse \"http://[1.2.3.4]\": invalid IP-literal"),
            (
                "http://[::g]",
                "parse \"http://[::g]\": invalid host: ParseAddr(\"::g\"): each colon-separated field must have at least one digit (at \"g\")",
            ),
        ];
        for (text, error) in cases.into_iter().filter(|(_, error)| !error.is_empty()) {
            assert_eq!(map(text), format!("unable to parse url: {error}"));
        }
    }

    #[test]
    fn urls_are_put_together() {
        assert_eq!(
            join(&[("scheme", "http"), ("host", "h:80"), ("path", "a b"), ("fragment", "é")]),
            "http://h:80/a%20b#%C3%A9"
        );
        assert_eq!(join(&[("host", "h"), ("path", "/x")]), "//h/x");
        assert_eq!(join(&[("path", "a:b")]), "./a:b");
        assert_eq!(join(&[("scheme", "mailto"), ("opaque", "x@y")]), "mailto:x@y");
        assert_eq!(
            join(&[("host", "h"), ("userinfo", "a:b c")]),
            "unable to parse userinfo in dict: parse \"proto://a:b c@host\": net/url: invalid userinfo"
        );
        assert_eq!(join(&[("scheme", "s"), ("host", "h"), ("userinfo", "a:b%40")]), "s://a:b%40@h");
    }
}
