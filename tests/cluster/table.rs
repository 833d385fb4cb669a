//! The live table of a wait, on a terminal; and that there is nothing of it where there is none.

use rhelm_testutil::certificates::Certificates;
use rhelm_testutil::chart::Files;
use rhelm_testutil::controlplane::{ControlPlane, real_program, shared};
use rhelm_testutil::web::Site;
use std::path::Path;
use std::process::Command;

/// A pod that fails at once, a Deployment whose pod no node can run, and a Service that is ready.
const OBJECTS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: ends, labels: {rhelm.test/outcome: fail}}
spec: {restartPolicy: Never, containers: [{name: main, image: example/main:1}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stuck}
spec:
  selector: {matchLabels: {app: stuck}}
  template:
    metadata: {labels: {app: stuck}}
    spec: {nodeSelector: {disk: none}, containers: [{name: main, image: example/main:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: stuck}, ports: [{port: 80}]}
";
const TABLE: &str = "\
Waiting until 3 objects are ready [######--------------] 1/3, <TIME> of 6s
Pod/ends          Failed  Pod has completed, but not successfully
  pod ends: container main ended with exit status 1
  event Scheduled: Successfully assigned default/ends to node-0
  log of main: cannot open the door
  log of main: no key
Deployment/stuck  InProgress  Available: 0/1
  pod stuck-<POD>: Unschedulable: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. <MORE>
  event FailedScheduling: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. <MORE>
Service/web       Current  Service is ready";
const FAILURE: &str = "\
Error: INSTALLATION FAILED: resource Pod/default/ends not ready. status: Failed, message: Pod has completed, but not successfully
resource Deployment/default/stuck not ready. status: InProgress, message: Available: 0/1
context deadline exceeded
";

/// The node's address is that of a server which knows one log.
fn serve_log(plane: &ControlPlane, kubectl: &Path) -> Option<rhelm_testutil::web::Server> {
    let log = Site::new().tls(Certificates::new()?.server(false));
    let server = log.file("/containerLogs/default/ends/main?tailLines=3", "cannot open the door\nno key\n").start();
    let address = r#"[{"type": "InternalIP", "address": "127.0.0.1"}]"#;
    let port = server.port();
    let patch =
        format!(r#"{{"status": {{"addresses": {address}, "daemonEndpoints": {{"kubeletEndpoint": {{"Port": {port}}}}}}}}}"#);
    let mut command = Command::new(kubectl);
    command.arg("--kubeconfig").arg(plane.kubeconfig());
    let patched = command.args(["patch", "node", "node-0", "--subresource=status", "-p", &patch]).output().expect("it runs");
    assert!(patched.status.success(), "{}", String::from_utf8_lossy(&patched.stderr));
    Some(server)
}

/// What differs from run to run, of one line.
fn masked(line: &str) -> String {
    let mut line = line.to_owned();
    if let Some((before, rest)) = line.split_once("/3, ") {
        let rest = rest.split_once(" of").map_or("", |(_, rest)| rest);
        line = format!("{before}/3, <TIME> of{rest}");
    }
    if let Some((before, rest)) = line.split_once("pod stuck-") {
        let rest = rest.split_once(':').map_or("", |(_, rest)| rest);
        line = format!("{before}pod stuck-<POD>:{rest}");
    }
    // The rest of what the scheduler says is its own matter.
    match line.split_once("affinity/selector. ") {
        Some((before, _)) => format!("{before}affinity/selector. <MORE>"),
        None => line,
    }
}

#[test]
fn a_wait_is_shown_on_a_terminal_with_its_reasons() {
    if shared().is_none_or(|plane| !plane.is_private()) {
        return;
    }
    let Some(kubectl) = real_program("kubectl/kubectl") else { return };
    let plane = ControlPlane::start(&[]).expect("there is one already");
    let Some(_server) = serve_log(&plane, &kubectl) else { return };
    let chart = Files::chart("app").file("templates/all.yaml", OBJECTS).write();
    let install = |wrapped: &str| {
        let program = env!("CARGO_BIN_EXE_rhelm");
        let line = format!("{program} install web {} --wait --timeout 6s", chart.path().display());
        let mut command = Command::new("sh");
        command.env("KUBECONFIG", plane.kubeconfig()).env("TERM", "xterm");
        let output = command.args(["-c", &wrapped.replace("LINE", &line)]).output().expect("it runs");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let shown = install("script -qec 'stty cols 160 rows 40; LINE' /dev/null").replace('\r', "");
    // Each table takes away the one before it.
    let tables: Vec<&str> = shown.split("\x1b[J").collect();
    let last = tables.iter().rev().nth(1).expect("a table");
    let table: Vec<_> = last.lines().filter(|line| !line.starts_with('\x1b')).map(masked).collect();
    assert_eq!(table.join("\n"), TABLE);
    assert_eq!(tables.last(), Some(&FAILURE));
    let uninstalled = Command::new(env!("CARGO_BIN_EXE_rhelm"))
        .args(["uninstall", "web", "--wait"])
        .env("KUBECONFIG", plane.kubeconfig())
        .output();
    assert!(uninstalled.expect("it runs").status.success());
    assert_eq!(install("LINE"), FAILURE);
}
