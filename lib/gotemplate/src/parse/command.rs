//! Commands: a first word, and arguments if that can be called.

use super::draft::Resolved;
use super::pipeline::Open;
use super::{Parsed, Parser};
use crate::builtin::Builtin;
use crate::expression::write_expression;
use crate::format::quoted;
use crate::function::{Function, ParameterType};
use crate::lex::{Kind, Token};
use crate::literal::{Literal, Number};
use crate::program::{ArgumentSite, Instruction, MethodSite, Place, Span};
use crate::value::Value;

/// A command that is being compiled.
#[derive(Debug)]
pub(super) struct Command {
    /// Where its code begins.
    code: usize,
    start: u32,
    end: u32,
    first: First,
    /// How many operands it has so far.
    words: usize,
    /// Where the last parenthesis was opened.
    pub(super) paren: u32,
    /// The jumps out of `and` or `or`.
    jumps: Vec<usize>,
}

/// The first word of a command.
#[derive(Clone, Copy, Debug)]
enum First {
    None,
    Literal(Token),
    Variable(Token),
    /// Parentheses around this part of the text.
    Pipe(Span),
    /// A field, compiled to the instruction of that index.
    Field(usize),
    Function(Callee, Token),
}

/// A function.
#[derive(Clone, Copy, Debug)]
enum Callee {
    Table(u32),
    Builtin(Builtin),
}

/// An operand whose fields may follow.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand {
    Pipe(Span),
    Call,
}

impl Command {
    pub(super) fn new(start: u32, code: usize) -> Self {
        Self { code, start, end: start, first: First::None, words: 0, paren: start, jumps: Vec::new() }
    }

    /// Whether the operand that follows is evaluated only sometimes.
    pub(super) fn is_conditional(&self) -> bool {
        match self.first {
            First::Field(_) => self.words >= 1,
            First::Function(callee, _) => self.words >= 2 && callee.stops_on().is_some(),
            _ => false,
        }
    }

    fn place(&self) -> Place {
        Place { at: self.start, start: self.start, end: self.end }
    }
}

impl Callee {
    /// The truth at which `and` or `or` stops.
    fn stops_on(self) -> Option<bool> {
        match self {
            Self::Builtin(Builtin::And) => Some(false),
            Self::Builtin(Builtin::Or) => Some(true),
            _ => None,
        }
    }
}

fn place_of(token: Token) -> Place {
    Place { at: token.start, start: token.start, end: token.end }
}

