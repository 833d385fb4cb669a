//! What Helm said of charts and values, and what its templates saw: each case in `recorded/` against ours.
//!
//! A case has files, the flags that give values, Helm's standard error, and the values of every chart where they matter. The
//! order of messages varies in Helm, so lines are compared as a set.

use goyaml::Value;
use rhelm_lib::chart::{Chart, dependency, loader};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::values::{self, ValueOptions};
use rhelm_testutil::chart::Files;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn metadata() {
    check("metadata");
}

#[test]
fn flags_and_files() {
    check("values");
}

#[test]
fn defaults() {
    check("coalesce");
}

#[test]
fn dependencies() {
    check("dependencies");
}

#[test]
fn formats() {
    check("formats");
}

#[test]
fn schemas() {
    check("schema");
}

/// What later stages say of the charts of the parity vectors.
const LATER: [&str; 17] = [
    "Error: YAML parse error",
    "Error: parse error at",
    "Error: execution error at",
    "Error: template: ",
    "Error: c/templates/",
    "Error: rendering template",
    "Error: chart requires kubeVersion",
    "Error: could not find template",
    "Error: invalid kube version",
    "Error: release name check failed",
    "Error: cannot set --generate-name",
    "Error: expected at most two arguments",
    "Error: \"helm ",
    "Error: invalid argument",
    "Error: path \"./zz\" not found",
    "Error: non-absolute URLs",
    "Error: unknown command",
];

