//! `rhelm-inject-sidecar` from outside: files of `tests/inject_sidecar` in, whole streams and messages out.

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

const STREAM: &str = include_str!("inject_sidecar/stream.yaml");
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  labels: {app: shop}\nspec:\n  containers:\n  - name: web\n    image: nginx\n";

/// A folder with sidecar files, which is the working directory of the filter.
struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        Self(folder)
    }

    fn filter(&self, arguments: &[&str], stream: &str) -> Assert {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm-inject-sidecar"));
        command.current_dir(self.0.path()).args(arguments).write_stdin(stream).assert()
    }

    #[track_caller]
    fn adds(&self, arguments: &[&str], stream: &str, expected: &str) {
        self.filter(arguments, stream).success().stdout(expected.to_owned()).stderr("");
        self.filter(arguments, expected).success().stdout(expected.to_owned()).stderr("");
    }
}

#[test]
fn everything_that_a_file_can_add() {
    let files = Files::new(&[("proxy.yaml", include_str!("inject_sidecar/proxy.yaml"))]);
    files.adds(&["proxy.yaml"], STREAM, include_str!("inject_sidecar/expected.yaml"));
}

#[test]
fn several_files_add_one_after_the_other() {
    let files = Files::new(&[
        (
            "a.yaml",
            "containers: [{name: a, image: a}]\nvolumes: [{name: v, emptyDir: {}}]\nexisting: {env: [{name: A, value: a}]}\n",
        ),
        (
            "b.yaml",
            "containers: [{name: b, image: b}]\nvolumes: [{emptyDir: {}, name: v}]\nexisting: {env: [{name: B, value: \"1\"}]}\n",
        ),
    ]);
    let expected = POD.to_owned()
        + "    env:\n    - name: A\n      value: a\n    - name: B\n      value: \"1\"\n  - name: a\n    image: a\n  - name: b\n    image: b\n  volumes:\n  - name: v\n    emptyDir: {}\n";
    files.adds(&["a.yaml", "b.yaml"], POD, &expected);
}

#[test]
fn objects_are_chosen_by_flags_and_by_annotation() {
    let files = Files::new(&[
        ("s.yaml", "imagePullSecrets: [{name: r}]\n"),
        ("o.yaml", "optIn: {annotation: x/in, value: a}\nimagePullSecrets: [{name: r}]\n"),
    ]);
    let asks = POD.replace("  labels", "  annotations: {x/in: a}\n  labels");
    let secret = "  imagePullSecrets:\n  - name: r\n";
    files.adds(&["s.yaml", "--kind", "!Pod"], POD, POD);
    files.adds(&["s.yaml", "-l", "app=shop"], POD, &(POD.to_owned() + secret));
    files.adds(&["o.yaml"], POD, POD);
    files.adds(&["o.yaml"], &asks, &(asks.clone() + secret));
    files.adds(&["s.yaml", "--opt-in", "x/in=a"], &asks, &(asks.clone() + secret));
    files.adds(&["s.yaml", "--opt-in", "x/in"], &asks, &asks);
}

#[test]
fn what_is_there_and_different_is_an_error_or_replaced_or_kept() {
    let files = Files::new(&[("s.yaml", "containers:\n- name: web\n  image: other\n  args: [\"${metadata.name}\"]\n")]);
    let message =
        "Error: document 1 (Pod p): spec.containers[name=web] is there already, and different from that of s.yaml\n";
    files.filter(&["s.yaml"], POD).code(1).stderr(message);
    files.adds(&["s.yaml", "--on-conflict", "keep"], POD, POD);
    let replaced = POD.replace("    image: nginx\n", "    image: other\n    args:\n    - p\n");
    files.adds(&["s.yaml", "--on-conflict", "replace"], POD, &replaced);
}

