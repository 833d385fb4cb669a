//! Template values handed to YAML and JSON writers piece by piece: `toYaml` builds no tree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gotemplate::format::MAX_DEPTH;
use gotemplate::value::{Exported, List, Map, Object, Value};
use goyaml::{Error, Sink, Walk};
use std::cell::Cell;

/// A template value as an encoder sees it.
pub(crate) struct Encoded<'a> {
    value: &'a Value,
    encoder: Encoder,
    /// What may still be written: a value that holds another twice, level after level, is short to write and endless to print.
    left: Cell<usize>,
}

/// The encoder that sees the value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Encoder {
    /// Go's `encoding/json`.
    Json,
    /// `sigs.k8s.io/yaml`, which writes JSON first and then sorts it.
    Yaml,
    /// `yaml.v3`, which knows values of Go by itself.
    PrettyYaml,
}

/// The bytes of text that are written, each value counted as eight more.
const LIMIT: usize = 1 << 26;

/// A value and those that it is in, innermost first.
struct Level<'a> {
    value: &'a Value,
    depth: usize,
    outer: Option<&'a Level<'a>>,
}

impl<'a> Encoded<'a> {
    /// The value for this encoder.
    pub(crate) fn new(value: &'a Value, encoder: Encoder) -> Self {
        Self { value, encoder, left: Cell::new(LIMIT) }
    }

    fn spend(&self, bytes: usize) -> Result<(), Error> {
        let left = self.left.get().checked_sub(bytes.saturating_add(8));
        self.left.set(left.ok_or_else(|| Error::new(format!("value has more than {LIMIT} bytes of text")))?);
        Ok(())
    }

    fn value(&self, value: &Value, outer: Option<&Level<'_>>, sink: &mut dyn Sink) -> Result<(), Error> {
        match value {
            Value::String(text) => {
                self.spend(text.len())?;
                sink.string(text.as_bytes())
            }
            Value::Map(_) | Value::List(_) | Value::Object(_) => {
                self.spend(0)?;
                let depth = outer.map_or(1, |outer| outer.depth + 1);
                let level = Level { value, depth, outer };
                if depth > MAX_DEPTH {
                    return Err(level.too_deep());
                }
                self.collection(&level, sink)
            }
            Value::Nil => sink.null(),
            Value::Bool(flag) => sink.bool(*flag),
            Value::Int(number) | Value::Int64(number) => sink.int(*number),
            Value::Uint64(number) => sink.uint(*number),
            Value::Uint8(number) => sink.uint(u64::from(*number)),
            Value::Float(number) => sink.float(*number),
            Value::Bytes(bytes) => self.bytes(bytes, sink),
            Value::Complex(..) => Err(Error::new(match self.encoder {
                Encoder::PrettyYaml => "cannot marshal type: complex128",
                Encoder::Json | Encoder::Yaml => "json: unsupported type: complex128",
            })),
        }
    }

    fn collection(&self, level: &Level<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
        match level.value {
            Value::Map(map) => self.map(map, level, sink),
            Value::List(list) => self.list(list, level, sink),
            Value::Object(object) => self.object(object.as_ref(), level, sink),
            _ => Ok(()),
        }
    }

    fn map(&self, map: &Map, level: &Level<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
        if map.is_nil() && self.encoder != Encoder::PrettyYaml {
            return sink.null();
        }
        map.with(|entries| {
            sink.begin_map(entries.len())?;
            for (key, value) in entries {
                self.spend(key.len())?;
                sink.key(key.as_bytes())?;
                self.value(value, Some(level), sink)?;
            }
            sink.end_map()
        })
    }

    fn list(&self, list: &List, level: &Level<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
        if list.is_nil() && self.encoder != Encoder::PrettyYaml {
            return sink.null();
        }
        sink.begin_list(list.len())?;
        for item in list.items() {
            self.spend(0)?;
            self.value(item, Some(level), sink)?;
        }
        sink.end_list()
    }

    /// JSON has base 64 for bytes.
    fn bytes(&self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
        self.spend(bytes.len())?;
        if self.encoder != Encoder::PrettyYaml {
            return sink.string(STANDARD.encode(bytes).as_bytes());
        }
        sink.begin_list(bytes.len())?;
        for byte in bytes {
            sink.uint(u64::from(*byte))?;
        }
        sink.end_list()
    }

