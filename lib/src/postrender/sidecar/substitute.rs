//! Placeholders in sidecar files: `${metadata.name}`, `${metadata.labels['app']:-none}`.

use super::super::edit::{Data, is_text};

/// What placeholders stand for.
pub(super) trait Values {
    /// The value of `metadata.name` and the like; `None` where the pod has none.
    fn value(&self, field: &Placeholder) -> Option<String>;
}

/// What stands between `${` and `}`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Placeholder<'a> {
    /// `metadata.name`, `metadata.labels`, …
    pub(super) field: &'a str,
    /// The key of a label or annotation.
    pub(super) key: Option<&'a str>,
    /// The text behind `:-`, which may hold placeholders.
    default: Option<&'a str>,
}

const FIELDS: &[(&str, bool)] = &[
    ("metadata.name", false),
    ("metadata.namespace", false),
    ("metadata.labels", true),
    ("metadata.annotations", true),
    ("object.kind", false),
    ("object.apiVersion", false),
];

/// How many defaults may stand in one another.
const MOST_DEFAULTS: usize = 16;

/// Whether a text holds a placeholder. Others of that look, such as a shell's `${HOME}`, are none.
pub(super) fn has_placeholder(text: &str) -> bool {
    pieces(text).iter().any(|piece| matches!(piece, Piece::Placeholder(_)))
}

enum Piece<'a> {
    Text(&'a str),
    Placeholder(Placeholder<'a>),
}

/// Texts and placeholders in turn. `$${metadata.name}` is the text `${metadata.name}`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut start, mut from) = (Vec::new(), 0, 0);
    while let Some(at) = text[from..].find("${").map(|at| from + at) {
        from = at + 2;
        let Some((placeholder, length)) = placeholder(&text[from..]) else { continue };
        if text[..at].ends_with('$') && at > start {
            pieces.push(Piece::Text(&text[start..at - 1]));
            start = at;
            continue;
        }
        pieces.push(Piece::Text(&text[start..at]));
        pieces.push(Piece::Placeholder(placeholder));
        from += length;
        start = from;
    }
    pieces.push(Piece::Text(&text[start..]));
    pieces
}

/// The placeholder whose inside a text begins with, and the length up to behind its brace.
fn placeholder(text: &str) -> Option<(Placeholder<'_>, usize)> {
    let (field, keyed) = FIELDS.iter().rev().find(|(field, _)| text.starts_with(field))?;
    let mut rest = &text[field.len()..];
    let mut key = None;
    if *keyed {
        let (inside, after) = rest.strip_prefix("['")?.split_once("']")?;
        key = Some(inside);
        rest = after;
    }
    let (default, after) = match rest.strip_prefix(":-") {
        Some(rest) => {
            let end = closing_brace(rest)?;
            (Some(&rest[..end]), &rest[end + 1..])
        }
        None => (None, rest.strip_prefix('}')?),
    };
    Some((Placeholder { field, key, default }, text.len() - after.len()))
}

/// Where the brace is that ends a text, which may hold placeholders itself.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if text[..at].ends_with('$') => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// Data with values in place of placeholders.
///
/// # Errors
/// The placeholder that has neither value nor default.
pub(super) fn substitute(data: &Data, values: &dyn Values) -> Result<Data, String> {
    Ok(match data {
        Data::Raw(raw) if has_placeholder(raw) => typed(substitute_text(raw, values)?),
        Data::Raw(raw) => Data::Raw(raw.clone()),
        Data::Text(text) => Data::Text(substitute_text(text, values)?),
        Data::List(items) => Data::List(items.iter().map(|item| substitute(item, values)).collect::<Result<_, _>>()?),
        Data::Map(entries) => Data::Map(substitute_entries(entries, values)?),
    })
}

/// Entries with values in place of placeholders, in keys as well.
///
/// # Errors
/// As for [`substitute`].
pub(super) fn substitute_entries(entries: &[(String, Data)], values: &dyn Values) -> Result<Vec<(String, Data)>, String> {
    entries.iter().map(|(key, value)| Ok((substitute_text(key, values)?, substitute(value, values)?))).collect()
}

/// What was not in quotes is a number or truth value if it looks like one.
fn typed(text: String) -> Data {
    if is_text(&text) { Data::Text(text) } else { Data::Raw(text) }
}

fn substitute_text(text: &str, values: &dyn Values) -> Result<String, String> {
    substituted(text, values, MOST_DEFAULTS)
}

/// As [`substitute_text`], with so many defaults of defaults at most; a default beyond them stands for itself.
fn substituted(text: &str, values: &dyn Values, depth: usize) -> Result<String, String> {
    let mut result = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => result.push_str(text),
            Piece::Placeholder(placeholder) => {
                let value = match (values.value(&placeholder), placeholder.default) {
                    (Some(value), _) => value,
                    (None, Some(default)) if depth > 0 => substituted(default, values, depth - 1)?,
                    (None, Some(default)) => default.to_owned(),
                    (None, None) => return Err(describe(&placeholder)),
                };
                result.push_str(&value);
            }
        }
    }
    Ok(result)
}

fn describe(placeholder: &Placeholder) -> String {
    match placeholder.key {
        Some(key) => format!("{}['{key}']", placeholder.field),
        None => placeholder.field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pod;

    impl Values for Pod {
        fn value(&self, placeholder: &Placeholder) -> Option<String> {
            match (placeholder.field, placeholder.key) {
                ("metadata.name", _) => Some("web".to_owned()),
                ("metadata.labels", Some("app")) => Some("shop".to_owned()),
                ("metadata.annotations", Some("x/port")) => Some("8080".to_owned()),
                _ => None,
            }
        }
    }

    #[test]
    fn texts() {
        let cases = [
            ("${metadata.name}", "web"),
            ("a-${metadata.name}-${metadata.labels['app']}!", "a-web-shop!"),
            ("${metadata.labels['none']:-other}", "other"),
            ("${metadata.namespace:-}", ""),
            ("${metadata.labels['none']:-${metadata.name}}-0", "web-0"),
            ("${metadata.labels['none']:-a-${metadata.labels['x']:-${metadata.name}}}}", "a-web}"),
            ("${metadata.labels['none']:-${HOME}/{x}", "${HOME}/{x"),
            ("$${metadata.name} ${HOME} ${metadata.labels} ${", "${metadata.name} ${HOME} ${metadata.labels} ${"),
        ];
        for (text, expected) in cases {
            assert_eq!(substitute_text(text, &Pod).as_deref(), Ok(expected), "{text}");
        }
        let missing = substitute_text("${metadata.labels['none']}", &Pod);
        assert_eq!(missing, Err("metadata.labels['none']".to_owned()));
    }

    #[test]
    fn what_was_not_in_quotes_gets_its_type_from_its_value() {
        let port = "${metadata.annotations['x/port']}".to_owned();
        assert_eq!(substitute(&Data::Raw(port.clone()), &Pod), Ok(Data::Raw("8080".into())));
        assert_eq!(substitute(&Data::Text(port), &Pod), Ok(Data::Text("8080".into())));
        assert_eq!(substitute(&Data::Raw("${metadata.name}".into()), &Pod), Ok(Data::Text("web".into())));
    }
}
