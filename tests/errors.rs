//! What users see of a render that failed: Helm's text, and on a terminal an excerpt and a hint below it, or JSON.

use rhelm_testutil::chart::Files;
use rhelm_testutil::terminal::shown_on_terminal;
use std::process::Command;

/// A chart with a subchart, an include, and a template that fails.
fn chart(template: &str) -> tempfile::TempDir {
    let helper = "{{ define \"c.name\" }}\n  {{ .Values.a.b.c }}\n{{ end }}";
    let chart = Files::chart("c").file("templates/_helpers.tpl", helper).file("values.yaml", "text: t\n");
    chart.file("templates/a.yaml", template).write()
}

fn on_terminal(template: &str) -> String {
    let chart = chart(template);
    shown_on_terminal(Command::new(env!("CARGO_BIN_EXE_rhelm")).args(["template", "c", "."]).current_dir(chart.path()))
}

fn in_pipe(arguments: &[&str], template: &str) -> String {
    let chart = chart(template);
    let output = Command::new(env!("CARGO_BIN_EXE_rhelm")).args(arguments).current_dir(chart.path()).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).expect("text")
}

const UNKNOWN: &str = "a: 1\nb: {{ \"x\" | qoute }}\n";
const NIL: &str = "{{- include \"c.name\" . }}\n";
const NO_MAP: &str = "a: {{ printf \"%s\" $.Values.text.x | quote }}\n";

#[test]
fn a_pipe_gets_helms_text() {
    assert_eq!(
        in_pipe(&["template", "c", "."], UNKNOWN),
        "Error: parse error at (c/templates/a.yaml:2): function \"qoute\" not defined\n\n\
         Use --debug flag to render out invalid YAML\n"
    );
}

#[test]
fn an_unknown_function_gets_the_closest_name() {
    let expected = r#"Error: parse error at (c/templates/a.yaml:2): function "qoute" not defined

Use --debug flag to render out invalid YAML

 --> c/templates/a.yaml:2
  |
2 | b: {{ "x" | qoute }}
  |             ^
  = hint: did you mean quote?
"#;
    assert_eq!(on_terminal(UNKNOWN), expected);
}

#[test]
fn a_nil_pointer_gets_the_part_that_is_nil() {
    let expected = r#"Error: c/templates/a.yaml:1:4
  executing "c/templates/a.yaml" at <include "c.name" .>:
    error calling include:
c/templates/_helpers.tpl:2:12
  executing "c.name" at <.Values.a.b.c>:
    nil pointer evaluating interface {}.b

Use --debug flag to render out invalid YAML

 --> c/templates/_helpers.tpl:2:12
  |
2 |   {{ .Values.a.b.c }}
  |               ^
  = hint: .Values.a is nil: set a.b in a values file or with --set a.b=VALUE, or write {{ if .Values.a }} around it
"#;
    assert_eq!(on_terminal(NIL), expected);
}

#[test]
fn a_field_of_a_text_is_pointed_at() {
    let expected = r#"Error: c/templates/a.yaml:1:19
  executing "c/templates/a.yaml" at <$.Values.text.x>:
    can't evaluate field x in type interface {}

Use --debug flag to render out invalid YAML

 --> c/templates/a.yaml:1:19
  |
1 | a: {{ printf "%s" $.Values.text.x | quote }}
  |                                ^
  = hint: $.Values.text is not a map that could have a field x
"#;
    assert_eq!(on_terminal(NO_MAP), expected);
}

#[test]
fn an_author_s_words_get_their_place() {
    let expected = r#"Error: execution error at (c/templates/a.yaml:2:4): set a password

Use --debug flag to render out invalid YAML

 --> c/templates/a.yaml:2:4
  |
2 |  {{ required "set a password" .Values.password }}
  |     ^
"#;
    assert_eq!(on_terminal("a: 1\n\t{{ required \"set a password\" .Values.password }}\n"), expected);
}

#[test]
fn a_failure_without_a_place_is_helms_text() {
    let expected = "Error: YAML parse error on c/templates/a.yaml: error converting YAML to JSON: yaml: line 2: \
                    mapping values are not allowed in this context\n\nUse --debug flag to render out invalid YAML\n";
    assert_eq!(on_terminal("a: b\nc: d: e\n"), expected);
}