    fn object(&self, object: &dyn Object, level: &Level<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
        if let Some(fields) = object.exported() {
            return self.fields(fields, level, sink);
        }
        let Some(entries) = object.entries() else {
            let is_duration = object.type_name() == "time.Duration";
            let plain = match self.encoder {
                Encoder::PrettyYaml if is_duration => Value::string(object.display()),
                _ => object.plain(),
            };
            return self.value(&plain, Some(level), sink);
        };
        if object.kind() == gotemplate::value::Kind::Slice {
            sink.begin_list(entries.len())?;
            for (_, value) in &entries {
                self.value(value, Some(level), sink)?;
            }
            return sink.end_list();
        }
        sink.begin_map(entries.len())?;
        for (key, value) in &entries {
            let Value::String(key) = key else { continue };
            sink.key(key.as_bytes())?;
            self.value(value, Some(level), sink)?;
        }
        sink.end_map()
    }

    /// Only what is sorted in the end loses the order of the fields.
    fn fields(&self, mut fields: Vec<Exported>, level: &Level<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
        if self.encoder == Encoder::Yaml {
            fields.sort_by_key(|field| field.json);
        }
        sink.begin_struct(fields.len())?;
        for field in &fields {
            match self.encoder {
                Encoder::Json | Encoder::Yaml => sink.key(field.json.as_bytes())?,
                Encoder::PrettyYaml => sink.key(field.name.to_lowercase().as_bytes())?,
            }
            self.value(&field.value, Some(level), sink)?;
        }
        sink.end_map()
    }
}

impl Walk for Encoded<'_> {
    fn walk(&self, sink: &mut dyn Sink) -> Result<(), Error> {
        self.value(self.value, None, sink)
    }
}

impl Level<'_> {
    /// Go looks for cycles from this depth on.
    fn too_deep(&self) -> Error {
        let mut outer = self.outer;
        while let Some(level) = outer {
            if is_same(self.value, level.value) {
                let name = self.value.type_name();
                return Error::new(format!("json: unsupported value: encountered a cycle via {name}"));
            }
            outer = level.outer;
        }
        Error::new(format!("value is nested more than {MAX_DEPTH} levels deep"))
    }
}

fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => a.is_same(b),
        (Value::List(a), Value::List(b)) => std::ptr::eq(a.items(), b.items()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Capabilities;
    use goyaml::json;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    fn written(value: &Value) -> String {
        json::write(&Encoded::new(value, Encoder::Json)).unwrap_or_else(|error| error.to_string())
    }

    // The expected texts are those of Helm.
    #[test]
    fn nil_is_not_empty_and_bytes_are_base64() {
        let nil = Value::List(List::nil(gotemplate::value::Element::Any));
        let all = [nil, Value::Map(Map::nil()), Value::list(Vec::new()), Value::Bytes(b"ab"[..].into()), Value::Uint8(7)];
        assert_eq!(written(&Value::list(all.into())), r#"[null,null,[],"YWI=",7]"#);
        assert_eq!(written(&Value::Complex(0.0, 2.0)), "json: unsupported type: complex128");
    }

    #[test]
    fn fields_keep_their_order() {
        let capabilities =
            Value::Object(Rc::new(Capabilities { api_versions: vec!["v1".into()], ..Capabilities::default() }));
        let expected = r#"{"KubeVersion":{"Version":"v1.37.0","Major":"1","Minor":"37"},"APIVersions":["v1"],"HelmVersion":{"version":"v4.3.1","git_commit":"c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff","git_tree_state":"clean","go_version":"go1.27.2","kube_client_version":"v1.37"}}"#;
        assert_eq!(written(&capabilities), expected);
    }

    #[test]
    fn cycles_are_found_where_go_looks_for_them() {
        let map = Map::new(BTreeMap::new());
        map.insert("a", Value::Map(map.clone()));
        let cycle = "json: unsupported value: encountered a cycle via ";
        assert_eq!(written(&Value::Map(map.clone())), format!("{cycle}map[string]interface {{}}"));
        map.insert("a", Value::list(vec![Value::Map(map.clone())]));
        assert_eq!(written(&Value::Map(map.clone())), format!("{cycle}map[string]interface {{}}"));
        assert_eq!(written(&Value::list(vec![Value::Map(map.clone())])), format!("{cycle}[]interface {{}}"));
        map.remove(b"a");
        let deep = (0..1001).fold(Value::Nil, |value, _| Value::list(vec![value]));
        assert_eq!(written(&deep), "value is nested more than 1000 levels deep");
    }

    #[test]
    fn endless_values_are_refused() {
        let doubled = (0..40).fold(Value::string("a"), |value, _| Value::list(vec![value.clone(), value]));
        assert_eq!(written(&doubled), "value has more than 67108864 bytes of text");
    }
}
