//! Chains of post-renderers under `install` and `upgrade`: what they make is what lives and what is recorded, hooks as the
//! strategy says; and a chain that fails leaves everything as it was.

use super::install::Place;
use super::{cluster, run};
use rhelm_lib::cluster::Cluster;
use rhelm_lib::release::Status;
use serde_json::{Value as Json, json};
use std::path::Path;
use tempfile::TempDir;

/// The chain may be another one than before.
const ACCEPTED: &[&str] = &["--accept-pipeline-change", "a test"];
const LABEL: &[&str] = &["--post-renderer", "rhelm-inject-labels", "--post-renderer-args", "--label=team=web"];
const PODS: &[&str] = &["--post-renderer-args", "--pod-templates"];

/// A chart with an object, a workload, and a hook that stays.
fn chart() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("the file is written");
    std::fs::create_dir(folder.path().join("templates")).expect("the folder is made");
    write("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    write(
        "templates/map.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings # ours\ndata: {size: {{ .Values.size | default 1 | quote }}}\n",
    );
    let hook = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n";
    write("templates/hook.yaml", hook);
    let template = "{metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}";
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 0\n  selector: {matchLabels: {app: web}}\n";
    write("templates/web.yaml", &format!("{deployment}  template: {template}\n"));
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a name")
}

fn live(place: &Place, api_version: &str, kind: &str, name: &str) -> Option<Json> {
    run(async {
        let list = cluster(&place.options).await.list(api_version, kind, place.namespace()).await.expect("a list");
        let items = list["items"].as_array().expect("items");
        items.iter().find(|item| item["metadata"]["name"] == name).cloned()
    })
}

/// Everything of the chart that lives.
fn all_live(place: &Place) -> Vec<Option<Json>> {
    let objects = [("v1", "ConfigMap", "settings"), ("v1", "ConfigMap", "hook"), ("apps/v1", "Deployment", "web")];
    objects.map(|(api_version, kind, name)| live(place, api_version, kind, name)).into()
}

fn team(object: Option<&Json>) -> &Json {
    &object.expect("it lives")["metadata"]["labels"]["team"]
}

/// A chain whose second stage fails after it has written everything; the third would be content.
fn failing(folder: &Path) -> Vec<&str> {
    let script = text(folder);
    [LABEL, &["--post-renderer", script], &["--post-renderer", "cat"]].concat()
}

#[test]
fn a_chain_that_fails_leaves_everything_as_it_was() {
    let Some(place) = Place::new() else { return };
    let chart = chart();
    let script = chart.path().join("fail.sh");
    std::fs::write(&script, "#!/bin/sh\ncat\necho no >&2\nexit 3\n").expect("the script is written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, executable).expect("it can be run");
    let (web, name) = (text(chart.path()), text(&script));
    let why = format!(
        "error while running post render on files: error while running command {name}. error output:\nno\n: exit status 3\n"
    );
    let install = [&["install", "web", web], &failing(&script)[..]].concat();
    place.refuses(&install, &format!("[{name}] no\nError: INSTALLATION FAILED: {why}"));
    assert_eq!(place.releases(), []);
    assert_eq!(all_live(&place), [None, None, None]);

    place.rhelm(&["install", "web", web]);
    let before = (place.releases(), all_live(&place));
    let upgrade = [&["upgrade", "web", web, "--set", "size=2"], &failing(&script)[..]].concat();
    place.refuses(&upgrade, &format!("[{name}] no\nError: UPGRADE FAILED: {why}"));
    place.refuses(&[&upgrade[..], &["--install"]].concat(), &format!("[{name}] no\nError: UPGRADE FAILED: {why}"));
    place.refuses(
        &[&upgrade[..], &["--rollback-on-failure"]].concat(),
        &format!("[{name}] no\nError: UPGRADE FAILED: {why}"),
    );
    assert_eq!((place.releases(), all_live(&place)), before);
}

#[test]
fn what_a_chain_adds_lives_until_an_upgrade_without_it_and_comes_back_with_a_rollback() {
    let Some(place) = Place::new() else { return };
    let chart = chart();
    let web = text(chart.path());
    place.rhelm(&[&["install", "web", web], LABEL, PODS, &["--post-renderer", "cat"]].concat());
    let [settings, hook, deployment] = &all_live(&place)[..] else { unreachable!("three objects") };
    for object in [settings, hook, deployment] {
        assert_eq!(team(object.as_ref()), "web");
    }
    let deployment = deployment.as_ref().expect("it lives");
    assert_eq!(deployment["spec"]["template"]["metadata"]["labels"], json!({"app": "web", "team": "web"}));
    assert_eq!(deployment["spec"]["selector"], json!({"matchLabels": {"app": "web"}}));
    let manifest = "---\n# Source: web/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings # ours\n  labels:\n    team: web\ndata: {size: \"1\"}\n";
    let recorded = place.releases().pop().expect("a release").manifest;
    assert_eq!(&recorded[..manifest.len()], manifest);

    place.rhelm(&[&["upgrade", "web", web, "--set", "size=2"], ACCEPTED].concat());
    let settings = live(&place, "v1", "ConfigMap", "settings");
    assert_eq!((team(settings.as_ref()), &settings.as_ref().expect("it lives")["data"]["size"]), (&Json::Null, &json!("2")));
    place.rhelm(&["rollback", "web", "1"]);
    let settings = live(&place, "v1", "ConfigMap", "settings");
    assert_eq!(
        (team(settings.as_ref()), &settings.as_ref().expect("it lives")["data"]["size"]),
        (&json!("web"), &json!("1"))
    );
    place.rhelm(&[&["upgrade", "web", web, "--set", "size=3"], LABEL, ACCEPTED].concat());
    assert_eq!(team(live(&place, "v1", "ConfigMap", "settings").as_ref()), "web");
    let statuses: Vec<Status> = place.releases().iter().map(|release| release.info.status).collect();
    assert_eq!(statuses, [Status::Superseded, Status::Superseded, Status::Superseded, Status::Deployed]);
}

#[test]
fn hooks_live_as_the_strategy_says() {
    let Some(place) = Place::new() else { return };
    let chart = chart();
    let web = text(chart.path());
    let runs = chart.path().join("runs");
    let count = format!("echo >>{}; exec cat", runs.display());
    let counting = ["--post-renderer", "sh", "--post-renderer-args", "-c", "--post-renderer-args", &count];
    for (strategy, of_hook, times) in [("none", Json::Null, 1), ("separate", json!("web"), 2), ("combined", json!("web"), 1)]
    {
        let upgrade = ["upgrade", "--install", "web", web, "--post-render-hooks", strategy];
        place.rhelm(&[&upgrade[..], LABEL, &counting, ACCEPTED].concat());
        let [settings, hook, deployment] = &all_live(&place)[..] else { unreachable!("three objects") };
        assert_eq!((team(settings.as_ref()), team(deployment.as_ref())), (&json!("web"), &json!("web")), "{strategy}");
        assert_eq!(team(hook.as_ref()), &of_hook, "{strategy}");
        let release = place.releases().pop().expect("a release");
        assert_eq!(release.hooks[0].hook.manifest.content.contains("team: web"), of_hook != Json::Null, "{strategy}");
        assert_eq!(std::fs::read_to_string(&runs).expect("it ran").len(), times, "{strategy}");
        std::fs::remove_file(&runs).expect("the file is removed");
    }
}
