//! Chains of post-renderers as users run them: `rhelm template` with programs, pipeline files and Helm 4's plugins.

use assert_cmd::Command;
use rhelm_testutil::controlplane::real_program;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;

const GUESTBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/guestbook");
const HINT: &str = "\n\nUse --debug flag to render out invalid YAML\n";

/// A folder with programs, in which rhelm runs.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    fn script(&self, name: &str, body: &str) {
        self.write(name, &format!("#!/bin/sh\n{body}\n"));
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.path(name), executable).expect("the script is made executable");
    }

    /// A plugin of Helm 4's that runs a script.
    fn plugin(&self, name: &str, body: &str) {
        let file = format!(
            "apiVersion: v1\ntype: postrenderer/v1\nname: {name}\nversion: 0.1.0\nruntime: subprocess\nruntimeConfig:\n  platformCommand:\n  - command: ${{HELM_PLUGIN_DIR}}/run.sh own\n    args: [\"${{HELM_PLUGIN_NAME}}\"]\n"
        );
        self.write(&format!("plugins/{name}/plugin.yaml"), &file);
        self.script(&format!("plugins/{name}/run.sh"), body);
    }

    fn chart(&self, templates: &[(&str, &str)]) {
        self.write("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
        for (name, text) in templates {
            self.write(&format!("c/templates/{name}"), text);
        }
    }

    fn template(&self, chart: &str, flags: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.args(["template", "r", chart]).args(flags).current_dir(self.0.path());
        command.env("HELM_PLUGINS", self.path("plugins")).env_remove("RHELM_EXEC_PATH");
        command
    }

    #[track_caller]
    fn printed(&self, chart: &str, flags: &[&str]) -> String {
        let output = self.template(chart, flags).assert().success().get_output().stdout.clone();
        String::from_utf8(output).expect("manifests are text")
    }

    /// What stops a run: nothing is printed but the messages.
    #[track_caller]
    fn fails(&self, flags: &[&str], status: i32, messages: &str) {
        self.template(GUESTBOOK, flags).assert().stderr(messages.to_owned()).stdout("").code(status);
    }

    /// The start of the error for a script in this folder.
    fn blamed(&self, script: &str) -> String {
        let path = self.path(script);
        format!(
            "Error: error while running post render on files: error while running command {}. error output:\n",
            path.display()
        )
    }
}

/// Charts whose text is hard to keep: comments, block texts with blanks, JSON, anchors, CRLF, lists, hooks, nothing at all.
const TRICKY: &[(&str, &str)] = &[
    (
        "a.yaml",
        "# before\napiVersion: v1\nkind:   ConfigMap # kind\nmetadata: {name: a,   labels: {x: \"1\"}}\ndata:\n    k: |+\n        text with a blank \n\n    f: >-\n        folded\n        text\n---\n\n---\n# only a comment\n",
    ),
    ("b.yaml", "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"b\"}}"),
    ("c.yaml", "apiVersion: v1\r\nkind: Secret\r\nmetadata:\r\n  name: c\r\nstringData: &x\r\n  a: b\r\nother: *x\r\n"),
    ("d.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: d\n"),
    (
        "e.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: e\n  annotations:\n    helm.sh/hook: pre-install\n    helm.sh/hook-weight: \"-5\"\nspec: {}\n\n\n",
    ),
];

#[test]
fn chains_that_change_nothing_print_what_no_chain_prints() {
    let place = Place::new();
    place.chart(TRICKY);
    place.plugin("same", "cat");
    place.script("slow.sh", "while IFS= read -r line; do printf '%s\\n' \"$line\"; done");
    for chart in ["c", GUESTBOOK] {
        let plain = place.printed(chart, &[]);
        let chains: [&[&str]; 6] = [
            &["--post-renderer", "cat"],
            &["--post-renderer", "cat", "--post-renderer", "cat", "--post-renderer", "cat"],
            &["--post-renderer", "same"],
            &["--post-renderer", "./slow.sh", "--post-renderer", "rhelm-scan-secrets", "--post-renderer", "same"],
            &["--post-renderer", "cat", "--post-render-hooks", "separate"],
            &["--post-renderer", "cat", "--post-render-hooks=none"],
        ];
        for flags in chains {
            assert_eq!(place.printed(chart, flags), plain, "{chart} {flags:?}");
        }
    }
}

#[test]
fn the_first_stage_that_fails_is_named_and_nothing_is_printed() {
    let place = Place::new();
    place.script("fail.sh", "cat >/dev/null; echo 'no such thing' >&2; exit 7");
    let expected = format!("[./fail.sh] no such thing\n{}no such thing\n: exit status 7{HINT}", place.blamed("fail.sh"));
    place.fails(&["--post-renderer", "cat", "--post-renderer", "./fail.sh", "--post-renderer", "cat"], 1, &expected);
}

