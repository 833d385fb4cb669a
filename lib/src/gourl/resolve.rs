//! What a reference means within a document.

use super::Url;

impl Url {
    /// The URL that `reference` names, seen from this one.
    pub fn resolve(&self, reference: &Self) -> Self {
        let mut url = reference.clone();
        if reference.scheme.is_empty() {
            url.scheme.clone_from(&self.scheme);
        }
        if !reference.scheme.is_empty() || !reference.host.is_empty() || reference.user.is_some() {
            url.set_resolved(&reference.escaped_path(), b"");
            return url;
        }
        if reference.path.is_empty() && reference.query.is_empty() && !reference.has_empty_query {
            url.query.clone_from(&self.query);
            if reference.fragment.is_empty() {
                url.fragment.clone_from(&self.fragment);
            }
        }
        if reference.path.is_empty() && !self.opaque.is_empty() {
            url.opaque.clone_from(&self.opaque);
            return url;
        }
        url.host.clone_from(&self.host);
        url.user.clone_from(&self.user);
        url.set_resolved(&self.escaped_path(), &reference.escaped_path());
        url
    }

    fn set_resolved(&mut self, base: &[u8], reference: &[u8]) {
        // Both were decoded before.
        let _ = self.set_path(&resolve_path(base, reference));
    }
}

/// The path that `reference` means within the folder of `base`, without dots.
fn resolve_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = match reference.first() {
        None => base.to_vec(),
        Some(b'/') => reference.to_vec(),
        Some(_) => {
            let folder = base.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
            [&base[..folder], reference].concat()
        }
    };
    if full.is_empty() {
        return full;
    }
    let mut path = b"/".to_vec();
    let mut is_first = true;
    let elements: Vec<_> = full.split(|byte| *byte == b'/').collect();
    for element in &elements {
        match *element {
            b"." => is_first = false,
            b".." => {
                path.truncate(path[1..].iter().rposition(|byte| *byte == b'/').map_or(1, |slash| slash + 1));
                is_first = path.len() == 1;
            }
            element => {
                if !is_first {
                    path.push(b'/');
                }
                path.extend_from_slice(element);
                is_first = false;
            }
        }
    }
    if matches!(elements.last(), Some(&b"." | &b"..")) {
        path.push(b'/');
    }
    // It begins with the slash above, and may have had its own.
    if path.starts_with(b"//") { path.split_off(1) } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected texts are those of Go.
    #[test]
    fn references_are_resolved() {
        let cases = [
            ("file:///values.schema.json", "y.json", "file:///y.json"),
            ("file:///values.schema.json", "", "file:///values.schema.json"),
            ("http://u:p@h/a/b?q", "?", "http://u:p@h/a/b?"),
            ("http://h/a/b?q", "../../c/./d/..", "http://h/c/"),
            ("http://h", "y", "http://h/y"),
            ("http://h/%41/b", "%42", "http://h/%41/%42"),
            ("http://h/a", "//i", "http://i"),
            ("http://h:80/a", "HTTP://H/../x", "http://H/x"),
            ("x:/y/z", "w", "x:///y/w"),
            ("urn:a:b", "?q", "urn:a:b?q"),
        ];
        for (base, reference, expected) in cases {
            let url = |text: &str| Url::parse(text.as_bytes()).expect("a URL");
            let resolved = url(base).resolve(&url(reference)).print();
            assert_eq!(String::from_utf8_lossy(&resolved), expected, "{base} {reference}");
        }
    }
}
