//! Calls of functions and methods, with Go's rules for arguments.

use super::{Done, ExecError, Machine};
use crate::builtin::Builtin;
use crate::expression::write_first_argument;
use crate::function::{Function, FunctionError, ParameterType, Price};
use crate::literal::Literal;
use crate::program::ArgumentSite;
use crate::value::{Kind, Map, MapType, MethodError, Value};

impl Machine<'_> {
    /// Checks that the top may be an argument.
    pub(super) fn check(&mut self, parameter: u32) -> Done {
        let parameter = self.program.types[parameter as usize];
        match self.stacks.values.last() {
            Some(value) if !value.is_nil() && parameter.accepts(value) => Ok(()),
            value => self.check_slowly(value.unwrap_or(&Value::Nil), self.interface, parameter),
        }
    }

    fn check_slowly(&self, value: &Value, interface: bool, parameter: ParameterType) -> Done {
        match mismatch(value, interface, parameter) {
            Some(message) => Err(self.error(message)),
            None => Ok(()),
        }
    }

    pub(super) fn call(&mut self, pc: usize, function: u32, arguments: usize, piped: bool) -> Done {
        let set = self.set;
        let callee = set.functions().at(function);
        let first = self.take_operands(pc, arguments, piped, callee.parameter(arguments))?;
        let price = set.functions().price(function);
        self.charge(price.call + price.of(&self.stacks.values[first..]))?;
        match callee.run(set, &mut self.stacks.values[first..]) {
            Ok(value) => {
                self.charge(price.of(std::slice::from_ref(&value)))?;
                self.stacks.values.truncate(first);
                let bare = callee.returns_interface && arguments == 0 && !piped;
                let interface = bare && !matches!(value, Value::Object(_));
                self.push(value, interface);
                Ok(())
            }
            Err(error) => Err(self.failed_call(pc, set.functions().name(function), error)),
        }
    }

    pub(super) fn builtin(&mut self, pc: usize, builtin: Builtin, arguments: usize, piped: bool) -> Done {
        let first = self.take_operands(pc, arguments, piped, builtin.parameter(arguments))?;
        let values = &self.stacks.values[first..];
        let callee = || match (arguments, values) {
            (1.., _) => {
                let place = self.program.places[pc];
                write_first_argument(&self.program.source.text[..place.end as usize], place.start as usize)
            }
            (0, [Value::String(text)]) => text.to_str_lossy().into_owned(),
            (0, values) => format!("<{} Value>", values.first().map(Value::type_name).unwrap_or_default()),
        };
        match builtin.run(values, self.interface && arguments > 0, callee) {
            Ok(value) => {
                self.charge(Price::default().of(std::slice::from_ref(&value)))?;
                self.stacks.values.truncate(first);
                self.push(value, false);
                Ok(())
            }
            Err(error) => Err(self.failed_call(pc, builtin.name(), error)),
        }
    }

    /// Takes steps for a call.
    pub(super) fn charge(&self, steps: u64) -> Done {
        self.set.resources.charge(steps, &self.set.limits).map_err(|message| self.error(message))
    }

    /// The index of the first of the operands, which are now in the order of the parameters. `last` is the type of a piped one.
    fn take_operands(&mut self, pc: usize, arguments: usize, piped: bool, last: ParameterType) -> Result<usize, ExecError> {
        if arguments == 0 {
            self.at = pc;
        }
        let first = self.stacks.values.len() - arguments - usize::from(piped);
        if piped {
            self.check_slowly(&self.stacks.values[first], false, last)?;
            self.stacks.values[first..].rotate_left(1);
        }
        Ok(first)
    }

    pub(super) fn failed_call(&self, pc: usize, name: &str, error: FunctionError) -> ExecError {
        ExecError::new(&self.program, pc, format!("error calling {name}: "), Some(error))
    }

    pub(super) fn failed_method(&self, pc: usize, name: &str, error: MethodError, arguments: &[Value]) -> ExecError {
        match error {
            MethodError::Failed(message) => self.failed_call(pc, name, message.into()),
            MethodError::Unusable(message) => self.error(message),
            MethodError::WrongType { index, expected } => {
                let argument = arguments.get(index).unwrap_or(&Value::Nil);
                let message = mismatch(argument, false, ParameterType::named(expected));
                self.error(message.unwrap_or_else(|| format!("wrong type for value; expected {expected}")))
            }
        }
    }

    /// The top is the receiver of a call; the arguments have not been evaluated.
    pub(super) fn begin_method(&mut self, pc: usize, site: u32) -> Done {
        let site = &self.program.methods[site as usize];
        if site.here {
            self.at = pc;
        }
        let name = &*self.program.field(site.name);
        let given = site.arguments.len() + usize::from(site.piped);
        match self.stacks.values.last() {
            Some(Value::Nil) | None => {
                self.field_of_nil(name)?;
                self.pc = site.end as usize;
                if site.piped {
                    self.nip();
                }
                Ok(())
            }
            Some(Value::Map(map)) => match self.map_method(map, name) {
                Some(method) => self.count(name, method.parameters.len() - 1, method.rest.is_some(), given),
                None => Err(self.no_method(name)),
            },
            Some(receiver @ Value::Object(object)) => match object.method(name) {
                Some(parameters) => self.count(name, parameters, false, given),
                None if object.kind() == Kind::Map => Err(self.no_method(name)),
                None if object.field(name).is_some() => {
                    Err(self.error(format!("{name} has arguments but cannot be invoked as function")))
                }
                None => Err(self.no_field(receiver, name)),
            },
            Some(receiver) => Err(self.no_field(receiver, name)),
        }
    }

    fn no_method(&self, name: &str) -> ExecError {
        self.error(format!("{name} is not a method but has arguments"))
    }

    pub(super) fn map_method(&self, map: &Map, name: &str) -> Option<&Function> {
        let MapType::Named(type_name) = map.map_type() else { return None };
        self.set.functions().method(type_name, name)
    }

    /// The type of a method's parameter.
    fn parameter(&self, receiver: &Value, name: &str, index: usize) -> ParameterType {
        match receiver {
            Value::Object(object) => object.parameter(name, index),
            Value::Map(map) => self.map_method(map, name).map_or(ParameterType::Any, |method| method.parameter(index + 1)),
            _ => ParameterType::Any,
        }
    }

    /// The top is an argument of a method, whose receiver lies below it and those before it.
    pub(super) fn fit(&mut self, method: u32, argument: usize) -> Done {
        let site = &self.program.methods[method as usize];
        let name = self.program.field(site.name);
        let receiver = &self.stacks.values[self.stacks.values.len() - argument - 2];
        let parameter = self.parameter(receiver, &name, argument);
        let ArgumentSite { literal, text } = site.arguments[argument];
        let value = self.stacks.values.last().unwrap_or(&Value::Nil);
        let ideal = match (literal, value) {
            (Literal::No, _) => return self.check_slowly(value, self.interface, parameter),
            // An integer that overflows.
            (Literal::Number(_), Value::Nil) => None,
            _ => Some(value.clone()),
        };
        let fitted = literal.fit(ideal, parameter, self.program.text(text)).map_err(|message| self.error(message))?;
        self.pop_quietly();
        self.push(fitted, false);
        Ok(())
    }

    /// Calls the method that [`Machine::begin_method`] found.
    pub(super) fn method(&mut self, pc: usize, site: u32) -> Done {
        let site = &self.program.methods[site as usize];
        let given = site.arguments.len() + usize::from(site.piped);
        let first = self.stacks.values.len() - given - 1;
        let name = self.program.field(site.name);
        if site.piped {
            // The piped operand lies below the receiver, and comes last.
            self.stacks.values[first..].rotate_left(1);
            let parameter = self.parameter(&self.stacks.values[first], &name, given - 1);
            self.check_slowly(&self.stacks.values[first + given], false, parameter)?;
        }
        let receiver = self.stacks.values[first].clone();
        let result = match &receiver {
            Value::Object(object) => {
                let arguments = &self.stacks.values[first + 1..];
                self.charge(object.price(&name, arguments))?;
                object.call(&name, arguments).map_err(|error| self.failed_method(pc, &name, error, arguments))
            }
            Value::Map(map) => {
                let set = self.set;
                let MapType::Named(type_name) = map.map_type() else { return Ok(()) };
                let Some(method) = set.functions().method(type_name, &name) else { return Ok(()) };
                let result = method.run(set, &mut self.stacks.values[first..]);
                result.map_err(|error| self.failed_call(pc, &name, error))
            }
            _ => return Ok(()),
        };
        let value = result?;
        self.stacks.values.truncate(first);
        self.push(value, false);
        Ok(())
    }
}

/// Why the value cannot be given for the parameter.
fn mismatch(value: &Value, interface: bool, parameter: ParameterType) -> Option<String> {
    match value {
        _ if parameter == ParameterType::Any => None,
        Value::Nil if interface => Some(format!("wrong type for value; expected {parameter}; got interface {{}}")),
        Value::Nil if parameter.accepts_nil() => None,
        Value::Nil => Some(format!("invalid value; expected {parameter}")),
        _ if parameter.accepts(value) => None,
        _ => Some(format!("wrong type for value; expected {parameter}; got {}", value.type_name())),
    }
}
