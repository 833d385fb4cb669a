//! `rhelm renderer test`: the filters of this project break no rule, and others are told what they break.

use assert_cmd::Command;

/// Runs the kit and returns its table, without the figures of the last row, and what went to standard error.
fn kit(status: i32, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
    command.args(["renderer", "test", "--limit", "60s"]).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.assert().code(status).get_output().clone();
    let text = String::from_utf8(output.stdout).expect("text");
    let kept = text.lines().filter(|line| !line.starts_with("ok    speed "));
    (kept.map(|line| format!("{line}\n")).collect(), String::from_utf8(output.stderr).expect("text"))
}

#[track_caller]
fn passes(arguments: &[&str], unchanged: usize) {
    let expected = format!(
        "ok    succeeds\nok    lossless       {unchanged} of 14 streams came back byte for byte\nok    idempotent\nok    deterministic\nok    wrong input\nok    early close\n"
    );
    assert_eq!(kit(0, arguments), (expected, String::new()));
}

#[test]
fn the_filters_break_no_rule() {
    passes(&["rhelm-inject-labels", "--label=a=b", "--annotation=c=d", "--pod-templates"], 0);
    passes(&["rhelm-inject-sidecar", "tests/inject_sidecar/proxy.yaml"], 10);
    passes(&["rhelm-scan-secrets"], 14);
    passes(&["cat"], 14);
}

#[test]
fn what_a_renderer_breaks_is_listed() {
    let expected = "\
ok    succeeds
FAIL  lossless       11 of 14 streams came back byte for byte
      comments: changed the bytes of ConfigMap a, and none of its values
      lists: changed the bytes of ConfigMap a, ConfigMap b, and none of its values
      separators: changed a document that holds no object
      separators: changed a document that holds no object
ok    idempotent
ok    deterministic
ok    wrong input
ok    early close
";
    let messages = "Error: sed: 1 of 7 rules are broken\n";
    assert_eq!(kit(1, &["sed", "s/ *#.*//"]), (expected.to_owned(), messages.to_owned()));
}
