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
    let none = ["upgrade", "web", GUESTBOOK, "--accept-pipeline-change", "none any more"];
    place.rhelm(&[&none]).assert().success();
    place.rhelm(&[&["upgrade", "web", GUESTBOOK, "--pipeline=recorded"]]).assert().success();
    assert_eq!(place.command(&helm, &["list", "--short"]).output().expect("it runs").stdout, b"web\n");
    place.command(&helm, &["uninstall", "web"]).assert().success();
}

/// A chart with an object and a hook, and a filter that notes how many objects each of its runs got.
fn counting_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("the file is written");
    std::fs::create_dir_all(folder.path().join("chart/templates")).expect("folders");
    write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n");
    write("chart/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n");
    let hook = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n";
    write("chart/templates/hook.yaml", hook);
    write("count.sh", "#!/bin/sh\ncd \"$(dirname \"$0\")\"\ncat >seen\ngrep -c ^kind: seen >>runs\ncat seen\n");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path().join("count.sh"), executable).expect("the script is made executable");
    folder
}

#[test]
fn how_hooks_are_treated_is_on_record_and_the_rule_from_then_on() {
    let Some(options) = options() else { return };
    run(async { cluster(&options).await });
    let (place, folder) = (Place(options), counting_folder());
    let (chart, script) = (folder.path().join("chart"), folder.path().join("count.sh"));
    let (chart, script) = (chart.to_str().expect("text"), script.to_str().expect("text"));
    let stage = ["--post-renderer", script];
    let separate = ["--post-render-hooks=separate"];
    let runs = || {
        let file = folder.path().join("runs");
        let runs = std::fs::read_to_string(&file).unwrap_or_default();
        let _ = std::fs::remove_file(file);
        runs
    };
    place.rhelm(&[&["install", "web", chart], &stage, &separate]).assert().success();
    assert_eq!(runs(), "1\n1\n");
    let digest = rhelm_lib::postrender::identity::digest(std::fs::File::open(script).expect("it is there")).expect("a file");
    let refused = |flags: &[&str], diff: &str| {
        let stderr = format!("Error: UPGRADE FAILED: the post-renderers are not those of revision 1:\n{diff}{END}");
        place.rhelm(&[&["upgrade", "web", chart], flags]).assert().code(1).stdout("").stderr(stderr);
    };
    refused(&stage, &format!(" count.sh ({digest})\n-hooks: separate\n"));
    let none = ["--post-renderer", script, "--post-render-hooks=none"];
    refused(&none, &format!(" count.sh ({digest})\n-hooks: separate\n+hooks: none\n"));
    for (flag, name) in
        [("--post-render-hooks=none", "post-render-hooks"), ("--helm-postrender-format", "helm-postrender-format")]
    {
        let stderr = format!("Error: --pipeline=recorded and --{name} exclude each other\n");
        place.rhelm(&[&["upgrade", "web", chart, "--pipeline=recorded", flag]]).assert().code(1).stdout("").stderr(stderr);
    }
    assert_eq!(runs(), "", "nothing was rendered");
    place.rhelm(&[&["upgrade", "web", chart, "--pipeline=recorded"]]).assert().success();
    assert_eq!(runs(), "1\n1\n");
    let reason = ["--accept-pipeline-change", "hooks are another team's"];
    place.rhelm(&[&["upgrade", "web", chart], &none, &reason]).assert().success();
    assert_eq!(runs(), "1\n");
    place.rhelm(&[&["rollback", "web", "2"]]).assert().success();
    place.rhelm(&[&["upgrade", "web", chart], &stage, &separate]).assert().success();
    assert_eq!(runs(), "1\n1\n");
    let shown = place.rhelm(&[&["history", "web", "--show-pipeline", "-o", "json"]]).output().expect("it runs");
    let revisions: Vec<serde_json::Value> = serde_json::from_slice(&shown.stdout).expect("JSON");
    let hooks: Vec<_> = revisions.iter().map(|revision| revision["pipeline_hooks"].as_str().unwrap_or("-")).collect();
    assert_eq!(hooks, ["separate", "separate", "none", "separate", "separate"]);
    let table = place.rhelm(&[&["history", "web", "--show-pipeline"]]).output().expect("it runs").stdout;
    let table = String::from_utf8(table).expect("text");
    let cells: Vec<_> = table.lines().map(|line| line.split('\t').nth(5).unwrap_or_default().trim()).collect();
    let expected = [
        "PIPELINE",
        "count.sh, hooks: separate",
        "count.sh, hooks: separate",
        "count.sh, hooks: none (hooks are another team's)",
        "count.sh, hooks: separate (rollback to 2)",
        "count.sh, hooks: separate",
    ];
    assert_eq!(cells, expected);
}
