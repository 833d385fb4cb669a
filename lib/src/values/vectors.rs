//! The vectors of the `--set` family: values and messages as Helm has them.

use super::{ValueOptions, coalesce, gather, read, verb_v};
use crate::chart::{Chart, Metadata};
use goyaml::Value;
use serde_json::Value as Json;
use std::path::Path;

#[test]
fn set_flags() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity/vectors/setflags.jsonl");
    let vectors = std::fs::read_to_string(path).expect("vectors");
    let mut wrong = Vec::new();
    for line in vectors.lines() {
        let vector: Json = serde_json::from_str(line).expect("a vector");
        let expected = match vector.get("error") {
            Some(error) => Err(error.as_str().expect("a text").to_owned()),
            None => Ok((vector["values"].clone(), text(&vector, "printed"), text(&vector, "stderr"))),
        };
        let found = run(&vector);
        if found != expected {
            wrong.push(format!("{}\nexpected {expected:?}\nfound    {found:?}", vector["args"]));
        }
    }
    assert!(wrong.is_empty(), "{} vectors differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn text(vector: &Json, key: &str) -> String {
    vector.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// The values as JSON and as Go prints them, and what was logged.
fn run(vector: &Json) -> Result<(Json, String, String), String> {
    let read_file = |name: &str| match vector.get("files").and_then(|files| files.get(name)?.as_str()) {
        Some(content) => Ok(content.as_bytes().to_vec()),
        // Whatever the system says of a file that is not there.
        None => std::fs::read("no/such/file"),
    };
    let user = gather(&options(&vector["args"]), &read_file).map_err(|error| format!("Error: {error}"))?;
    let defaults = read(text(vector, "chart_values").as_bytes()).expect("values");
    let metadata = Metadata { name: "c".into(), ..Metadata::default() };
    let chart = Chart { metadata, values: defaults, ..Chart::default() };
    let (values, logs) = coalesce(&chart, &user).expect("no subcharts");
    let values = Value::Map(values);
    let json = goyaml::json::write(&values).expect("JSON");
    let logs: Vec<_> = logs.iter().map(ToString::to_string).collect();
    Ok((serde_json::from_str(&json).expect("JSON"), verb_v(&values), logs.join("\n")))
}

fn options(args: &Json) -> ValueOptions {
    let mut options = ValueOptions::default();
    let args: Vec<&str> = args.as_array().expect("arguments").iter().filter_map(Json::as_str).collect();
    for pair in args.chunks(2) {
        let value = pair[1].to_owned();
        match pair[0] {
            "-f" => options.files.extend(value.split(',').map(str::to_owned)),
            "--set" => options.set.push(value),
            "--set-string" => options.set_string.push(value),
            "--set-json" => options.set_json.push(value),
            "--set-file" => options.set_file.push(value),
            "--set-literal" => options.set_literal.push(value),
            other => panic!("unknown flag {other}"),
        }
    }
    options
}
