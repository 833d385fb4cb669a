//! Flags and names of Helm 3 and Helm 4, as scripts and tools give them.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;
use rhelm_testutil::controlplane::{real_helm_3, real_program};
use rhelm_testutil::web::Site;
use std::path::Path;
use std::process::Command;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

fn chart() -> Files {
    Files::chart("web")
        .file("values.yaml", "a: 1\n")
        .file("crds/c.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n")
        .file("templates/a.yaml", "kind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ .Values.a }}}\n")
        .file(
            "templates/b.yaml",
            "{{ if .Capabilities.APIVersions.Has \"foo/v1\" }}kind: Foo\nmetadata: {name: b}{{ end }}\n",
        )
}

/// What tools send that asks no cluster.
const TOOLS: &[&str] = &[
    "helm version --short",
    "helm version --template {{.Version}}",
    "helm show chart web",
    "helm dependency build web",
    "echo 'a: 2' > v; helm lint web --values v",
    "echo 'a: 2' | helm template web web --skip-crds --values - --version 0.1.0",
    "helm template web web --api-versions foo/v1 --kube-version 1.31.0 --include-crds | grep .",
    "helm template web web -a foo/v1,bar/v1 --name-template x",
    "helm inspect values web",
    "helm dep ls web",
];

#[test]
fn helm_4_is_understood() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let beside = beside.files("web", &chart());
    beside.same(TOOLS);
    beside.same(&[
        "helm plugin list",
        "helm template r web --atomic --force --hide-notes",
        "helm template r web --rollback-on-failure --force-replace",
        "helm template r web --dry-run",
        "helm template r web --dry-run=true",
        "helm template r web --dry-run=T",
        "helm template r web --dry-run=0",
        "helm template r web --dry-run=yes",
        "helm template r web --dry-run=client",
        "helm template r web --dry-run=none",
        "helm template r web --dry-run=false",
        "helm template r web --dry-run=bogus",
        "helm list -a -q",
        "helm list --max 0x10",
        "helm list --burst-limit x --qps 1_0",
        "helm list --qps 1_0",
        "helm rollback r 99999999999999999999",
        "helm template r web --timeout 1\u{e9}",
        "helm template r web --timeout 99999999999999999999",
        "helm push web.tgz foo",
        "helm push web.tgz foo:bar",
        "helm create x --starter /nope",
        "helm show values web/templates --jsonpath '{'",
        "helm search repo x --max-col-width +3",
        "helm nstall r web",
        "helm xyzzy",
    ]);
}

/// Texts differ between the versions; results do not.
#[test]
fn helm_3_is_understood() {
    let Some(beside) = Beside::helm_3(RHELM) else { return };
    let beside = beside.files("web", &chart());
    beside.same(&TOOLS[2..]);
    beside.same(&[
        "helm template r web --atomic --force 2> /dev/null",
        "helm template r web --dry-run 2> /dev/null",
        "helm template r web --dry-run=false",
        "helm template r web --dry-run=none",
        "helm template r web --hide-notes 2> /dev/null",
    ]);
    for flags in ["-c --short", "--client --short", "--short"] {
        let line = format!("helm version {flags} | cut -d. -f1");
        assert_eq!([beside.theirs(&line), beside.ours(&line)], ["v3\nexit 0\n"; 2], "{flags}");
    }
}

const COMMANDS: &[&str] = &[
    "completion bash",
    "completion fish",
    "completion powershell",
    "completion zsh",
    "create",
    "dependency build",
    "dependency list",
    "dependency update",
    "env",
    "get all",
    "get hooks",
    "get manifest",
    "get metadata",
    "get notes",
    "get values",
    "history",
    "install",
    "lint",
    "list",
    "package",
    "plugin install",
    "plugin list",
    "plugin package",
    "plugin uninstall",
    "plugin update",
    "plugin verify",
    "pull",
    "push",
    "registry login",
    "registry logout",
    "repo add",
    "repo index",
    "repo list",
    "repo remove",
    "repo update",
    "rollback",
    "search hub",
    "search repo",
    "show all",
    "show chart",
    "show crds",
    "show readme",
    "show values",
    "status",
    "template",
    "test",
    "uninstall",
    "upgrade",
    "verify",
    "version",
];

/// The flags that a command's help lists, short and long.
fn flags(helm: &Path, command: &str) -> Vec<String> {
    let output = Command::new(helm).args(command.split(' ')).arg("--help").output().expect("helm runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().skip_while(|line| *line != "Flags:").skip(1).take_while(|line| !line.is_empty());
    let words = |line: &str| {
        let words = line.trim().split([' ', ',', '[']).take_while(|word| word.is_empty() || word.starts_with('-'));
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    lines.flat_map(words).collect()
}

#[test]
fn every_flag_of_both_helms_is_known() {
    let (Some(helm_3), Some(helm_4)) = (real_helm_3(), real_program("helm/helm")) else { return };
    let mut unknown = Vec::new();
    // Of `list -a` Helm 4 knows nothing, and neither do we unless the user speaks Helm 3.
    let helms = [(helm_3, "v3"), (helm_4, "")];
    for ((helm, version), command) in helms.iter().flat_map(|helm| COMMANDS.iter().map(move |command| (helm, command))) {
        for flag in flags(helm, command) {
            // With the value that no flag takes the command ends before it does anything.
            let mut rhelm = Command::new(RHELM);
            rhelm.env("RHELM_HELM_VERSION", version).args(command.split(' ')).args([&flag, "--no-such-flag"]);
            let output = rhelm.output();
            let text = String::from_utf8_lossy(&output.expect("rhelm runs").stderr).into_owned();
            if text.contains(&format!("unknown flag: {flag}"))
                || text.contains("unknown shorthand")
                || text.contains("unknown command")
            {
                unknown.push(format!("{command} {flag}"));
            }
        }
    }
    assert_eq!(unknown, Vec::<String>::new());
}

const FOUND: &str = r#"{"data": [{"id": "stable/web", "attributes": {"repo": {"name": "stable", "url": "https://example.com/stable"},
  "description": "A description that is longer than any column of a table may be"},
  "relationships": {"latestChartVersion": {"data": {"version": "3.0.0", "app_version": "4.9"}}}},
  {"id": "b/c", "artifactHub": {"packageUrl": "https://example.com/c"}, "attributes": {"repo": {"name": "b", "url": "https://example.com/b"}},
  "relationships": {"latestChartVersion": {"data": {"version": "1.0.0"}}}}]}"#;

#[test]
fn hubs_are_searched() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let path = |words: &str| format!("/api/chartsvc/v1/charts/search?q={words}");
    let server = Site::new()
        .file(&path("my+web%2B"), FOUND)
        .file(&path("none"), "{\"data\": []}")
        .file(&path("bad"), "no JSON")
        .start();
    beside.variable("HUB", &server.url()).same(&[
        "helm search hub my 'web+' --endpoint $HUB",
        "helm search hub my 'web+' --endpoint $HUB --list-repo-url --max-col-width 20",
        "helm search hub my 'web+' --endpoint $HUB -o json",
        "helm search hub my 'web+' --endpoint $HUB -o yaml",
        "helm search hub none --endpoint $HUB",
        "helm search hub none --endpoint $HUB --fail-on-no-result",
        "helm search hub none --endpoint $HUB -o json",
        "helm search hub bad --endpoint $HUB",
        "helm search hub other --endpoint $HUB",
        "helm search hub x --endpoint http://127.0.0.1:1",
        "helm search hub x --endpoint 127.0.0.1:1",
    ]);
}
