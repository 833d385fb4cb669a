//! Fields of values: entries of maps, fields and methods of objects.

use super::{Done, ExecError, Machine};
use crate::format::quoted;
use crate::program::Span;
use crate::set::MissingKey;
use crate::value::{Map, MapType, Object, Value};

/// A field, and whether it is Go's interface.
type Field = Result<(Value, bool), ExecError>;

impl Machine<'_> {
    /// Replaces the top by its field.
    pub(super) fn field(&mut self, name: Span) -> Done {
        let text = self.program.text(name);
        if let Some(top) = self.stacks.values.last_mut()
            && let Value::Map(map) = top
            && !may_be_method(map, text)
            && let Some(value) = map.get(text)
        {
            self.interface = map.map_type() != MapType::String;
            *top = value;
            return Ok(());
        }
        let receiver = self.pop();
        let (value, interface) = self.any_field(&receiver, name)?;
        self.push(value, interface);
        Ok(())
    }

    fn any_field(&self, receiver: &Value, name: Span) -> Field {
        let name = &*self.program.word(name);
        match receiver {
            Value::Map(map) => self.map_field(map, receiver, name),
            Value::Object(object) => self.object_field(&**object, receiver, name),
            Value::Nil => self.field_of_nil(name).map(|()| (Value::Nil, false)),
            _ => Err(self.no_field(receiver, name)),
        }
    }

    fn map_field(&self, map: &Map, receiver: &Value, name: &str) -> Field {
        if let Some(method) = self.map_method(map, name) {
            self.count(name, method.parameters.len() - 1, method.rest.is_some(), 0)?;
            let result = method.run(self.set, &mut [receiver.clone()]);
            return result.map(|value| (value, false)).map_err(|error| self.failed_call(self.at, name, error));
        }
        match map.get(name.as_bytes()) {
            Some(value) => Ok((value, map.map_type() != MapType::String)),
            None => self.missing(map, name),
        }
    }

    fn missing(&self, map: &Map, name: &str) -> Field {
        match (self.set.missing_key, map.map_type()) {
            (MissingKey::Invalid, _) => Ok((Value::Nil, false)),
            (MissingKey::Zero, MapType::String) => Ok((Value::string(""), false)),
            (MissingKey::Zero, _) => Ok((Value::Nil, true)),
            (MissingKey::Error, _) => Err(self.error(format!("map has no entry for key {}", quoted(name.as_bytes())))),
        }
    }

    fn object_field(&self, object: &dyn Object, receiver: &Value, name: &str) -> Field {
        if let Some(parameters) = object.method(name) {
            self.count(name, parameters, false, 0)?;
            let result = object.call(name, &[]);
            return result.map(|value| (value, false)).map_err(|error| self.failed_method(self.at, name, error, &[]));
        }
        object.field(name).map(|value| (value, false)).ok_or_else(|| self.no_field(receiver, name))
    }

    /// Checks the number of arguments of a method.
    pub(super) fn count(&self, name: &str, fixed: usize, variadic: bool, given: usize) -> Done {
        let want = match variadic {
            true if given < fixed => format!("at least {fixed}"),
            false if given != fixed => fixed.to_string(),
            _ => return Ok(()),
        };
        Err(self.error(format!("wrong number of args for {name}: want {want} got {given}")))
    }

    /// Whether a field of nil is nil again.
    pub(super) fn field_of_nil(&self, name: &str) -> Done {
        if self.interface {
            return Err(self.error(format!("nil pointer evaluating interface {{}}.{name}")));
        }
        if self.set.missing_key == MissingKey::Error {
            return Err(self.error(format!("nil data; no entry for key {}", quoted(name.as_bytes()))));
        }
        Ok(())
    }

    pub(super) fn no_field(&self, receiver: &Value, name: &str) -> ExecError {
        let type_name = if self.interface { "interface {}".to_owned() } else { receiver.type_name() };
        self.error(format!("can't evaluate field {name} in type {type_name}"))
    }
}

/// Methods have names with a capital.
fn may_be_method(map: &Map, name: &[u8]) -> bool {
    matches!(map.map_type(), MapType::Named(_)) && !name.first().is_some_and(u8::is_ascii_lowercase)
}
