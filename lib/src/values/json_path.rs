//! JSONPath as kubectl reads it, as far as values are asked for by it: text around `{.a.b[0]['c'][*]}`.

use goyaml::{Map, Value};

/// Why a path cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum JsonPathError {
    /// It is malformed, or says what is not understood.
    #[error("error parsing jsonpath {path}: {cause}")]
    Malformed {
        /// The path.
        path: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A value has no JSON form.
    #[error(transparent)]
    Json(#[from] goyaml::Error),
}

/// What the path finds, as text; what is not there is empty.
///
/// # Errors
/// [`JsonPathError`].
pub fn json_path(values: &Map, path: &str) -> Result<String, JsonPathError> {
    let malformed = |cause: &str| JsonPathError::Malformed { path: path.to_owned(), cause: cause.to_owned() };
    let root = Value::Map(values.clone());
    let mut text = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (inner, tail) = after.split_once('}').ok_or_else(|| malformed("unclosed action"))?;
        let mut found = vec![&root];
        for step in steps(inner).map_err(|cause| malformed(&cause))? {
            found = found.into_iter().flat_map(|value| step.of(value)).collect();
        }
        let shown: Result<Vec<String>, _> = found.into_iter().map(show).collect();
        text.push_str(&shown?.join(" "));
        rest = tail;
    }
    Ok(text + rest)
}

enum Step {
    Field(String),
    Index(i64),
    All,
}

impl Step {
    fn of<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match (self, value) {
            (Self::Field(name), Value::Map(map)) => map.get(name).into_iter().collect(),
            (Self::Index(at), Value::List(list)) => {
                let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
                let at = if *at < 0 { length.saturating_add(*at) } else { *at };
                usize::try_from(at).ok().and_then(|at| list.get(at)).into_iter().collect()
            }
            (Self::All, Value::List(list)) => list.iter().collect(),
            (Self::All, Value::Map(map)) => map.values().collect(),
            _ => Vec::new(),
        }
    }
}

fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = text.trim().trim_start_matches('$');
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inside, tail) = inner.split_once(']').ok_or("unterminated array")?;
            let quoted = inside.strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
            steps.push(match (quoted, inside) {
                (Some(name), _) => Step::Field(name.to_owned()),
                (None, "*") => Step::All,
                (None, number) => Step::Index(number.parse().map_err(|_| format!("invalid array index {number}"))?),
            });
            rest = tail;
        } else if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            match &after[..end] {
                "" => {}
                "*" => steps.push(Step::All),
                name => steps.push(Step::Field(name.to_owned())),
            }
            rest = &after[end..];
        } else {
            return Err(format!("unrecognized character in action: {rest}"));
        }
    }
    Ok(steps)
}

fn show(value: &Value) -> Result<String, goyaml::Error> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        other => goyaml::json::write(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_what_helm_finds() {
        let Ok(Value::Map(values)) = goyaml::decode("a:\n  b: [1, x]\nc: true\n") else { panic!("values") };
        let cases = [
            ("{.a.b}", "[1,\"x\"]"),
            ("{.a.b[1]}", "x"),
            ("{.a}", "{\"b\":[1,\"x\"]}"),
            (".a", ".a"),
            ("{.zz}", ""),
            ("{.c}-{.a.b[*]}", "true-1 x"),
        ];
        for (path, expected) in cases {
            assert_eq!(json_path(&values, path).as_deref(), Ok(expected), "{path}");
        }
        let error = json_path(&values, "{").err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("error parsing jsonpath {: unclosed action"));
    }
}
