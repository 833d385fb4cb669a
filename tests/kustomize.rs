//! `rhelm-kustomize`, with the real kustomize and with programs in its place.

use rhelm_testutil::controlplane::real_program;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web # ours\nstringData: {a: b}\n";

/// A folder with an overlay, one with programs, and one for what is temporary.
struct Place(TempDir);

impl Place {
    fn new(overlay: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        for folder in ["overlay/parts", "programs", "tmp"] {
            std::fs::create_dir_all(place.path(folder)).expect("a folder");
        }
        overlay.iter().for_each(|(name, text)| place.write(&format!("overlay/{name}"), text));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("the file is written");
    }

    fn program(&self, name: &str, body: &str) {
        let path = format!("programs/{name}");
        self.write(&path, &format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{body}\n"));
        std::fs::set_permissions(self.path(&path), PermissionsExt::from_mode(0o755)).expect("it is made executable");
    }

    fn command(&self, programs: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm-kustomize"));
        command.arg("overlay").current_dir(self.0.path()).env("TMPDIR", self.path("tmp")).env("PATH", programs);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What it prints and says, and its exit status. Nothing temporary is left.
    #[track_caller]
    fn run(&self, programs: &Path) -> (String, String, Option<i32>) {
        let mut child = self.command(programs).spawn().expect("it starts");
        // Who stops before the input is read has closed it.
        let _ = std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), SECRET.as_bytes());
        self.ended(&child.wait_with_output().expect("it ends"))
    }

    #[track_caller]
    fn ended(&self, output: &Output) -> (String, String, Option<i32>) {
        assert_eq!(std::fs::read_dir(self.path("tmp")).expect("a folder").count(), 0, "something is left");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        (text(&output.stdout), text(&output.stderr), output.status.code())
    }
}

#[test]
fn an_overlay_is_put_on_the_manifests() {
    let Some(kubectl) = real_program("kubectl/kubectl") else { return };
    let part = "- op: add\n  path: /metadata/labels\n  value: {team: web}\n";
    let overlay = "resources: [all.yaml]\npatches:\n- target: {kind: Secret}\n  path: parts/label.yaml\n";
    let place = Place::new(&[("kustomization.yaml", overlay), ("parts/label.yaml", part)]);
    let expected = "apiVersion: v1\nkind: Secret\nmetadata:\n  labels:\n    team: web\n  name: web\nstringData:\n  a: b\n";
    assert_eq!(place.run(kubectl.parent().expect("a folder")), (expected.to_owned(), String::new(), Some(0)));
    assert!(!place.path("overlay/all.yaml").exists(), "the overlay is left alone");
}

#[test]
fn kustomize_comes_before_kubectl_and_its_folder_is_private() {
    let place = Place::new(&[("Kustomization", "resources:\n- all.yaml\n")]);
    place.program("kubectl", "exit 9");
    place.program("kustomize", "echo \"$1 $(stat -c %a \"$2\")\"; cat \"$2/all.yaml\"");
    assert_eq!(place.run(&place.path("programs")), (format!("build 700\n{SECRET}"), String::new(), Some(0)));
}

#[test]
fn what_goes_wrong_is_said_and_nothing_is_left() {
    let place = Place::new(&[("kustomization.yaml", "resources: [all.yaml]\n")]);
    let fails = |message: &str| (String::new(), message.to_owned(), Some(1));
    let none = "Error: neither kustomize nor kubectl is on PATH: install one of them\n";
    assert_eq!(place.run(&place.path("programs")), fails(none));
    place.program("kustomize", "echo 'no such patch' >&2; exit 3");
    let ended = "no such patch\nError: overlay: kustomize ended with exit status: 3\n";
    assert_eq!(place.run(&place.path("programs")), fails(ended));
    std::os::unix::fs::symlink("parts", place.path("overlay/link")).expect("a link");
    let link = "Error: overlay/link: the source path is neither a regular file nor a symlink to a regular file\n";
    assert_eq!(place.run(&place.path("programs")), fails(link));
    place.write("overlay/kustomization.yaml", "resources: [small.yaml] # not all.yaml\n");
    let unnamed = "Error: overlay/kustomization.yaml: add all.yaml, the manifests, to its resources\n";
    assert_eq!(place.run(&place.path("programs")), fails(unnamed));
    place.write("overlay/kustomization.yaml", "resources: [\n");
    let broken = "error converting YAML to JSON: yaml: line 1: did not find expected node content";
    assert_eq!(place.run(&place.path("programs")), fails(&format!("Error: overlay/kustomization.yaml: {broken}\n")));
    std::fs::remove_file(place.path("overlay/kustomization.yaml")).expect("it is removed");
    assert_eq!(place.run(&place.path("programs")), fails("Error: overlay: there is no kustomization.yaml\n"));
}

#[test]
fn an_interrupt_leaves_nothing() {
    let place = Place::new(&[("kustomization.yaml", "resources: [all.yaml]\n")]);
    place.program("kustomize", "echo started\nexec sleep 1000");
    let mut child = place.command(&place.path("programs")).process_group(0).spawn().expect("it starts");
    drop(child.stdin.take());
    let mut started = [0; 8];
    std::io::Read::read_exact(child.stdout.as_mut().expect("a pipe"), &mut started).expect("the program says so");
    let group = format!("-{}", child.id());
    assert!(Command::new("kill").args(["-INT", "--", &group]).status().expect("kill runs").success());
    let said = "Error: overlay: kustomize ended with signal: 2 (SIGINT)\n".to_owned();
    assert_eq!(place.ended(&child.wait_with_output().expect("it ends")), (String::new(), said, Some(1)));
}
