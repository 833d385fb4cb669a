//! Typed reading of a chart's YAML, as `sigs.k8s.io/yaml` decodes into Go structs.
//!
//! What is read follows a [`Shape`]. A scalar in the place of a text becomes text (`version: 1.10` is `1.1`), unknown fields are
//! ignored, names of fields are matched without regard to case. Reading a second text into the result of a first one merges
//! them as Go does: fields one by one, lists item by item.

use crate::gotext::folds_to;
use crate::gotext::pointer_part;
use crate::gotime;
use goyaml::{Map, Target, Value};

/// What is expected at a place.
#[derive(Debug)]
pub(crate) enum Shape {
    Any,
    Text,
    Bool,
    Time,
    List { of: &'static Shape, go_type: &'static str },
    Map { of: &'static Shape, go_type: &'static str },
    Struct { fields: &'static [(&'static str, Shape)], go_type: &'static str },
}

pub(super) const TEXTS: Shape = Shape::List { of: &Shape::Text, go_type: "[]string" };

/// Reads a text into `result`, which is `null` or what an earlier text was read into.
///
/// # Errors
/// For text that is no YAML or has another shape, in Go's words.
pub(crate) fn decode(text: &[u8], shape: &'static Shape, result: &mut Value) -> Result<(), String> {
    let value = goyaml::decode_into(text, shape).map_err(|error| error.to_string())?;
    let mut reader = Reader { error: None };
    reader.read(value, shape, result, &Place::ROOT);
    match reader.error {
        None => Ok(()),
        Some(error) => Err(format!("error unmarshaling JSON: while decoding JSON: {error}")),
    }
}

/// The name of the first entry that no field of the shape takes, in the order in which Go meets them.
pub(super) fn unknown_field<'v>(value: &'v Value, shape: &Shape) -> Option<&'v str> {
    match (shape, value) {
        (Shape::List { of, .. }, Value::List(items)) => items.iter().find_map(|item| unknown_field(item, of)),
        (Shape::Struct { fields, .. }, Value::Map(entries)) => entries.iter().find_map(|(key, value)| {
            let Some((_, shape)) = field(fields, key) else { return Some(key.as_str()) };
            unknown_field(value, shape)
        }),
        _ => None,
    }
}

/// The members of a struct that was read.
pub(crate) trait Fields {
    fn text(&mut self, name: &str) -> String;
    fn texts(&mut self, name: &str) -> Vec<String>;
    fn flag(&mut self, name: &str) -> bool;
    fn list(&mut self, name: &str) -> Vec<Value>;
}

impl Fields for Map {
    fn text(&mut self, name: &str) -> String {
        self.remove(name).map(into_text).unwrap_or_default()
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        self.list(name).into_iter().map(into_text).collect()
    }

    fn flag(&mut self, name: &str) -> bool {
        self.remove(name) == Some(Value::Bool(true))
    }

    fn list(&mut self, name: &str) -> Vec<Value> {
        match self.remove(name) {
            Some(Value::List(items)) => items,
            _ => Vec::new(),
        }
    }
}

/// The text of a place that [`Shape::Text`] describes.
pub(super) fn into_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        _ => String::new(),
    }
}

struct Reader {
    /// The first thing that is wrong; the rest is read all the same.
    error: Option<String>,
}

impl Reader {
    fn read(&mut self, value: Value, shape: &Shape, result: &mut Value, place: &Place<'_>) {
        match (shape, value) {
            (Shape::Any, value) => *result = value,
            (Shape::Text | Shape::Bool | Shape::Time, Value::Null) => {}
            // A whole document that is null leaves everything as it is.
            (_, Value::Null) if place.above.is_none() => {}
            (_, Value::Null) => *result = Value::Null,
            (Shape::Text, text @ Value::String(_)) => *result = text,
            (Shape::Bool, flag @ Value::Bool(_)) => *result = flag,
            (Shape::Time, Value::String(text)) => match gotime::normalize(&text) {
                Ok(time) => *result = time.into(),
                Err(error) => self.fail(error),
            },
            (Shape::List { of, .. }, Value::List(items)) => self.list(items, of, result, place),
            (Shape::Map { of, .. }, Value::Map(entries)) => self.map(entries, of, result, place),
            (Shape::Struct { fields, .. }, Value::Map(entries)) => self.fields(entries, fields, result, place),
            (shape, value) => self.fail(mismatch(&value, shape, place)),
        }
    }

