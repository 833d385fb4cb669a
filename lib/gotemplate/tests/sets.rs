//! Sets, their clones, and the errors they return.

use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{Str, Value};
use gotemplate::{Location, MissingKey, Set};
use std::rc::Rc;

fn functions() -> Rc<FunctionTable> {
    let mut functions = FunctionTable::new();
    functions.add("include", |set: &Set, name: Str, data: Value| set.output(name.as_bytes(), &data));
    functions.add("tpl", |set: &Set, text: Str, data: Value| -> Result<Str, FunctionError> {
        let mut set = set.clone();
        set.parse("gotpl", text.as_bytes()).map_err(|error| error.to_string())?;
        set.output("gotpl", &data)
            .map_err(|error| FunctionError { message: format!("error during tpl: {error}"), source: Some(Rc::new(error)) })
    });
    functions.add("fail", |message: Str| Err::<Value, _>(message.to_str_lossy().into_owned()));
    Rc::new(functions)
}

fn set(files: &[(&str, &str)]) -> Set {
    let mut set = Set::new(functions()).with_name("gotpl").with_missing_key(MissingKey::Zero);
    for (name, text) in files {
        set.parse(name, text).expect("a template");
    }
    set
}

fn output(set: &Set, name: &str) -> String {
    set.output(name, &Value::Nil).expect("text").to_str_lossy().into_owned()
}

#[test]
fn a_clone_sees_what_was_there_and_keeps_what_is_new() {
    let original = set(&[("a", "{{ define \"x\" }}old{{ end }}{{ template \"x\" }}")]);
    let mut clone = original.clone();
    clone.parse("b", "{{ define \"x\" }}new{{ end }}{{ define \"y\" }}y{{ end }}").expect("a template");
    assert_eq!((output(&original, "a"), output(&clone, "a")), ("old".into(), "new".into()));
    assert_eq!((original.contains("y"), clone.contains("y"), clone.contains("a")), (false, true, true));
    let mut further = clone.clone();
    further.parse("c", "{{ define \"x\" }} {{ end }}").expect("a template");
    assert_eq!(output(&further, "a"), "new");
}

#[test]
fn functions_see_the_set_that_is_running() {
    let tpl = r#"{{ define "main" }}{{ tpl "{{ define \"x\" }}inner{{ end }}{{ include \"shared\" . }}" . }}{{ include "shared" . }}{{ end }}"#;
    let set =
        set(&[("a", "{{ define \"x\" }}outer {{ end }}{{ define \"shared\" }}{{ template \"x\" }}{{ end }}"), ("b", tpl)]);
    assert_eq!(output(&set, "main"), "innerouter ");
}

#[test]
fn a_faulty_file_changes_nothing() {
    let mut set = set(&[("a", "{{ define \"x\" }}old{{ end }}")]);
    let error = set.parse("dir/b", "{{ define \"x\" }}new{{ end }}\n{{ nope }}").expect_err("an error");
    assert_eq!(error.to_string(), "template: dir/b:2: function \"nope\" not defined");
    assert_eq!((error.name.as_str(), error.line, error.message.as_str()), ("dir/b", 2, "function \"nope\" not defined"));
    assert_eq!(output(&set, "x"), "old");
}

#[test]
fn missing_templates() {
    let set = set(&[]);
    let error = set.output("x", &Value::Nil).expect_err("an error");
    assert_eq!(error.to_string(), r#"template: no template "x" associated with template "gotpl""#);
    assert!(error.is_missing_template() && error.location().is_none() && error.inner().is_none());
}

#[test]
fn errors_tell_where_and_why() {
    let set = set(&[("dir/a", "{{ define \"f\" }}{{ .x }}{{ end }}\n  {{ include  \"f\" \"s\" }}")]);
    let error = set.output("dir/a", &Value::Nil).expect_err("an error");
    let inner_text = r#"template: dir/a:1:19: executing "f" at <.x>: can't evaluate field x in type string"#;
    let text =
        format!(r#"template: dir/a:2:5: executing "dir/a" at <include "f" "s">: error calling include: {inner_text}"#);
    assert_eq!(error.to_string(), text);
    assert_eq!((error.template(), error.message()), ("dir/a", "error calling include: "));
    let location = Location { file: "dir/a".into(), line: 2, column: 5, expression: "include \"f\" \"s\"".into() };
    assert_eq!(error.location(), Some(&location));
    let inner = error.inner().expect("the inner error");
    assert_eq!((inner.template(), inner.message()), ("f", "can't evaluate field x in type string"));
    assert!(inner.cause().is_none());
    assert_eq!(error.chain().collect::<Vec<_>>(), [text.as_str(), inner_text]);
}

#[test]
fn chains_hold_other_errors_too() {
    let set = set(&[("a", r#"{{ tpl "{{ fail \"no\" }}" . }}"#)]);
    let error = set.output("a", &Value::Nil).expect_err("an error");
    let inner = r#"template: gotpl:1:3: executing "gotpl" at <fail "no">: error calling fail: no"#;
    let middle = format!("error during tpl: {inner}");
    let text = format!(r#"template: a:1:3: executing "a" at <tpl "{{{{ fail \"no\" }}}}" .>: error calling tpl: {middle}"#);
    assert_eq!(error.chain().collect::<Vec<_>>(), [text.as_str(), &middle, inner, "no"]);
}

#[test]
fn missing_keys() {
    let text = "[{{ .x }}{{ .x.y }}]";
    let run = |missing_key| {
        let mut set = Set::new(functions()).with_missing_key(missing_key);
        set.parse("t", text).expect("a template");
        let data = Value::Map(gotemplate::value::Map::from_iter([]));
        set.output("t", &data).map(|text| text.to_str_lossy().into_owned()).map_err(|error| error.message().to_owned())
    };
    assert_eq!(run(MissingKey::Invalid), Ok("[<no value><no value>]".into()));
    assert_eq!(run(MissingKey::Zero), Err("nil pointer evaluating interface {}.y".into()));
    assert_eq!(run(MissingKey::Error), Err("map has no entry for key \"x\"".into()));
}

#[test]
fn bytes_that_are_no_utf_8_pass_through() {
    let mut set = Set::new(functions());
    set.parse("t", b"\xff{{ \"\\xfe\" }}{{ `\xfd` }}{{ print \"\xfc\" }}\xc3").expect("a template");
    let text = set.output("t", &Value::Nil).expect("text");
    assert_eq!(text.as_bytes(), b"\xff\xfe\xfd\xef\xbf\xbd\xc3");
}
