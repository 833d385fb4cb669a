//! What is mutated: the vectors that the real Helm answered, and a few texts of our own.

use rhelm_testutil::chart::Tar;
use serde_json::Value as Json;
use std::path::Path;

/// Every `keep`th vector of a file, turned into an input.
fn vectors(file: &str, keep: usize, input: impl Fn(&Json) -> Option<String>) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity/vectors").join(file);
    let text = std::fs::read_to_string(path).expect("the vectors are in the repository");
    let vectors = text.lines().step_by(keep).map(|line| serde_json::from_str(line).expect("a vector a line"));
    vectors.filter_map(|vector| input(&vector)).map(String::into_bytes).collect()
}

pub(crate) fn templates() -> Vec<Vec<u8>> {
    let template = |vector: &Json| Some(vector["template"].as_str()?.to_owned());
    [vectors("functions.jsonl", 5, template), vectors("asked.jsonl", 10, template)].concat()
}

pub(crate) fn yaml() -> Vec<Vec<u8>> {
    let yaml = |vector: &Json| Some(vector["yaml"].as_str()?.to_owned());
    [vectors("yaml.jsonl", 1, yaml), vectors("toyaml.jsonl", 3, yaml)].concat()
}

/// The flag, and what is given with it.
pub(crate) fn set_flags() -> Vec<Vec<u8>> {
    vectors("setflags.jsonl", 1, |vector| {
        let args: Vec<&str> = vector["args"].as_array()?.iter().filter_map(Json::as_str).collect();
        let flag = args.iter().position(|arg| arg.starts_with("--set"))?;
        Some(format!("{}\n{}", args[flag], args.get(flag + 1)?))
    })
}

/// The constraint, and the version.
pub(crate) fn version_constraints() -> Vec<Vec<u8>> {
    vectors("semver.jsonl", 1, |vector| Some(format!("{}\n{}", vector["constraint"].as_str()?, vector["version"].as_str()?)))
}

pub(crate) fn handlebars() -> Vec<Vec<u8>> {
    let texts = [
        "{{Values.a.b}} {{@root.Values.a}} {{this.Chart.Name}}",
        "{{#if Values.a}}x{{else if Values.b}}y{{else}}z{{/if}}{{#unless Values.c}}u{{/unless}}",
        "{{#each Values.list as |item index|}}{{index}}: {{item}}{{else}}none{{/each}}",
        "{{#each Values.a}}{{@key}}={{this}} {{@first}} {{@last}} {{../Values.x}}{{/each}}",
        "{{#with Values.a}}{{b}}{{/with}}{{~nindent 4 (toYaml Values.a)~}}",
        "{{include \"p\" this}}{{quote (default \"d\" Values.none)}}{{{Values.a}}}",
        "{{!-- comment --}}{{! short }}\\{{raw}} {{{{raw}}}} {{x}} {{{{/raw}}}}",
        "{{lookup Values.a \"b\"}}{{Files.Get \"f\"}}{{Capabilities.APIVersions.Has \"v1\"}}{{tpl \"{{ .Values.a }}\" this}}",
        "{{#*inline \"p\"}}{{x}}{{/inline}}{{> p x=1}}{{#> q}}fallback{{/q}}{{Values.list.[0]}}{{Values.[a-b]}}",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}

/// Tar archives, which are compressed just before they are read.
pub(crate) fn archives() -> Vec<Vec<u8>> {
    let chart = "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies: [{name: s, version: 0.1.0, alias: t}]\n";
    let plain = Tar::new()
        .file("c/Chart.yaml", chart)
        .file("c/values.yaml", "a: 1\ns: {b: 2}\n")
        .file("c/values.schema.json", "{\"type\": \"object\"}")
        .file("c/templates/a.yaml", "kind: A\n")
        .file("c/charts/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 0.1.0\n")
        .file("c/crds/d.yaml", "kind: D\n");
    let long = Tar::new().file("c/Chart.yaml", chart).file(&format!("c/{}", "long/".repeat(40)), "x");
    let extended = Tar::new()
        .entry("pax", b'g', "20 comment=for all\n")
        .entry("pax", b'x', "22 path=c/Chart.yaml\n")
        .file("short", chart)
        .entry("c/link", b'2', "")
        .entry("c/folder/", b'5', "");
    let odd = Tar::new().file("c/../Chart.yaml", chart).file("/c/Chart.yaml", chart).file("c\\Chart.yaml", chart);
    [plain, long, extended, odd].map(Tar::finish).into()
}