    fn list(&mut self, items: Vec<Value>, of: &Shape, result: &mut Value, place: &Place<'_>) {
        let mut list = match std::mem::take(result) {
            Value::List(list) => list,
            _ => Vec::new(),
        };
        list.resize(items.len(), Value::Null);
        for (i, item) in items.into_iter().enumerate() {
            self.read(item, of, &mut list[i], &place.item(&i.to_string()));
        }
        *result = list.into();
    }

    fn map(&mut self, entries: Map, of: &Shape, result: &mut Value, place: &Place<'_>) {
        let map = as_map(result);
        for (key, value) in entries {
            let mut read = Value::Null;
            self.read(value, of, &mut read, &place.member(&key));
            map.insert(key, read);
        }
    }

    fn fields(&mut self, entries: Map, fields: &[(&str, Shape)], result: &mut Value, place: &Place<'_>) {
        let map = as_map(result);
        for (key, value) in entries {
            if let Some((name, shape)) = field(fields, &key) {
                self.read(value, shape, map.entry((*name).to_owned()).or_default(), &place.member(&key));
            }
        }
    }

    fn fail(&mut self, error: String) {
        self.error.get_or_insert(error);
    }
}

fn as_map(value: &mut Value) -> &mut Map {
    if value.as_map().is_none() {
        *value = Map::new().into();
    }
    match value {
        Value::Map(map) => map,
        _ => unreachable!("it was made a map"),
    }
}

/// The field that a key names.
fn field<'f, 's>(fields: &'f [(&'s str, Shape)], key: &str) -> Option<&'f (&'s str, Shape)> {
    let exact = fields.iter().find(|(name, _)| *name == key);
    exact.or_else(|| fields.iter().find(|(name, _)| folds_to(key, &name.to_ascii_lowercase())))
}

fn mismatch(value: &Value, shape: &Shape, place: &Place<'_>) -> String {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    };
    let expected = match shape {
        Shape::Any => "interface {}",
        Shape::Text => "string",
        Shape::Bool => "bool",
        Shape::Time => "time.Time",
        Shape::List { go_type, .. } | Shape::Map { go_type, .. } | Shape::Struct { go_type, .. } => go_type,
    };
    let kind = match place.step {
        Step::Root => "Go value",
        Step::Member(_) => "Go struct field ",
        Step::Item(_) => "",
    };
    format!("json: cannot unmarshal {found} into {kind}{} of type {expected}", place.path())
}

/// Where in a document something stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    above: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Member(&'p str),
    Item(&'p str),
}

impl Place<'_> {
    const ROOT: Place<'static> = Place { above: None, step: Step::Root };

    fn member<'p>(&'p self, key: &'p str) -> Place<'p> {
        Place { above: Some(self), step: Step::Member(key) }
    }

    fn item<'p>(&'p self, index: &'p str) -> Place<'p> {
        Place { above: Some(self), step: Step::Item(index) }
    }

    fn path(&self) -> String {
        let above = self.above.map(Place::path).unwrap_or_default();
        match self.step {
            Step::Root => above,
            Step::Member(name) | Step::Item(name) => format!("{above}.{}", pointer_part(name)),
        }
    }
}

impl Target for Shape {
    fn is_text(&self) -> bool {
        matches!(self, Self::Text)
    }

    fn item(&self) -> &dyn Target {
        match self {
            Self::List { of, .. } => *of,
            _ => &Self::Any,
        }
    }

    fn member(&self, key: &str) -> &dyn Target {
        match self {
            Self::Map { of, .. } => *of,
            Self::Struct { fields, .. } => field(fields, key).map_or(&Self::Any, |(_, shape)| shape),
            _ => &Self::Any,
        }
    }
}
