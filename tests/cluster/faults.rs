//! A server that fails: what can be done again is done again, the rest is one clear error, and nothing is called done that was not.

use super::{cluster, options, run};
use assert_cmd::Command;
use rhelm_kube::ConnectOptions;
use rhelm_lib::cluster::{Cluster, ObjectId};
use rhelm_testutil::faults::{Fault, FaultyServer};
use std::path::PathBuf;
use std::time::Duration;

/// A namespace behind a server that fails on order, and a chart.
struct Place {
    server: FaultyServer,
    options: ConnectOptions,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(templates: &[(&str, &str)]) -> Option<Self> {
        let options = options()?;
        let server = super::faulty()?;
        run(async { cluster(&options).await });
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("c/templates")).expect("a folder");
        std::fs::write(folder.path().join("c/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n").expect("a file");
        for (name, text) in templates {
            std::fs::write(folder.path().join("c/templates").join(name), text).expect("a file");
        }
        Some(Self { server, options, folder })
    }

    fn chart(&self) -> PathBuf {
        self.folder.path().join("c")
    }

    fn namespace(&self) -> &str {
        self.options.namespace.as_deref().expect("set")
    }

    fn rhelm(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.env("KUBECONFIG", self.server.kubeconfig()).env("HELM_NAMESPACE", self.namespace()).args(arguments);
        command
    }

    fn install(&self, more: &[&str]) -> Command {
        let mut command = self.rhelm(&["install", "web"]);
        command.arg(self.chart()).args(more);
        command
    }

    fn upgrade(&self, more: &[&str]) -> Command {
        let mut command = self.rhelm(&["upgrade", "web"]);
        command.arg(self.chart()).args(more);
        command
    }

    /// Each revision as it stands on record.
    fn recorded(&self) -> Vec<String> {
        super::recorded(&self.options)
    }

    fn is_there(&self, name: &str) -> bool {
        let id = ObjectId {
            api_version: "v1".into(),
            kind: "ConfigMap".into(),
            namespace: self.namespace().into(),
            name: name.into(),
        };
        run(async { cluster(&self.options).await.get(&id).await.expect("an answer").is_some() })
    }
}

const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {colour: {{ .Values.colour | quote }}}\n";
const RED: &[&str] = &["--set", "colour=red"];
const MODIFIED: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Conflict","message":"Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again","code":409}"#;
const BUSY: &str = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"busy","code":500}"#;

#[test]
fn what_passes_is_waited_out() {
    let Some(place) = Place::new(&[("a.yaml", MAP)]) else { return };
    let server = &place.server;
    server.order("GET", "/version", Fault::Reset, 1);
    server.order("GET", "/apis", Fault::Truncated, 1);
    server.order("GET", "/secrets", Fault::Answer(503, "", BUSY), 1);
    server.order("GET", "/configmaps", Fault::Answer(429, "Retry-After: 0\r\n", BUSY), 3);
    server.order("POST", "/secrets", Fault::Answer(429, "", BUSY), 1);
    server.order("PATCH", "/configmaps/a", Fault::Answer(500, "", BUSY), 1);
    server.order("PATCH", "/configmaps/a", Fault::LostAnswer, 1);
    server.order("PATCH", "/configmaps/a", Fault::Answer(409, "", MODIFIED), 1);
    server.order("PATCH", "/configmaps/a", Fault::Delay(Duration::from_millis(50)), 1);
    server.order("PUT", "/secrets", Fault::Answer(500, "", BUSY), 1);
    server.order("PUT", "/secrets", Fault::LostAnswer, 1);
    place.install(RED).assert().success().stderr("");
    assert_eq!(server.left(), Vec::<String>::new(), "all of it happened");
    assert_eq!(place.recorded(), ["deployed: Install complete"]);
    assert!(place.is_there("a"));
}