#[test]
fn output_that_cannot_be_used_names_the_stage() {
    let place = Place::new();
    place.script("nothing.sh", "cat >/dev/null");
    place.script("words.sh", "cat; echo ---; echo hello");
    let empty = format!(
        "Error: error while running post render on files: post-renderer \"./nothing.sh\" produced empty output{HINT}"
    );
    place.fails(&["--post-renderer", "./nothing.sh", "--post-renderer", "cat"], 1, &empty);
    let stream = place.printed(GUESTBOOK, &[]);
    let number = stream.lines().filter(|line| line.starts_with("---")).count() + 1;
    let words = format!(
        "Error: error while parsing post rendered output: post-renderer \"./words.sh\": document {number}: expected a mapping{HINT}"
    );
    place.fails(&["--post-renderer", "cat", "--post-renderer", "./words.sh"], 1, &words);
}

#[test]
fn a_stage_that_hangs_ends_at_its_timeout() {
    let place = Place::new();
    place.script("stages/hang.sh", "sleep 1000");
    place.write(
        "stages/pipeline.yaml",
        "stages:\n- program: cat\n- name: my filter\n  program: ./hang.sh\n  timeout: 100ms\n",
    );
    let blamed = place.blamed("stages/hang.sh").replace("files: ", "files: stage \"my filter\": ");
    let expected = format!("{blamed}: timed out after 100ms{HINT}");
    place.fails(&["--pipeline", "stages/pipeline.yaml"], 1, &expected);
    place.write("stages/pipeline.yaml", "stages:\n- {name: now, program: cat, timeout: 0s}\n");
    let expected = "Error: --pipeline stages/pipeline.yaml: stage \"now\": the timeout has to be more than 0\n";
    place.fails(&["--pipeline", "stages/pipeline.yaml"], 1, expected);
}

#[test]
fn a_stage_may_close_its_input_early() {
    let place = Place::new();
    place.script("fixed.sh", "exec 0<&-\necho 'kind: A'");
    let expected = "---\n# Source: generated-by-postrender-0.yaml\nkind: A\n";
    assert_eq!(place.printed(GUESTBOOK, &["--post-renderer", "cat", "--post-renderer", "./fixed.sh"]), expected);
}

#[test]
fn an_interrupt_ends_every_stage() {
    let place = Place::new();
    place.script("hang.sh", "sleep 1000 & echo $! $$ > pids; echo started >&2; wait");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_rhelm"))
        .args(["template", "r", GUESTBOOK, "--post-renderer", "cat", "--post-renderer", "./hang.sh"])
        .current_dir(place.0.path())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rhelm starts");
    let mut messages = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
    let mut text = String::new();
    std::io::BufRead::read_line(&mut messages, &mut text).expect("the stage says that it has started");
    let id = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().expect("kill runs");
    std::io::Read::read_to_string(&mut messages, &mut text).expect("text");
    let ended = child.wait_with_output().expect("rhelm ends");
    let expected = format!("[./hang.sh] started\nError: error while running post render on files: interrupted{HINT}");
    assert_eq!((text, ended.status.code(), ended.stdout), (expected, Some(130), Vec::new()));
    for pid in std::fs::read_to_string(place.path("pids")).expect("the script wrote it").split_whitespace() {
        assert!(ends(Path::new("/proc").join(pid)), "{pid} goes on");
    }
}

/// Whether a process is over soon; one that nobody has asked for yet is over, too.
fn ends(process: PathBuf) -> bool {
    (0..1_000_000).any(|_| {
        std::thread::yield_now();
        let status = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
        matches!(status.rsplit(')').next().and_then(|rest| rest.trim().chars().next()), None | Some('Z'))
    })
}

#[test]
fn plugins_get_their_arguments_environment_and_annotations() {
    let place = Place::new();
    place.chart(&[("a.yaml", "kind: A\nmetadata:\n  name: a\n"), ("b.yaml", "kind: B\nmetadata:\n  name: b\n")]);
    place.plugin("show", "cat > seen\necho \"$HELM_PLUGIN_NAME $*\" > words\nsed 's/kind: B/kind: C/' seen");
    let flags = ["--post-renderer", "show", "--post-renderer-args", "x y", "--post-renderer-args", "$HOME"];
    let expected = "---\n# Source: c/templates/a.yaml\nkind: A\nmetadata:\n  name: a\n\n---\n# Source: c/templates/b.yaml\nkind: C\nmetadata:\n  name: b\n";
    let warning = "level=WARN msg=\"post-renderer \\\"show\\\" lost B b (c/templates/b.yaml)\"\n";
    place.template("c", &flags).assert().success().stdout(expected).stderr(warning);
    let read = |name| std::fs::read_to_string(place.path(name)).expect("the plugin wrote it");
    assert_eq!(read("words"), "show own show x y $HOME\n");
    let seen = "---\n# Source: c/templates/a.yaml\nkind: A\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: c/templates/a.yaml\n\n---\n# Source: c/templates/b.yaml\nkind: B\nmetadata:\n  name: b\n  annotations:\n    postrenderer.helm.sh/postrender-filename: c/templates/b.yaml\n\n";
    assert_eq!(read("seen"), seen);
}

