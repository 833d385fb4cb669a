//! Writing a URL.

use super::escape::Part;
use super::{Url, UserInfo};

impl Url {
    /// The text, with everything encoded that has to be.
    pub(crate) fn print(&self) -> Vec<u8> {
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
        if !self.query.is_empty() {
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
        if has_authority || !self.scheme.is_empty() && !self.path.is_empty() {
            text.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            text.extend(user.print());
            text.push(b'@');
        }
        text.extend(Part::Host.escape(&self.host));
        let path = if self.path == b"*" { self.path.clone() } else { Part::Path.escape(&self.path) };
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            text.push(b'/');
        }
        // Or the first segment would be read as a scheme.
        if text.is_empty() && path.split(|&byte| byte == b'/').next().is_some_and(|segment| segment.contains(&b':')) {
            text.extend_from_slice(b"./");
        }
        text.extend(path);
    }
}

impl UserInfo {
    /// The text before the `@`.
    pub(crate) fn print(&self) -> Vec<u8> {
        let mut text = Part::User.escape(&self.name);
        if let Some(password) = &self.password {
            text.push(b':');
            text.extend(Part::User.escape(password));
        }
        text
    }
}
