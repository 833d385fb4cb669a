//! `.Files`: the files of a chart that are neither templates nor metadata, as Helm's `engine.files` shows them.

use super::glob::Glob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use gotemplate::function::ParameterType;
use gotemplate::value::{Kind, MethodError, Object, Value};
use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The files by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files(BTreeMap<String, Bytes>);

impl Files {
    /// The files of a chart.
    pub(crate) fn new(files: &[crate::chart::File]) -> Self {
        Self(files.iter().map(|file| (file.name.clone(), file.data.clone())).collect())
    }

    fn content(&self, name: &str) -> &[u8] {
        self.0.get(name).map(Bytes::as_ref).unwrap_or_default()
    }

    /// Every file when the pattern is malformed, as Helm does it.
    fn glob(&self, pattern: &str) -> Self {
        let glob = Glob::parse(pattern);
        let matches = |name: &str| glob.as_ref().is_none_or(|glob| glob.matches(name));
        Self(self.0.iter().filter(|(name, _)| matches(name)).map(|(name, data)| (name.clone(), data.clone())).collect())
    }

    /// YAML of the base names and what `show` makes of the contents; of several files with one base name the last is shown.
    fn by_base_name(&self, show: impl Fn(&[u8]) -> String) -> Value {
        let base = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        let entries = self.0.iter().map(|(name, data)| (base(name), show(data).into())).collect();
        // As in Helm, what cannot be shown is nothing.
        let text = goyaml::to_yaml(&goyaml::Value::Map(entries)).unwrap_or_default();
        Value::string(text.strip_suffix('\n').unwrap_or(&text))
    }

    fn lines(&self, name: &str) -> Value {
        let content = self.content(name);
        if content.is_empty() {
            return Value::strings(Vec::new());
        }
        let content = content.strip_suffix(b"\n").unwrap_or(content);
        Value::strings(content.split(|&byte| byte == b'\n').map(Value::string).collect())
    }
}

impl Object for Files {
    fn type_name(&self) -> Cow<'static, str> {
        "engine.files".into()
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(Value::Bytes(self.content(name).into()))
    }

    fn method(&self, name: &str) -> Option<usize> {
        match name {
            "AsConfig" | "AsSecrets" => Some(0),
            "Get" | "GetBytes" | "Glob" | "Lines" => Some(1),
            _ => None,
        }
    }

    fn parameter(&self, _: &str, _: usize) -> ParameterType {
        ParameterType::String
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        match name {
            "AsConfig" => return Ok(self.by_base_name(|data| String::from_utf8_lossy(data).into_owned())),
            "AsSecrets" => return Ok(self.by_base_name(|data| STANDARD.encode(data))),
            _ => {}
        }
        let Some(Value::String(argument)) = arguments.first() else {
            return Err(MethodError::WrongType { index: 0, expected: "string" });
        };
        let argument = argument.to_str_lossy();
        Ok(match name {
            "Get" => Value::string(self.content(&argument)),
            "GetBytes" => Value::Bytes(self.content(&argument).into()),
            "Glob" => Value::Object(Rc::new(self.glob(&argument))),
            _ => self.lines(&argument),
        })
    }

    /// All files are looked at, and what patterns cost grows with their length.
    fn price(&self, name: &str, arguments: &[Value]) -> u64 {
        let each = match (name, arguments) {
            ("Glob", [Value::String(pattern), ..]) => 8 + pattern.len() / 4,
            ("AsConfig" | "AsSecrets", _) => return self.0.values().map(|data| 16 + data.len() as u64 / 16).sum(),
            _ => return 0,
        };
        (self.0.len() * each) as u64
    }

    fn display(&self) -> String {
        let entries: Vec<String> = self.0.iter().map(|(name, data)| format!("{name}:{}", numbers(data))).collect();
        format!("map[{}]", entries.join(" "))
    }

    fn len(&self) -> Option<usize> {
        Some(self.0.len())
    }

    fn entries(&self) -> Option<Vec<(Value, Value)>> {
        let entry = |(name, data): (&String, &Bytes)| (Value::string(name.as_str()), Value::Bytes(data.as_ref().into()));
        Some(self.0.iter().map(entry).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn numbers(data: &[u8]) -> String {
    let numbers: Vec<String> = data.iter().map(u8::to_string).collect();
    format!("[{}]", numbers.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::File;

    fn files() -> Files {
        let file = |name: &str, data: &'static str| File { name: name.into(), data: data.into(), modified: None };
        Files::new(&[file("b.txt", "x\n\ny\n"), file("a/c.txt", "c"), file("empty", "")])
    }

    fn call(name: &str, argument: &str) -> Value {
        files().call(name, &[Value::string(argument)]).expect("a result")
    }

    fn lines(name: &str) -> Vec<String> {
        let Value::List(lines) = call("Lines", name) else { panic!("no list") };
        let text = |value: &Value| if let Value::String(text) = value { text.to_str_lossy().into_owned() } else { panic!() };
        lines.items().iter().map(text).collect()
    }

    #[test]
    fn lines_lose_one_final_newline() {
        assert_eq!(lines("b.txt"), ["x", "", "y"]);
        assert_eq!((lines("empty"), lines("missing")), (vec![], vec![]));
    }

    #[test]
    fn a_malformed_pattern_matches_every_file() {
        let count = |pattern| if let Value::Object(files) = call("Glob", pattern) { files.len() } else { None };
        assert_eq!((count("*"), count("a/*"), count("[")), (Some(2), Some(1), Some(3)));
    }

    #[test]
    fn contents_print_as_numbers() {
        assert_eq!(Files::new(&files_of("a", "de")).display(), "map[a:[100 101]]");
    }

    fn files_of(name: &str, data: &'static str) -> Vec<File> {
        vec![File { name: name.into(), data: data.into(), modified: None }]
    }
}
