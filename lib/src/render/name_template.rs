//! `--name-template`: a Go template that makes a release's name of functions alone.

use super::{Environment, functions};
use gotemplate::Set;
use gotemplate::function::FunctionTable;
use gotemplate::value::{Str, Value};
use std::rc::Rc;

const NAME: &str = "name-template";

/// Functions that Helm adds to sprig's for charts, and only for them.
const OF_CHARTS: &[&str] = &[
    "fromJsonArray",
    "fromToml",
    "fromYaml",
    "fromYamlArray",
    "mustToToml",
    "mustToYaml",
    "toToml",
    "toYaml",
    "toYamlPretty",
];

/// Why there is no name: Go's text of the failure.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct NameTemplateError(String);

/// Makes a name. Unlike templates of charts this one sees the environment, through `variable`.
///
/// # Errors
/// When the template does not parse or fails.
pub fn render_name(
    text: &str,
    environment: &Environment,
    variable: impl Fn(&str) -> Option<String> + 'static,
) -> Result<String, NameTemplateError> {
    let mut table = functions::table(environment);
    for name in OF_CHARTS {
        table.remove(name);
    }
    bind(&mut table, variable);
    let mut set = Set::new(Rc::new(table));
    set.parse(NAME, text).map_err(|error| NameTemplateError(error.to_string()))?;
    let mut name = Vec::new();
    set.execute(NAME, &Value::Nil, &mut name).map_err(|error| NameTemplateError(error.to_string()))?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

fn bind(table: &mut FunctionTable, variable: impl Fn(&str) -> Option<String> + 'static) {
    let variable = Rc::new(variable);
    let of_text = Rc::clone(&variable);
    table.add("env", move |name: Str| variable(&name.to_str_lossy()).unwrap_or_default());
    table.add("expandenv", move |text: Str| expand(&text.to_str_lossy(), &*of_text));
    table.add("fail", |message: Str| Err::<Value, _>(message.to_str_lossy().into_owned()));
}

/// Go's `os.Expand`: `$name`, `${name}`, and one special character after `$`.
fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, tail) = shell_name(after);
        match name {
            "" if tail.len() == after.len() => expanded.push('$'),
            name => expanded.push_str(&variable(name).unwrap_or_default()),
        }
        rest = tail;
    }
    expanded + rest
}

/// The name after a `$`, and what follows it. A broken `${` is swallowed, as in Go.
fn shell_name(text: &str) -> (&str, &str) {
    if let Some(inner) = text.strip_prefix('{') {
        return match inner.find('}') {
            Some(end) => (&inner[..end], &inner[end + 1..]),
            None => ("", inner),
        };
    }
    let is_special = |c: char| matches!(c, '*' | '#' | '$' | '@' | '!' | '?' | '-' | '0'..='9');
    if let Some(first) = text.chars().next().filter(|&c| is_special(c)) {
        return text.split_at(first.len_utf8());
    }
    text.split_at(text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_expanded_as_go_does() {
        let variable = |name: &str| (name == "A_1").then(|| "x".to_owned());
        let cases = [("$A_1-${A_1}", "x-x"), ("a$", "a$"), ("$-b", "b"), ("$.b", "$.b"), ("${A_1", "A_1"), ("${}b", "b")];
        for (text, expected) in cases {
            assert_eq!(expand(text, &variable), expected, "{text}");
        }
    }
}
