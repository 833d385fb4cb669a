//! Slash paths: `base`, `dir`, `clean`, `ext`, `isAbs`, and the same under the names for paths of the system.

use gotemplate::function::FunctionTable;
use gotemplate::value::Str;

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable) {
    for name in ["base", "osBase"] {
        table.add(name, |path: Str| Str::from(base(path.as_bytes())));
    }
    for name in ["dir", "osDir"] {
        table.add(name, |path: Str| dir(path.as_bytes()));
    }
    for name in ["clean", "osClean"] {
        table.add(name, |path: Str| clean(path.as_bytes()));
    }
    for name in ["ext", "osExt"] {
        table.add(name, |path: Str| Str::from(ext(path.as_bytes())));
    }
    for name in ["isAbs", "osIsAbs"] {
        table.add(name, |path: Str| path.as_bytes().starts_with(b"/"));
    }
}

/// The last element: `.` of nothing, `/` of slashes only.
fn base(path: &[u8]) -> &[u8] {
    let Some(last) = path.iter().rposition(|&byte| byte != b'/') else {
        return if path.is_empty() { b"." } else { b"/" };
    };
    let path = &path[..=last];
    &path[after_last_slash(path)..]
}

/// All but the last element, cleaned.
fn dir(path: &[u8]) -> Vec<u8> {
    clean(&path[..after_last_slash(path)])
}

/// From the last dot of the last element on.
fn ext(path: &[u8]) -> &[u8] {
    let name = &path[after_last_slash(path)..];
    name.iter().rposition(|&byte| byte == b'.').map_or(b"", |dot| &name[dot..])
}

/// The shortest equal path: no `.`, no doubled slash, `..` only where nothing is before it.
fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut elements: Vec<&[u8]> = Vec::new();
    for element in path.split(|&byte| byte == b'/') {
        match element {
            b"" | b"." => {}
            b".." if elements.last().is_some_and(|last| last != b"..") => drop(elements.pop()),
            b".." if rooted => {}
            _ => elements.push(element),
        }
    }
    match (rooted, elements.join(&b'/')) {
        (true, path) => [b"/", path.as_slice()].concat(),
        (false, path) if path.is_empty() => b".".to_vec(),
        (false, path) => path,
    }
}

fn after_last_slash(path: &[u8]) -> usize {
    path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: impl AsRef<[u8]>) -> String {
        String::from_utf8_lossy(bytes.as_ref()).into_owned()
    }

    // The expected values are Helm's.
    #[test]
    fn paths_are_taken_apart_as_in_go() {
        let all = |path: &str| [text(base(path.as_bytes())), text(dir(path.as_bytes())), text(ext(path.as_bytes()))];
        assert_eq!(all(""), [".", ".", ""]);
        assert_eq!(all("//"), ["/", "/", ""]);
        assert_eq!(all("a/b/"), ["b", "a/b", ""]);
        assert_eq!(all("/a.d/.hidden"), [".hidden", "/a.d", ".hidden"]);
        assert_eq!(all("../x/./y/../z.tar.gz"), ["z.tar.gz", "../x", ".gz"]);
    }

    #[test]
    fn paths_are_cleaned_as_in_go() {
        let cases = ["", "/..", "../../a", "a//b/./c/..", "/a/../../b/", "a/..", "./"];
        assert_eq!(cases.map(|path| text(clean(path.as_bytes()))), [".", "/", "../../a", "a/b", "/b", ".", "."]);
    }
}
