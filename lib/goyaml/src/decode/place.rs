//! What nodes are decoded into, and what scalars become there.

use super::target::{ANY, Target};
use crate::float;
use crate::resolve::Resolved;
use crate::value::Value;
use std::borrow::Cow;

/// What a node is decoded into.
#[derive(Clone, Copy)]
pub(super) struct Place<'t> {
    pub(super) target: &'t dyn Target,
    /// Whether the value is built. If not, it is only checked.
    pub(super) kept: bool,
    /// Whether everything is kept, wanted or not.
    pub(super) all: bool,
}

/// Where nothing is looked at.
pub(super) const NOWHERE: Place<'static> = Place { target: &ANY, kept: false, all: false };

/// What becomes of the value after a key.
pub(super) enum Key {
    Name(String),
    /// The value is decoded and forgotten.
    Forgotten,
}

impl<'t> Place<'t> {
    /// What stands in this place.
    pub(super) fn within(self, step: impl Fn(&'t dyn Target) -> &'t dyn Target) -> Self {
        let target = step(self.target);
        Self { target, kept: self.kept && (self.all || target.is_wanted()), all: self.all }
    }

    /// The member `name` of a mapping in this place.
    pub(super) fn member(self, name: Cow<'_, str>) -> (Key, Self) {
        let member = self.within(|target| target.member(&name));
        (if member.kept { Key::Name(name.into_owned()) } else { Key::Forgotten }, member)
    }
}

/// The name of a key in JSON.
pub(super) fn key_name(key: Resolved<'_>) -> Cow<'_, str> {
    match key {
        Resolved::Null => Cow::Borrowed(""),
        Resolved::Bool(value) => value.to_string().into(),
        Resolved::Int(value) => value.to_string().into(),
        Resolved::Uint(value) => value.to_string().into(),
        Resolved::Float(value) => match float::format_g32(value).as_str() {
            "+Inf" => ".inf".into(),
            "-Inf" => "-.inf".into(),
            "NaN" => ".nan".into(),
            digits => digits.to_owned().into(),
        },
        Resolved::Text(text) => text,
    }
}

/// The value of a scalar. Text that is not kept is not copied.
#[expect(clippy::cast_precision_loss, reason = "JSON numbers become floats in Go too")]
pub(super) fn to_value(scalar: Resolved<'_>, place: Place<'_>) -> Value {
    if place.target.is_text() {
        return to_text(scalar).map_or(Value::Null, Value::String);
    }
    match scalar {
        Resolved::Null => Value::Null,
        Resolved::Bool(value) => Value::Bool(value),
        Resolved::Int(value) if place.target.keeps_integers() => Value::Int(value),
        Resolved::Int(value) => Value::Float(value as f64),
        Resolved::Uint(value) => Value::Float(value as f64),
        Resolved::Float(value) => Value::Float(value),
        Resolved::Text(text) if place.kept => Value::String(text.into_owned()),
        Resolved::Text(_) => Value::Null,
    }
}

/// A scalar in the place of a text; `None` for null.
fn to_text(scalar: Resolved<'_>) -> Option<String> {
    match scalar {
        Resolved::Null => None,
        Resolved::Bool(value) => Some(value.to_string()),
        Resolved::Int(value) => Some(value.to_string()),
        Resolved::Uint(value) => Some(value.to_string()),
        Resolved::Float(value) => Some(float::format_g32(value)),
        Resolved::Text(text) => Some(text.into_owned()),
    }
}
