//! Tells at once that values meet a schema, where that is plain to see.
//!
//! Compiling a schema takes time for each of its parts, and most schemas have many that the values never come to. Here the
//! document is only looked through, and then followed as far as the values go. The answer is no more than "certainly accepted":
//! whatever is not plain, or not accepted, is left to the full check, which also says what is wrong.

mod plain;
mod tree;

use super::formats;
use crate::regex::Regexp;
use goyaml::{Map, Value};
use plain::{Draft, Plain};
use tree::{EXACT, Members, Node, member};

/// How deep schemas may refer to one another, and values nest.
const MAX_DEPTH: usize = 200;
/// How many schemas are looked at: `anyOf` within `anyOf` asks for many.
const MAX_STEPS: usize = 200_000;

/// Whether the values certainly meet the schema.
pub(super) fn is_accepted(schema: &[u8], values: &Map) -> bool {
    let root = tree::parse(schema);
    let plain = root.as_ref().and_then(plain::read);
    plain.is_some_and(|plain| Check { plain, steps: 0, depth: 0 }.schema_met(values) == Some(true))
}

/// A value of the values.
#[derive(Clone, Copy)]
enum Instance<'v> {
    Null,
    Bool(bool),
    Number(f64),
    String(&'v str),
    List(&'v [Value]),
    Map(&'v Map),
}

impl<'v> From<&'v Value> for Instance<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(number) => Self::Number(*number as f64),
            Value::Float(number) => Self::Number(*number),
            Value::String(text) => Self::String(text),
            Value::List(items) => Self::List(items),
            Value::Map(map) => Self::Map(map),
        }
    }
}

impl Instance<'_> {
    fn is_of_type(self, name: &str) -> bool {
        match self {
            Self::Null => name == "null",
            Self::Bool(_) => name == "boolean",
            Self::Number(number) => name == "number" || name == "integer" && number.fract() == 0.0,
            Self::String(_) => name == "string",
            Self::List(_) => name == "array",
            Self::Map(_) => name == "object",
        }
    }

    /// Whether this is a value of the schema; collections are not compared.
    fn is(self, node: &Node<'_>) -> Option<bool> {
        match (self, node) {
            (Self::List(_), Node::List(_)) | (Self::Map(_), Node::Map(_)) => None,
            (Self::Null, Node::Null) => Some(true),
            (Self::Bool(one), Node::Bool(other)) => Some(one == *other),
            (Self::Number(one), Node::Number(other)) => Some(one == *other),
            (Self::String(one), Node::String(other)) => Some(one == other),
            _ => Some(false),
        }
    }
}

struct Check<'n, 's> {
    plain: Plain<'n, 's>,
    steps: usize,
    depth: usize,
}

/// Every answer is `None` where it is not plain.
impl<'n, 's> Check<'n, 's> {
    fn schema_met(&mut self, values: &Map) -> Option<bool> {
        self.schema(self.plain.root, Instance::Map(values))
    }

    fn schema(&mut self, node: &'n Node<'s>, value: Instance<'_>) -> Option<bool> {
        let members = match node {
            Node::Bool(answer) => return Some(*answer),
            Node::Map(members) => members,
            _ => return None,
        };
        self.steps += 1;
        if self.depth >= MAX_DEPTH || self.steps >= MAX_STEPS || is_inexact(value) {
            return None;
        }
        self.depth += 1;
        let answer = match member(members, "$ref") {
            Some(reference) if self.plain.draft == Draft::Seven => self.keyword(members, "$ref", reference, value),
            _ => all(members.iter(), |(keyword, node)| self.keyword(members, keyword, node, value)),
        };
        self.depth -= 1;
        answer
    }

    fn keyword(&mut self, around: &'n Members<'s>, keyword: &str, node: &'n Node<'s>, value: Instance<'_>) -> Option<bool> {
        match keyword {
            "$ref" => self.schema(self.plain.referred(node.as_str()?)?, value),
            "type" => Some(match node {
                Node::List(names) => names.iter().filter_map(Node::as_str).any(|name| value.is_of_type(name)),
                name => value.is_of_type(name.as_str()?),
            }),
            "enum" => any(node.as_list()?.iter(), |item| value.is(item)),
            "const" => value.is(node),
            "not" => Some(!self.schema(node, value)?),
            "allOf" => all(node.as_list()?.iter(), |item| self.schema(item, value)),
            "anyOf" => any(node.as_list()?.iter(), |item| self.schema(item, value)),
            "oneOf" => {
                let mut met = 0;
                for item in node.as_list()? {
                    met += usize::from(self.schema(item, value)?);
                }
                Some(met == 1)
            }
            "if" => {
                let branch = if self.schema(node, value)? { "then" } else { "else" };
                member(around, branch).map_or(Some(true), |branch| self.schema(branch, value))
            }
            keyword => match value {
                Instance::Number(number) => numeric(keyword, node, number),
                Instance::String(text) => textual(keyword, node, text),
                Instance::List(items) => self.list(keyword, node, items),
                Instance::Map(map) => self.map(around, keyword, node, map),
                Instance::Null | Instance::Bool(_) => Some(true),
            },
        }
    }

