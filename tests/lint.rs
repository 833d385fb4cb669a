//! `rhelm lint`, beside Helm and where it does more: archives that are not unpacked, and the second template language.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::{Files, chart_yaml};
use std::path::Path;
use std::process::Command;

fn lint(folder: &Path, operand: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rhelm")).args(["lint", operand]).current_dir(folder).output();
    let output = output.expect("rhelm runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).replace(&*folder.to_string_lossy(), "<DIR>");
    (output.status.code(), text)
}

#[test]
fn an_archive_is_named_as_it_was_given() {
    let archive = Files::chart("c")
        .file("values.yaml", "")
        .file("templates/a.yaml", "metadata: {name: a}\n")
        .file("charts/s/Chart.yaml", chart_yaml("s"))
        .file(".helmignore", "b.yaml\n")
        .file("templates/b.yaml", "{{ nothing }}")
        .pack("c");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("c.tgz"), archive).expect("a file");
    let expected = "==> Linting c.tgz\n[INFO] Chart.yaml: icon is recommended\n\
                    [ERROR] <DIR>/c.tgz: chart metadata is missing these dependencies: s\n\n\
                    Error: 1 chart(s) linted, 1 chart(s) failed\n";
    assert_eq!(lint(folder.path(), "c.tgz"), (Some(1), expected.to_owned()));
}

#[test]
fn handlebars_is_checked_as_well() {
    let chart = Files::chart("c")
        .file("values.yaml", "name: A_b\n")
        .file("templates/a.yaml.hbs", "metadata: {name: \"{{ Values.name }}\"}\n");
    let folder = chart.write();
    let name = "object name does not conform to Kubernetes naming requirements: \"A_b\": metadata.name: Invalid value: \"A_b\": \
                a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start \
                and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
                '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let expected = format!(
        "==> Linting .\n[INFO] Chart.yaml: icon is recommended\n[WARNING] templates/a.yaml.hbs: {name}\n\n\
         1 chart(s) linted, 0 chart(s) failed\n"
    );
    assert_eq!(lint(folder.path(), "."), (Some(0), expected));
}

/// A default that is null is checked, and stays in the tables that the user gives.
#[test]
fn defaults_that_are_null_are_values() {
    let Some(beside) = Beside::new(env!("CARGO_BIN_EXE_rhelm")) else { return };
    let schema = "{\"properties\": {\"p\": {\"properties\": {\"b\": {\"type\": \"string\"}}}}}";
    let chart = Files::new()
        .file("Chart.yaml", chart_yaml("c") + "icon: http://x/y.png\n")
        .file("values.yaml", "p: {a: 1, b: null, c: {d: null}}\n")
        .file("values.schema.json", schema)
        .file("templates/a.yaml", "kind: A\nmetadata: {name: a}\n");
    beside.files("c", &chart).same(&[
        "helm lint c",
        "helm lint c --set p.a=2",
        "helm lint c --set p.b=null",
        "helm lint c --set p.b=x",
        "helm lint c --set p.a=null,p.b=x,p.c=null",
        "helm lint c --set p=null",
        "helm lint c --set p=1",
    ]);
}
