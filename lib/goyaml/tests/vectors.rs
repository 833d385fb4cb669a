//! The recorded outputs of Helm that this crate alone can judge.

use goyaml::{Value, decode_map, json, to_yaml, to_yaml_pretty};
use std::path::PathBuf;

fn vectors(name: &str) -> Vec<Value> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../tests/parity/vectors", name].iter().collect();
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| json::parse(line.as_bytes()).expect("a line of JSON")).collect()
}

fn text<'v>(vector: &'v Value, member: &str) -> &'v str {
    vector.get(member).and_then(Value::as_str).unwrap_or_else(|| panic!("no {member} in {vector:?}"))
}

/// What `toYaml` makes of an output: it drops one line break at the end.
fn trimmed(yaml: Result<String, goyaml::Error>) -> String {
    let yaml = yaml.unwrap_or_default();
    yaml.strip_suffix('\n').map_or(yaml.clone(), str::to_owned)
}

#[test]
fn values_are_written_as_helm_writes_them() {
    for vector in vectors("toyaml.jsonl") {
        let value = vector.get("value").expect("a value");
        assert_eq!(trimmed(to_yaml(value)), text(&vector, "yaml"), "toYaml of {value:?}");
        assert_eq!(trimmed(to_yaml_pretty(value)), text(&vector, "pretty"), "toYamlPretty of {value:?}");
    }
}

/// Values files of one document. Helm gives every line an end before it decodes them.
#[test]
fn documents_are_read_as_helm_reads_them() {
    let frame = "Error: failed to parse v.yaml: cannot unmarshal yaml document: ";
    let mut judged = 0;
    for vector in vectors("yaml.jsonl") {
        let yaml = text(&vector, "yaml");
        if yaml.lines().any(|line| line.starts_with("---")) {
            continue;
        }
        judged += 1;
        let result = decode_map(&format!("{}\n", yaml.strip_suffix('\n').unwrap_or(yaml)));
        match (result, vector.get("error")) {
            (Ok(map), None) => {
                let json = json::write(&map.unwrap_or_default()).expect("JSON");
                assert_eq!(json, text(&vector, "json_text"), "for {yaml:?}");
            }
            (Err(error), Some(expected)) => {
                assert_eq!(Some(format!("{frame}{error}").as_str()), expected.as_str(), "for {yaml:?}")
            }
            (result, _) => panic!("{yaml:?} gives {result:?}, which Helm does not"),
        }
    }
    assert!(judged > 250, "only {judged} documents");
}
