//! The quick answer against the full check.

use super::*;
use crate::values::schema::{compile, refuse};
use serde_json::{Value as Json, json};

fn is_accepted_by_all(schema: &Json, values: &Map) -> bool {
    compile::check_all(schema.to_string().as_bytes(), values, &refuse, &mut Vec::new()).is_ok()
}

fn values(json: Json) -> Map {
    match goyaml::json::parse(json.to_string().as_bytes()) {
        Ok(Value::Map(map)) => map,
        other => panic!("{other:?}"),
    }
}

/// Chooses, always the same.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn name(&mut self) -> &'static str {
        self.one(&["a", "b", "c", "type"])
    }

    fn scalar(&mut self) -> Json {
        self.one(&[
            json!(null),
            json!(true),
            json!(0),
            json!(2),
            json!(2.5),
            json!(-1),
            json!("a"),
            json!("abc"),
            json!(""),
            json!("10.0.0.1"),
        ])
    }

    fn value(&mut self, depth: usize) -> Json {
        match self.below(if depth == 0 { 3 } else { 6 }) {
            0..3 => self.scalar(),
            3 => (0..self.below(3)).map(|_| self.value(depth - 1)).collect(),
            _ => self.map(depth),
        }
    }

    fn map(&mut self, depth: usize) -> Json {
        (0..self.below(4))
            .map(|_| (self.name().to_owned(), self.value(depth.saturating_sub(1))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn schemas(&mut self, depth: usize) -> Json {
        (0..self.below(4)).map(|_| (self.name().to_owned(), self.schema(depth))).collect::<serde_json::Map<_, _>>().into()
    }

    fn list(&mut self, depth: usize) -> Json {
        (0..self.below(3)).map(|_| self.schema(depth)).collect()
    }

    fn schema(&mut self, depth: usize) -> Json {
        if depth == 0 || self.below(8) == 0 {
            return self.one(&[
                json!(true),
                json!(true),
                json!(false),
                json!({"type": "string"}),
                json!({"type": "object"}),
                json!({}),
            ]);
        }
        (0..1 + self.below(3)).map(|_| self.keyword(depth - 1)).collect::<serde_json::Map<_, _>>().into()
    }

    fn keyword(&mut self, depth: usize) -> (String, Json) {
        let names = [
            "type",
            "enum",
            "const",
            "minimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "items",
            "contains",
            "minItems",
            "maxItems",
            "uniqueItems",
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "else",
            "$ref",
            "definitions",
            "$defs",
            "default",
            "title",
            "unknown",
            "dependencies",
            "properties",
            "properties",
            "type",
        ];
        let name = self.one(&names);
        let value = match name {
            "type" => self.one(&[
                json!("string"),
                json!("object"),
                json!("object"),
                json!("number"),
                json!("integer"),
                json!("boolean"),
                json!("array"),
                json!(["string", "null"]),
                json!(["object", "integer"]),
                json!([]),
                json!("text"),
                json!(["null", "null"]),
            ]),
            "enum" => (0..self.below(4)).map(|_| self.scalar()).collect(),
            "const" | "default" => self.value(1),
            "minimum" | "exclusiveMaximum" | "multipleOf" => {
                self.one(&[json!(0), json!(1), json!(2), json!(0.5), json!("1")])
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
                self.one(&[json!(0), json!(1), json!(2), json!(1.0), json!(-1), json!(1.5)])
            }
            "pattern" => self.one(&[json!("^a"), json!("b"), json!("\\d$"), json!("("), json!("")]),
            "format" => self.one(&[json!("ipv4"), json!("hostname"), json!("email"), json!("nothing"), json!(1)]),
            "uniqueItems" => self.one(&[json!(true), json!(false), json!(1)]),
            "properties" | "definitions" | "$defs" => self.schemas(depth),
            "dependencies" if self.below(2) == 0 => {
                self.one(&[json!({"a": ["b"]}), json!({"b": ["a", "c"]}), json!({"a": ["b", "b"]})])
            }
            "dependencies" => self.schemas(depth),
            "patternProperties" => {
                let pattern = self.one(&["^a", "b|c", "", "("]);
                json!({pattern: self.schema(depth)})
            }
            "required" => self.one(&[json!(["a"]), json!(["a", "b"]), json!([]), json!(["a", "a"]), json!("a")]),
            "allOf" | "anyOf" | "oneOf" => self.list(depth),
            "$ref" => self.one(&[
                json!("#"),
                json!("#/definitions/a"),
                json!("#/$defs/b"),
                json!("#/properties/a"),
                json!("#a"),
                json!("x"),
            ]),
            "title" => self.one(&[json!("t"), json!("t"), json!(1)]),
            "unknown" => self.value(2),
            _ => self.schema(depth),
        };
        (name.to_owned(), value)
    }
}

#[test]
fn nothing_is_accepted_that_the_full_check_refuses() {
    let mut choices = Choices(3);
    let (mut quick, mut full) = (0, 0);
    for _ in 0..5_000 {
        let mut schema = choices.schema(4);
        if let (Json::Object(members), 0..2) = (&mut schema, choices.below(3)) {
            let draft = choices.one(&[
                "http://json-schema.org/draft-07/schema#",
                "http://json-schema.org/schema#",
                "https://json-schema.org/draft/2020-12/schema",
                "https://json-schema.org/draft/2019-09/schema",
            ]);
            members.insert("$schema".into(), draft.into());
            if choices.below(2) == 0 {
                members.insert("$id".into(), "https://example.com/values".into());
            }
        }
        let values = values(choices.map(3));
        let accepted = is_accepted(schema.to_string().as_bytes(), &values);
        let by_all = (accepted || full < 500) && is_accepted_by_all(&schema, &values);
        assert!(!accepted || by_all, "{schema} {values:?}");
        quick += usize::from(accepted);
        full += usize::from(by_all);
    }
    assert!(quick > 300, "{quick} of {full}");
}

#[test]
fn what_common_schemas_say_is_plain() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "definitions": {"port": {"type": "integer", "minimum": 1, "maximum": 65535}},
        "required": ["image"],
        "additionalProperties": false,
        "properties": {
            "image": {"type": "object", "properties": {"tag": {"type": ["string", "null"], "pattern": "^v[0-9.]+$"}}},
            "ports": {"type": "array", "items": {"$ref": "#/definitions/port"}, "minItems": 1},
            "policy": {"oneOf": [{"enum": ["Always", "Never"]}, {"type": "null"}]},
        },
    });
    let good = json!({"image": {"tag": "v1.2", "x": 1}, "ports": [80, 443], "policy": "Never"});
    let bad = [
        json!({}),
        json!({"image": {"tag": "1.2"}}),
        json!({"image": {}, "ports": [0]}),
        json!({"image": {}, "ports": []}),
        json!({"image": {}, "policy": "Sometimes"}),
        json!({"image": {}, "other": 1}),
    ];
    let accepts = |json| is_accepted(schema.to_string().as_bytes(), &values(json));
    assert!(accepts(good));
    assert_eq!(bad.map(accepts), [false; 6]);
}

#[test]
fn references_in_a_circle_are_left_to_the_full_check() {
    let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}});
    assert!(!is_accepted(schema.to_string().as_bytes(), &Map::new()));
}
