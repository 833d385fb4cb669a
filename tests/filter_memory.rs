//! The filters hold one document at a time: their memory does not grow with the stream.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// The stream, and what a filter may need at most, in KiB.
const STREAM: usize = 12 << 10;
const MOST: usize = 8 << 10;

const DOCUMENT: &str = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: web:1\n        env:\n        - name: PASSWORD\n          valueFrom: {secretKeyRef: {name: web, key: password}}\n";

/// What a process has needed at most so far, in KiB.
fn peak(id: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// What a filter has needed when it has read everything but the end.
fn peak_of(program: &str, arguments: &[&str]) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("s.yaml"), "containers: [{name: s, image: s}]\n").expect("a file");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the filter starts");
    let (mut input, mut output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let reader = std::thread::spawn(move || output.read_to_end(&mut Vec::new()).expect("its output"));
    let count = (STREAM << 10) / DOCUMENT.len();
    for _ in 0..count {
        input.write_all(DOCUMENT.as_bytes()).expect("it reads");
    }
    let needed = peak(child.id());
    drop(input);
    assert!(child.wait().expect("it ends").success());
    assert!(reader.join().expect("it ends") >= count * DOCUMENT.len());
    needed
}

#[test]
fn memory_does_not_grow_with_the_stream() {
    let filters: [(&str, &[&str]); 3] = [
        (env!("CARGO_BIN_EXE_rhelm-inject-labels"), &["--label=team=web", "--pod-templates"]),
        (env!("CARGO_BIN_EXE_rhelm-inject-sidecar"), &["s.yaml"]),
        (env!("CARGO_BIN_EXE_rhelm-scan-secrets"), &[]),
    ];
    for (program, arguments) in filters {
        let needed = peak_of(program, arguments);
        assert!(needed < MOST, "{program} needs {needed} KiB for {STREAM} KiB");
    }
}
