//! Lists and mappings in flow style: empty ones, and lists of words on one line.

use super::quoted::{Quoted, quoted};

/// What follows the list or the mapping that the text begins with.
pub(super) fn rest(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("{}").or_else(|| text.strip_prefix("[]")) {
        return Some(rest);
    }
    let mut rest = text.strip_prefix('[')?;
    loop {
        rest = word(rest.trim_start_matches(' '))?.trim_start_matches(' ');
        match rest.as_bytes().first()? {
            b',' => rest = &rest[1..],
            b']' => return Some(&rest[1..]),
            _ => return None,
        }
    }
}

/// What follows a quoted word, or a plain one of harmless characters.
fn word(text: &str) -> Option<&str> {
    let first = *text.as_bytes().first()?;
    if matches!(first, b'"' | b'\'') {
        let Quoted::Ends(end) = quoted(&text[1..], first) else { return None };
        return Some(&text[end + 2..]);
    }
    let length = text.bytes().take_while(|&byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte)).count();
    (first.is_ascii_alphanumeric() || first == b'/').then_some(&text[length..])
}