#[test]
fn items_of_lists_are_named() {
    let files = Files::new(&[("s.yaml", "labels: {x: \"${metadata.name}\"}\n")]);
    let list = "kind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}\n- {apiVersion: v1, kind: Pod, spec: {}}\n";
    let message = "Error: document 1: items[1] (Pod ): s.yaml asks for metadata.name, which the pod does not have\n";
    files.filter(&["s.yaml"], list).code(1).stderr(message);
}

#[test]
fn containers_and_init_containers_share_their_names() {
    let files = Files::new(&[("s.yaml", "initContainers: [{name: web, image: nginx}]\n")]);
    let message =
        "Error: document 1 (Pod p): spec.containers[0] (web) is there already, and different from that of s.yaml\n";
    files.filter(&["s.yaml"], POD).code(1).stderr(message);
}

#[test]
fn two_files_may_not_disagree() {
    let files = Files::new(&[
        ("a.yaml", "volumes: [{name: v, emptyDir: {}}]\n"),
        ("b.yaml", "volumes: [{name: v, hostPath: {path: /}}]\n"),
    ]);
    let message = "Error: document 1 (Pod p): volumes[name=v] is there already, and different from that of b.yaml\n";
    files.filter(&["a.yaml", "b.yaml"], POD).code(1).stderr(message);
}

#[test]
fn placeholders_need_a_value_or_a_default() {
    let files = Files::new(&[
        ("s.yaml", "labels: {x: \"${metadata.labels['none']}\"}\n"),
        ("d.yaml", "labels: {x: \"${metadata.labels['none']:-d}\"}\n"),
    ]);
    let message = "Error: document 1 (Pod p): s.yaml asks for metadata.labels['none'], which the pod does not have\n";
    files.filter(&["s.yaml"], POD).code(1).stderr(message);
    files.adds(&["d.yaml"], POD, &POD.replace("{app: shop}", "{app: shop, x: d}"));
}

#[test]
fn lists_behind_aliases_are_copied_before_they_change() {
    let files = Files::new(&[("s.yaml", "containers: [{name: s, image: s}]\nexisting: {env: [{name: A, value: a}]}\n")]);
    let shared = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec: &spec\n    containers:\n    - name: web\n- apiVersion: v1\n  kind: Other\n  spec: *spec\n";
    let expected = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec: &spec\n    containers:\n    - name: web\n      env:\n      - name: A\n        value: a\n    - name: s\n      image: s\n- apiVersion: v1\n  kind: Other\n  spec: {containers: [{name: web}]}\n";
    files.adds(&["s.yaml"], shared, expected);
}

#[test]
fn files_have_to_fit_the_schema() {
    let cases = [
        ("", "the file is empty"),
        ("- a\n", "the file: must be a mapping"),
        (
            "container: []\n",
            "container: no such field; there are optIn, containers, initContainers, volumes, imagePullSecrets, labels, annotations, existing",
        ),
        ("containers: {}\n", "containers: must be a list"),
        ("containers: [{name: a}]\n", "containers[0].image: is missing"),
        ("containers: [{name: a, image: \"\"}]\n", "containers[0].image: must be a text that is not empty"),
        ("containers: [{name: a, image: a, args: [1]}]\n", "containers[0].args[0]: must be a text: \"1\""),
        (
            "containers: [{name: a, image: a, env: [{name: A, value: yes}]}]\n",
            "containers[0].env[0].value: must be a text: \"yes\"",
        ),
        ("containers: [{name: a, image: a}, {name: a, image: b}]\n", "containers[1].name: there is another of this name"),
        ("volumes: [{name: a}]\n", "volumes[0]: must have one source"),
        ("volumes: [{name: a, secret: {}, emptyDir: {}}]\n", "volumes[0]: must have one source"),
        ("labels: {a: 1}\n", "labels[\"a\"]: must be a text: \"1\""),
        ("existing: {initContainers: x}\n", "existing.initContainers: must be true or false"),
        ("existing: {names: [\"[\"]}\n", "existing.names: syntax error in pattern"),
        ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
    ];
    for (text, message) in cases {
        let files = Files::new(&[("s.yaml", text)]);
        files.filter(&["s.yaml"], POD).code(1).stdout("").stderr(format!("Error: s.yaml: {message}\n"));
    }
    let files = Files::new(&[]);
    files.filter(&[], POD).code(1).stdout("").stderr("Error: nothing to add: give at least one sidecar file\n");
    files.filter(&["no"], POD).code(1).stdout("").stderr("Error: sidecar file no: No such file or directory (os error 2)\n");
}

