//! Charts that mean harm: each ends in an error that says why, within an address space of 512 MiB, the stack included.

use rhelm_testutil::chart::Files;
use std::process::Command;

/// What the shell lets the program have, in KiB: a quarter of it is the stack, another what the program itself takes.
const ADDRESS_SPACE: usize = 512 << 10;

/// The last line of what a chart with that template ends in.
#[track_caller]
fn refusal(template: &str) -> String {
    refusal_of(&Files::chart("c").file("templates/a.yaml", template))
}

/// The last line of what a chart ends in.
#[track_caller]
fn refusal_of(chart: &Files) -> String {
    let chart = chart.write();
    let script = format!("ulimit -v {ADDRESS_SPACE} && exec \"$0\" template c .");
    let output = Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_rhelm")]).current_dir(chart.path()).output();
    let output = output.expect("a shell");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let text = text.trim_end().trim_end_matches("Use --debug flag to render out invalid YAML").trim_end();
    text.lines().last().unwrap_or_default().trim().to_owned()
}

const STEPS: &str = "execution takes more than 10000000 steps";
const MEMORY: &str = "execution takes more than 134217728 bytes of memory";

#[test]
fn loops_end() {
    assert_eq!(refusal("{{ range 9223372036854775807 }}{{ end }}"), STEPS);
    assert_eq!(refusal("{{ $x := repeat 10000000 \"a\" }}{{ range 1000 }}{{ sha256sum $x }}{{ end }}"), STEPS);
    assert_eq!(refusal("{{ $x := until 100000 }}{{ range 10000 }}{{ has -1 $x }}{{ end }}"), STEPS);
}

#[test]
fn memory_is_not_filled() {
    let lists = "{{ $x := list }}{{ range 2000 }}{{ $x = append $x (until 100000) }}{{ end }}";
    assert_eq!(refusal(lists), MEMORY);
    let texts = "{{ $d := dict }}{{ range $i := until 1000 }}{{ $_ := set $d (print $i) (repeat 10000000 \"x\") }}{{ end }}";
    assert_eq!(refusal(texts), MEMORY);
    let keys = "{{ $d := dict }}{{ range $i := until 2000000 }}{{ $_ := set $d (print $i) (list $i $i) }}{{ end }}";
    assert_eq!(refusal(keys), MEMORY);
}

#[test]
fn results_have_a_size() {
    let too_long = |call: &str| {
        let error = refusal(&format!("{{{{ {call} }}}}"));
        error.split_once("error calling ").map(|(_, error)| error.to_owned()).unwrap_or(error)
    };
    let text = "a template function may make at most 33554432 bytes of text";
    assert_eq!(too_long("repeat 2000000000 \"abc\""), format!("repeat: {text}"));
    assert_eq!(
        too_long("regexReplaceAll \"a\" (repeat 100000 \"a\") (repeat 10000 \"b\")"),
        format!("regexReplaceAll: {text}")
    );
    let items = "a template function may make at most 2097152 list items";
    assert_eq!(too_long("regexFindAll \"\" (repeat 10000000 \"a\") -1"), format!("regexFindAll: {items}"));
    assert_eq!(too_long("until 9223372036854775807"), format!("until: {items}"));
}

#[test]
fn files_are_not_looked_through_for_ever() {
    let files = (0..500).fold(Files::chart("c"), |chart, number| chart.file(&format!("f{number}"), "x"));
    let glob = |template: &str| refusal_of(&files.clone().file("templates/a.yaml", template));
    assert_eq!(glob("{{ range 100000 }}{{ $x := $.Files.Glob \"*7\" }}{{ end }}"), STEPS);
    assert_eq!(glob("{{ range 100000 }}{{ $x := ($.Files.Glob \"*7\").AsConfig }}{{ end }}"), STEPS);
}

#[test]
fn searches_do_not_read_a_text_again_and_again() {
    let spent =
        "regular expressions may read 67108864 bytes in a render; each match here takes a search to the end of the text";
    for call in ["regexFindAll \"a.*b|a\" $x -1", "regexReplaceAll \"a.*b|a\" $x \"\""] {
        let error = refusal(&format!("{{{{ $x := repeat 40000 \"a\" }}}}{{{{ {call} }}}}"));
        assert_eq!(error.rsplit_once(": ").map(|(_, error)| error), Some(spent), "{call}");
    }
}

#[test]
fn documents_are_counted() {
    let error = refusal("{{ range 100001 }}\n---\na: 1{{ end }}");
    assert_eq!(error, "Error: YAML parse error on c/templates/a.yaml: more than 100000 documents: split the chart");
}
