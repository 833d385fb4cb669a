//! Writing a URL.

use super::escape::Part;
use super::{Url, UserInfo};

impl Url {
    /// The text, with everything encoded that has to be.
    pub fn print(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if !self.scheme.is_empty() {
            text.extend_from_slice(&self.scheme);
            text.push(b':');
        }
        if self.opaque.is_empty() {
            self.print_hierarchy(&mut text);
        } else {
            text.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() || self.has_empty_query {
            text.push(b'?');
            text.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            text.push(b'#');
            text.extend(Part::Fragment.escape(&self.fragment));
        }
        text
    }

    fn print_hierarchy(&self, text: &mut Vec<u8>) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if has_authority || !self.scheme.is_empty() && !self.path.is_empty() && !self.omits_host {
            text.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            text.extend(user.print());
            text.push(b'@');
        }
        text.extend(Part::Host.escape(&self.host));
        let path = self.escaped_path();
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            text.push(b'/');
        }
        // Or the first segment would be read as a scheme.
        if text.is_empty() && path.split(|&byte| byte == b'/').next().is_some_and(|segment| segment.contains(&b':')) {
            text.extend_from_slice(b"./");
        }
        text.extend(path);
    }

    /// The path, as it was written where it may be.
    pub(super) fn escaped_path(&self) -> Vec<u8> {
        match &self.raw_path {
            Some(path) if Part::is_path(path) => path.clone(),
            _ if self.path == b"*" => self.path.clone(),
            _ => Part::Path.escape(&self.path),
        }
    }
}

impl UserInfo {
    /// The text before the `@`.
    pub fn print(&self) -> Vec<u8> {
        let mut text = Part::User.escape(&self.name);
        if let Some(password) = &self.password {
            text.push(b':');
            text.extend(Part::User.escape(password));
        }
        text
    }
}

/// A URL as it may be shown: three stars stand for its password, as Go writes them.
#[must_use]
pub fn shown(text: &str) -> String {
    let start = text.find("//").map_or(0, |at| at + 2);
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    let Some(at) = text[start..end].rfind('@').map(|at| start + at) else { return text.to_owned() };
    match text[start..at].find(':').map(|at| start + at) {
        Some(colon) => format!("{}:***{}", &text[..colon], &text[at..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let cases = [
            ("http://u:p@h/x@y:z", "http://u:***@h/x@y:z"),
            ("http://u:p@q@h", "http://u:***@h"),
            ("//u:p:q@h", "//u:***@h"),
            ("u:p@h/x", "u:***@h/x"),
            ("http://u:@h?a:b@c", "http://u:***@h?a:b@c"),
            ("http://u@h:80/x", "http://u@h:80/x"),
            ("http://h:80/x", "http://h:80/x"),
            ("http://u:p w%zz@h", "http://u:***@h"),
        ];
        for (url, expected) in cases {
            assert_eq!(shown(url), expected);
        }
    }
}