#[test]
fn parity_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity/vectors/charts.jsonl");
    let mut wrong = Vec::new();
    for line in std::fs::read_to_string(path).expect("vectors").lines() {
        let vector: Json = serde_json::from_str(line).expect("a vector");
        // Flags that are read as CSV are the command line's, and tested with it.
        let Some(case) = template_case(&vector).filter(|_| vector["title"] != "values as CSV") else { continue };
        let found = run(&case);
        let expected = Outcome::recorded(&case);
        let is_later = |line: &String| LATER.iter().any(|start| line.starts_with(start));
        let fails_here = expected.lines.iter().any(|line| line.starts_with("Error: ") && !is_later(line));
        // Later stages log as well.
        let is_right =
            if fails_here { found == expected } else { found.lines.iter().all(|line| expected.lines.contains(line)) };
        if !is_right {
            wrong.push(format!("{}\nexpected {expected:#?}\nfound {found:#?}", vector["title"]));
        }
    }
    assert!(wrong.is_empty(), "{} vectors differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The case in a vector that renders a chart that is there.
fn template_case(vector: &Json) -> Option<Json> {
    let args: Vec<_> = vector["args"].as_array()?.iter().filter_map(Json::as_str).collect();
    let (chart, flags) = match args.as_slice() {
        ["template", _, chart, flags @ ..] if !chart.starts_with('-') => (*chart, flags),
        ["template", chart] => (*chart, &[][..]),
        _ => return None,
    };
    let is_there = |name: &String| name == chart || name.starts_with(&format!("{chart}/"));
    let has_values = |flags: &[&str]| flags.iter().all(|flag| !flag.starts_with("--") || flag.starts_with("--set"));
    if !vector["files"].as_object()?.keys().any(is_there) || !flags.len().is_multiple_of(2) || !has_values(flags) {
        return None;
    }
    Some(serde_json::json!({"files": vector["files"], "stderr": vector["stderr"], "chart": chart, "args": flags}))
}

fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(format!("{name}.jsonl"));
    let cases = std::fs::read_to_string(path).expect("cases");
    let mut wrong = Vec::new();
    for (number, line) in cases.lines().enumerate() {
        let case: Json = serde_json::from_str(line).expect("a case");
        let found = run(&case);
        let expected = Outcome::recorded(&case);
        if found != expected {
            wrong.push(format!("{name} {}\nexpected {expected:#?}\nfound    {found:#?}", number + 1));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ, the first is {}", wrong.len(), wrong[0]);
}

#[derive(Debug, PartialEq)]
struct Outcome {
    /// Messages, sorted.
    lines: Vec<String>,
    /// The values of each chart by its path, as JSON.
    values: BTreeMap<String, Json>,
}

impl Outcome {
    fn new(stderr: &str, values: BTreeMap<String, Json>) -> Self {
        let mut lines: Vec<_> = stderr.lines().map(str::to_owned).collect();
        lines.sort();
        Self { lines, values }
    }

    fn recorded(case: &Json) -> Self {
        let values = case.get("values").and_then(Json::as_object).into_iter().flatten();
        let values = values.map(|(path, values)| (path.clone(), values.clone())).collect();
        Self::new(case["stderr"].as_str().expect("a text"), values)
    }
}

fn run(case: &Json) -> Outcome {
    let files = case["files"].as_object().expect("files").iter();
    let files = files.fold(Files::new(), |files, (path, content)| files.file(path, text(content)));
    let directory = files.write();
    let mut logs = Vec::new();
    let chart = case.get("chart").and_then(Json::as_str).unwrap_or("c");
    let result = render_values(directory.path(), chart, &options(&case["args"]), &mut logs);
    let mut stderr: String = logs.iter().filter(|log| log.level != Level::Debug).map(|log| format!("{log}\n")).collect();
    let mut values = BTreeMap::new();
    match result {
        Ok((chart, root)) if case.get("values").is_some() => collect(&chart, &chart.metadata.name, &root, &mut values),
        Ok(_) => {}
        Err(error) => stderr.push_str(&format!("Error: {error}\n")),
    }
    Outcome::new(&stderr.replace(&*directory.path().to_string_lossy(), "<DIR>"), values)
}

fn text(content: &Json) -> Vec<u8> {
    match content {
        Json::String(text) => text.clone().into_bytes(),
        other => {
            let encoded = other["base64"].as_str().expect("base64");
            base64::Engine::decode(&base64::prelude::BASE64_STANDARD, encoded).expect("base64")
        }
    }
}

fn options(args: &Json) -> ValueOptions {
    let mut options = ValueOptions::default();
    let args: Vec<&str> = args.as_array().expect("arguments").iter().filter_map(Json::as_str).collect();
    for pair in args.chunks(2) {
        let value = pair[1].to_owned();
        match pair[0] {
            "-f" => options.files.extend(value.split(',').filter(|name| !name.is_empty()).map(str::to_owned)),
            "--set" => options.set.push(value),
            "--set-string" => options.set_string.push(value),
            "--set-json" => options.set_json.push(value),
            "--set-file" => options.set_file.push(value),
            "--set-literal" => options.set_literal.push(value),
            "-s" | "-n" | "-a" | "-l" => {}
            other => panic!("unknown flag {other}"),
        }
    }
    options
}

/// All that Helm does before it renders.
fn render_values(
    directory: &Path,
    chart: &str,
    options: &ValueOptions,
    logs: &mut Vec<Log>,
) -> Result<(Chart, goyaml::Map), String> {
    let read = |name: &str| match name.trim() {
        "-" => Ok(Vec::new()),
        "" => std::fs::read(name),
        _ => std::fs::read(directory.join(name)),
    };
    let user = values::gather(options, &read).map_err(|error| error.to_string())?;
    let (mut chart, loaded) = loader::load(&directory.join(chart)).map_err(|error| {
        logs.extend_from_slice(&error.logs);
        error.to_string()
    })?;
    logs.extend(loaded);
    chart.check_installable().map_err(|error| error.to_string())?;
    logs.extend(chart.deprecation());
    dependency::check(&chart).map_err(|error| error.to_string())?;
    let processed = dependency::process(&mut chart, &user).map_err(|error| {
        logs.extend_from_slice(error.logs());
        let message = "chart dependencies processing failed";
        let fields = vec![("error", error.to_string())];
        logs.push(Log { level: Level::Error, message: message.into(), fields });
        format!("{message}: {error}")
    })?;
    logs.extend(processed);
    let (coalesced, said) = values::coalesce(&chart, &user).map_err(|error| {
        logs.extend_from_slice(&error.logs);
        error.to_string()
    })?;
    logs.extend(said);
    let said = values::schema::validate(&chart, &coalesced, &values::schema::refuse).map_err(|error| {
        logs.extend_from_slice(&error.logs);
        error.to_string()
    })?;
    logs.extend(said);
    Ok((chart, coalesced))
}

fn collect(chart: &Chart, path: &str, values: &goyaml::Map, all: &mut BTreeMap<String, Json>) {
    let text = goyaml::json::write(&Value::Map(values.clone())).expect("JSON");
    all.insert(path.to_owned(), serde_json::from_str(&text).expect("JSON"));
    for subchart in &chart.dependencies {
        let name = &subchart.metadata.name;
        let own = values.get(name).and_then(Value::as_map).expect("a table");
        collect(subchart, &format!("{path}/charts/{name}"), own, all);
    }
}
