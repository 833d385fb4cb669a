//! Text, variables, conditions, loops and invocations.

use super::{Done, Elements, ExecError, Frame, Machine, Scope, Slot, State};
use crate::format;
use crate::program::Span;
use crate::value::{Kind, Value};

/// How deeply templates may invoke templates; Go's limit.
const MAX_DEPTH: usize = 100_000;

impl Machine<'_> {
    /// Makes `data` the dot and `$` of the program.
    pub(super) fn begin(&mut self, data: Value) {
        self.base = self.stacks.variables.len();
        self.stacks.variables.resize(self.base + self.program.variables.len(), Slot::default());
        self.dot = Slot::concrete(data);
        self.stacks.variables[self.base] = self.dot.clone();
        self.pc = 0;
        self.at = super::NOWHERE;
    }

    pub(super) fn text(&mut self, span: Span) -> Done {
        self.out.extend_from_slice(self.program.text(span));
        self.written()
    }

    pub(super) fn print(&mut self) -> Done {
        match self.pop() {
            Value::Nil => self.out.extend_from_slice(b"<no value>"),
            Value::String(text) => self.out.extend_from_slice(text.as_bytes()),
            Value::Object(object) => self.out.extend_from_slice(object.printed().as_bytes()),
            value => {
                if let Err(error) = format::write(&value, self.out) {
                    return Err(self.error(error));
                }
            }
        }
        self.written()
    }

    fn written(&self) -> Done {
        if self.out.len() <= self.full {
            return Ok(());
        }
        Err(self.error(format!("output is longer than {} bytes", self.set.limits.output)))
    }

    /// The index of a variable: of the one that it hides, as long as it has not been declared.
    fn slot(&self, variable: u32) -> Option<usize> {
        let mut variable = variable;
        loop {
            let slot = self.base + variable as usize;
            if self.stacks.variables[slot].state != State::Unset {
                return Some(slot);
            }
            variable = self.program.variables[variable as usize].hides?;
        }
    }

    fn undefined(&self, variable: u32) -> ExecError {
        let name = self.program.text(self.program.variables[variable as usize].name);
        self.error(format!("undefined variable: {}", String::from_utf8_lossy(name)))
    }

    pub(super) fn variable(&mut self, pc: usize, variable: u32) -> Done {
        self.at = pc;
        let slot = self.slot(variable).ok_or_else(|| self.undefined(variable))?;
        let Slot { value, state } = &self.stacks.variables[slot];
        let (value, interface) = (value.clone(), *state == State::Interface);
        self.push(value, interface);
        Ok(())
    }

    pub(super) fn declare(&mut self, variable: u32) {
        let top = self.stacks.values.last().cloned().unwrap_or_default();
        self.stacks.variables[self.base + variable as usize] = Slot::concrete(top);
    }

    pub(super) fn assign_top(&mut self, variable: u32) -> Done {
        let top = self.stacks.values.last().cloned().unwrap_or_default();
        self.assign(variable, Slot::concrete(top))
    }

    fn assign(&mut self, variable: u32, value: Slot) -> Done {
        let slot = self.slot(variable).ok_or_else(|| self.undefined(variable))?;
        self.stacks.variables[slot] = value;
        Ok(())
    }

    pub(super) fn unless(&mut self, to: u32) {
        if !self.pop().is_true() {
            self.pc = to as usize;
        }
    }

    pub(super) fn with(&mut self, to: u32) {
        let value = self.pop();
        if value.is_true() {
            let dot = std::mem::replace(&mut self.dot, Slot::concrete(value));
            self.stacks.scopes.push(Scope { dot, elements: None });
        } else {
            self.pc = to as usize;
        }
    }

    /// Ends so many scopes.
    pub(super) fn leave(&mut self, scopes: usize) {
        let first = self.stacks.scopes.len().saturating_sub(scopes);
        if let Some(scope) = self.stacks.scopes.drain(first..).next() {
            self.dot = scope.dot;
        }
    }

    pub(super) fn range(&mut self, range: u32, otherwise: u32) -> Done {
        let value = self.pop();
        let Some(elements) = Elements::of(&value) else {
            return Err(self.error(format!("range can't iterate over {}", self.printed(&value)?)));
        };
        if elements.is_count() && self.program.ranges[range as usize].index.is_some() {
            let value = self.printed(&value)?;
            return Err(self.error(format!("can't use {value} to iterate over more than one variable")));
        }
        if elements.is_empty() {
            self.pc = otherwise as usize;
        } else {
            let dot = std::mem::take(&mut self.dot);
            self.stacks.scopes.push(Scope { dot, elements: Some(elements) });
        }
        Ok(())
    }

    /// The value behind a pointer as `%v` prints it.
    fn printed(&self, value: &Value) -> Result<String, ExecError> {
        let text = format::print(value).map_err(|error| self.error(error))?;
        let is_pointer = matches!(value, Value::Object(object) if object.kind() == Kind::Ptr);
        let text = text.strip_prefix(b"&").filter(|_| is_pointer).unwrap_or(&text);
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    pub(super) fn next(&mut self, range: u32, end: u32) -> Done {
        self.step()?;
        let site = self.program.ranges[range as usize];
        let mut index = Value::Nil;
        let wanted = site.index.is_some().then_some(&mut index);
        let elements = self.stacks.scopes.last_mut().and_then(|scope| scope.elements.as_mut());
        let Some(item) = elements.and_then(|elements| elements.next(wanted)) else {
            self.leave(1);
            self.pc = end as usize;
            return Ok(());
        };
        if let Some((first, last)) = site.forgets {
            let last = (self.base + self.program.variables.len()).min(self.base.saturating_add(last as usize));
            self.stacks.variables[self.base + first as usize..last].fill(Slot::default());
        }
        self.dot = Slot::new(item.element, item.interface);
        if site.assigns {
            if let Some(variable) = site.index {
                self.assign(variable, Slot::concrete(index))?;
            }
            if let Some(variable) = site.element {
                self.assign(variable, self.dot.clone())?;
            }
            return Ok(());
        }
        if let Some(variable) = site.index {
            self.stacks.variables[self.base + variable as usize] = Slot::concrete(index);
        }
        if let Some(variable) = site.element {
            self.stacks.variables[self.base + variable as usize] = self.dot.clone();
        }
        Ok(())
    }

    fn step(&self) -> Done {
        if self.set.resources.step() {
            return Ok(());
        }
        Err(self.error(format!("execution takes more than {} steps", self.set.limits.steps)))
    }

    pub(super) fn find(&mut self, pc: usize, name: u32) -> Done {
        self.at = pc;
        let Value::String(name) = &self.program.constants[name as usize] else { return Ok(()) };
        let Some(program) = self.set.find(name.as_bytes()) else {
            return Err(self.error(format!("template {} not defined", format::quoted(name.as_bytes()))));
        };
        if self.stacks.frames.len() >= MAX_DEPTH {
            return Err(self.error(format!("exceeded maximum template depth ({MAX_DEPTH})")));
        }
        self.found = Some(program.clone());
        Ok(())
    }

    pub(super) fn invoke(&mut self) -> Done {
        self.step()?;
        let data = self.pop();
        let Some(program) = self.found.take() else { return Ok(()) };
        let frame = Frame {
            program: std::mem::replace(&mut self.program, program),
            pc: self.pc,
            at: self.at,
            variables: self.base,
            dot: std::mem::take(&mut self.dot),
        };
        self.stacks.frames.push(frame);
        self.begin(data);
        Ok(())
    }

    /// Goes back to where the template was invoked; false at the outermost.
    pub(super) fn leave_template(&mut self) -> bool {
        let Some(frame) = self.stacks.frames.pop() else { return false };
        self.stacks.variables.truncate(self.base);
        self.program = frame.program;
        self.pc = frame.pc;
        self.at = frame.at;
        self.base = frame.variables;
        self.dot = frame.dot;
        true
    }
}
