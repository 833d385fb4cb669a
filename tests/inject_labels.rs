//! `rhelm-inject-labels` from outside: whole streams in, whole streams and messages out.

use assert_cmd::Command;
use std::io::Write;

fn filter(arguments: &[&str], stream: &str) -> assert_cmd::assert::Assert {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm-inject-labels"));
    command.args(arguments).write_stdin(stream).assert()
}

#[track_caller]
fn adds(arguments: &[&str], stream: &str, expected: &str) {
    filter(arguments, stream).success().stdout(expected.to_owned()).stderr("");
    filter(arguments, expected).success().stdout(expected.to_owned()).stderr("");
}

#[track_caller]
fn refuses(arguments: &[&str], stream: &str, message: &str) {
    filter(arguments, stream).code(1).stderr(message.to_owned());
}

const STREAM: &str = "---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web   # the name
spec:
  selector: {app: web}
---
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
    name: web
    namespace: prod
    labels:
        app: \"web\"

        # what it is for
        tier: front # end
spec:
    selector:
        matchLabels:
            app: web
    template:
        metadata:
            labels:
                app: web
        spec:
            containers:
                -   name: web
                    image: nginx
---
# Source: web/templates/cron.yaml
apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy}
spec:
  jobTemplate:
    spec:
      template:
        spec: {containers: [{name: tidy, image: busybox}]}
---
# only a comment
---
";

#[test]
fn labels_and_annotations_are_added_and_all_else_stays() {
    let expected = STREAM
        .replace(
            "  name: web   # the name\n",
            "  name: web   # the name\n  labels:\n    team: a\n    x/y: \"\"\n  annotations:\n    note: \"b: c\"\n",
        )
        .replace(
            "        tier: front # end\n",
            "        tier: front # end\n        team: a\n        x/y: \"\"\n    annotations:\n      note: \"b: c\"\n",
        )
        .replace("{name: tidy}\n", "{name: tidy, labels: {team: a, x/y: \"\"}, annotations: {note: \"b: c\"}}\n");
    adds(&["--label", "team=a", "--label", "x/y=", "--annotation=note=b: c"], STREAM, &expected);
}

#[test]
fn pod_templates_on_request() {
    let expected = STREAM
        .replace("                app: web\n        spec", "                app: web\n                team: a\n        spec")
        .replace("        tier: front # end\n", "        tier: front # end\n        team: a\n")
        .replace("containers: [{name: tidy, image: busybox}]}\n", "containers: [{name: tidy, image: busybox}]}\n        metadata:\n          labels:\n            team: a\n    metadata:\n      labels:\n        team: a\n")
        .replace("{name: tidy}\n", "{name: tidy, labels: {team: a}}\n");
    adds(&["--label", "team=a", "--pod-templates", "--kind", "deployment.apps", "--kind", "CronJob"], STREAM, &expected);
}

#[test]
fn selectors_only_when_told() {
    let expected = STREAM
        .replace("  name: web   # the name\n", "  name: web   # the name\n  labels:\n    team: a\n")
        .replace("  selector: {app: web}\n", "  selector: {app: web, team: a}\n")
        .replace("        tier: front # end\n", "        tier: front # end\n        team: a\n")
        .replace("            app: web\n    template", "            app: web\n            team: a\n    template")
        .replace(
            "                app: web\n        spec",
            "                app: web\n                team: a\n        spec",
        );
    adds(&["--label", "team=a", "--selectors", "--kind", "!CronJob"], STREAM, &expected);
}

#[test]
fn keys_that_are_there_are_kept_unless_told() {
    adds(&["--label", "app=other", "--kind", "Deployment"], STREAM, STREAM);
    let expected = STREAM.replace("        app: \"web\"\n", "        app: other\n");
    adds(&["--label", "app=other", "--kind", "Deployment", "--overwrite"], STREAM, &expected);
}

#[test]
fn objects_are_chosen() {
    let labelled = |before: &str, after: &str| STREAM.replace(before, after);
    let deployment = labelled("        tier: front # end\n", "        tier: front # end\n        team: a\n");
    let service = labelled("  name: web   # the name\n", "  name: web   # the name\n  labels:\n    team: a\n");
    let cron = labelled("{name: tidy}\n", "{name: tidy, labels: {team: a}}\n");
    let cases: &[(&[&str], &str)] = &[
        (&["--namespace", "prod"], &deployment),
        (&["--namespace", "", "--name", "w*"], &service),
        (&["--name", "!web"], &cron),
        (&["-l", "app=web,tier in (front)"], &deployment),
        (&["-l", "!app", "--kind", "Service.core"], &service),
        (&["--kind", "Service.serving.knative.dev"], STREAM),
    ];
    for (arguments, expected) in cases {
        let arguments = [&["--label", "team=a"], *arguments].concat();
        adds(&arguments, STREAM, expected);
    }
}

