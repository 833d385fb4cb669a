//! The cases of `scan`, `parse`, `decode` and `emit`: one file each, an input and what Helm or its YAML library makes of it.

use goyaml::parse::{EventKind, Parser, Properties};
use goyaml::{ScalarStyle, decode_map, json, to_yaml, to_yaml_pretty};
use std::path::PathBuf;

const SEPARATOR: &str = "====\n";

/// Compares every case of a stage with what `run` makes of its input: the sections after the first.
fn check(stage: &str, run: impl Fn(&str) -> Vec<String>) {
    let directory: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", stage].iter().collect();
    let entries = std::fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases of {stage}");
    for path in paths {
        let case = std::fs::read_to_string(&path).expect("a case");
        let (input, expected) = case.split_once(SEPARATOR).unwrap_or_else(|| panic!("{}: no separator", path.display()));
        let actual: Vec<String> = run(input).into_iter().map(|section| section + "\n").collect();
        assert_eq!(actual.join(SEPARATOR), expected, "{}", path.display());
    }
}

/// Helm's `fromYaml`, as JSON.
fn from_yaml(input: &str) -> Vec<String> {
    let text = match decode_map(input) {
        // For `null` the map that Helm hands in stays as it is: empty.
        Ok(map) => json::write(&map.unwrap_or_default()).expect("JSON"),
        Err(error) => {
            let text = json::write(&goyaml::Value::from(error.to_string())).expect("JSON");
            format!("{{\"Error\":{text}}}")
        }
    };
    vec![text]
}

#[test]
fn tokens_are_what_go_takes_them_for() {
    check("scan", from_yaml);
}

#[test]
fn documents_decode_as_in_go() {
    check("decode", from_yaml);
}

#[test]
fn values_are_written_as_in_go() {
    check("emit", |input| {
        let value = json::parse(input.as_bytes()).expect("JSON");
        let text = |result: Result<String, goyaml::Error>| match result {
            Ok(yaml) => yaml.strip_suffix('\n').unwrap_or(&yaml).to_owned(),
            Err(error) => format!("error: {error}"),
        };
        vec![text(to_yaml(&value)), text(to_yaml_pretty(&value))]
    });
}

#[test]
fn events_are_those_of_go() {
    check("parse", |input| {
        let mut parser = Parser::of_text(input);
        let mut lines = Vec::new();
        loop {
            match parser.next_event() {
                Ok(Some(event)) => lines.push(describe(&event.kind)),
                Ok(None) => break,
                Err(error) => {
                    lines.push(format!("error: {error}"));
                    break;
                }
            }
        }
        vec![lines.join("\n")]
    });
}

fn describe(kind: &EventKind<'_>) -> String {
    match kind {
        EventKind::StreamStart => "stream".into(),
        EventKind::StreamEnd => "end of stream".into(),
        EventKind::DocumentStart => "document".into(),
        EventKind::DocumentEnd => "end of document".into(),
        EventKind::Alias(name) => format!("alias {name}"),
        EventKind::Scalar { properties, value, style, implicit, .. } => {
            let explicit = if *implicit { "" } else { " explicit" };
            let text = json::write_raw(&goyaml::Value::from(value.as_ref())).expect("JSON");
            format!("scalar{} {}{explicit} {text}", marks(properties.as_deref()), style_name(*style))
        }
        EventKind::SequenceStart(list) => format!("{} list{}", layout(list.flow), marks(list.properties.as_deref())),
        EventKind::MappingStart(map) => format!("{} map{}", layout(map.flow), marks(map.properties.as_deref())),
        EventKind::SequenceEnd => "end of list".into(),
        EventKind::MappingEnd => "end of map".into(),
    }
}

fn marks(properties: Option<&Properties<'_>>) -> String {
    let anchor = properties.and_then(|marks| marks.anchor).map(|anchor| format!(" &{anchor}"));
    let tag = properties.and_then(|marks| marks.tag.as_deref()).map(|tag| format!(" <{tag}>"));
    anchor.unwrap_or_default() + &tag.unwrap_or_default()
}

fn layout(flow: bool) -> &'static str {
    if flow { "flow" } else { "block" }
}

fn style_name(style: ScalarStyle) -> &'static str {
    match style {
        ScalarStyle::Plain => "plain",
        ScalarStyle::SingleQuoted => "single",
        ScalarStyle::DoubleQuoted => "double",
        ScalarStyle::Literal => "literal",
        ScalarStyle::Folded => "folded",
    }
}
