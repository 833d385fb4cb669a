//! What a file of manifests holds, read as Kubernetes' own decoder does: documents of YAML, or a row of JSON objects.

use crate::chart::decode::{Fields, Shape, decode};
use crate::values::Documents as Split;
use goyaml::{Map, Value};
use std::borrow::Cow;

/// The fields of an object that rules look at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Object {
    pub api_version: String,
    pub kind: String,
    pub name: String,
}

static OBJECT: Shape = Shape::Struct {
    fields: &[
        ("apiVersion", Shape::Text),
        ("Kind", Shape::Text),
        (
            "Metadata",
            Shape::Struct { fields: &[("Namespace", Shape::Text), ("Name", Shape::Text)], go_type: "rules.k8sYamlMetadata" },
        ),
    ],
    go_type: "rules.k8sYamlStruct",
};

/// The objects of a text; `None` for a document that holds nothing.
pub(super) struct Documents<'t> {
    split: Split<'t>,
    /// Whether what is next may be a JSON object.
    is_json: bool,
    /// How many JSON objects there were.
    count: usize,
    length: usize,
}

impl<'t> Documents<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { split: Split::new(text), is_json: text.trim_ascii_start().starts_with(b"{"), count: 0, length: text.len() }
    }

    /// The JSON object that is next; an error when there is something else.
    fn json(&mut self) -> Result<Option<Option<Object>>, String> {
        let rest = self.split.rest().trim_ascii_start();
        if rest.is_empty() {
            return Ok(None);
        }
        let length = object_length(rest).unwrap_or(rest.len());
        goyaml::json::parse(&rest[..length]).map_err(|error| self.json_error(&error, rest.len()))?;
        let object = object(&rest[..length]);
        let object =
            object.map_err(|error| error.trim_start_matches("error unmarshaling JSON: while decoding JSON: ").to_owned())?;
        self.split = Split::new(&rest[length..]);
        Ok(Some(object))
    }

    /// An error of the last `left` bytes, as Kubernetes prints it.
    fn json_error(&self, error: &goyaml::Error, left: usize) -> String {
        match error.offset() {
            None => "unexpected EOF".to_owned(),
            // What is JSON for good is read by another decoder.
            Some(_) if self.count > 1 => error.to_string(),
            Some(at) => format!("json: offset {}: {error}", self.length - left + at + 1),
        }
    }

    fn yaml(&mut self) -> Result<Option<Option<Object>>, String> {
        let Some(document) = self.split.next().map_err(|error| error.cause())? else { return Ok(None) };
        let mut document = Cow::Borrowed(document);
        if !document.ends_with(b"\n") {
            document.to_mut().push(b'\n');
        }
        object(&document).map(Some)
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Option<Object>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut first = None;
        if self.is_json {
            match self.json() {
                Ok(found) => {
                    self.count += usize::from(found.is_some());
                    return found.map(Ok);
                }
                // After two objects it is JSON for good.
                Err(error) if self.count > 1 => return Some(Err(error)),
                Err(error) => first = Some(error),
            }
            self.is_json = false;
            self.split = Split::new(after_line_break(self.split.rest()));
        }
        match self.yaml() {
            Ok(found) => found.map(Ok),
            Err(error) => Some(Err(first.unwrap_or(error))),
        }
    }
}

fn object(text: &[u8]) -> Result<Option<Object>, String> {
    let mut value = Value::Null;
    decode(text, &OBJECT, &mut value)?;
    let Value::Map(mut fields) = value else { return Ok(None) };
    let mut metadata = match fields.remove("Metadata") {
        Some(Value::Map(metadata)) => metadata,
        _ => Map::new(),
    };
    Ok(Some(Object { api_version: fields.text("apiVersion"), kind: fields.text("Kind"), name: metadata.text("Name") }))
}

/// How long the JSON object is with which a text begins.
fn object_length(text: &[u8]) -> Option<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => return None,
            _ => {}
        }
        if depth == 0 && !in_text {
            return Some(at + 1);
        }
    }
    None
}

/// Blanks up to the end of their line are no part of the YAML that follows JSON.
fn after_line_break(text: &[u8]) -> &[u8] {
    let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let line = text[..blank].iter().position(|byte| *byte == b'\n');
    &text[line.map_or(blank, |at| at + 1)..]
}
