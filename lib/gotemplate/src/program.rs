//! What a template is compiled to: instructions for a machine with a stack of values, and the place in the text of each.
//!
//! Instructions are small and copied; whatever is larger (constants, names, messages) stands in tables that they index.

use crate::builtin::Builtin;
use crate::expression::write_expression;
use crate::format::quoted;
use crate::function::ParameterType;
use crate::lex::Lexer;
use crate::literal::Literal;
use crate::value::{Str, Value};
use bytes::Bytes;
use std::borrow::Cow;
use std::rc::Rc;

/// A file of templates.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file's name.
    pub(crate) name: Rc<str>,
    pub(crate) text: Bytes,
}

/// Where an instruction comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// The position that messages give.
    pub(crate) at: u32,
    /// The first byte of the expression that messages show.
    pub(crate) start: u32,
    /// The end of that expression.
    pub(crate) end: u32,
}

impl Place {
    /// The expression.
    pub(crate) fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }
}

/// A part of the text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn of(self, text: &[u8]) -> &[u8] {
        &text[self.start as usize..self.end as usize]
    }
}

/// One step. "Top" is the value on top of the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Instruction {
    /// Writes a part of the text.
    Text(Span),
    /// Writes the top, and drops it.
    Print,
    /// Drops the top.
    Pop,

    /// Pushes dot.
    Dot,
    /// Pushes a constant.
    Constant(u32),
    /// Pushes a variable.
    Variable(u32),
    /// Fails: a variable of that name is used where none has been declared.
    Undefined(u32),
    /// Pushes a field of dot.
    DotField(u32),
    /// Replaces the top by its field of that name.
    Field(u32),
    /// The same after parentheses, where messages keep to the place inside.
    ChainedField(u32),
    /// The top is no longer Go's interface but the value in it.
    Unwrap,
    /// Checks that the top may be an argument of that type.
    Check(u32),
    /// Calls a function of the table.
    Call {
        function: u32,
        arguments: u32,
        piped: bool,
    },
    /// Calls a function of the language.
    Builtin {
        builtin: Builtin,
        arguments: u32,
        piped: bool,
    },
    /// `and`, `or`: jumps if the top decides, else drops it.
    ShortCircuit {
        stop_on: bool,
        to: u32,
    },
    /// Pushes the value below once more.
    Duplicate,
    /// Drops the value below the top.
    Nip,
    /// Looks for the method that a field with arguments must be.
    BeginMethod(u32),
    /// Checks that the top may be that argument of the method.
    Fit {
        method: u32,
        argument: u32,
    },
    /// Calls the method, whose receiver lies below the arguments.
    Method(u32),
    /// Messages refer to this place now.
    Here,
    /// Fails, at the place of this instruction or of the one before.
    Fail {
        message: u32,
        here: bool,
    },

    /// Copies the top to a new variable.
    Declare(u32),
    /// Copies the top to a variable that exists.
    Assign(u32),

    Jump(u32),
    /// Drops the top, and jumps if it is false.
    Unless(u32),
    /// Makes the top the dot, or drops it and jumps if it is false.
    With(u32),
    /// Restores the dot.
    EndWith,
    /// Begins to iterate over the top, or jumps if there is nothing in it.
    Range {
        range: u32,
        otherwise: u32,
    },
    /// Goes to the next element, or ends the loop and jumps.
    Next {
        range: u32,
        end: u32,
    },
    /// Leaves so many `with` and `range`.
    Leave(u32),
    /// Looks for the template that is to be invoked.
    Find(u32),
    /// Executes it with the top as dot.
    Invoke,
    Return,
}

/// Where a loop puts its elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RangeSite {
    /// The variables of index and element.
    pub(crate) index: Option<u32>,
    pub(crate) element: Option<u32>,
    /// Whether they exist already.
    pub(crate) assigns: bool,
    /// The variables to forget before each iteration, when some of them may be declared in one and not in the next.
    pub(crate) forgets: Option<(u32, u32)>,
}

/// A field called with arguments.
#[derive(Clone, Debug)]
pub(crate) struct MethodSite {
    pub(crate) name: u32,
    pub(crate) arguments: Vec<ArgumentSite>,
    pub(crate) piped: bool,
    /// Where to go on when there is no receiver and hence no call.
    pub(crate) end: u32,
    /// Whether messages show this place, or keep to the one before.
    pub(crate) here: bool,
}

/// An argument whose type is known only when the method is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArgumentSite {
    pub(crate) literal: Literal,
    pub(crate) text: Span,
}

/// A variable as a template declares it.
#[derive(Clone, Debug)]
pub(crate) struct VariableSite {
    pub(crate) name: Span,
    /// The variable that this one hides, which is meant as long as this one is not set.
    pub(crate) hides: Option<u32>,
}

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: Str,
    pub(crate) source: Rc<Source>,
    pub(crate) code: Vec<Instruction>,
    /// One for each instruction.
    pub(crate) places: Vec<Place>,
    pub(crate) constants: Vec<Value>,
    /// The names of fields.
    pub(crate) names: Vec<Str>,
    pub(crate) types: Vec<ParameterType>,
    pub(crate) messages: Vec<String>,
    pub(crate) ranges: Vec<RangeSite>,
    pub(crate) methods: Vec<MethodSite>,
    pub(crate) variables: Vec<VariableSite>,
    /// Whether it holds nothing but white space.
    pub(crate) is_empty: bool,
}

impl Program {
    /// The template's name, as messages give it.
    pub(crate) fn name(&self) -> String {
        self.name.to_str_lossy().into_owned()
    }

    /// A part of the text.
    pub(crate) fn text(&self, span: Span) -> &[u8] {
        span.of(&self.source.text)
    }

    /// The name of a field.
    pub(crate) fn field(&self, name: u32) -> Cow<'_, str> {
        self.names[name as usize].to_str_lossy()
    }

    /// Line and column of an instruction, as messages give them.
    pub(crate) fn position(&self, instruction: usize) -> (usize, usize) {
        let before = &self.source.text[..self.places[instruction].at as usize];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        (1 + before.iter().filter(|&&byte| byte == b'\n').count(), before.len() - line_start)
    }

    /// The expression of an instruction, as messages show it.
    pub(crate) fn expression(&self, instruction: usize) -> String {
        let place = self.places[instruction];
        let text = &self.source.text[..place.end as usize];
        let Instruction::Find(name) = self.code[instruction] else { return write_expression(text, place.start as usize) };
        let Value::String(name) = &self.constants[name as usize] else { return String::new() };
        // The place begins with the name, as it was typed.
        let mut lexer = Lexer::inside(text, place.start as usize);
        let pipeline = write_expression(text, lexer.next_token().end as usize);
        let blank = if pipeline.is_empty() { "" } else { " " };
        format!("{{{{template {}{blank}{pipeline}}}}}", quoted(name.as_bytes()))
    }
}
