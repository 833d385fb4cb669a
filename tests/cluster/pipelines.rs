//! The same post-renderers for every revision, on a real cluster and beside the real Helm.

use super::{cluster, options, run};
use assert_cmd::Command;
use rhelm_kube::ConnectOptions;
use rhelm_testutil::controlplane;
use std::path::Path;

const GUESTBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/guestbook");
const LABEL: &[&str] = &["--post-renderer", "rhelm-inject-labels", "--post-renderer-args", "--label=team=a"];
const OTHER: &[&str] = &["--post-renderer", "rhelm-inject-labels", "--post-renderer-args", "--label=team=b"];
const END: &str = "give the same ones or --pipeline=recorded, or say why with --accept-pipeline-change\n";

struct Place(ConnectOptions);

impl Place {
    fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env("KUBECONFIG", self.0.kubeconfig.as_ref().expect("set"))
            .env("HELM_NAMESPACE", self.0.namespace.as_ref().expect("set"))
            .args(arguments);
        command
    }

    fn rhelm(&self, arguments: &[&[&str]]) -> Command {
        self.command(env!("CARGO_BIN_EXE_rhelm"), &arguments.concat())
    }

    fn pipelines(&self) -> Vec<String> {
        let output = self.rhelm(&[&["history", "web", "--show-pipeline", "-o", "json"]]).output().expect("it runs");
        let revisions: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("JSON");
        let stage = |stage: &serde_json::Value| format!("{} {}", stage["name"], stage["arguments"]);
        let line = |revision: &serde_json::Value| {
            let stages = revision["pipeline"].as_array().map(|stages| stages.iter().map(stage).collect::<Vec<_>>());
            format!("{}: {:?} {}", revision["revision"], stages, revision["pipeline_change"])
        };
        revisions.iter().map(line).collect()
    }
}

#[test]
fn another_pipeline_is_refused_and_helms_revisions_are_noticed() {
    let (Some(options), Some(helm)) = (options(), controlplane::real_program("helm/helm")) else { return };
    run(async { cluster(&options).await });
    let place = Place(options);
    place.rhelm(&[&["install", "web", GUESTBOOK], LABEL]).assert().success();
    let refused = |more: &[&str], diff: &str, before: &str| {
        let stderr = format!("{before}Error: UPGRADE FAILED: the post-renderers are not those of revision 1:\n{diff}{END}");
        place.rhelm(&[&["upgrade", "web", GUESTBOOK], more]).assert().code(1).stdout("").stderr(stderr);
    };
    let (a, b) = ("rhelm-inject-labels --label=team=a (built-in)\n", "rhelm-inject-labels --label=team=b (built-in)\n");
    refused(&[], &format!("-{a}"), "");
    refused(OTHER, &format!("-{a}+{b}"), "");
    place.rhelm(&[&["upgrade", "web", GUESTBOOK, "--pipeline=recorded"]]).assert().success();
    place.command(&helm, &["upgrade", "web", GUESTBOOK]).assert().success();
    let noticed = "level=WARN msg=\"a revision was made without rhelm: what its documents went through is not known\" \
                   name=web revision=3 pipelineOf=2\n";
    let stderr = format!("{noticed}Error: UPGRADE FAILED: the post-renderers are not those of revision 2:\n-{a}{END}");
    place.rhelm(&[&["upgrade", "web", GUESTBOOK]]).assert().code(1).stdout("").stderr(stderr);
    let accepted = ["--accept-pipeline-change", "another team"];
    place.rhelm(&[&["upgrade", "web", GUESTBOOK], OTHER, &accepted]).assert().success().stderr(noticed);
    let stage = |team: &str| format!(r#"Some(["\"rhelm-inject-labels\" [\"--label=team={team}\"]"])"#);
    let expected = [
        format!("1: {} null", stage("a")),
        format!("2: {} null", stage("a")),
        "3: None null".to_owned(),
        format!("4: {} \"another team\"", stage("b")),
    ];
    assert_eq!(place.pipelines(), expected);
    assert_eq!(place.command(&helm, &["list", "--short"]).output().expect("it runs").stdout, b"web\n");
    place.command(&helm, &["uninstall", "web"]).assert().success();
}