#[test]
fn a_lost_answer_to_a_new_record_is_looked_up() {
    let Some(place) = Place::new(&[("a.yaml", MAP)]) else { return };
    place.server.order("POST", "/secrets", Fault::LostAnswer, 1);
    place.install(RED).assert().success().stderr("");
    place.server.order("POST", "/secrets", Fault::LostAnswer, 1);
    place.upgrade(&["--set", "colour=blue"]).assert().success().stderr("");
    assert_eq!(place.recorded(), ["superseded: Install complete", "deployed: Upgrade complete"]);
}

#[test]
fn what_was_never_recorded_is_not_begun() {
    let Some(place) = Place::new(&[("a.yaml", MAP)]) else { return };
    place.server.order("POST", "/secrets", Fault::Reset, 9);
    let output = place.install(RED).assert().code(1).stdout("").get_output().stderr.clone();
    let text = String::from_utf8(output).expect("text");
    assert!(text.starts_with("Error: INSTALLATION FAILED: create: failed to create: Post \"http://127.0.0.1:"), "{text}");
    assert_eq!(place.recorded(), Vec::<String>::new());
    assert!(!place.is_there("a"));
}

#[test]
fn a_token_that_expires_on_the_way_fails_the_revision() {
    let Some(place) = Place::new(&[("a.yaml", MAP)]) else { return };
    place.server.order("PATCH", "/configmaps/a", Fault::Answer(401, "", BUSY), 1);
    let why = format!(
        "server-side apply failed for object {}/a /v1, Kind=ConfigMap: the server has asked for the client to provide credentials",
        place.namespace()
    );
    place.install(RED).assert().code(1).stdout("").stderr(format!("Error: INSTALLATION FAILED: {why}\n"));
    assert_eq!(place.recorded(), [format!("failed: Release \"web\" failed: {why}")]);
    assert!(!place.is_there("a"));
}

#[test]
fn a_record_of_the_end_that_cannot_be_written_is_an_error() {
    let Some(place) = Place::new(&[("a.yaml", MAP)]) else { return };
    let conflict =
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Conflict","message":"was modified","code":409}"#;
    place.server.order("PUT", "/secrets", Fault::Answer(409, "", conflict), 9);
    let stderr = "level=ERROR msg=\"failed to record the release\" error=\"update: failed to update: was modified\"\n\
                  Error: INSTALLATION FAILED: release web is deployed, but its record could not be written: \
                  update: failed to update: was modified\n";
    place.install(RED).assert().code(1).stdout("").stderr(stderr);
    assert_eq!(place.recorded(), ["pending-install: Initial install underway"]);
}

#[test]
fn deletions_that_fail_leave_the_record() {
    let Some(place) = Place::new(&[("a.yaml", MAP)]) else { return };
    place.install(RED).assert().success();
    place.server.order("DELETE", "/configmaps/a", Fault::Answer(500, "", BUSY), 9);
    place.rhelm(&["uninstall", "web"]).assert().code(1).stdout("").stderr("Error: failed to delete release: web: busy\n");
    assert_eq!(place.recorded(), ["uninstalling: Deletion in progress (or silently failed)"]);
    assert!(place.is_there("a"));
    let Some(again) = super::faulty() else { return };
    let mut command = place.rhelm(&["uninstall", "web"]);
    command.env("KUBECONFIG", again.kubeconfig()).assert().success().stdout("release \"web\" uninstalled\n");
    assert!(!place.is_there("a"));
}

#[test]
fn a_gap_in_a_watch_is_filled_by_a_list() {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      \
               containers: [{name: main, image: example/main:1}]\n";
    let Some(place) = Place::new(&[("j.yaml", job)]) else { return };
    let gone = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old resource version\"}}\n";
    place.server.order("GET", "watch=true", Fault::Answer(200, "", gone), 2);
    place.server.order("GET", "watch=true", Fault::Reset, 1);
    place.install(&["--wait", "--wait-for-jobs", "--timeout", "60s"]).assert().success().stderr("");
    assert_eq!(place.recorded(), ["deployed: Install complete"]);
}
