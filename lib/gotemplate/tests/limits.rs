//! Templates that would never end, or take all there is, end with an error.

use gotemplate::function::{FunctionTable, Rest};
use gotemplate::value::{Map, Str, Value};
use gotemplate::{Limits, MissingKey, ParseError, Set, format};
use std::rc::Rc;

fn set(text: &str, limits: Limits) -> Result<Set, ParseError> {
    let mut functions = FunctionTable::new();
    functions.add("include", |set: &Set, name: Str, data: Value| set.output(name.as_bytes(), &data));
    functions.add("list", |items: Rest<Value>| Value::list(items.0));
    functions.add("set", |map: Map, key: Str, value: Value| {
        map.insert(key, value);
        map
    });
    functions.add("dict", || Map::from_iter([]));
    let mut set = Set::new(Rc::new(functions)).with_missing_key(MissingKey::Zero).with_limits(limits);
    set.parse("t", text)?;
    Ok(set)
}

fn run(text: &str, limits: Limits) -> String {
    match set(text, limits).expect("a template").output("t", &Value::Nil) {
        Ok(text) => text.to_str_lossy().into_owned(),
        Err(error) => error.to_string(),
    }
}

fn error(text: &str, limits: Limits) -> String {
    let set = set(text, limits).expect("a template");
    set.output("t", &Value::Nil).expect_err("an error").to_string()
}

#[test]
fn steps_run_out() {
    let limits = Limits { steps: 1000, ..Limits::default() };
    let expected = r#"template: t:1:9: executing "t" at <9223372036854775807>: execution takes more than 1000 steps"#;
    assert_eq!(error("{{ range 9223372036854775807 }}{{ end }}", limits), expected);
    assert_eq!(run("{{ range 999 }}{{ end }}done", limits), "done");
    let text = "{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}";
    let expected = r#"template: t:1:28: executing "r" at <{{template "r"}}>: execution takes more than 1000 steps"#;
    assert_eq!(error(text, limits), expected);
}

#[test]
fn steps_are_shared_with_inner_executions() {
    let limits = Limits { steps: 1000, ..Limits::default() };
    let text = "{{ define \"i\" }}{{ range 30 }}{{ end }}{{ end }}{{ range 40 }}{{ include \"i\" . }}{{ end }}";
    let expected = "template: t:1:65: executing \"t\" at <include \"i\" .>: error calling include: \
                    template: t:1:25: executing \"i\" at <30>: execution takes more than 1000 steps";
    assert_eq!(error(text, limits), expected);
}

#[test]
fn output_fills_up() {
    let limits = Limits { output: 100, ..Limits::default() };
    let expected = r#"template: t:1:9: executing "t" at <200>: output is longer than 100 bytes"#;
    assert_eq!(error("{{ range 200 }}x{{ end }}", limits), expected);
    assert_eq!(run("{{ range 100 }}x{{ end }}", limits), "x".repeat(100));
}

#[test]
fn templates_invoke_each_other_as_deeply_as_in_go() {
    let text = "{{ define \"r\" }}{{ template \"r\" . }}{{ end }}{{ template \"r\" . }}";
    let expected = r#"template: t:1:28: executing "r" at <{{template "r" .}}>: exceeded maximum template depth (100000)"#;
    assert_eq!(error(text, Limits::default()), expected);
}

#[test]
fn executions_nest_until_the_stack_is_used_up() {
    let text = "{{ define \"r\" }}{{ include \"r\" . }}{{ end }}{{ include \"r\" . }}";
    let limits = Limits { stack: 1 << 19, ..Limits::default() };
    let error = error(text, limits);
    let outer = "template: t:1:47: executing \"t\" at <include \"r\" .>: error calling include: ";
    let level = "template: t:1:19: executing \"r\" at <include \"r\" .>: error calling include: ";
    let inner = "template: r: executions are nested too deeply: more than 524288 bytes of stack in use";
    let levels = error.strip_prefix(outer).and_then(|error| error.strip_suffix(inner)).expect("the frame of the message");
    let count = levels.matches(level).count();
    assert_eq!(levels, level.repeat(count));
    assert!(count > 50, "{count} levels");
}

#[test]
fn a_set_is_usable_after_an_error() {
    let set = set("{{ if . }}{{ range 3 }}{{ include \"t\" nil }}{{ end }}{{ .x }}{{ else }}-{{ end }}", Limits::default());
    let set = set.expect("a template");
    for _ in 0..3 {
        assert!(set.output("t", &Value::string("a")).is_err());
        assert_eq!(set.output("t", &Value::Nil).map(|text| text.to_str_lossy().into_owned()).ok().as_deref(), Some("-"));
    }
}

#[test]
fn values_without_end_are_not_printed() {
    let text = "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ $d }}";
    let expected = "template: t:1:44: executing \"t\" at <$d>: cannot format a value nested more than 1000 levels deep";
    assert_eq!(error(text, Limits::default()), expected);
    let text = "{{ $d := dict }}{{ $_ := set $d \"a\" $d }}{{ $_ := set $d \"b\" $d }}{{ printf \"%v\" $d }}";
    let expected = "template: t:1:69: executing \"t\" at <printf \"%v\" $d>: error calling printf: \
                    cannot format a value nested more than 1000 levels deep";
    assert_eq!(error(text, Limits::default()), expected);
}

#[test]
fn deep_values_are_printed() {
    let mut value = Value::Nil;
    for _ in 0..format::MAX_DEPTH {
        value = Value::list(vec![value]);
    }
    let text = "[".repeat(format::MAX_DEPTH) + "<nil>" + &"]".repeat(format::MAX_DEPTH);
    assert_eq!(format::print(&value), Ok(text.into_bytes()));
    assert_eq!(format::print(&Value::list(vec![value])), Err(format::FormatError::TooDeep));
}

#[test]
fn long_texts_are_not_formatted() {
    let format = "%1000000d".repeat(300);
    let numbers = vec![Value::Int(1); 300];
    assert_eq!(format::sprintf(format.as_bytes(), &numbers), Err(format::FormatError::TooLong));
}

#[test]
fn deep_nesting_executes() {
    let depth = 20_000;
    let text = "{{if true}}".repeat(depth) + "x" + &"{{end}}".repeat(depth);
    assert_eq!(run(&text, Limits::default()), "x");
    let text = "{{with 1}}".repeat(depth) + "{{ . }}" + &"{{end}}".repeat(depth);
    assert_eq!(run(&text, Limits::default()), "1");
    let text = "{{range 1}}".repeat(depth) + "x" + &"{{end}}".repeat(depth);
    assert_eq!(run(&text, Limits::default()), "x");
    let depth = 9_000;
    let text = format!("{{{{ len ({}) }}}}", "list (".repeat(depth) + "list 1 2" + &")".repeat(depth));
    assert_eq!(run(&text, Limits::default()), "1");
}