#[test]
fn programs_get_json() {
    let json = "{\"file\":\"c/templates/_helpers.tpl\",\"line\":2,\"column\":12,\
        \"message\":\"nil pointer evaluating interface {}.b\",\
        \"hint\":\".Values.a is nil: set a.b in a values file or with --set a.b=VALUE, or write {{ if .Values.a }} around it\",\
        \"chain\":[{\"file\":\"c/templates/a.yaml\",\"line\":1,\"column\":4,\"template\":\"c/templates/a.yaml\",\
        \"expression\":\"include \\\"c.name\\\" .\",\"message\":\"error calling include\"},\
        {\"file\":\"c/templates/_helpers.tpl\",\"line\":2,\"column\":12,\"template\":\"c.name\",\
        \"expression\":\".Values.a.b.c\",\"message\":\"nil pointer evaluating interface {}.b\"}]}\n";
    assert_eq!(in_pipe(&["template", "c", ".", "--error-format", "json"], NIL), json);
    let dry_run = ["install", "c", ".", "--dry-run=client", "--error-format=json"];
    assert_eq!(in_pipe(&dry_run, NIL), json);
    let json = "{\"file\":\"c/templates/a.yaml\",\"line\":2,\"column\":null,\"message\":\"function \\\"qoute\\\" not defined\",\
        \"hint\":\"did you mean quote?\",\"chain\":[{\"file\":\"c/templates/a.yaml\",\"line\":2,\"column\":null,\"template\":null,\
        \"expression\":null,\"message\":\"function \\\"qoute\\\" not defined\"}]}\n";
    assert_eq!(in_pipe(&["template", "c", ".", "--error-format=json"], UNKNOWN), json);
}

#[test]
fn what_is_no_template_s_fault_is_json_too() {
    let json = "{\"file\":null,\"line\":null,\"column\":null,\"message\":\"failed parsing --set data: key \\\"a\\\" has no value\",\
        \"hint\":null,\"chain\":[]}\n";
    assert_eq!(in_pipe(&["template", "c", ".", "--set", "a", "--error-format=json"], ""), json);
    let json = "{\"file\":\"c/templates/a.yaml\",\"line\":null,\"column\":null,\"message\":\"error converting YAML to JSON: \
        yaml: line 2: mapping values are not allowed in this context\",\"hint\":null,\"chain\":[{\"file\":\"c/templates/a.yaml\",\
        \"line\":null,\"column\":null,\"template\":null,\"expression\":null,\"message\":\"error converting YAML to JSON: \
        yaml: line 2: mapping values are not allowed in this context\"}]}\n";
    assert_eq!(in_pipe(&["template", "c", ".", "--error-format=json"], "a: b\nc: d: e\n"), json);
}

#[test]
fn a_wrong_format_is_refused() {
    let error = "Error: invalid argument \"xml\" for \"--error-format\" flag: must be \"text\" or \"json\"\n";
    assert_eq!(in_pipe(&["template", "c", ".", "--error-format=xml"], ""), error);
}

/// What `template --debug` prints on standard output.
fn shown_for_debugging(arguments: &[&str], template: &str) -> String {
    let chart = chart(template);
    let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
    let output = command.args(["template", "c", ".", "--debug"]).args(arguments).current_dir(chart.path()).output();
    String::from_utf8(output.expect("the program runs").stdout).expect("text")
}

// The expected texts are those of Helm 4.3.1.
#[test]
fn what_a_failed_render_wrote_is_shown_for_debugging() {
    let broken = "a: b: c\n";
    assert_eq!(shown_for_debugging(&[], broken), "---\n# Source: c/templates/a.yaml\na: b: c\n");
    assert_eq!(shown_for_debugging(&["-s", "templates/a.yaml"], broken), "---\n# Source: c/templates/a.yaml\na: b: c\n\n");
    assert_eq!(shown_for_debugging(&["-s", "templates/b.yaml"], broken), "");
    assert_eq!(shown_for_debugging(&[], UNKNOWN), "\n");
    assert_eq!(shown_for_debugging(&["-s", "templates/a.yaml"], UNKNOWN), "");
}

/// Whoever reads may go away at any time: a program that cannot be heard ends, without complaints about itself.
#[test]
fn a_reader_that_has_gone_away_is_no_matter() {
    for (arguments, status) in [(&["help"][..], 0), (&["template", "--help"], 0), (&["nonsense"], 1), (&["version"], 0)] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut rhelm = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        rhelm.args(arguments).stdout(writer.try_clone().expect("a pipe")).stderr(writer);
        assert_eq!(rhelm.status().expect("the program runs").code(), Some(status), "{arguments:?}");
    }
}
