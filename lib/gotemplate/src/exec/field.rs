//! Fields of values: entries of maps, fields and methods of objects.

use super::{Done, ExecError, Machine};
use crate::format::quoted;
use crate::set::MissingKey;
use crate::value::{Map, MapType, Object, Value};

/// A field, and whether it is Go's interface.
type Field = Result<(Value, bool), ExecError>;

impl Machine<'_> {
    /// Replaces the top by its field. A method that fails does so at `pc`.
    pub(super) fn field(&mut self, pc: usize, name: u32) -> Done {
        let receiver = self.pop();
        let (value, interface) = match self.plain_field(&receiver, name) {
            Some(found) => found,
            None => self.any_field(pc, &receiver, &self.program.field(name))?,
        };
        self.push(value, interface);
        Ok(())
    }

    /// Pushes a field of dot, which is not copied for that if it is a plain map.
    pub(super) fn dot_field(&mut self, pc: usize, name: u32) -> Done {
        self.at = pc;
        let Some((value, interface)) = self.plain_field(&self.dot.value, name) else {
            self.push_dot(pc);
            return self.field(pc, name);
        };
        self.push(value, interface);
        Ok(())
    }

    /// A field that can only be the entry of a map.
    fn plain_field(&self, receiver: &Value, name: u32) -> Option<(Value, bool)> {
        let Value::Map(map) = receiver else { return None };
        let name = self.program.names[name as usize].as_bytes();
        let may_be_method = matches!(map.map_type(), MapType::Named(_)) && !name.first().is_some_and(u8::is_ascii_lowercase);
        if may_be_method { None } else { entry(map, name, self.set.missing_key) }
    }

    fn any_field(&self, pc: usize, receiver: &Value, name: &str) -> Field {
        match receiver {
            Value::Map(map) => self.map_field(pc, map, receiver, name),
            Value::Object(object) => self.object_field(pc, &**object, receiver, name),
            Value::Nil => self.field_of_nil(name).map(|()| (Value::Nil, false)),
            _ => Err(self.no_field(receiver, name)),
        }
    }

    fn map_field(&self, pc: usize, map: &Map, receiver: &Value, name: &str) -> Field {
        if let Some(method) = self.map_method(map, name) {
            self.count(name, method.parameters.len() - 1, method.rest.is_some(), 0)?;
            let result = method.run(self.set, &mut [receiver.clone()]);
            return result.map(|value| (value, false)).map_err(|error| self.failed_call(pc, name, error));
        }
        let found = entry(map, name.as_bytes(), self.set.missing_key);
        found.ok_or_else(|| self.error(format!("map has no entry for key {}", quoted(name.as_bytes()))))
    }

    fn object_field(&self, pc: usize, object: &dyn Object, receiver: &Value, name: &str) -> Field {
        if let Some(parameters) = object.method(name) {
            self.count(name, parameters, false, 0)?;
            self.charge(object.price(name, &[]))?;
            let result = object.call(name, &[]);
            return result.map(|value| (value, false)).map_err(|error| self.failed_method(pc, name, error, &[]));
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

/// An entry of a map, or what stands for it.
fn entry(map: &Map, name: &[u8], missing_key: MissingKey) -> Option<(Value, bool)> {
    let is_interface = map.map_type() != MapType::String;
    match (map.get(name), missing_key) {
        (Some(value), _) => Some((value, is_interface)),
        (None, MissingKey::Invalid) => Some((Value::Nil, false)),
        (None, MissingKey::Zero) if is_interface => Some((Value::Nil, true)),
        (None, MissingKey::Zero) => Some((Value::string(""), false)),
        (None, MissingKey::Error) => None,
    }
}