    fn list(&mut self, keyword: &str, node: &'n Node<'s>, items: &[Value]) -> Option<bool> {
        match keyword {
            "minItems" => Some(items.len() >= node.as_count()?),
            "maxItems" => Some(items.len() <= node.as_count()?),
            "uniqueItems" => {
                if items.len() < 2 || matches!(node, Node::Bool(false)) {
                    Some(true)
                } else {
                    None
                }
            }
            "items" => all(items.iter(), |item| self.schema(node, item.into())),
            "contains" => any(items.iter(), |item| self.schema(node, item.into())),
            _ => Some(true),
        }
    }

    fn map(&mut self, around: &'n Members<'s>, keyword: &str, node: &'n Node<'s>, map: &Map) -> Option<bool> {
        match keyword {
            "minProperties" => Some(map.len() >= node.as_count()?),
            "maxProperties" => Some(map.len() <= node.as_count()?),
            "required" => all(node.as_list()?.iter(), |name| Some(map.contains_key(name.as_str()?))),
            "propertyNames" => all(map.keys(), |name| self.schema(node, Instance::String(name))),
            "properties" => all(node.as_map()?.iter(), |(name, schema)| match map.get(name.as_ref()) {
                Some(value) => self.schema(schema, value.into()),
                None => Some(true),
            }),
            "dependencies" => all(node.as_map()?.iter(), |(name, needed)| match needed {
                _ if !map.contains_key(name.as_ref()) => Some(true),
                Node::List(names) => all(names.iter(), |name| Some(map.contains_key(name.as_str()?))),
                schema => self.schema(schema, Instance::Map(map)),
            }),
            "patternProperties" => all(node.as_map()?.iter(), |(pattern, schema)| {
                let pattern = Regexp::compile(pattern.as_bytes()).ok()?;
                let mut matching = map.iter().filter(|(name, _)| pattern.is_match(name.as_bytes()));
                all(&mut matching, |(_, value)| self.schema(schema, value.into()))
            }),
            "additionalProperties" => {
                all(
                    map.iter(),
                    |(name, value)| {
                        if is_named(around, name)? { Some(true) } else { self.schema(node, value.into()) }
                    },
                )
            }
            _ => Some(true),
        }
    }
}

/// Whether `properties` or `patternProperties` speak of a name.
fn is_named(around: &Members<'_>, name: &str) -> Option<bool> {
    if member(around, "properties").and_then(Node::as_map).is_some_and(|properties| member(properties, name).is_some()) {
        return Some(true);
    }
    let patterns = member(around, "patternProperties").and_then(Node::as_map).map_or(&[][..], Vec::as_slice);
    any(patterns.iter(), |(pattern, _)| Some(Regexp::compile(pattern.as_bytes()).ok()?.is_match(name.as_bytes())))
}

fn is_inexact(value: Instance<'_>) -> bool {
    matches!(value, Instance::Number(number) if number.is_nan() || number.abs() >= EXACT)
}

fn numeric(keyword: &str, node: &Node<'_>, number: f64) -> Option<bool> {
    let Node::Number(limit) = node else { return Some(true) };
    match keyword {
        "minimum" => Some(number >= *limit),
        "maximum" => Some(number <= *limit),
        "exclusiveMinimum" => Some(number > *limit),
        "exclusiveMaximum" => Some(number < *limit),
        "multipleOf" if number.fract() != 0.0 || limit.fract() != 0.0 => None,
        "multipleOf" => Some(number % limit == 0.0),
        _ => Some(true),
    }
}

fn textual(keyword: &str, node: &Node<'_>, text: &str) -> Option<bool> {
    match keyword {
        "minLength" => Some(text.chars().count() >= node.as_count()?),
        "maxLength" => Some(text.chars().count() <= node.as_count()?),
        "pattern" => Some(Regexp::compile(node.as_str()?.as_bytes()).ok()?.is_match(text.as_bytes())),
        // Not every draft asks for it.
        "format" => formats::check(node.as_str()?, text).is_ok().then_some(true),
        _ => Some(true),
    }
}

/// Whether all are so. One that is certainly not so decides.
fn all<T>(items: impl IntoIterator<Item = T>, mut is_so: impl FnMut(T) -> Option<bool>) -> Option<bool> {
    any(items, |item| Some(!is_so(item)?)).map(|is_any| !is_any)
}

/// Whether one is so. One that certainly is so decides.
fn any<T>(items: impl IntoIterator<Item = T>, mut is_so: impl FnMut(T) -> Option<bool>) -> Option<bool> {
    let mut answer = Some(false);
    for item in items {
        match is_so(item) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => answer = None,
        }
    }
    answer
}

#[cfg(test)]
#[path = "quick_tests.rs"]
mod tests;
