//! `create`, `show`, `package`, `dependency`, `env` and `version`: the real Helm and rhelm, line by line.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::{Files, chart_yaml};
use rhelm_testutil::web::Site;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

fn chart() -> Files {
    Files::new()
        .file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: 4\nkeywords: [a, b]\n")
        .file("values.yaml", "# All of it.\na: {b: [1, two]}\n")
        .file("values.schema.json", "{\"type\": \"object\"}\n")
        .file("README.md", "# Web\n")
        .file("crds/c.yaml", "kind: CustomResourceDefinition\nmetadata: {name: c}\n")
        .file("templates/a.yaml", "kind: ConfigMap\n")
        .file("templates/NOTES.txt", "Thanks.\n")
        .file("files/data.bin", [0, 255, 7])
        .file(".helmignore", "*.bak\n")
        .file("left.bak", "out\n")
        .file("LICENSE", "none\n")
}

#[test]
fn charts_are_shown() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let old = Files::new().file("Chart.yaml", chart_yaml("old") + "deprecated: true\n").file("values.yaml", "a: 1\n");
    beside.files("web", &chart()).files("old", &old).same(&[
        "helm show chart web",
        "helm show values web",
        "helm show values web --jsonpath '{.a.b[1]}'",
        "helm show values web --jsonpath '{.a'",
        "helm show values web --jsonpath '{.none}'",
        "helm show readme web",
        "helm show crds web",
        "helm show all web",
        "helm show all old",
        "helm inspect chart web",
        "helm show chart nope",
        "helm show chart ./nope",
        "helm show chart",
        "helm show chart web web",
    ]);
}

/// They are looked at, whatever a render says of them.
#[test]
fn charts_of_other_formats_are_shown() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let of = |version: &str, more: &str| {
        Files::new().file("Chart.yaml", format!("apiVersion: {version}\nname: c\nversion: 0.1.0\n{more}"))
    };
    beside
        .files("v9", &of("v9", ""))
        .files("v3", &of("v3", ""))
        .files("odd", &of("v2", "annotations: {a/b~c: [x]}\n"))
        .files("empty", &Files::new().file("values.yaml", ""))
        .same(&[
            "helm show chart v9",
            "helm show all v3",
            "helm dependency list v9",
            "helm dependency update v9",
            "helm template v9",
            "helm show chart odd",
            "helm template odd",
            "helm show chart empty",
            "helm dependency list empty",
            "helm dependency build empty",
            "helm template empty",
            "helm dependency list a b",
            "helm dependency update a b",
        ]);
}

#[test]
fn dependencies_that_cannot_be_had_are_told_of() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let of = |version: &str, repository: &str| {
        let head = "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies:\n";
        Files::new().file("Chart.yaml", format!("{head}- {{name: s, version: {version}, repository: \"{repository}\"}}\n"))
    };
    let part = "apiVersion: v2\nname: s\nversion: 0.2.0\n";
    let archive = || Files::new().file("Chart.yaml", "apiVersion: v2\nname: s\nversion: 0.1.0\n").pack("s");
    beside
        .files("unnamed", &of("0.1.0", "bad"))
        .files("alias", &of("0.1.0", "alias:bad"))
        .files("ftp", &of("0.1.0", "ftp://x/y"))
        .files("local", &of("0.1.0", "file://../nope"))
        .files("registry", &of("0.1.0", "oci://localhost:1/y"))
        .files("wrong", &of("0.1.0", "").file("charts/s/Chart.yaml", part))
        .files(
            "inside",
            &of(">=0.1.0", "").file("charts/s/Chart.yaml", part).file("charts/t/Chart.yaml", part.replace(" s", " t")),
        )
        .files("hollow", &of("0.1.0", "").file("charts/s/values.yaml", ""))
        .files("twice", &of("0.1.0", "").file("charts/s-0.1.0.tgz", archive()).file("charts/s-0.1.1.tgz", archive()))
        .files("renamed", &of("0.1.0", "").file("charts/s-x-0.1.0.tgz", archive()))
        .same(&[
            "helm dependency update unnamed",
            "helm dependency update alias",
            "helm dependency update ftp",
            "helm dependency update local",
            "helm dependency update registry",
            "helm dependency update wrong; ls wrong",
            "helm dependency list inside",
            "helm dependency update inside",
            "helm dependency build inside",
            "helm dependency build hollow",
            "helm dependency list twice",
            "helm dependency list renamed",
        ]);
}

/// What an archive holds, without compression: both have their own.
const LISTING: &str = "tar tvzf *.tgz --full-time && tar xzOf *.tgz | sha256sum; rm -f *.tgz";

#[test]
fn charts_are_packaged() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let beside = beside.variable("SOURCE_DATE_EPOCH", "1700000000").variable("TZ", "UTC");
    let bare = Files::new().file("Chart.yaml", "apiVersion: v1\nname: bare\nversion: 0.1.0\n");
    let missing =
        Files::new().file("Chart.yaml", chart_yaml("m") + "dependencies:\n- {name: x, version: 1.0.0, repository: ''}\n");
    let within = Files::new()
        .file("Chart.yaml", chart_yaml("p") + "dependencies:\n- {name: s, version: 0.1.0, repository: ''}\n")
        .file("charts/s/Chart.yaml", chart_yaml("s"))
        .file("charts/s/templates/a.yaml", "kind: Secret\n");
    let beside = beside.files("web", &chart()).files("bare", &bare).files("m", &missing).files("p", &within);
    let line = |flags: &str| format!("helm package {flags} && {LISTING}");
    beside.same(&[
        "helm package",
        "helm package nope",
        "helm package web/Chart.yaml",
        "helm package m",
        "helm package web --version x.y",
        "SOURCE_DATE_EPOCH=x helm package web",
        &line("web"),
        &line("web --version 2.0.0-rc.1+b --app-version v5"),
        &line("bare"),
        &line("p"),
        "helm package web bare -d out && ls out",
        "cd web && helm package . && ls *.tgz && rm *.tgz",
        "helm package web -d web/Chart.yaml",
    ]);
    // Every archive is the same as the last one of the same input.
    let twice = "helm package web && mv web-1.2.3.tgz one && helm package web && cmp one web-1.2.3.tgz";
    let saved = "Successfully packaged chart and saved it to: ~/web-1.2.3.tgz\n";
    assert_eq!(beside.ours(twice), format!("{saved}{saved}exit 0\n"));
}