#[test]
fn files_hold_labels_and_annotations() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"labels:\n  a: one\n  b: '2'\nannotations: {note: \"x\\ny\\n\"}\n").expect("a file");
    let path = file.path().to_str().expect("a name");
    let expected = "kind: A\nmetadata:\n  labels:\n    a: one\n    b: flag\n  annotations:\n    note: |\n      x\n      y\n";
    adds(&["--from-file", path, "--label", "b=flag"], "kind: A\n", expected);
}

#[test]
fn lists_json_windows_line_ends_and_anchors() {
    let cases = [
        (
            "apiVersion: v1\nkind: List\nitems:\n- kind: A\n  metadata:\n    name: a\n- {kind: B}\n- no object\n",
            "apiVersion: v1\nkind: List\nitems:\n- kind: A\n  metadata:\n    name: a\n    labels:\n      team: a\n- {kind: B, metadata: {labels: {team: a}}}\n- no object\n",
        ),
        (
            "{\n    \"kind\": \"A\",\n    \"metadata\": {\n        \"name\": \"a\"\n    }\n}\n{\"kind\":\"B\",\"metadata\":{\"labels\":{}}}\n",
            "{\n    \"kind\": \"A\",\n    \"metadata\": {\n        \"name\": \"a\",\n        \"labels\": {\"team\": \"a\"}\n    }\n}\n{\"kind\":\"B\",\"metadata\":{\"labels\":{\"team\":\"a\"}}}\n",
        ),
        (
            "kind: A\r\nmetadata:\r\n  name: a\r\n---\r\nx: y\r\n",
            "kind: A\r\nmetadata:\r\n  name: a\r\n  labels:\r\n    team: a\r\n---\r\nx: y\r\n",
        ),
        (
            "kind: A\nmetadata:\n  labels: &l\n    app: web\nspec:\n  selector: *l\n",
            "kind: A\nmetadata:\n  labels: &l\n    app: web\n    team: a\nspec:\n  selector: {app: web}\n",
        ),
        (
            "kind: A\nmetadata:\n  annotations:\n    text: |+\n      b\n\n    more: \"c\n      d\"\n",
            "kind: A\nmetadata:\n  annotations:\n    text: |+\n      b\n\n    more: \"c\n      d\"\n  labels:\n    team: a\n",
        ),
        ("", ""),
        ("\n# nothing\n", "\n# nothing\n"),
    ];
    for (stream, expected) in cases {
        adds(&["--label", "team=a"], stream, expected);
    }
}

#[test]
fn further_workloads_by_flag() {
    let rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata:\n  name: r\nspec:\n  template:\n    metadata:\n      labels: {app: r}\n";
    let expected =
        rollout.replace("{app: r}", "{app: r, team: a}").replace("  name: r\n", "  name: r\n  labels:\n    team: a\n");
    adds(&["--label", "team=a", "--pod-templates", "--workload", "Rollout.argoproj.io=spec.template"], rollout, &expected);
}

#[test]
fn bad_documents_are_named() {
    let stream = format!("{STREAM}# Source: web/templates/bad.yaml\nkind: A\n  x: y\n");
    let message =
        "Error: document 5 (web/templates/bad.yaml): yaml: line 4: mapping values are not allowed in this context\n";
    refuses(&["--label", "a=b"], &stream, message);
    let list = "kind: A\nmetadata: {name: x, labels: [y]}\n";
    refuses(&["--label", "a=b"], list, "Error: document 1 (A x): metadata.labels is not a mapping\n");
    refuses(&["--label", "a=b"], "a: &a [*a]\n", "Error: document 1: yaml: anchor 'a' value contains itself\n");
}

#[test]
fn bad_command_lines_are_refused_before_anything_is_written() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "nothing to add: give --label, --annotation or --from-file"),
        (&["--label", "a"], "invalid argument \"a\" for \"--label\" flag: must be KEY=VALUE"),
        (
            &["--label", "a=b c"],
            "invalid argument \"a=b c\" for \"--label\" flag: invalid value \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
        (&["--label", "a=b", "--from-file", "/no/such"], "--from-file /no/such: No such file or directory (os error 2)"),
        (
            &["--label", "a=b", "-l", "x in y"],
            "invalid argument \"x in y\" for \"-l, --selector\" flag: unable to parse requirement: found 'y' expected: '('",
        ),
        (&["--lable", "a=b"], "unknown flag: --lable"),
    ];
    for (arguments, message) in cases {
        filter(arguments, STREAM).code(1).stdout("").stderr(format!("Error: {message}\n"));
    }
}
