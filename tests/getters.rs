//! Plugins that fetch: charts, indexes and values by protocols of their own, with the real Helm and with rhelm, line by line.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

const NEW: &str = "apiVersion: v1\ntype: getter/v1\nname: new\nversion: 0.2.0\nruntime: subprocess\nconfig: {protocols: [one, gone, odd]}\n\
                   runtimeConfig:\n  protocolCommands:\n  - {protocols: [one], platformCommand: [{command: get, args: ['$HELM_PLUGIN_NAME']}]}\n  \
                   - {protocols: [gone], platformCommand: [{command: nowhere}]}\n  - {protocols: [odd], platformCommand: [{os: plan9, command: get}]}\n";

const OLD: &str = "name: old\nversion: 0.1.0\nusage: gets\ndescription: gets\ncommand: $HELM_PLUGIN_DIR/bin/get cli\n\
                   downloaders: [{command: bin/get more $X, protocols: [two, deux]}]\n";

/// Says what it is given, on standard error, and gives what it is asked for.
const GET: &str = "#!/bin/sh\nfor word; do echo \"[$word]\" >&2; done\nenv | grep '^HELM_' | grep -v HELM_BIN= | sort >&2\n\
                   for last; do :; done\ncase $last in *nope*) exit 7;; *endless*) exec cat /dev/zero;; *.note) echo \"text of $last\";; *) cat $HOME/site/${last##*[/:]};; esac\n";

fn start() -> Option<Beside> {
    let plugin = |file: &str, get: &str| Files::new().file("plugin.yaml", file).file(get, GET);
    let web = Files::new()
        .file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
        .file("values.yaml", "a: 1\n")
        .file("templates/a.yaml", "kind: ConfigMap\ndata: {a: {{ .Values.a }}}\n");
    let app = "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: web, version: ^1, repository: 'two://h/charts'}]\n";
    let beside = Beside::new(RHELM)?
        .files("new", &plugin(NEW, "get"))
        .files("old", &plugin(OLD, "bin/get"))
        .files("web", &web)
        .files("app", &Files::new().file("Chart.yaml", app))
        .files("site", &Files::new().file("v.yaml", "a: 7\n").file("web-1.0.0.tgz", web.pack("web")));
    beside.same(&[
        "chmod +x new/get old/bin/get; helm plugin install new; helm plugin install old; helm plugin list --type getter/v1",
        "helm repo index site; sed -i 's/^generated:.*//; s/created:.*/created: \"2026-01-01T00:00:00Z\"/' site/index.yaml",
    ]);
    Some(beside)
}

/// Helm reads until its memory is full.
#[test]
fn a_plugin_that_gives_no_end_is_stopped() {
    let Some(beside) = start() else { return };
    let told = beside.ours("helm template x web -f one://h/endless 2>&1 | grep Error");
    assert_eq!(told, "Error: one://h/endless: more than 536870912 bytes\nexit 0\n");
}

#[test]
fn values_come_by_plugins() {
    let Some(beside) = start() else { return };
    beside.same(&[
        "helm template x web -f one://h/v.yaml",
        "helm template x web -f two:v.yaml",
        "helm template x web -f deux://h/v.yaml,v.yaml",
        "helm template x web -f three://h/v.yaml",
        "helm template x web --set-file a=ONE://h/v.note",
        "helm lint web -f one://h/v.yaml",
        "HELM_NO_PLUGINS=1 helm template x web -f one://h/v.yaml",
        "HELM_PLUGINS=/nowhere helm template x web -f one://h/v.yaml",
        "helm template x web -f one://h/v.yaml -n team --kube-context c --debug 2>&1 | grep -e ^HELM_KUBECONTEXT -e ^HELM_NAMESPACE -e ^HELM_DEBUG",
    ]);
}

#[test]
fn charts_and_indexes_come_by_plugins() {
    let Some(beside) = start() else { return };
    beside.same(&[
        "helm repo add r one://h/charts --username u --password p --pass-credentials --ca-file ca --cert-file c --key-file k",
        "helm repo add s three://h/charts",
        "helm repo update",
        "helm search repo web",
        "cat .cache/helm/repository/r-index.yaml",
        "helm template x r/web",
        "helm show chart r/web --version 1.0.0",
        "helm pull r/web && ls *.tgz && rm *.tgz",
        // rhelm takes what is in the cache with the digest that the index names.
        "rm -r .cache/helm/content; helm template x web --repo two://h/charts",
        "helm template x web --repo three://h/charts",
        "helm template x two://h/charts/web-1.0.0.tgz --username u --password p",
        "helm template x three://h/charts/web-1.0.0.tgz",
        "helm pull two://h/web-1.0.0.tgz --untar --untardir unpacked && ls unpacked/web",
        "helm template x two://h/web-1.0.0.tgz --verify",
    ]);
    // Helm asks for the index in a different order, and tells of it before it is asked for.
    beside.same(&["helm dependency update app > /dev/null 2>&1; ls app/charts; grep -v generated app/Chart.lock"]);
}

/// Helm prints the plugin's whole structure in Go's syntax where rhelm names the plugin.
#[test]
fn plugins_fail() {
    let Some(beside) = start() else { return };
    let said = |line: &str| beside.ours(&format!("{line} 2>&1 | grep -v -e '^\\[' -e '^HELM_'"));
    let failed = |name: &str, cause: &str| format!("Error: plugin \"{name}\" failed to invoke: {cause}\nexit 0\n");
    assert_eq!(said("helm template x web -f one://nope"), failed("new", "plugin \"new\" exited with error"));
    assert_eq!(said("helm show chart two://h/nope"), failed("old", "plugin \"old\" exited with error"));
    let missing = "fork/exec ~/.local/share/helm/plugins/new/nowhere: no such file or directory";
    assert_eq!(said("helm template x web -f gone://x"), failed("new", missing));
    let none = "failed to prepare commands for protocol \"odd\": no plugin command is applicable";
    assert_eq!(said("helm template x web -f odd://x"), failed("new", none));
    let status = beside.ours("helm template x web -f one://nope > /dev/null 2>&1");
    assert_eq!(status, "exit 1\n");
}
