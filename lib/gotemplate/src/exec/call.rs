//! Calls of functions and methods, with Go's rules for arguments.

use super::{Done, ExecError, Machine, State};
use crate::builtin::Builtin;
use crate::expression::write_first_argument;
use crate::function::{Function, FunctionError, ParameterType};
use crate::program::{ArgumentSite, Instruction, Literal, MethodSite, Name};
use crate::value::{Kind, MapType, MethodError, Object, Str, Value};

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
        match callee.run(set, &mut self.stacks.values[first..]) {
            Ok(value) => {
                self.stacks.values.truncate(first);
                let bare = callee.returns_interface && arguments == 0 && !piped;
                let interface = bare && !matches!(value, Value::Object(_));
                self.push(value, interface);
                Ok(())
            }
            Err(error) => Err(self.failed_call(pc, &Str::from(set.functions().name(function)), error)),
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
                self.stacks.values.truncate(first);
                self.push(value, false);
                Ok(())
            }
            Err(error) => Err(self.failed_call(pc, &Str::from(builtin.name()), error)),
        }
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

    pub(super) fn failed_call(&self, pc: usize, name: &Str, error: FunctionError) -> ExecError {
        ExecError::new(&self.program, pc, format!("error calling {}: ", name.to_str_lossy()), Some(error))
    }

    pub(super) fn failed_method(&self, pc: usize, name: &Name, error: MethodError) -> ExecError {
        let message = match error {
            MethodError::Failed(message) => message,
            MethodError::WrongType { expected, .. } => format!("wrong type for value; expected {expected}"),
        };
        self.failed_call(pc, &name.text, message.into())
    }

    /// The top is the receiver of a call; the arguments have not been evaluated.
    pub(super) fn begin_method(&mut self, pc: usize, site: u32) -> Done {
        let site = &self.program.methods[site as usize];
        if site.here {
            self.at = pc;
        }
        let field = &self.program.names[site.name as usize];
        let given = site.arguments.len() + usize::from(site.piped);
        match self.stacks.values.last() {
            Some(Value::Nil) | None if self.interface => Err(self.nil_pointer(field)),
            Some(Value::Nil) | None => {
                self.pc = site.end as usize;
                if site.piped {
                    self.nip();
                }
                Ok(())
            }
            Some(Value::Map(map)) => {
                let method = match map.map_type() {
                    MapType::Named(name) => self.set.functions().method(name, &field.text.to_str_lossy()),
                    _ => None,
                };
                match method {
                    Some(method) => self.count(field, method.parameters.len() - 1, method.rest.is_some(), given),
                    None => Err(self.no_method(field)),
                }
            }
            Some(Value::Object(object)) => {
                let name = field.text.to_str_lossy();
                match object.method(&name) {
                    Some(parameters) => self.count(field, parameters, false, given),
                    None if object.kind() == Kind::Map => Err(self.no_method(field)),
                    None if object.field(&name).is_some() => {
                        Err(self.error(format!("{name} has arguments but cannot be invoked as function")))
                    }
                    None => Err(self.no_field(&Value::Object(object.clone()), field)),
                }
            }
            Some(receiver) => Err(self.no_field(receiver, field)),
        }
    }

    fn no_method(&self, field: &Name) -> ExecError {
        self.error(format!("{} is not a method but has arguments", field.text.to_str_lossy()))
    }

    /// Calls the method that [`Machine::begin_method`] found.
    pub(super) fn method(&mut self, pc: usize, site: u32) -> Done {
        let program = self.program.clone();
        let site = &program.methods[site as usize];
        let field = &program.names[site.name as usize];
        let first = self.stacks.values.len() - site.arguments.len();
        let mut arguments = self.stacks.values.split_off(first);
        let receiver = self.pop();
        if site.piped {
            arguments.push(self.pop());
        }
        let value = match &receiver {
            Value::Object(object) => self.call_object(pc, &**object, site, field, &arguments)?,
            Value::Map(map) => {
                let MapType::Named(type_name) = map.map_type() else { return Ok(()) };
                let method = self.set.functions().method(type_name, &field.text.to_str_lossy());
                let Some(method) = method else { return Ok(()) };
                for (index, argument) in arguments.iter_mut().enumerate() {
                    self.fit(site, index, argument, method)?;
                }
                arguments.insert(0, receiver.clone());
                method.run(self.set, &mut arguments).map_err(|error| self.failed_call(pc, &field.text, error))?
            }
            _ => return Ok(()),
        };
        self.push(value, false);
        Ok(())
    }

    fn call_object(
        &mut self,
        pc: usize,
        object: &dyn Object,
        site: &MethodSite,
        field: &Name,
        arguments: &[Value],
    ) -> Result<Value, ExecError> {
        object.call(&field.text.to_str_lossy(), arguments).map_err(|error| match error {
            MethodError::WrongType { index, expected } => {
                let argument = arguments.get(index).unwrap_or(&Value::Nil);
                match self.fitted(site, index, argument, ParameterType::named(expected)) {
                    Err(error) => error,
                    Ok(_) => self.failed_method(pc, field, error),
                }
            }
            MethodError::Failed(_) => self.failed_method(pc, field, error),
        })
    }

    fn fit(&mut self, site: &MethodSite, index: usize, argument: &mut Value, method: &Function) -> Done {
        *argument = self.fitted(site, index, argument, method.parameter(index + 1))?;
        Ok(())
    }

    /// An argument of a method, now that its type is known.
    fn fitted(
        &mut self,
        site: &MethodSite,
        index: usize,
        argument: &Value,
        parameter: ParameterType,
    ) -> Result<Value, ExecError> {
        let Some(ArgumentSite { literal, place }) = site.arguments.get(index) else {
            return self.check_slowly(argument, false, parameter).map(|()| argument.clone());
        };
        let place = *place as usize;
        self.at = place;
        if matches!(literal, Literal::No) {
            let interface = match self.program.code[place] {
                Instruction::Field(_) => true,
                Instruction::Dot => self.dot.state == State::Interface,
                Instruction::Variable(variable) => {
                    self.stacks.variables[self.base + variable as usize].state == State::Interface
                }
                _ => false,
            };
            return self.check_slowly(argument, interface, parameter).map(|()| argument.clone());
        }
        let text = self.program.expression(place);
        literal.fit(Some(argument.clone()), parameter, text.as_bytes()).map_err(|message| self.error(message))
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
