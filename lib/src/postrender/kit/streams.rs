//! The streams of the kit: each holds something that a careless reader or writer of YAML damages.

use std::fmt::Write;

/// Streams that every renderer must be able to read.
pub(super) const ORDINARY: &[(&str, &str)] = &[
    (
        "comments",
        "---\n# Source: c/templates/a.yaml\n# before\napiVersion: v1 # at the end\nkind: ConfigMap\n# between\nmetadata:\n    # deep\n    name: a   # spaces\ndata:\n    k: v\n# after\n",
    ),
    (
        "block texts",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  keep: |+\n    text\n\n\n  strip: |-\n    blank at the end \n      deeper\n  marker: |\n    a\n    ---\n    b\n  folded: >\n    one\n    two\n\n    three\n",
    ),
    (
        "quotes",
        "apiVersion: 'v1'\nkind: \"ConfigMap\"\nmetadata: {name: 'a'}\ndata: {a: 'it''s', b: \"\\u00e9\\n\\x41\", c: \"two\n  lines\"}\n",
    ),
    (
        "scalars",
        "apiVersion: v1\nkind: Thing\nmetadata:\n  name: a\nspec: {a: 0123, b: yes, c: ~, d: 1e3, e: 2001-01-01, f: 12345678901234567890, g: 0x1F, h: .5, i: '', j: }\n",
    ),
    (
        "JSON",
        "{\"apiVersion\": \"v1\", \"kind\": \"Service\",\n  \"metadata\": {\"name\": \"a\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}\n",
    ),
    (
        "anchors",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels: &labels\n      app: a\n  template:\n    metadata:\n      labels: *labels\n    spec:\n      containers:\n      - &c\n        name: a\n        image: i\n",
    ),
    ("CRLF", "---\r\napiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: a\r\ndata:\r\n  k: |\r\n    text\r\n"),
    (
        "lists",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n-   apiVersion: v1\n    kind: ConfigMap\n    metadata:\n        name: b # two\n",
    ),
    (
        "indentation",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n        name: a\nspec:\n   template:\n     spec:\n         containers:\n           - name: a\n             image: i\n\n             args: [\"a\",   'b' ]\n",
    ),
    (
        "separators",
        "\n---\n--- # nothing\n---\n# only a comment\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\n\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n...\n",
    ),
    (
        "hooks",
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\n  annotations:\n    \"helm.sh/hook\": pre-install,pre-upgrade\n    \"helm.sh/hook-weight\": \"-5\"\nspec:\n  template:\n    spec:\n      containers: [{name: a, image: i}]\n      restartPolicy: Never\n",
    ),
    ("no line break at the end", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a"),
    (
        "characters",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  é: ü 😀\n  long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccccccccccccccccc\n",
    ),
    (
        "cron jobs",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  schedule: \"* * * * *\"\n  jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: i}]}}}}\n",
    ),
];

/// Streams that are no YAML.
pub(super) const WRONG: &[(&str, &str)] = &[
    ("a mapping in a value", "apiVersion: v1\nkind: a: b\n"),
    ("an open bracket", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n"),
    ("a tab", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n"),
];

/// A stream of so many workloads.
pub(super) fn large(objects: usize) -> String {
    let mut stream = String::new();
    for index in 0..objects {
        // Writing to a text cannot fail.
        let _ = write!(
            stream,
            "---\n# Source: c/templates/web-{index}.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{index}\n  labels:\n    app: web\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: web-{index}\n  template:\n    metadata:\n      labels:\n        app: web-{index}\n    spec:\n      containers:\n        - name: web\n          image: registry.example/web:1.2.3\n          ports:\n            - containerPort: 8080\n"
        );
    }
    stream
}
