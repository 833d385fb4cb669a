//! `rhelm-scan-secrets` from outside: the stream comes back byte for byte, and the report says what is in it.

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

const STREAM: &str = "---
# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  password: may-be-here
---
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: prod
spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx
        env:
        - name: DB_PASSWORD
          value: hunter2hunter2
        - name: DB_PASSWORD_FILE
          value: /run/secrets/password
        - name: OTHER_PASSWORD
          valueFrom: {secretKeyRef: {name: web, key: password}}
        - {name: URL, value: \"postgres://web:hunter3@db/web\"}
        args: [--token, \"Zx81kQ9LmN4pR7tV2wYb\", --password=$(DB_PASSWORD)]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  app.ini: |
    [db]
    user = web

    password = hunter4
  id: qVbK3xZr8TmYw2LdPgNfHs5RjCt7EuXk
  key: Zx81kQ9LmN4pR7tV2wYbqVbK3xZr8TmY
";

const REPORT: &str = "\
high     password-in-env: Deployment prod/web spec.template.spec.containers[0].env[0].value (web/templates/deployment.yaml), line 23: An environment variable holds a credential: hu*** (14 characters)
high     connection-string: Deployment prod/web spec.template.spec.containers[0].env[3].value (web/templates/deployment.yaml), line 28: Connection string with a password: h*** (7 characters)
high     password-in-argument: Deployment prod/web spec.template.spec.containers[0].args[1] (web/templates/deployment.yaml), line 29: An argument of a program holds a credential: Zx81*** (20 characters)
medium   password-in-text: ConfigMap web data[\"app.ini\"], line 40: A text, such as a configuration file, assigns a credential: h*** (7 characters)
low      high-entropy-value: ConfigMap web data.key, line 42: A value looks random, as keys and tokens do: Zx81*** (32 characters)
5 findings
";

fn scan(arguments: &[&str], stream: &[u8]) -> Assert {
    Command::new(env!("CARGO_BIN_EXE_rhelm-scan-secrets"))
        .args(arguments)
        .write_stdin(stream)
        .assert()
        .stdout(stream.to_owned())
}

fn lines(rules: &[&str]) -> String {
    let chosen = |line: &&str| rules.iter().any(|rule| line.contains(&format!(" {rule}: ")));
    let chosen: Vec<_> = REPORT.lines().filter(chosen).map(|line| format!("{line}\n")).collect();
    let plural = if chosen.len() == 1 { "" } else { "s" };
    format!("{}{} finding{plural}\n", chosen.concat(), chosen.len())
}

#[test]
fn findings_are_reported_and_the_stream_passes() {
    let message = "Error: 3 findings of severity high: credentials belong into Secrets\n";
    scan(&[], STREAM.as_bytes()).code(5).stderr(format!("{REPORT}{message}"));
    scan(&["--fail-on", "never"], STREAM.as_bytes()).success().stderr(REPORT);
    scan(&["--fail-on", "critical"], STREAM.as_bytes()).success().stderr(REPORT);
}

#[test]
fn the_worst_finding_decides_the_exit_status() {
    let stream = |line: &str| format!("kind: A\n{line}\n");
    let cases = [
        ("x: Zx81kQ9LmN4pR7tV2wYbqVbK3xZr8TmY", "low", 3),
        ("password: hunter2", "medium", 4),
        ("url: amqp://b:hunter2@c", "high", 5),
        (concat!("x: gh", "p_qVbK3xZr8TmYw2LdPgNfHs5RjCt7EuXk9AvB"), "critical", 6),
    ];
    for (line, severity, status) in cases {
        let assert = scan(&["--fail-on", "low", "--report", "/dev/null"], stream(line).as_bytes()).code(status);
        assert.stderr(format!("Error: 1 finding of severity {severity}: credentials belong into Secrets\n"));
    }
    scan(&[], stream("x: y").as_bytes()).success().stderr("");
    scan(&[], stream("x: Zx81kQ9LmN4pR7tV2wYbqVbK3xZr8TmY").as_bytes()).success();
}

#[test]
fn rules_paths_and_objects_can_be_left_out() {
    let never = ["--fail-on", "never"];
    let cases: &[(&[&str], &[&str])] = &[
        (
            &["--min-severity", "medium"],
            &["password-in-env", "connection-string", "password-in-argument", "password-in-text"],
        ),
        (&["--disable-rule", "connection-string", "--kind", "Deployment"], &["password-in-env", "password-in-argument"]),
        (&["--allow-path", "spec.*.env[*].value", "--kind", "!ConfigMap"], &["password-in-argument"]),
        (&["--namespace", ""], &["password-in-text", "high-entropy-value"]),
    ];
    for (arguments, rules) in cases {
        scan(&[&never, *arguments].concat(), STREAM.as_bytes()).success().stderr(lines(rules));
    }
}

#[test]
fn objects_allow_rules_by_annotation() {
    let allow = |rules: &str| {
        let annotation = format!("  namespace: prod\n  annotations: {{scan-secrets.rhelm.dev/allow: \"{rules}\"}}\n");
        STREAM.replace("  namespace: prod\n", &annotation)
    };
    let shifted = |report: String| {
        report.replace("line 23", "line 24").replace("line 28", "line 29").replace("line 29: An", "line 30: An")
    };
    let all = ["--fail-on", "never", "--kind", "Deployment"];
    scan(&all, allow("*").as_bytes()).success().stderr("");
    let one = allow("connection-string, password-in-argument");
    scan(&all, one.as_bytes()).success().stderr(shifted(lines(&["password-in-env"])));
}

#[test]
fn a_file_adds_rules_and_exceptions() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("scan.yaml");
    let text = "disable: [password-in-text]\nallow:\n- {kind: Deployment, name: w*, rule: password-*}\n- {path: data.key}\nrules:\n- id: acme\n  severity: critical\n  description: Acme token\n  keywords: [nginx]\n  pattern: ng(in)x\n";
    std::fs::write(&file, text).expect("a file");
    let path = file.to_str().expect("a name");
    let expected = "critical acme: Deployment prod/web spec.template.spec.containers[0].image (web/templates/deployment.yaml), line 20: Acme token: *** (2 characters)\n";
    let report = lines(&["connection-string"]).replace("1 finding\n", "2 findings\n");
    scan(&["--config", path, "--fail-on", "never"], STREAM.as_bytes()).success().stderr(format!("{expected}{report}"));

    std::fs::write(&file, "rules:\n- {id: x, severity: low, keywords: [a], pattern: \"(\"}\n").expect("a file");
    let wrong = Command::new(env!("CARGO_BIN_EXE_rhelm-scan-secrets")).args(["--config", path]).write_stdin("").assert();
    wrong.code(1).stdout("").stderr("Error: rule x: regex parse error:\n    (\n    ^\nerror: unclosed group\n");
}

#[test]
fn a_baseline_holds_what_is_known() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("known.json");
    let path = file.to_str().expect("a name");
    scan(&["--write-baseline", path], STREAM.as_bytes()).success().stderr("");
    scan(&["--baseline", path], STREAM.as_bytes()).success().stderr("");
    let changed = STREAM.replace("hunter2hunter2", "hunter5hunter5");
    scan(&["--baseline", path, "--fail-on", "never"], changed.as_bytes()).success().stderr(lines(&["password-in-env"]));
    let text = std::fs::read_to_string(&file).expect("a file");
    for secret in ["hunter", "Zx81kQ9"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn reports_for_programs() {
    let stream = "# Source: c/templates/a.yaml\nkind: A\nmetadata: {name: a}\nspec:\n  password: hunter2\n";
    let json = r#"[
  {
    "rule": "password-in-field",
    "severity": "medium",
    "description": "A field holds a credential",
    "kind": "A",
    "namespace": "",
    "name": "a",
    "path": "spec.password",
    "source": "c/templates/a.yaml",
    "line": 5,
    "excerpt": "h*** (7 characters)",
    "fingerprint": "FINGERPRINT"
  }
]
"#;
    let sarif = r#"{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "results": [
        {
          "level": "warning",
          "locations": [
            {
              "logicalLocations": [
                {
                  "fullyQualifiedName": "A a spec.password",
                  "kind": "member"
                }
              ],
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "c/templates/a.yaml"
                }
              }
            }
          ],
          "message": {
            "text": "A field holds a credential: A a spec.password: h*** (7 characters)"
          },
          "partialFingerprints": {
            "rhelm/v1": "FINGERPRINT"
          },
          "properties": {
            "streamLine": 5
          },
          "ruleId": "password-in-field"
        }
      ],
      "tool": {
        "driver": {
          "name": "rhelm-scan-secrets",
          "rules": [
            {
              "defaultConfiguration": {
                "level": "warning"
              },
              "id": "password-in-field",
              "properties": {
                "security-severity": "5.0"
              },
              "shortDescription": {
                "text": "A field holds a credential"
              }
            }
          ],
          "version": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}
"#;
    let fingerprint = "d80938d5c31b3098300707ba979b700a";
    for (format, expected) in [("json", json), ("sarif", sarif)] {
        let assert = scan(&["--format", format, "--fail-on", "never"], stream.as_bytes()).success();
        assert.stderr(expected.replace("FINGERPRINT", fingerprint).replace("0.1.0", env!("CARGO_PKG_VERSION")));
    }
    scan(&["--format", "json"], b"a: b\n").success().stderr("[]\n");
}

