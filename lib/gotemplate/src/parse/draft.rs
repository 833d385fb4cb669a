//! A template while it is being compiled: its code so far, and what is open in it.

use crate::function::ParameterType;
use crate::program::{Instruction, MethodSite, Place, Program, RangeSite, Source, Span, VariableSite};
use crate::value::{Str, Value};
use std::rc::Rc;

/// The clause that a template's body belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Body {
    File,
    Define,
    Block,
}

/// Which statement an `{{end}}` will end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ControlKind {
    If,
    With,
    Range,
}

/// A statement with a body that is still open.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) kind: ControlKind,
    /// Whether it is the `if` of an `else if`, which shares the `{{end}}` of the one before.
    pub(super) chained: bool,
    pub(super) in_else: bool,
    /// How many variables are visible outside, and how many at the start of the body.
    pub(super) visible_outside: usize,
    pub(super) visible_inside: usize,
    /// The instruction that jumps over the body.
    pub(super) skip: usize,
    /// The instructions that jump behind the end.
    pub(super) exits: Vec<usize>,
    /// The first variable of the body.
    pub(super) first_variable: u32,
}

/// A name in scope.
#[derive(Debug)]
struct Visible<'s> {
    name: &'s [u8],
    variable: u32,
    /// Not before its declaration has been compiled.
    declared: bool,
}

/// What a variable's name means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Resolved {
    Variable(u32),
    /// Go accepts the name, but there will be nothing to find.
    Undeclared,
    Unknown,
}

/// A template while it is being compiled.
#[derive(Debug)]
pub(super) struct Draft<'s> {
    pub(super) body: Body,
    /// The last token before it.
    pub(super) opened: u32,
    pub(super) controls: Vec<Control>,
    visible: Vec<Visible<'s>>,
    pub(super) program: Program,
}

impl<'s> Draft<'s> {
    pub(super) fn new(source: Rc<Source>) -> Self {
        let program = Program {
            name: Str::from(""),
            source,
            code: Vec::new(),
            places: Vec::new(),
            constants: Vec::new(),
            names: Vec::new(),
            types: Vec::new(),
            messages: Vec::new(),
            ranges: Vec::new(),
            methods: Vec::new(),
            variables: Vec::new(),
            is_empty: true,
        };
        Self { body: Body::File, opened: 0, controls: Vec::new(), visible: Vec::new(), program }
    }

    /// Begins a template in an empty draft.
    pub(super) fn begin(&mut self, body: Body, name: Str, opened: u32) {
        (self.body, self.opened) = (body, opened);
        (self.program.name, self.program.is_empty) = (name, true);
        let root = self.add_visible(b"$", Span::default());
        self.declared(root);
    }

    /// Ends a template. The program takes the room that it needs, and the empty draft keeps its own.
    pub(super) fn take_program(&mut self) -> Program {
        self.controls.clear();
        self.visible.clear();
        let program = &mut self.program;
        Program {
            name: program.name.clone(),
            source: program.source.clone(),
            code: program.code.drain(..).collect(),
            places: program.places.drain(..).collect(),
            constants: program.constants.drain(..).collect(),
            names: program.names.drain(..).collect(),
            types: program.types.drain(..).collect(),
            messages: program.messages.drain(..).collect(),
            ranges: program.ranges.drain(..).collect(),
            methods: program.methods.drain(..).collect(),
            variables: program.variables.drain(..).collect(),
            is_empty: program.is_empty,
        }
    }

    /// Where the next instruction will stand.
    pub(super) fn here(&self) -> usize {
        self.program.code.len()
    }

    pub(super) fn emit(&mut self, instruction: Instruction, place: Place) -> usize {
        self.program.code.push(instruction);
        self.program.places.push(place);
        self.here() - 1
    }

    /// Drops all code from `start` on.
    pub(super) fn truncate(&mut self, start: usize) {
        self.program.code.truncate(start);
        self.program.places.truncate(start);
    }

    pub(super) fn constant(&mut self, value: Value) -> u32 {
        index(&mut self.program.constants, value)
    }

    pub(super) fn name(&mut self, name: &[u8]) -> u32 {
        index(&mut self.program.names, name.into())
    }

    pub(super) fn message(&mut self, message: String) -> u32 {
        index(&mut self.program.messages, message)
    }

    pub(super) fn parameter_type(&mut self, parameter: ParameterType) -> u32 {
        index(&mut self.program.types, parameter)
    }

    pub(super) fn method(&mut self, site: MethodSite) -> u32 {
        index(&mut self.program.methods, site)
    }

    pub(super) fn range(&mut self, site: RangeSite) -> u32 {
        index(&mut self.program.ranges, site)
    }

    /// Makes the instruction jump to the next one that is emitted.
    pub(super) fn land(&mut self, jump: usize) {
        let here = self.here() as u32;
        match &mut self.program.code[jump] {
            Instruction::Jump(to)
            | Instruction::Unless(to)
            | Instruction::With(to)
            | Instruction::ShortCircuit { to, .. }
            | Instruction::Range { otherwise: to, .. }
            | Instruction::Next { end: to, .. } => *to = here,
            _ => {}
        }
    }

    /// Brings a name into scope; it means nothing before [`Draft::declared`] is told its place.
    pub(super) fn add_visible(&mut self, name: &'s [u8], span: Span) -> usize {
        let hides = match self.resolve(name) {
            Resolved::Variable(variable) => Some(variable),
            _ => None,
        };
        let variable = index(&mut self.program.variables, VariableSite { name: span, hides });
        self.visible.push(Visible { name, variable, declared: false });
        self.visible.len() - 1
    }

    /// From now on the name means the variable, which is returned.
    pub(super) fn declared(&mut self, visible: usize) -> u32 {
        self.visible[visible].declared = true;
        self.visible[visible].variable
    }

    pub(super) fn resolve(&self, name: &[u8]) -> Resolved {
        let mut unknown = Resolved::Unknown;
        for visible in self.visible.iter().rev().filter(|visible| visible.name == name) {
            if visible.declared {
                return Resolved::Variable(visible.variable);
            }
            unknown = Resolved::Undeclared;
        }
        unknown
    }

    pub(super) fn visible(&self) -> usize {
        self.visible.len()
    }

    pub(super) fn hide(&mut self, visible: usize) {
        self.visible.truncate(visible);
    }

    /// A variable may be declared in one iteration and used in the next without being declared there.
    pub(super) fn forget_variables(&mut self) {
        for control in &self.controls {
            if control.kind == ControlKind::Range
                && let Instruction::Range { range, .. } = self.program.code[control.skip]
            {
                self.program.ranges[range as usize].forgets = Some((control.first_variable, u32::MAX));
            }
        }
    }
}

fn index<T>(table: &mut Vec<T>, entry: T) -> u32 {
    table.push(entry);
    table.len() as u32 - 1
}
