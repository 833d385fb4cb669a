//! What a user can do about a failed template, told from Go's message and the line it failed in.

use crate::nearest::nearest;

/// A hint, and where in the line the cause is, if that is not where Go says.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Advice {
    pub(crate) hint: Option<String>,
    /// In bytes.
    pub(crate) at: Option<usize>,
}

/// What to do about a file that does not parse.
pub(crate) fn of_parse_error<'a>(message: &str, functions: impl Iterator<Item = &'a str>) -> Option<String> {
    if let Some(name) = between(message, "function \"", "\" not defined") {
        return nearest(functions, name).map(|known| format!("did you mean {known}?"));
    }
    if message.starts_with("undefined variable") {
        return Some("a variable is known from where it is declared with := to the {{ end }} of the block around it".into());
    }
    match message {
        "unexpected EOF" => Some("an if, range, with, define or block above lacks its {{ end }}".into()),
        "unexpected {{end}}" => Some("there is no block left that this could end".into()),
        _ => None,
    }
}

/// Where a line holds what a message quotes; else where its text begins.
pub(crate) fn place_of_token(line: &str, message: &str) -> usize {
    let quoted = between(message, "\"", "\"").filter(|token| !token.is_empty());
    let word = |token: &str| {
        let is_whole = |at: &usize| {
            let outside = [line[..*at].chars().next_back(), line[at + token.len()..].chars().next()];
            !token.starts_with(is_name) || !outside.into_iter().flatten().any(is_name)
        };
        line.match_indices(token).map(|(at, _)| at).find(is_whole)
    };
    quoted.and_then(word).unwrap_or_else(|| line.len() - line.trim_start().len())
}

/// What to do about a template that failed at a byte of a line. `file` is the outermost template's, whose chart's values are
/// those that are seen.
pub(crate) fn of_execution<'a>(
    message: &str,
    line: &str,
    column: usize,
    file: &str,
    templates: impl Iterator<Item = &'a str>,
) -> Advice {
    if let Some((_, field)) = message.split_once("nil pointer evaluating interface {}.") {
        return of_field(line, column, field, |path| nil(path, field, file));
    }
    if let Some(field) = between(message, "can't evaluate field ", " in type ") {
        return of_field(line, column, field, |path| Some(format!("{path} is not a map that could have a field {field}")));
    }
    let missing =
        between(message, "no template \"", "\" associated").or_else(|| between(message, "template \"", "\" not defined"));
    let known = missing.and_then(|name| nearest(templates, name));
    Advice { hint: known.map(|known| format!("did you mean \"{known}\"?")), at: None }
}

/// Advice about the path in front of a field.
fn of_field(line: &str, column: usize, field: &str, hint: impl FnOnce(&str) -> Option<String>) -> Advice {
    let Some((path, at)) = path_to(line, column, field) else { return Advice::default() };
    Advice { hint: hint(path).filter(|_| !path.is_empty()), at: Some(at) }
}

/// The path in front of `.field`, and where that is: in the path that Go's column is in.
fn path_to<'l>(line: &'l str, column: usize, field: &str) -> Option<(&'l str, usize)> {
    let rest = line.get(column..)?;
    let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
    let wanted = format!(".{field}");
    let ends_name = |at: &usize| !rest[at + wanted.len()..].starts_with(is_name);
    let at = rest[..end].match_indices(&wanted).map(|(at, _)| at).find(ends_name)? + column;
    let start = line[..at]
        .rfind(|c| !is_path(c))
        .map_or(0, |before| before + line[before..].chars().next().map_or(1, char::len_utf8));
    Some((&line[start..at], at))
}

/// Says where the values could set what is nil.
fn nil(path: &str, field: &str, file: &str) -> Option<String> {
    let below = path.trim_start_matches('$').strip_prefix(".Values.");
    let Some(below) = below else { return Some(format!("{path} is nil")) };
    let key: String = charts_of(file).chain([below, field]).collect::<Vec<_>>().join(".");
    Some(format!(
        "{path} is nil: set {key} in a values file or with --set {key}=VALUE, or write {{{{ if {path} }}}} around it"
    ))
}

/// `a`, `b` of `chart/charts/a/charts/b/templates/file.yaml`: the keys below which the values of a chart in a chart stand.
fn charts_of(file: &str) -> impl Iterator<Item = &str> {
    let mut parts = file.split('/').skip(1);
    std::iter::from_fn(move || (parts.next() == Some("charts")).then(|| parts.next()).flatten())
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_path(c: char) -> bool {
    matches!(c, '.' | '$') || is_name(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(message: &str, line: &str, column: usize) -> (String, Option<usize>) {
        let known = ["c.labels", "c.name"];
        let advice = of_execution(message, line, column, "c/charts/s/templates/a.yaml", known.into_iter());
        (advice.hint.unwrap_or_default(), advice.at)
    }

    #[test]
    fn what_is_nil_is_named_with_the_key_that_sets_it() {
        let nil = "nil pointer evaluating interface {}.c";
        let set = "set s.a.b.c in a values file or with --set s.a.b.c=VALUE, or write";
        let expected = format!(".Values.a.b is nil: {set} {{{{ if .Values.a.b }}}} around it");
        assert_eq!(advice(nil, "x: {{ .Values.a.b.c.d }}", 13), (expected, Some(17)));
        let expected = format!("$.Values.a.b is nil: {set} {{{{ if $.Values.a.b }}}} around it");
        assert_eq!(advice(nil, "x: {{ $.Values.a.b.c }}", 7), (expected, Some(18)));
        assert_eq!(advice(nil, "x: {{ $v.b.cd.c }}", 8), ("$v.b.cd is nil".into(), Some(13)));
        assert_eq!(advice(nil, "x: {{ (f).c }}", 9), (String::new(), Some(9)));
        assert_eq!(advice(nil, "x: {{ .d }}", 6), (String::new(), None));
    }

    #[test]
    fn what_is_no_map_is_named() {
        let message = "can't evaluate field c in type interface {}";
        let expected = ".Values.b is not a map that could have a field c";
        assert_eq!(advice(message, "x: {{ .Values.b.c }}", 13), (expected.into(), Some(15)));
    }

    #[test]
    fn missing_templates_get_the_closest_name() {
        let message = "template: no template \"c.lables\" associated with template \"gotpl\"";
        assert_eq!(advice(message, "", 0).0, "did you mean \"c.labels\"?");
        assert_eq!(advice("template \"c.nam\" not defined", "", 0).0, "did you mean \"c.name\"?");
    }

    #[test]
    fn tokens_are_found_as_whole_words() {
        assert_eq!(place_of_token("{{ foobar | foo }}", "function \"foo\" not defined"), 12);
        assert_eq!(place_of_token("  {{ $x }}", "undefined variable \"$x\""), 5);
        assert_eq!(place_of_token("  {{ end }}", "unexpected {{end}}"), 2);
    }
}