#[test]
fn anything_passes() {
    let streams: &[&[u8]] =
        &[b"", b"\xff\xfe\n---\n\x00", b"a: [\n---\nb: *x\n", b"{\"a\": \"b\"}\r\n---\r\n", b"a: &a [*a]\npassword: x\n"];
    for stream in streams {
        scan(&[], stream).success().stderr("");
    }
    scan(&["--fail-on", "never"], b"a: [\npassword = hunter2\n")
        .success()
        .stderr("medium   password-in-text: document, line 2: A text, such as a configuration file, assigns a credential: h*** (7 characters)\n1 finding\n");
}

#[test]
fn lists_json_line_ends_anchors_and_every_place_of_a_pod() {
    let report = |path: &str, line: usize, object: &str| {
        format!(
            "high     password-in-env: {object} {path}, line {line}: An environment variable holds a credential: hu*** (14 characters)\n1 finding\n"
        )
    };
    let cron = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          initContainers:\n          - name: a\n            env:\n            - name: DB_PASSWORD\n              value: hunter2hunter2\n";
    let at = "spec.jobTemplate.spec.template.spec.initContainers[0].env[0].value";
    let list = "kind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  stringData: {password: hunter2hunter2}\n- {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{env: [{name: PASSWORD, value: hunter2hunter2}]}]}}\n";
    let anchors = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - env: &env\n    - name: PASSWORD\n      value: \"hunter2\\\n        hunter2\"\n  - env: *env\n";
    let json = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"},\n \"spec\": {\"containers\": [{\"env\": [{\"name\": \"PASSWORD\", \"value\": \"hunter2hunter2\"}]}]}}\n";
    let pod = "spec.containers[0].env[0].value";
    for (stream, expected) in [
        (cron.to_owned(), report(at, 13, "CronJob a")),
        (cron.replace('\n', "\r\n"), report(at, 13, "CronJob a")),
        (list.to_owned(), report(pod, 6, "Pod a")),
        (anchors.to_owned(), report(pod, 8, "Pod a")),
        (json.to_owned(), report(pod, 2, "Pod a")),
    ] {
        scan(&["--fail-on", "never"], stream.as_bytes()).success().stderr(expected);
    }
}
