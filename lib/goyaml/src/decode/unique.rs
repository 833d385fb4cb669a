//! Keys that a mapping has twice, which go-yaml refuses when it is asked to be strict.

use super::place::key_name;
use super::{compose_first, is_merge, to_json_error};
use crate::Error;
use crate::input::Input;
use crate::json::push_go_string;
use crate::node::{Document, NodeId, NodeKind};
use crate::resolve::{Resolved, resolve};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Checks that no mapping of the first document of a YAML text has a key twice, keys that are merged in included.
///
/// # Errors
/// All keys that are there again, in go-yaml's words; or what makes the text no YAML.
pub fn check_unique_keys(bytes: &[u8]) -> Result<(), Error> {
    let input = Input::from_bytes(bytes);
    let Some(document) = compose_first(&input).map_err(to_json_error)? else { return Ok(()) };
    let mut again = Vec::new();
    let mut left = vec![document.root()];
    while let Some(id) = left.pop() {
        if matches!(document.node(id).kind, NodeKind::Mapping { .. }) {
            check(&document, id, &mut BTreeSet::new(), &mut BTreeSet::new(), &mut again);
        }
        left.extend(document.children(id));
    }
    if again.is_empty() {
        return Ok(());
    }
    // A key is looked at once its value is read: what is wrong in the value comes first.
    again.sort_by_key(|again: &Again| (again.end, Reverse(again.start)));
    let mut message = "yaml: unmarshal errors:".to_owned();
    for Again { start, key, .. } in &again {
        let line = 1 + input.text[..*start].bytes().filter(|byte| *byte == b'\n').count();
        message.push_str(&format!("\n  line {line}: key {key} already set in map"));
    }
    Err(to_json_error(Error::new(message)))
}

/// A key that is there again: where its value is, and how Go prints it.
struct Again {
    start: usize,
    end: usize,
    key: String,
}

fn check(
    document: &Document<'_>,
    mapping: NodeId,
    keys: &mut BTreeSet<String>,
    merged: &mut BTreeSet<NodeId>,
    again: &mut Vec<Again>,
) {
    for (key, value) in document.entries(mapping) {
        if is_merge(document, key) {
            for source in sources(document, value) {
                // A mapping may, through aliases, be merged into itself.
                if merged.insert(source) {
                    check(document, source, keys, merged, again);
                }
            }
            continue;
        }
        let key = document.node(document.target(key));
        let NodeKind::Scalar { .. } = key.kind else { continue };
        let Ok(key) = resolve(key) else { continue };
        let key = printed(key);
        if !keys.insert(key.clone()) {
            let span = &document.node(value).span;
            again.push(Again { start: span.start, end: span.end, key });
        }
    }
}

/// The mappings that a value of `<<` names.
fn sources(document: &Document<'_>, value: NodeId) -> Vec<NodeId> {
    let value = document.target(value);
    match document.node(value).kind {
        NodeKind::Mapping { .. } => vec![value],
        NodeKind::Sequence { .. } => document.children(value).map(|child| document.target(child)).collect(),
        _ => Vec::new(),
    }
}

fn printed(key: Resolved<'_>) -> String {
    match key {
        Resolved::Null => "<nil>".to_owned(),
        Resolved::Text(text) => {
            let mut quoted = String::new();
            push_go_string(&mut quoted, text.as_bytes());
            quoted
        }
        other => key_name(other).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected texts are those of Helm 4.3.1 for such a Chart.yaml.
    #[test]
    fn keys_that_are_there_again() {
        let check = |text: &str| check_unique_keys(text.as_bytes()).map_err(|error| error.to_string());
        let lines = |lines: &str| Err(format!("error converting YAML to JSON: yaml: unmarshal errors:{lines}"));
        assert_eq!(check("a: 1\nb: {a: 1}\n"), Ok(()));
        assert_eq!(check("name: c\nname: d\n"), lines("\n  line 2: key \"name\" already set in map"));
        let nested = "a: 1\na:\n  b: 1\n  b: 2\n";
        let expected = "\n  line 4: key \"b\" already set in map\n  line 3: key \"a\" already set in map";
        assert_eq!(check(nested), lines(expected));
        assert_eq!(check("a: [\n").map_err(|error| error.contains("did not find expected")), Err(true));
    }
}
