//! Signals: the first stops what goes on and leaves a record of it, the second ends the program. And two clients at once.

use super::{cluster, options, run};
use rhelm_kube::ConnectOptions;
use rhelm_lib::cluster::Cluster;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

/// A Deployment that never becomes ready, so that `--wait` goes on for as long as it may.
const STUCK: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  selector: {matchLabels: {app: d}}\n  template:\n    \
                     metadata: {labels: {app: d}}\n    spec:\n      nodeSelector: {disk: none}\n      containers: [{name: main, image: example/main:1}]\n";
const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {value: {{ .Values.value | quote }}}\n";

struct Place {
    options: ConnectOptions,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(template: &str) -> Option<Self> {
        let options = options()?;
        run(async { cluster(&options).await });
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("c/templates")).expect("a folder");
        std::fs::write(folder.path().join("c/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n").expect("a file");
        std::fs::write(folder.path().join("c/values.yaml"), "value: a\n").expect("a file");
        std::fs::write(folder.path().join("c/templates/t.yaml"), template).expect("a file");
        Some(Self { options, folder })
    }

    fn start(&self, arguments: &[&str]) -> Child {
        // Whoever runs the tests in the background of a shell ignores SIGINT, and so would all that they start.
        Command::new("env")
            .arg("--default-signal=INT")
            .arg(env!("CARGO_BIN_EXE_rhelm"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("KUBECONFIG", self.options.kubeconfig.as_ref().expect("set"))
            .env("HELM_NAMESPACE", self.namespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs")
    }

    fn namespace(&self) -> &str {
        self.options.namespace.as_deref().expect("set")
    }

    fn recorded(&self) -> Vec<String> {
        super::recorded(&self.options)
    }

    /// Until there is a record: from then on signals are heard.
    fn until_begun(&self) {
        while self.recorded().is_empty() {
            std::thread::yield_now();
        }
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

/// Standard output, standard error, exit status or the signal.
fn ended(child: Child) -> (String, String, i32) {
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let status = output.status.code().or(output.status.signal().map(|number| 128 + number));
    (text(output.stdout), text(output.stderr), status.expect("a status"))
}

#[test]
fn the_first_signal_stops_and_records_the_failure() {
    for name in ["INT", "TERM"] {
        let Some(place) = Place::new(STUCK) else { return };
        let child = place.start(&["install", "web", "./c", "--wait", "--timeout", "300s"]);
        place.until_begun();
        signal(&child, name);
        let error = "Error: INSTALLATION FAILED: context canceled\n".to_owned();
        assert_eq!(ended(child), ("Release web has been cancelled.\n".to_owned(), error, 1), "as Helm");
        assert_eq!(place.recorded(), ["failed: Release \"web\" failed: context canceled"]);
    }
}

#[test]
fn the_first_signal_stops_tests() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n\
               spec: {nodeSelector: {disk: none}, containers: [{name: main, image: example/main:1}]}\n";
    let Some(place) = Place::new(pod) else { return };
    assert_eq!(ended(place.start(&["install", "web", "./c"])).2, 0);
    let child = place.start(&["test", "web", "--timeout", "300s"]);
    let has_begun = || {
        let pods = run(async { cluster(&place.options).await.list("v1", "Pod", place.namespace()).await });
        pods.is_ok_and(|pods| pods["items"].as_array().is_some_and(|pods| !pods.is_empty()))
    };
    while !has_begun() {
        std::thread::yield_now();
    }
    signal(&child, "TERM");
    let (said, error, status) = ended(child);
    assert_eq!(
        (said.lines().next(), error.as_str(), status),
        (Some("Release web has been cancelled."), "Error: context canceled\n", 1)
    );
}

#[test]
fn a_signal_while_stages_run_ends_them_and_leaves_nothing() {
    let Some(place) = Place::new(MAP) else { return };
    let stage = [
        "--post-renderer",
        "tail",
        "--post-renderer-args=-f",
        "--post-renderer-args=/nowhere",
        "--post-renderer-args=/dev/null",
    ];
    let mut child = place.start(&[&["install", "web", "./c"], &stage[..]].concat());
    let mut messages = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    messages.read_line(&mut line).expect("the stage says something");
    signal(&child, "INT");
    let mut rest = String::new();
    messages.read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "Error: INSTALLATION FAILED: error while running post render on files: interrupted\n");
    assert_eq!(ended(child), (String::new(), String::new(), 130));
    assert_eq!(place.recorded(), Vec::<String>::new());
}

#[test]
fn of_several_clients_at_once_one_goes_on() {
    let Some(place) = Place::new(MAP) else { return };
    let statuses = |children: Vec<Child>| {
        let mut all: Vec<_> = children.into_iter().map(ended).collect();
        all.sort_by_key(|(.., status)| *status);
        all
    };
    let all = statuses((0..4).map(|_| place.start(&["install", "web", "./c"])).collect());
    assert_eq!(all.iter().map(|(.., status)| *status).collect::<Vec<_>>(), [0, 1, 1, 1]);
    assert_eq!(place.recorded(), ["deployed: Install complete"]);
    let values: Vec<_> = (0..4).map(|number| format!("value=v{number}")).collect();
    let all = statuses(values.iter().map(|value| place.start(&["upgrade", "web", "./c", "--set", value])).collect());
    let went_on = all.iter().filter(|(.., status)| *status == 0).count();
    let recorded = place.recorded();
    // One after the other is as good: what counts is that each that went on has a record, and that no record is anybody else's.
    assert_eq!(recorded.len(), 1 + went_on, "{recorded:?} {all:?}");
    assert_eq!(recorded.last().map(String::as_str), Some("deployed: Upgrade complete"));
    for (_, stderr, status) in all.iter().filter(|(.., status)| *status != 0) {
        let told = ["another operation (install/upgrade/rollback) is in progress", "release: already exists"];
        let told = told.map(|why| format!("Error: UPGRADE FAILED: {why}\n"));
        assert!(*status == 1 && told.contains(stderr), "{stderr}");
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let Some(place) = Place::new(STUCK) else { return };
    let Some(server) = super::faulty() else { return };
    let kubeconfig = Some(server.kubeconfig().to_owned());
    let behind = Place { options: ConnectOptions { kubeconfig, ..place.options.clone() }, folder: place.folder };
    let mut command = behind.start(&["install", "web", "./c", "--wait", "--timeout", "300s"]);
    behind.until_begun();
    // The record of the failure is never written.
    server.order("PUT", "/secrets", rhelm_testutil::faults::Fault::Hang, 1);
    signal(&command, "INT");
    let mut line = String::new();
    BufReader::new(command.stdout.take().expect("a pipe")).read_line(&mut line).expect("text");
    assert_eq!(line, "Release web has been cancelled.\n");
    signal(&command, "TERM");
    let (_, stderr, status) = ended(command);
    assert_eq!((stderr.as_str(), status), ("", 143));
}