#[test]
fn dependencies_are_listed_fetched_and_locked() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let archive = |name: &str, version: &str| {
        let head = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
        Files::new().file("Chart.yaml", head).file("templates/a.yaml", "kind: ConfigMap\n").pack(name)
    };
    let folder = tempfile::tempdir().expect("a folder");
    for (name, version) in [("data", "1.0.0"), ("data", "1.1.0"), ("queue", "0.3.0")] {
        std::fs::write(folder.path().join(format!("{name}-{version}.tgz")), archive(name, version)).expect("a file");
    }
    assert_eq!(beside.theirs(&format!("helm repo index {}", folder.path().display())), "exit 0\n");
    let server = Site::new().folder(folder.path()).start();
    let url = server.url();
    let beside = beside.variable("URL", &url);
    let head = |more: &str| format!("apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n{more}");
    let data = format!("- {{name: data, version: ^1.0.0, repository: {url}}}\n");
    let of = |more: &str| Files::new().file("Chart.yaml", head(more));
    let beside = beside
        .files("app", &of(&data))
        .files("alias", &of("- {name: data, version: '>=1', repository: '@loc'}\n- {name: queue, version: 0.3.0, repository: 'alias:loc'}\n"))
        .files("local", &of("- {name: lib, version: 0.1.0, repository: 'file://../lib'}\n"))
        .files("lib", &Files::chart("lib"))
        .files("none", &of(&data.replace("^1.0.0", "^7.0.0")))
        .files("unknown", &of(&data.replace("data", "nope")))
        .files("plain", &Files::chart("plain"))
        .files("old", &Files::new()
            .file("Chart.yaml", "apiVersion: v1\nname: old\nversion: 1.0.0\n")
            .file("requirements.yaml", format!("dependencies:\n{data}")));
    beside.same(&[
        "helm dependency list plain",
        "helm dep ls app",
        "helm dependency list nope",
        "helm dependency build plain",
        "helm dependency build nope",
        "helm template r app",
        "helm dependency update app",
        "sed 's/^generated.*//' app/Chart.lock; ls app/charts",
        "helm dependency list app",
        "helm template r app",
        "rm -r app/charts; helm dependency build app; ls app/charts",
        "helm dependency build app --skip-refresh",
        "sed -i 's/1.0.0, repo/1.1.0, repo/' app/Chart.yaml; helm dependency build app",
        "helm dep up app; ls app/charts; sed 's/^generated.*//' app/Chart.lock",
        "helm dependency update alias",
        "helm repo add loc $URL",
        "helm dependency update alias; ls alias/charts; sed 's/^generated.*//' alias/Chart.lock",
        "helm dependency build alias",
        "helm dependency update local; ls local/charts; sed 's/^generated.*//' local/Chart.lock",
        "helm dep list local",
        "helm dependency update none",
        "helm dependency update unknown",
        "helm dependency update old; ls old old/charts; sed 's/^generated.*//' old/requirements.lock",
        "helm dependency build old",
        "rm -r app/charts; helm template r app --dependency-update",
        "rm -r alias/charts; helm package alias -u && ls alias/charts",
    ]);
}

#[test]
fn a_dry_run_shows_values_for_debugging() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let chart = Files::chart("web").file("templates/a.yaml", "kind: ConfigMap\nmetadata: {name: a}\n");
    let shown = "--dry-run=client --debug 2> /dev/null | grep -v 'LAST DEPLOYED'";
    beside
        .files("web", &chart)
        .same(&[&format!("helm install r web {shown}"), &format!("helm install r web --set a=1 {shown}")]);
}

#[test]
fn settings_are_shown() {
    let Some(beside) = Beside::new(RHELM) else { return };
    beside.variable("HELM_MAX_HISTORY", "7").variable("HELM_KUBEASGROUPS", "a,b").same(&[
        "helm env",
        "helm env HELM_MAX_HISTORY",
        "helm env NOPE",
        "helm env A B",
        "HELM_DEBUG=1 HELM_NAMESPACE=x helm env",
        "HELM_CACHE_HOME=/c HELM_CONFIG_HOME=/d HELM_DATA_HOME=/e helm env",
        "XDG_CACHE_HOME=/c XDG_CONFIG_HOME=/d XDG_DATA_HOME=/e helm env",
        "helm env -n y --kube-context z --registry-config r --debug",
    ]);
}

#[test]
fn the_version_is_told() {
    let Some(beside) = Beside::new(RHELM) else { return };
    beside.same(&[
        "helm version --short",
        "helm version --template '{{.Version}}'",
        "helm version --template '{{.Version}} {{.GitCommit}} {{.GitTreeState}} {{.KubeClientVersion}}'",
        "helm version --template '{{.Nope}}'",
        "helm version --template '{{'",
        "helm version x",
    ]);
}