impl Parser<'_> {
    fn callee(&self, name: &[u8]) -> Option<Callee> {
        let name = std::str::from_utf8(name).ok()?;
        match self.functions.index(name) {
            Some(index) => Some(Callee::Table(index)),
            None => Builtin::named(name).map(Callee::Builtin),
        }
    }

    fn function(&self, index: u32) -> &Function {
        self.functions.at(index)
    }

    /// The number of fixed parameters, and whether there may be more.
    fn signature(&self, callee: Callee) -> (usize, bool) {
        match callee {
            Callee::Table(index) => {
                let function = self.function(index);
                (function.parameters.len(), function.rest.is_some())
            }
            Callee::Builtin(builtin) => builtin.signature(),
        }
    }

    /// The type that the next operand of the command must have.
    fn argument_type(&self, command: &Command) -> ParameterType {
        match command.first {
            First::Function(Callee::Table(index), _) => self.function(index).parameter(command.words - 1),
            First::Function(Callee::Builtin(builtin), _) => builtin.parameter(command.words - 1),
            _ => ParameterType::Any,
        }
    }

    /// Prepares for the code of an operand.
    pub(super) fn begin_operand(&mut self, open: &mut Open) {
        let Some(command) = &mut open.command else { return };
        match command.first {
            First::Function(callee, _) if command.words >= 2 => {
                if let Some(stop_on) = callee.stops_on() {
                    let jump = self.draft().emit(Instruction::ShortCircuit { stop_on, to: 0 }, Place::default());
                    command.jumps.push(jump);
                }
            }
            First::Field(index) if command.words == 1 => {
                command.first = First::Field(self.begin_method(index, open.stages > 0));
            }
            _ => {}
        }
    }

    /// The field compiled last turns out to have arguments. Returns the index of the instruction that looks for the method.
    fn begin_method(&mut self, index: usize, piped: bool) -> usize {
        let draft = self.draft();
        let place = draft.program.places[index];
        let field = draft.program.code[index];
        draft.truncate(index);
        let (name, here) = match field {
            Instruction::DotField(name) => {
                draft.emit(Instruction::Dot, place);
                (name, true)
            }
            Instruction::Field(name) => (name, true),
            Instruction::ChainedField(name) => (name, false),
            _ => return index,
        };
        let site = draft.method(MethodSite { name, arguments: Vec::new(), piped, end: 0, here });
        draft.emit(Instruction::BeginMethod(site), place)
    }

    /// Compiles an operand that begins with `token`, which is no parenthesis.
    pub(super) fn operand(&mut self, open: &mut Open, token: Token) -> Parsed<()> {
        match token.kind {
            Kind::Identifier => self.identifier(open, token),
            Kind::Field | Kind::Variable => self.field_or_variable(open, token),
            Kind::Dot => {
                self.draft().emit(Instruction::Dot, place_of(token));
                self.no_fields(token)?;
                self.add_operand(open, First::Literal(token), Literal::No, token.span());
                Ok(())
            }
            _ => self.literal(open, token),
        }
    }

    fn identifier(&mut self, open: &mut Open, token: Token) -> Parsed<()> {
        let name = token.text(self.text);
        let Some(callee) = self.callee(name) else {
            return Err(self.error(format!("function {} not defined", quoted(name))));
        };
        let has_fields = self.peek().kind == Kind::Field;
        let is_first = open.command.as_ref().is_some_and(|command| command.words == 0);
        if is_first && !has_fields {
            self.add_operand(open, First::Function(callee, token), Literal::No, token.span());
            return Ok(());
        }
        self.bare_call(callee, token);
        self.chain_operand(open, Operand::Call, token)
    }

    /// A function that stands where it can have no arguments.
    fn bare_call(&mut self, callee: Callee, token: Token) {
        match self.miscounted(callee, token, 0, false) {
            Some(message) => {
                self.fail(message, true, place_of(token));
            }
            None => {
                self.draft().emit(callee.call(0, false), place_of(token));
            }
        }
    }

    /// The failure of a call with that number of arguments, if it is one. Go counts when it executes.
    fn miscounted(&self, callee: Callee, token: Token, arguments: usize, piped: bool) -> Option<String> {
        let (fixed, variadic) = self.signature(callee);
        let given = arguments + usize::from(piped);
        let want = match variadic {
            true if given < fixed => format!("at least {fixed} got {arguments}"),
            false if given != fixed => format!("{fixed} got {given}"),
            _ => return None,
        };
        Some(format!("wrong number of args for {}: want {want}", String::from_utf8_lossy(token.text(self.text))))
    }

    fn fail(&mut self, message: String, here: bool, place: Place) -> usize {
        let draft = self.draft();
        let message = draft.message(message);
        draft.emit(Instruction::Fail { message, here }, place)
    }

    fn field_or_variable(&mut self, open: &mut Open, token: Token) -> Parsed<()> {
        let base = self.draft().here();
        let mut first = First::Variable(token);
        if token.kind == Kind::Field {
            first = First::Field(self.field(token, Instruction::DotField));
        } else {
            self.variable(token)?;
        }
        let mut place = place_of(token);
        while self.peek().kind == Kind::Field {
            let field = self.next();
            first = First::Field(self.field(field, Instruction::Field));
            if place.at == place.start {
                place.at = field.start;
            }
            place.end = field.end;
        }
        self.draft().program.places[base..].fill(place);
        self.add_operand(open, first, Literal::No, place.span());
        Ok(())
    }

    fn field(&mut self, token: Token, instruction: fn(u32) -> Instruction) -> usize {
        // Without its point.
        let name = &token.text(self.text)[1..];
        let name = self.draft().name(name);
        self.draft().emit(instruction(name), Place::default())
    }

    fn variable(&mut self, token: Token) -> Parsed<()> {
        let name = token.text(self.text);
        let instruction = match self.draft().resolve(name) {
            Resolved::Variable(variable) => Instruction::Variable(variable),
            Resolved::Undeclared => {
                let message = self.draft().message(format!("undefined variable: {}", String::from_utf8_lossy(name)));
                Instruction::Undefined(message)
            }
            Resolved::Unknown => return Err(self.error(format!("undefined variable {}", quoted(name)))),
        };
        self.draft().emit(instruction, place_of(token));
        Ok(())
    }

    fn literal(&mut self, open: &mut Open, token: Token) -> Parsed<()> {
        let text = token.text(self.text);
        let (literal, value) = match token.kind {
            Kind::Bool => (Literal::Bool, Some(Value::Bool(text == b"true"))),
            Kind::Nil => (Literal::Nil, Some(Value::Nil)),
            Kind::String | Kind::RawString => (Literal::String, Some(Value::String(self.unquoted(token)?))),
            _ => {
                let number = Number::parse(text, token.kind).map_err(|message| self.error(message))?;
                (Literal::Number(number), number.ideal(text))
            }
        };
        self.no_fields(token)?;
        let Some(command) = &open.command else { return Ok(()) };
        let value = match (value, command.first) {
            (Some(Value::Nil), First::None) => Err("nil is not a command".to_owned()),
            // What the method takes is not known yet.
            (value, First::Field(_)) => Ok(value.unwrap_or_default()),
            (value, First::None) => literal.fit(value, ParameterType::Any, text),
            (value, _) => literal.fit(value, self.argument_type(command), text),
        };
        match value {
            Ok(value) => {
                let draft = self.draft();
                let constant = draft.constant(value);
                draft.emit(Instruction::Constant(constant), place_of(token));
            }
            Err(message) => {
                self.fail(message, true, place_of(token));
            }
        }
        self.add_operand(open, First::Literal(token), literal, token.span());
        Ok(())
    }

    fn no_fields(&mut self, token: Token) -> Parsed<()> {
        if self.peek().kind != Kind::Field {
            return Ok(());
        }
        while self.peek().kind == Kind::Field {
            self.next();
        }
        Err(self.error(format!("unexpected . after term {}", quoted(token.text(self.text)))))
    }

    /// Compiles the fields of parentheses, or of a function without arguments, that `token` ends.
    pub(super) fn chain_operand(&mut self, open: &mut Open, operand: Operand, token: Token) -> Parsed<()> {
        let base = self.draft().here();
        let start = match (operand, &open.command) {
            (Operand::Pipe(_), Some(command)) => command.paren,
            _ => token.start,
        };
        let mut first = match operand {
            Operand::Pipe(span) => First::Pipe(span),
            Operand::Call => First::Literal(token),
        };
        let mut place = Place { at: start, start, end: token.end };
        while self.peek().kind == Kind::Field {
            let field = self.next();
            first = First::Field(self.field(field, Instruction::ChainedField));
            if place.at == start {
                place.at = field.start;
            }
            place.end = field.end;
        }
        self.draft().program.places[base..].fill(place);
        self.add_operand(open, first, Literal::No, place.span());
        Ok(())
    }

    /// The operand has been compiled.
    fn add_operand(&mut self, open: &mut Open, first: First, literal: Literal, text: Span) {
        let Some(command) = &mut open.command else { return };
        command.end = text.end;
        match command.first {
            _ if command.words == 0 => command.first = first,
            First::Field(index) => {
                let draft = self.draft();
                if let Instruction::BeginMethod(method) = draft.program.code[index] {
                    let arguments = &mut draft.program.methods[method as usize].arguments;
                    arguments.push(ArgumentSite { literal, text });
                    let argument = arguments.len() as u32 - 1;
                    draft.emit(Instruction::Fit { method, argument }, Place::default());
                }
            }
            _ if matches!(literal, Literal::No) => self.check_argument(command),
            _ => {}
        }
        command.words += 1;
    }

    fn check_argument(&mut self, command: &Command) {
        let parameter = self.argument_type(command);
        if parameter != ParameterType::Any {
            let parameter = self.draft().parameter_type(parameter);
            self.draft().emit(Instruction::Check(parameter), Place::default());
        }
    }

    /// Reads what ends an operand, and completes the command if that ends too.
    pub(super) fn after_operand(&mut self, open: &mut Open) -> Parsed<()> {
        let token = self.next();
        match token.kind {
            Kind::Space => {}
            Kind::RightDelimiter | Kind::RightParen => {
                self.backup();
                self.finish_command(open);
            }
            Kind::Pipe => self.finish_command(open),
            _ => return Err(self.unexpected(token, "operand")),
        }
        Ok(())
    }

    fn finish_command(&mut self, open: &mut Open) {
        let Some(command) = open.command.take() else { return };
        let piped = open.stages > 0;
        open.stages += 1;
        open.end = command.end;
        let has_arguments = command.words > 1 || piped;
        open.concrete = false;
        match command.first {
            First::Function(callee, token) => {
                // A call without arguments may return Go's interface, and and or return any operand.
                open.concrete = callee.stops_on().is_none() && has_arguments;
                self.finish_call(&command, callee, token, piped);
            }
            First::Field(index) if has_arguments => self.finish_method(&command, index, piped),
            First::None | First::Field(_) => {}
            First::Literal(token) => {
                if piped && open.idle_stage.is_none() {
                    open.idle_stage = Some(open.stages);
                }
                if has_arguments {
                    self.draft().truncate(command.code);
                    self.fail(no_function(self.text, token.span()), true, place_of(token));
                }
            }
            First::Variable(token) => {
                if has_arguments {
                    self.draft().truncate(command.code + 1);
                    self.fail(no_function(self.text, token.span()), true, place_of(token));
                }
            }
            First::Pipe(span) => {
                if has_arguments {
                    self.draft().truncate(command.code);
                    let failure = self.fail(no_function(self.text, span), !piped, Place::default());
                    open.failures.push(failure);
                }
            }
        }
    }

    fn finish_call(&mut self, command: &Command, callee: Callee, token: Token, piped: bool) {
        let arguments = command.words - 1;
        if let Some(message) = self.miscounted(callee, token, arguments, piped) {
            self.draft().truncate(command.code);
            self.fail(message, true, place_of(token));
        } else if let Some(stop_on) = callee.stops_on() {
            self.finish_short_circuit(command, stop_on, piped);
        } else {
            self.draft().emit(callee.call(arguments as u32, piped), command.place());
        }
    }

    /// `and` and `or` are jumps only; a piped operand lies below the others, though it comes last.
    fn finish_short_circuit(&mut self, command: &Command, stop_on: bool, piped: bool) {
        let draft = self.draft();
        if piped && command.words == 1 {
            draft.emit(Instruction::Here, command.place());
        }
        if piped && command.words > 1 {
            let last = draft.emit(Instruction::ShortCircuit { stop_on, to: 0 }, Place::default());
            draft.emit(Instruction::Duplicate, Place::default());
            draft.land(last);
        }
        for &jump in &command.jumps {
            draft.land(jump);
        }
        if piped && command.words > 1 {
            draft.emit(Instruction::Nip, Place::default());
        }
    }

    fn finish_method(&mut self, command: &Command, index: usize, piped: bool) {
        let index = if command.words == 1 { self.begin_method(index, piped) } else { index };
        let draft = self.draft();
        let Instruction::BeginMethod(site) = draft.program.code[index] else { return };
        let place = draft.program.places[index];
        draft.emit(Instruction::Method(site), place);
        draft.program.methods[site as usize].end = draft.here() as u32;
    }
}

fn no_function(text: &[u8], first: Span) -> String {
    let word = write_expression(&text[..first.end as usize], first.start as usize);
    format!("can't give argument to non-function {word}")
}

impl Callee {
    fn call(self, arguments: u32, piped: bool) -> Instruction {
        match self {
            Self::Table(function) => Instruction::Call { function, arguments, piped },
            Self::Builtin(builtin) => Instruction::Builtin { builtin, arguments, piped },
        }
    }
}
