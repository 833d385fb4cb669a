//! Fields of values: entries of maps, fields and methods of objects.

use super::{Done, ExecError, Machine};
use crate::program::Name;
use crate::set::MissingKey;
use crate::value::{Map, MapType, Object, Value};

impl Machine<'_> {
    /// Replaces the top by its field.
    pub(super) fn field(&mut self, name: u32) -> Done {
        let field = &self.program.names[name as usize];
        if let Some(top) = self.stacks.values.last_mut()
            && let Value::Map(map) = top
            && !has_methods(map, field)
            && let Some(value) = map.get(field.text.as_bytes())
        {
            self.interface = map.map_type() != MapType::String;
            *top = value;
            return Ok(());
        }
        let receiver = self.pop();
        let (value, interface) = self.other_field(&receiver, name)?;
        self.push(value, interface);
        Ok(())
    }

    fn other_field(&self, receiver: &Value, name: u32) -> Result<(Value, bool), ExecError> {
        let field = &self.program.names[name as usize];
        match receiver {
            Value::Map(map) => {
                if let MapType::Named(type_name) = map.map_type()
                    && let Some(method) = self.set.functions().method(type_name, &field.text.to_str_lossy())
                {
                    self.count(field, method.parameters.len() - 1, method.rest.is_some(), 0)?;
                    let result = method.run(self.set, &mut [receiver.clone()]);
                    return result
                        .map(|value| (value, false))
                        .map_err(|error| self.failed_call(self.at, &field.text, error));
                }
                map.get(field.text.as_bytes())
                    .map_or_else(|| self.missing(map, field), |value| Ok((value, map.map_type() != MapType::String)))
            }
            Value::Object(object) => self.object_field(&**object, receiver, field),
            Value::Nil if self.interface => Err(self.nil_pointer(field)),
            Value::Nil if self.set.missing_key == MissingKey::Error => {
                Err(self.error(format!("nil data; no entry for key {}", crate::format::quoted(field.text.as_bytes()))))
            }
            Value::Nil => Ok((Value::Nil, false)),
            _ => Err(self.no_field(receiver, field)),
        }
    }

    fn missing(&self, map: &Map, field: &Name) -> Result<(Value, bool), ExecError> {
        match (self.set.missing_key, map.map_type()) {
            (MissingKey::Invalid, _) => Ok((Value::Nil, false)),
            (MissingKey::Zero, MapType::String) => Ok((Value::string(""), false)),
            (MissingKey::Zero, _) => Ok((Value::Nil, true)),
            (MissingKey::Error, _) => {
                Err(self.error(format!("map has no entry for key {}", crate::format::quoted(field.text.as_bytes()))))
            }
        }
    }

    fn object_field(&self, object: &dyn Object, receiver: &Value, field: &Name) -> Result<(Value, bool), ExecError> {
        let name = field.text.to_str_lossy();
        if let Some(parameters) = object.method(&name) {
            self.count(field, parameters, false, 0)?;
            let result = object.call(&name, &[]);
            return result.map(|value| (value, false)).map_err(|error| self.failed_method(self.at, field, error));
        }
        object.field(&name).map(|value| (value, false)).ok_or_else(|| self.no_field(receiver, field))
    }

    /// Checks the number of arguments of a method.
    pub(super) fn count(&self, field: &Name, fixed: usize, variadic: bool, given: usize) -> Done {
        let want = match variadic {
            true if given < fixed => format!("at least {fixed}"),
            false if given != fixed => fixed.to_string(),
            _ => return Ok(()),
        };
        Err(self.error(format!("wrong number of args for {}: want {want} got {given}", field.text.to_str_lossy())))
    }

    pub(super) fn nil_pointer(&self, field: &Name) -> ExecError {
        self.error(format!("nil pointer evaluating interface {{}}.{}", field.text.to_str_lossy()))
    }

    pub(super) fn no_field(&self, receiver: &Value, field: &Name) -> ExecError {
        let type_name = if self.interface { "interface {}".to_owned() } else { receiver.type_name() };
        self.error(format!("can't evaluate field {} in type {type_name}", field.text.to_str_lossy()))
    }
}

/// Whether a field may be a method.
fn has_methods(map: &Map, field: &Name) -> bool {
    field.is_exported && matches!(map.map_type(), MapType::Named(_))
}
