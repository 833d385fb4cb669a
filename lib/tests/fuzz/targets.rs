//! What is fuzzed. Each target returns how it ended.

use goyaml::{Map, Value};
use rhelm_lib::chart::loader::load;
use rhelm_lib::chart::{Chart, File, Metadata};
use rhelm_lib::render::{Capabilities, Environment, Input, NoCluster, ReleaseFacts, render};
use rhelm_lib::values::set::{Grammar, assign};
use rhelm_lib::version::{Constraint, Version};
use rhelm_testutil::chart::gzip;
use std::fmt::Display;
use std::io::Write;
use std::sync::Arc;
use std::time::SystemTime;

fn ending<T>(result: Result<T, impl Display>) -> String {
    result.map_or_else(|error| error.to_string(), |_| String::new())
}

/// Lexer and parser: a partial is parsed, and not executed.
pub(crate) fn template_parser(input: &[u8]) -> String {
    rendered("templates/_a.tpl", input)
}

pub(crate) fn template_executor(input: &[u8]) -> String {
    rendered("templates/a.yaml", input)
}

pub(crate) fn handlebars(input: &[u8]) -> String {
    rendered("templates/a.yaml.hbs", input)
}

fn rendered(name: &str, text: &[u8]) -> String {
    let chart = Chart {
        metadata: Metadata { api_version: "v2".into(), name: "c".into(), version: "0.1.0".into(), ..Metadata::default() },
        templates: vec![
            File { name: name.into(), data: text.to_vec().into(), ..File::default() },
            File { name: "templates/_p.hbs".into(), data: "partial {{this.x}}"[..].as_bytes().into(), ..File::default() },
        ],
        files: vec![File { name: "f".into(), data: "text\n"[..].as_bytes().into(), ..File::default() }],
        ..Chart::default()
    };
    let values = goyaml::decode_map("a: {b: 1, c: [x, 2.5, null]}\nlist: [1, two]\nx: text\n");
    let input = Input {
        chart: &chart,
        values: &values.expect("values").unwrap_or_default(),
        release: &ReleaseFacts { name: "r".into(), namespace: "n".into(), revision: 1, is_upgrade: false },
        capabilities: &Capabilities::default(),
        environment: &environment(),
        lookup: Arc::new(NoCluster),
    };
    ending(render(&input))
}

fn environment() -> Environment {
    Environment {
        clock: Arc::new(|| SystemTime::UNIX_EPOCH),
        random: Arc::new(|bytes| bytes.fill(7)),
        time_zone: "UTC".into(),
        time_zone_data: Arc::new(|_| None),
        resolve: Arc::new(|_| None),
        fetch: Arc::new(rhelm_lib::values::schema::refuse),
        memory: Some(Arc::new(resident)),
    }
}

/// The bytes of memory in use.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * 4096
}

/// What was read is read again from what is written of it.
pub(crate) fn yaml(input: &[u8]) -> String {
    let value = match goyaml::decode_bytes(input) {
        Ok(value) => value,
        Err(error) => return error.to_string(),
    };
    // What toYamlPretty writes of a text that begins with a tab cannot be read, with Helm either.
    if let Err(error) = goyaml::to_yaml_pretty(&value) {
        return error.to_string();
    }
    let text = match goyaml::to_yaml(&value) {
        Ok(text) => text,
        Err(error) => return error.to_string(),
    };
    // What was a text may be read as a merge, which Go's libraries do not prevent either.
    if !text.contains("<<") {
        let again = goyaml::decode(&text).expect("what is written can be read");
        assert_eq!(format!("{:?}", settled(again)), format!("{:?}", settled(value)), "{text}");
    }
    String::new()
}

/// Without the difference between whole numbers and integers, which writing loses.
fn settled(value: Value) -> Value {
    match value {
        Value::Int(number) => Value::Float(number as f64),
        Value::List(items) => Value::List(items.into_iter().map(settled).collect()),
        Value::Map(map) => Value::Map(map.into_iter().map(|(key, value)| (key, settled(value))).collect()),
        other => other,
    }
}

pub(crate) fn set_flags(input: &[u8]) -> String {
    let input = String::from_utf8_lossy(input);
    let (flag, text) = input.split_once('\n').unwrap_or(("--set", &input));
    let read = |path: &str| if path.contains('x') { Err("no such file".to_owned()) } else { Ok(path.to_owned()) };
    let grammar = match flag {
        "--set-string" => Grammar::Strings,
        "--set-file" => Grammar::Files(&read),
        "--set-json" => Grammar::Json,
        "--set-literal" => Grammar::Literal,
        _ => Grammar::Typed,
    };
    let before = goyaml::decode_map("a: {b: [1, {c: 2}]}\nlist: [x]\n").expect("values").unwrap_or_default();
    let (mut once, mut again): (Map, Map) = (before.clone(), before);
    let outcome = ending(assign(text, grammar, &mut once));
    assert_eq!(outcome, ending(assign(text, grammar, &mut again)));
    assert_eq!(format!("{once:?}"), format!("{again:?}"));
    outcome
}

pub(crate) fn archive(input: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&gzip(&with_sums(input.to_vec()))).expect("the archive is written");
    ending(load(file.path()))
}

/// Sets right what guards headers, so that what is behind it is reached.
fn with_sums(mut tar: Vec<u8>) -> Vec<u8> {
    for block in tar.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar") {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    tar
}

pub(crate) fn version_constraint(input: &[u8]) -> String {
    let input = String::from_utf8_lossy(input);
    let (constraint, version) = input.split_once('\n').unwrap_or((&input, "1.2.3"));
    match (Constraint::parse(constraint), Version::parse(version)) {
        (Ok(constraint), Ok(version)) => {
            let again = Version::parse(&version.to_string()).expect("a version's text is a version");
            assert_eq!(constraint.accepts(&version), constraint.accepts(&again));
            constraint.accepts(&version).to_string()
        }
        (Err(error), _) => error.to_string(),
        (_, Err(error)) => error.to_string(),
    }
}
