//! What the name of a values file means. Helm takes every name for a URL first, so some names of files are refused.

use crate::gourl::Url;

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

impl<'n> Source<'n> {
    /// What `name` means.
    ///
    /// # Errors
    /// Go's text for a name that is no URL, not even a relative one.
    pub fn of(name: &'n str) -> Result<Self, String> {
        if name.trim() == "-" {
            return Ok(Self::Input);
        }
        let scheme = &name[..Url::read(name)?.scheme.len()];
        Ok(if scheme.is_empty() { Self::File } else { Self::Url { scheme } })
    }
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
            assert_eq!(Source::of(name), Err(expected.to_owned()), "{name}");
        }
    }
}
