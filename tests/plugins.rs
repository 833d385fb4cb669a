//! rhelm as a plugin: the unpacked release, installed by the real Helm 3 and Helm 4.

use rhelm_testutil::controlplane::{real_helm_3, real_program};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const GUESTBOOK: &str = "tests/fixtures/guestbook";
const FILTERS: [&str; 3] = ["rhelm-inject-labels", "rhelm-inject-sidecar", "rhelm-scan-secrets"];

/// Stages of the three filters, each with its arguments.
const STAGES: [&[&str]; 3] = [
    &["rhelm-inject-labels", "--label=team=web", "--pod-templates"],
    &["rhelm-inject-sidecar", "tests/inject_sidecar/proxy.yaml"],
    &["rhelm-scan-secrets"],
];

/// A release, and a home for a Helm that knows nothing yet.
struct Home {
    folder: TempDir,
    helm: PathBuf,
    release: PathBuf,
}

impl Home {
    fn new(helm: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let programs = Path::new(env!("CARGO_BIN_EXE_rhelm")).parent().expect("a folder");
        let mut package = Command::new(Path::new(ROOT).join("scripts/package"));
        let output = package.arg("--unpacked").arg("--programs").arg(programs).arg(folder.path()).output();
        let release = PathBuf::from(text(&output.expect("the script runs")).trim());
        Self { folder, helm, release }
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(ROOT).env("HELM_DATA_HOME", self.folder.path().join("data"));
        command.env("HELM_CONFIG_HOME", self.folder.path().join("config"));
        command.env("HELM_CACHE_HOME", self.folder.path().join("cache"));
        command.env_remove("HELM_PLUGINS");
        command
    }

    #[track_caller]
    fn helm(&self, arguments: &[&str]) -> String {
        text(&self.command(&self.helm, arguments).output().expect("helm runs"))
    }

    #[track_caller]
    fn rhelm(&self, arguments: &[&str]) -> String {
        let rhelm = Path::new(env!("CARGO_BIN_EXE_rhelm"));
        text(&self.command(rhelm, arguments).output().expect("rhelm runs"))
    }

    #[track_caller]
    fn install(&self, plugin: &Path) {
        self.helm(&["plugin", "install", &plugin.display().to_string()]);
    }
}

#[track_caller]
fn text(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn template<'a>(stage: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["template", "web", GUESTBOOK, "--post-renderer", stage[0]];
    stage[1..].iter().for_each(|argument| words.extend(["--post-renderer-args", argument]));
    words
}

#[test]
fn the_release_is_a_plugin_of_both_helms() {
    let (Some(helm_3), Some(helm_4)) = (real_helm_3(), real_program("helm/helm")) else { return };
    for helm in [helm_3, helm_4] {
        let home = Home::new(helm);
        home.install(&home.release);
        let words = ["template", "web", GUESTBOOK, "--set", "replicas=3"];
        assert_eq!(home.helm(&[&["rhelm"], &words[..]].concat()), home.rhelm(&words));
        // A stage that is one of our own programs is found beside the plugin's.
        let words = template(STAGES[0]);
        assert_eq!(home.helm(&[&["rhelm"], &words[..]].concat()), home.rhelm(&words));
    }
}

/// Helm 3 takes the programs as they are: the same comes out as of a shell pipe.
#[test]
fn the_filters_are_post_renderers_of_helm_3() {
    let Some(helm) = real_helm_3() else { return };
    let home = Home::new(helm);
    let plain = home.helm(&["template", "web", GUESTBOOK, "--no-hooks"]);
    for (stage, filter) in STAGES.iter().zip(FILTERS) {
        let program = home.release.join("bin").join(filter);
        let piped = assert_cmd::Command::from_std(home.command(&program, &stage[1..])).write_stdin(plain.clone()).unwrap();
        let path = program.display().to_string();
        let words = template(&[&[path.as_str()], &stage[1..]].concat());
        let rendered = home.helm(&[&words[..], &["--no-hooks"]].concat());
        assert_eq!(rendered, text(&piped), "{filter}");
    }
}

/// Helm 4 writes the manifests anew, before the filter and after it.
#[test]
fn the_filters_are_post_renderer_plugins_of_helm_4() {
    let Some(helm) = real_program("helm/helm") else { return };
    let home = Home::new(helm);
    for filter in FILTERS {
        home.install(&home.release.join("post-renderers").join(filter));
    }
    for stage in STAGES {
        assert_eq!(objects(&home.helm(&template(stage))), objects(&home.rhelm(&template(stage))), "{stage:?}");
    }
}

/// What a stream says, however it is written, with the templates that its documents come from.
fn objects(stream: &str) -> Vec<(String, goyaml::Value)> {
    let documents = stream.split("---\n").skip(1);
    let object = |document: &str| {
        let source = document.lines().next().unwrap_or_default().to_owned();
        (source, goyaml::decode(document).expect("YAML"))
    };
    documents.map(object).collect()
}