#[test]
fn labels_that_kubernetes_refuses_are_refused() {
    let files = Files::new(&[("s.yaml", "labels: {x: \"a b\"}\n")]);
    let message = "Error: document 1 (Pod p): s.yaml: invalid value \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')\n";
    files.filter(&["s.yaml"], POD).code(1).stderr(message);
}

/// Every kind of workload, and the keys from its object to its pod.
const WORKLOADS: &[(&str, &str, &[&str])] = &[
    ("v1", "Pod", &[]),
    ("v1", "PodTemplate", &["template"]),
    ("v1", "ReplicationController", &["spec", "template"]),
    ("apps/v1", "Deployment", &["spec", "template"]),
    ("apps/v1", "ReplicaSet", &["spec", "template"]),
    ("apps/v1", "StatefulSet", &["spec", "template"]),
    ("apps/v1", "DaemonSet", &["spec", "template"]),
    ("batch/v1", "Job", &["spec", "template"]),
    ("batch/v1", "CronJob", &["spec", "jobTemplate", "spec", "template"]),
    ("argoproj.io/v1alpha1", "Rollout", &["spec", "template"]),
];

#[test]
fn every_workload_gets_it_as_yaml_json_and_with_windows_line_ends() {
    let files = Files::new(&[("s.yaml", "containers: [{name: s, image: s}]\n")]);
    let flags = ["s.yaml", "--workload", "Rollout.argoproj.io=spec.template"];
    for (api_version, kind, path) in WORKLOADS {
        let mut yaml = format!("apiVersion: {api_version}\nkind: {kind}\n");
        for (depth, key) in path.iter().enumerate() {
            yaml += &format!("{}{key}:\n", "  ".repeat(depth));
        }
        let margin = "  ".repeat(path.len());
        yaml += &format!("{margin}spec:\n{margin}  containers:\n{margin}  - name: web # ours\n{margin}    image: 'web:1'\n");
        let expected = format!("{yaml}{margin}  - name: s\n{margin}    image: s\n");
        files.adds(&flags, &yaml, &expected);
        files.adds(&flags, &yaml.replace('\n', "\r\n"), &expected.replace('\n', "\r\n"));
        let json = |pods: &str| {
            let inner = format!("{{\"spec\": {{\"containers\": [{pods}]}}}}");
            let wrapped = path.iter().rev().fold(inner, |inner, key| format!("{{\"{key}\": {inner}}}"));
            format!("{{\"apiVersion\": \"{api_version}\", \"kind\": \"{kind}\", {}\n", &wrapped[1..])
        };
        let web = "{\"name\": \"web\", \"image\": \"web:1\"}";
        files.adds(&flags, &json(web), &json(&format!("{web}, {{\"name\": \"s\", \"image\": \"s\"}}")));
    }
    let other = "apiVersion: example.com/v1\nkind: Deployment\nspec: {template: {spec: {containers: []}}}\n";
    files.adds(&flags, other, other);
}

#[test]
fn multi_line_scalars_and_comments_stay() {
    let files = Files::new(&[("s.yaml", "existing: {env: [{name: A, value: a}]}\n")]);
    let stream = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: web\n    # what it runs\n    command: [sh, -c, \"a\n      b\"]\n    args:\n    - |+\n      text\n        deeper \n\n    - >-\n      folded\n      text\n  # the end\n";
    let expected = stream.replace("  # the end\n", "    env:\n    - name: A\n      value: a\n  # the end\n");
    files.adds(&["s.yaml"], stream, &expected);
}
