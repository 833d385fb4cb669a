//! Executing a program: a machine with a stack of values, whose loops and template invocations live on the heap.
//!
//! Only functions that execute templates themselves make the machine recurse.

mod call;
mod error;
mod field;
mod iterate;
mod statement;
#[cfg(test)]
mod tests;

pub use error::{ExecError, Location};

use crate::program::{Instruction, Program};
use crate::set::Set;
use crate::value::Value;
use iterate::Elements;
use std::rc::Rc;

type Done = Result<(), ExecError>;

/// A value with a place to itself: a variable, or dot.
#[derive(Clone, Debug, Default)]
struct Slot {
    value: Value,
    state: State,
}

/// What a slot holds. Go tells an interface that holds a value from the value, which shows in messages, and an interface that
/// holds nothing from nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum State {
    #[default]
    Unset,
    Concrete,
    Interface,
}

impl Slot {
    fn concrete(value: Value) -> Self {
        Self { value, state: State::Concrete }
    }

    fn new(value: Value, interface: bool) -> Self {
        Self { value, state: if interface { State::Interface } else { State::Concrete } }
    }
}

/// What `with` and `range` change until they end.
#[derive(Debug)]
struct Scope {
    /// The dot outside.
    dot: Slot,
    /// What a `range` has still to walk over.
    elements: Option<Elements>,
}

/// Where to go on when an invoked template ends.
#[derive(Debug)]
struct Frame {
    program: Rc<Program>,
    pc: usize,
    at: usize,
    variables: usize,
    dot: Slot,
}

/// The stacks of a machine, kept for the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    values: Vec<Value>,
    variables: Vec<Slot>,
    scopes: Vec<Scope>,
    frames: Vec<Frame>,
}

/// Before anything has been executed that messages could show.
const NOWHERE: usize = usize::MAX;

struct Machine<'m> {
    set: &'m Set,
    out: &'m mut Vec<u8>,
    /// The length at which `out` is full.
    full: usize,
    program: Rc<Program>,
    /// The next instruction.
    pc: usize,
    /// The instruction whose place messages give.
    at: usize,
    dot: Slot,
    /// Whether the top of the stack is Go's interface.
    interface: bool,
    /// The first variable of this template.
    base: usize,
    stacks: Scratch,
    /// The template that will be invoked next.
    found: Option<Rc<Program>>,
}

/// Executes `program` over `data`.
pub(crate) fn execute(set: &Set, program: &Rc<Program>, data: &Value, out: &mut Vec<u8>) -> Done {
    let stacks = set.resources.scratch.borrow_mut().pop().unwrap_or_default();
    let full = out.len().saturating_add(set.limits.output);
    let mut machine = Machine {
        set,
        out,
        full,
        program: program.clone(),
        pc: 0,
        at: NOWHERE,
        dot: Slot::default(),
        interface: false,
        base: 0,
        stacks,
        found: None,
    };
    machine.begin(data.clone());
    let done = machine.run();
    let mut stacks = machine.stacks;
    stacks.clear();
    set.resources.scratch.borrow_mut().push(stacks);
    done
}

impl Scratch {
    fn clear(&mut self) {
        self.values.clear();
        self.variables.clear();
        self.scopes.clear();
        self.frames.clear();
    }
}

impl Machine<'_> {
    fn run(&mut self) -> Done {
        loop {
            let pc = self.pc;
            self.pc += 1;
            match self.program.code[pc] {
                Instruction::Text(span) => self.text(span)?,
                Instruction::Print => self.print()?,
                Instruction::Pop => self.pop_quietly(),
                Instruction::Dot => self.push_dot(pc),
                Instruction::Constant(constant) => self.constant(pc, constant),
                Instruction::Variable(variable) => self.variable(pc, variable)?,
                Instruction::Undefined(message) | Instruction::Fail { message, here: true } => {
                    self.at = pc;
                    return Err(self.fail(message));
                }
                Instruction::Here => self.at = pc,
                Instruction::Fail { message, here: false } => return Err(self.fail(message)),
                Instruction::DotField(name) => self.dot_field(pc, name)?,
                Instruction::Field(name) => {
                    self.at = pc;
                    self.field(pc, name)?;
                }
                Instruction::ChainedField(name) => self.field(pc, name)?,
                Instruction::Unwrap => self.interface = false,
                Instruction::Check(parameter) => self.check(parameter)?,
                Instruction::Call { function, arguments, piped } => self.call(pc, function, arguments as usize, piped)?,
                Instruction::Builtin { builtin, arguments, piped } => {
                    self.builtin(pc, builtin, arguments as usize, piped)?;
                }
                Instruction::ShortCircuit { stop_on, to } => self.short_circuit(stop_on, to),
                Instruction::Duplicate => self.duplicate(),
                Instruction::Nip => self.nip(),
                Instruction::BeginMethod(site) => self.begin_method(pc, site)?,
                Instruction::Fit { method, argument } => self.fit(method, argument as usize)?,
                Instruction::Method(site) => self.method(pc, site)?,
                Instruction::Declare(variable) => self.declare(variable),
                Instruction::Assign(variable) => self.assign_top(variable)?,
                Instruction::Jump(to) => self.pc = to as usize,
                Instruction::Unless(to) => self.unless(to),
                Instruction::With(to) => self.with(to),
                Instruction::EndWith => self.leave(1),
                Instruction::Range { range, otherwise } => self.range(range, otherwise)?,
                Instruction::Next { range, end } => self.next(range, end)?,
                Instruction::Leave(scopes) => self.leave(scopes as usize),
                Instruction::Find(name) => self.find(pc, name)?,
                Instruction::Invoke => self.invoke()?,
                Instruction::Return => {
                    if !self.leave_template() {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn push(&mut self, value: Value, interface: bool) {
        self.stacks.values.push(value);
        self.interface = interface;
    }

    fn pop(&mut self) -> Value {
        self.stacks.values.pop().unwrap_or_default()
    }

    fn pop_quietly(&mut self) {
        self.stacks.values.pop();
    }

    fn push_dot(&mut self, pc: usize) {
        self.at = pc;
        self.push(self.dot.value.clone(), self.dot.state == State::Interface);
    }

    fn constant(&mut self, pc: usize, constant: u32) {
        self.at = pc;
        self.push(self.program.constants[constant as usize].clone(), false);
    }

    fn duplicate(&mut self) {
        let top = self.stacks.values.last().cloned().unwrap_or_default();
        self.push(top, false);
    }

    fn nip(&mut self) {
        let top = self.pop();
        if let Some(below) = self.stacks.values.last_mut() {
            *below = top;
        }
    }

    fn short_circuit(&mut self, stop_on: bool, to: u32) {
        if self.stacks.values.last().is_some_and(Value::is_true) == stop_on {
            self.pc = to as usize;
        } else {
            self.pop_quietly();
        }
    }

    /// The failure of a message in the program, where the machine is.
    fn fail(&self, message: u32) -> ExecError {
        self.error(self.program.messages[message as usize].clone())
    }

    /// A failure where the machine is.
    fn error(&self, message: impl Into<String>) -> ExecError {
        if self.at == NOWHERE {
            return ExecError::nowhere(&self.program, message.into());
        }
        ExecError::new(&self.program, self.at, message.into(), None)
    }
}