#[test]
fn a_file_can_ask_for_annotations_and_for_less_environment() {
    let place = Place::new();
    place.chart(&[("a.yaml", "kind: A\n")]);
    place.script("add.sh", "cat; echo \"env: ${ONE-}${TWO-}${OTHER-}\"");
    place.write("p.yaml", "stages:\n- program: ./add.sh\n  env: [PATH, ONE, \"TW*\"]\n  filenameAnnotation: true\n");
    let mut command = place.template("c", &["--pipeline", "p.yaml"]);
    command.env("ONE", "1").env("TWO", "2").env("OTHER", "3");
    command.assert().success().stdout("---\n# Source: c/templates/a.yaml\nkind: A\n\nenv: 12\n").stderr("");
}

#[test]
fn a_report_counts_what_each_stage_did() {
    let place = Place::new();
    place.chart(&[("a.yaml", "kind: A\nmetadata: {name: a}\n"), ("b.yaml", "kind: B\nmetadata: {name: b}\n")]);
    place.script("less.sh", "head -n 4 | sed 's/kind: A/kind: A # x/'");
    let flags = ["--post-renderer", "./less.sh", "--pipeline-report", "json"];
    let output = place.template("c", &flags).assert().success().get_output().clone();
    let messages = String::from_utf8(output.stderr).expect("text");
    let (warning, report) = messages.split_once('\n').expect("two lines");
    assert_eq!(warning, "level=WARN msg=\"post-renderer \\\"./less.sh\\\" lost B b (c/templates/b.yaml)\"");
    let mut report: serde_json::Value = serde_json::from_str(report).expect("JSON");
    report["stages"][0]["milliseconds"] = 0.into();
    let expected = serde_json::json!({
        "stages": [{"name": "./less.sh", "status": "ok", "milliseconds": 0, "documentsIn": 2, "documentsOut": 1, "changed": 1, "added": 0, "lost": 1}],
        "warnings": ["post-renderer \"./less.sh\" lost B b (c/templates/b.yaml)"],
    });
    assert_eq!(report, expected);
}

#[test]
fn hooks_go_through_as_the_strategy_says() {
    let place = Place::new();
    place.chart(&[
        ("a.yaml", "kind: A\n"),
        ("h.yaml", "kind: H\nmetadata:\n  annotations:\n    helm.sh/hook: pre-install\n"),
    ]);
    place.script("count.sh", "cat > seen; grep -c kind: seen >> runs; cat seen");
    for (strategy, runs) in [("combined", "2\n"), ("separate", "1\n1\n"), ("none", "1\n"), ("nohooks", "1\n")] {
        place.printed("c", &["--post-renderer", "./count.sh", "--post-render-hooks", strategy]);
        assert_eq!(std::fs::read_to_string(place.path("runs")).expect("a file"), runs, "{strategy}");
        std::fs::remove_file(place.path("runs")).expect("the file is removed");
    }
}

/// What a chart must not hold for this: random values.
#[test]
fn helms_form_is_that_of_the_real_helm() {
    let Some(helm) = real_program("helm/helm") else { return };
    let place = Place::new();
    place.plugin("same", "cat");
    place.chart(TRICKY);
    place.write("d/Chart.yaml", "apiVersion: v2\nname: d\nversion: 0.1.0\n");
    for name in ["comments", "scalars", "lists"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/helm_format/{name}.yaml"));
        let text = std::fs::read_to_string(file).expect("the template is there");
        place.write(&format!("d/templates/{name}.yaml"), &text);
    }
    for chart in ["c", "d", GUESTBOOK] {
        let mut real = Command::new(&helm);
        real.args(["template", "r", chart, "--post-renderer", "same"]).current_dir(place.0.path());
        let real = real.env("HELM_PLUGINS", place.path("plugins")).assert().success().get_output().stdout.clone();
        let real = String::from_utf8(real).expect("text");
        assert_eq!(place.printed(chart, &["--helm-postrender-format"]), real, "{chart}");
        let through = ["--helm-postrender-format", "--post-renderer", "same", "--post-renderer", "cat"];
        assert_eq!(place.printed(chart, &through), real, "{chart}");
    }
}
