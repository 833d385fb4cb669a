//! A JSON document whose texts are those of its source: a schema is mostly descriptions, and copying them takes the time.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Beyond this, floats do not hold every integer.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// A part of a schema.
#[derive(Debug)]
pub(super) enum Node<'s> {
    Null,
    Bool(bool),
    Number(f64),
    String(Cow<'s, str>),
    List(Vec<Node<'s>>),
    Map(Members<'s>),
}

/// What a JSON object holds, in its order; a name may be there more than once.
pub(super) type Members<'s> = Vec<(Cow<'s, str>, Node<'s>)>;

/// Parses a document whose numbers are all exact.
pub(super) fn parse(text: &[u8]) -> Option<Node<'_>> {
    serde_json::from_slice(text).ok()
}

/// The member of that name.
pub(super) fn member<'n, 's>(members: &'n Members<'s>, name: &str) -> Option<&'n Node<'s>> {
    members.iter().find(|(known, _)| known == name).map(|(_, node)| node)
}

impl<'s> Node<'s> {
    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    pub(super) fn as_count(&self) -> Option<usize> {
        match self {
            Self::Number(number) if *number >= 0.0 && number.fract() == 0.0 => Some(*number as usize),
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&[Node<'s>]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    pub(super) fn as_map(&self) -> Option<&Members<'s>> {
        if let Self::Map(members) = self { Some(members) } else { None }
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node<'de>, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node<'de>, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node<'de>, E> {
        if value.abs() < EXACT { Ok(Node::Number(value)) } else { Err(E::custom("an inexact number")) }
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = access.next_key()? {
            members.push((name, access.next_value()?));
        }
        Ok(Node::Map(members))
    }
}

/// The name of a member, borrowed where its source has it as it is.
struct Name<'s>(Cow<'s, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(Reader)? {
            Node::String(text) => Ok(Self(text)),
            _ => Err(D::Error::custom("a name that is no text")),
        }
    }
}
