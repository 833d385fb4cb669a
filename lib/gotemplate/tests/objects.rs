//! Structs, pointers and maps of other types, as functions and contexts bring them in.

use gotemplate::function::{FunctionTable, ParameterType};
use gotemplate::value::{Kind, Map, MapType, MethodError, Object, Str, Value};
use gotemplate::{MissingKey, Set};
use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

/// A struct with a field and methods.
#[derive(Debug)]
struct Version(&'static str);

impl Object for Version {
    fn type_name(&self) -> Cow<'static, str> {
        "test.Version".into()
    }

    fn field(&self, name: &str) -> Option<Value> {
        (name == "Major").then(|| Value::string(&self.0[..1]))
    }

    fn method(&self, name: &str) -> Option<usize> {
        match name {
            "Short" | "Fail" => Some(0),
            "Has" | "Loose" => Some(1),
            _ => None,
        }
    }

    fn parameter(&self, method: &str, _: usize) -> ParameterType {
        if method == "Has" { ParameterType::String } else { ParameterType::Any }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        match (name, arguments) {
            ("Short", _) => Ok(Value::string(&self.0[..3])),
            ("Fail", _) => Err(MethodError::Failed("no luck".into())),
            (_, [Value::String(part)]) => Ok(Value::Bool(self.0.contains(&*part.to_str_lossy()))),
            _ => Err(MethodError::WrongType { index: 0, expected: "string" }),
        }
    }

    fn display(&self) -> String {
        format!("{{{}}}", self.0)
    }

    fn printed(&self) -> String {
        self.0.into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A map of a type of its own.
#[derive(Debug)]
struct Names;

impl Object for Names {
    fn type_name(&self) -> Cow<'static, str> {
        "test.names".into()
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(if name == "a" { Value::Int(1) } else { Value::Int(0) })
    }

    fn display(&self) -> String {
        "map[a:1]".into()
    }

    fn len(&self) -> Option<usize> {
        Some(1)
    }

    fn entries(&self) -> Option<Vec<(Value, Value)>> {
        Some(vec![(Value::string("a"), Value::Int(1))])
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn run(text: &str) -> String {
    let mut functions = FunctionTable::new();
    functions.add("version", || Value::Object(Rc::new(Version("1.37.0"))));
    functions.add_method("test.Values", "Join", |map: Map, separator: Str, count: i64| {
        format!("{}{}{count}", map.len(), separator.to_str_lossy())
    });
    let mut set = Set::new(Rc::new(functions)).with_missing_key(MissingKey::Zero);
    if let Err(error) = set.parse("t", text) {
        return error.to_string();
    }
    let values = Map::from_iter([("x".into(), Value::Int(1)), ("Join".into(), Value::Int(2))]);
    let data = Map::from_iter([
        ("Version".into(), Value::Object(Rc::new(Version("1.37.0")))),
        ("Names".into(), Value::Object(Rc::new(Names))),
        ("Values".into(), Value::Map(values.retyped(MapType::Named("test.Values")))),
        ("Strings".into(), Value::Map(Map::from_iter([("k".into(), Value::string("v"))]).retyped(MapType::String))),
    ]);
    match set.output("t", &Value::Map(data)) {
        Ok(text) => text.to_str_lossy().into_owned(),
        Err(error) => error.to_string().split(">: ").last().unwrap_or_default().to_owned(),
    }
}

#[test]
fn fields_and_methods_of_structs() {
    assert_eq!(
        run("{{ .Version }} {{ .Version.Major }} {{ .Version.Short }} {{ .Version.Has \"37\" }}"),
        "1.37.0 1 1.3 true"
    );
    assert_eq!(
        run("{{ \"x\" | .Version.Has }} {{ with .Version }}{{ .Major }}{{ end }} {{ print .Version }}"),
        "false 1 {1.37.0}"
    );
    assert_eq!(run("{{ version.Major }} {{ (version).Short | printf \"%5s|\" }}"), "1   1.3|");
}

#[test]
fn methods_refuse_arguments() {
    assert_eq!(run("{{ .Version.Has }}"), "wrong number of args for Has: want 1 got 0");
    assert_eq!(run("{{ .Version.Short 1 }}"), "wrong number of args for Short: want 0 got 1");
    assert_eq!(run("{{ .Version.Has 1 }}"), "expected string; found 1");
    assert_eq!(run("{{ .Version.Has nil }}"), "cannot assign nil to string");
    assert_eq!(run("{{ .Version.Has .missing }}"), "wrong type for value; expected string; got interface {}");
    assert_eq!(run("{{ .Version.Has (len \"x\") }}"), "wrong type for value; expected string; got int");
    assert_eq!(run("{{ .Version.Loose 1 }}"), "wrong type for value; expected string; got int");
    assert_eq!(run("{{ .Version.Major 1 }}"), "Major has arguments but cannot be invoked as function");
    assert_eq!(run("{{ .Version.Fail }}"), "error calling Fail: no luck");
}

#[test]
fn missing_fields_of_structs() {
    assert_eq!(run("{{ .Version.Nope }}"), "can't evaluate field Nope in type interface {}");
    assert_eq!(run("{{ version.Nope }}"), "can't evaluate field Nope in type test.Version");
    assert_eq!(run("{{ $v := .Version }}{{ $v.Major.x }}"), "can't evaluate field x in type string");
    assert_eq!(run("{{ range .Version }}{{ end }}"), "range can't iterate over {1.37.0}");
    assert_eq!(run("{{ len .Version }}"), "error calling len: len of type test.Version");
}

#[test]
fn maps_of_other_types() {
    assert_eq!(
        run("{{ .Names.a }} {{ .Names.b }} {{ range $k, $v := .Names }}{{ $k }}{{ $v }}{{ end }} {{ .Names }}"),
        "1 0 a1 map[a:1]"
    );
    assert_eq!(run("{{ .Names.a 1 }}"), "a is not a method but has arguments");
    assert_eq!(run("[{{ .Strings.k }}{{ .Strings.missing }}]"), "[v]");
    assert_eq!(run("{{ $s := .Strings }}{{ $s.k.x }}"), "can't evaluate field x in type string");
}

#[test]
fn methods_of_named_maps_go_before_entries() {
    assert_eq!(run("{{ .Values.x }} {{ .Values.Join \"-\" 3 }} {{ 4 | .Values.Join \"+\" }}"), "1 2-3 2+4");
    assert_eq!(run("{{ .Values.Join }}"), "wrong number of args for Join: want 2 got 0");
    assert_eq!(run("{{ .Values.Join \"-\" \"3\" }}"), "expected integer; found \"3\"");
    assert_eq!(run("{{ .Values.Join 1 (index nil) }}"), "expected string; found 1");
}
