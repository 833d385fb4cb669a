//! Commands: a first word, and arguments if that can be called.

use super::draft::Resolved;
use super::pipeline::Open;
use super::{Parsed, Parser};
use crate::builtin::Builtin;
use crate::expression::write_expression;
use crate::format::quoted;
use crate::function::{Function, ParameterType};
use crate::lex::{Kind, Token};
use crate::literal::Number;
use crate::program::{ArgumentSite, Instruction, Literal, MethodSite, Place};
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
    arguments: Vec<ArgumentSite>,
}

/// The first word of a command.
#[derive(Clone, Copy, Debug)]
enum First {
    None,
    Literal(Token),
    Variable(Token),
    /// Parentheses around this part of the text.
    Pipe(u32, u32),
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
    Pipe { start: u32, end: u32 },
    Call,
}

impl Command {
    pub(super) fn new(start: u32, code: usize) -> Self {
        Self {
            code,
            start,
            end: start,
            first: First::None,
            words: 0,
            paren: start,
            jumps: Vec::new(),
            arguments: Vec::new(),
        }
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
            First::Field(index) if command.words == 1 => self.begin_method(index, open.stages > 0),
            _ => {}
        }
    }

    /// A field turns out to have arguments.
    fn begin_method(&mut self, index: usize, piped: bool) {
        let draft = self.draft();
        let (name, here) = match draft.program.code[index] {
            Instruction::Field(name) => (name, true),
            Instruction::ChainedField(name) => (name, false),
            _ => return,
        };
        let site = draft.method(MethodSite { name, arguments: Vec::new(), piped, end: 0, here });
        draft.program.code[index] = Instruction::BeginMethod(site);
    }

    /// Compiles an operand that begins with `token`, which is no parenthesis.
    pub(super) fn operand(&mut self, open: &mut Open, token: Token) -> Parsed<()> {
        match token.kind {
            Kind::Identifier => self.identifier(open, token),
            Kind::Field | Kind::Variable => self.field_or_variable(open, token),
            Kind::Dot => {
                self.draft().emit(Instruction::Dot, place_of(token));
                self.no_fields(token)?;
                self.add_operand(open, First::Literal(token), Literal::No, token.end);
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
            self.add_operand(open, First::Function(callee, token), Literal::No, token.end);
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
            self.draft().emit(Instruction::Dot, Place::default());
            first = First::Field(self.field(token, false));
        } else {
            self.variable(token)?;
        }
        let mut place = place_of(token);
        while self.peek().kind == Kind::Field {
            let field = self.next();
            first = First::Field(self.field(field, false));
            if place.at == place.start {
                place.at = field.start;
            }
            place.end = field.end;
        }
        self.draft().program.places[base..].fill(place);
        self.add_operand(open, first, Literal::No, place.end);
        Ok(())
    }

    fn field(&mut self, token: Token, chained: bool) -> usize {
        let name = &token.text(self.text)[1..];
        let draft = self.draft();
        let name = draft.name(name);
        let field = if chained { Instruction::ChainedField(name) } else { Instruction::Field(name) };
        draft.emit(field, Place::default())
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
        let parameter = if command.words == 0 { ParameterType::Any } else { self.argument_type(command) };
        let value = match value {
            Some(Value::Nil) if command.words == 0 => Err("nil is not a command".to_owned()),
            value => literal.fit(value, parameter, text),
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
        self.add_operand(open, First::Literal(token), literal, token.end);
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
            (Operand::Pipe { .. }, Some(command)) => command.paren,
            _ => token.start,
        };
        let mut first = match operand {
            Operand::Pipe { start, end } => First::Pipe(start, end),
            Operand::Call => First::Literal(token),
        };
        let mut place = Place { at: start, start, end: token.end };
        while self.peek().kind == Kind::Field {
            let field = self.next();
            first = First::Field(self.field(field, true));
            if place.at == start {
                place.at = field.start;
            }
            place.end = field.end;
        }
        self.draft().program.places[base..].fill(place);
        self.add_operand(open, first, Literal::No, place.end);
        Ok(())
    }

    /// The operand has been compiled.
    fn add_operand(&mut self, open: &mut Open, first: First, literal: Literal, end: u32) {
        let Some(command) = &mut open.command else { return };
        command.end = end;
        if command.words == 0 {
            command.first = first;
        } else if matches!(literal, Literal::No) {
            self.check_argument(command);
        }
        if matches!(command.first, First::Field(_)) && command.words > 0 {
            let place = self.last_place();
            command.arguments.push(ArgumentSite { literal, place });
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

    /// The last instruction to whose place messages refer.
    fn last_place(&mut self) -> u32 {
        let refers = |instruction: &Instruction| {
            !matches!(
                instruction,
                Instruction::Unwrap
                    | Instruction::Check(_)
                    | Instruction::Call { arguments: 1.., .. }
                    | Instruction::Builtin { arguments: 1.., .. }
                    | Instruction::ChainedField(_)
            )
        };
        self.draft().program.code.iter().rposition(refers).unwrap_or_default() as u32
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
            First::Field(index) if has_arguments => self.finish_method(command, index, piped),
            First::None | First::Field(_) => {}
            First::Literal(token) => {
                if piped && open.idle_stage.is_none() {
                    open.idle_stage = Some(open.stages);
                }
                if has_arguments {
                    self.draft().truncate(command.code);
                    self.fail(no_function(self.text, token.start, token.end), true, place_of(token));
                }
            }
            First::Variable(token) => {
                if has_arguments {
                    self.draft().truncate(command.code + 1);
                    self.fail(no_function(self.text, token.start, token.end), true, place_of(token));
                }
            }
            First::Pipe(start, end) => {
                if has_arguments {
                    self.draft().truncate(command.code);
                    let failure = self.fail(no_function(self.text, start, end), !piped, Place::default());
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
        } else if callee.stops_on().is_some() {
            self.finish_short_circuit(command, callee, piped);
        } else {
            self.draft().emit(callee.call(arguments as u32, piped), command.place());
        }
    }

    /// `and` and `or` are jumps only; a piped operand lies below the others, though it comes last.
    fn finish_short_circuit(&mut self, command: &Command, callee: Callee, piped: bool) {
        let draft = self.draft();
        if piped && command.words > 1 {
            let stop_on = callee.stops_on().unwrap_or_default();
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

    fn finish_method(&mut self, command: Command, index: usize, piped: bool) {
        if command.words == 1 {
            self.begin_method(index, piped);
        }
        let draft = self.draft();
        let Instruction::BeginMethod(site) = draft.program.code[index] else { return };
        let place = draft.program.places[index];
        draft.emit(Instruction::Method(site), place);
        let end = draft.here() as u32;
        let method = &mut draft.program.methods[site as usize];
        method.arguments = command.arguments;
        method.end = end;
    }
}

fn no_function(text: &[u8], start: u32, end: u32) -> String {
    let word = write_expression(&text[..end as usize], start as usize);
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

impl Literal {
    /// The literal as an argument for that parameter. `ideal` is its value where no type is asked for.
    ///
    /// # Errors
    /// Go's message when it does not fit.
    pub(crate) fn fit(self, ideal: Option<Value>, parameter: ParameterType, text: &[u8]) -> Result<Value, String> {
        let text = || String::from_utf8_lossy(text);
        let expected = |what: &str| format!("expected {what}; found {}", text());
        match (parameter, self) {
            (_, Self::Nil) if parameter.accepts_nil() => Ok(Value::Nil),
            (_, Self::Nil) => Err(format!("cannot assign nil to {parameter}")),
            (ParameterType::Any, _) => ideal.ok_or_else(|| format!("{} overflows int", text())),
            (ParameterType::Bool, Self::Bool) | (ParameterType::String, Self::String) => Ok(ideal.unwrap_or_default()),
            (ParameterType::Bool, _) => Err(expected("bool")),
            (ParameterType::String, _) => Err(expected("string")),
            (ParameterType::Int | ParameterType::Int64 | ParameterType::Uint32 | ParameterType::Float, _) => {
                let number = if let Self::Number(number) = self { number } else { Number::default() };
                match parameter {
                    ParameterType::Int => number.int.map(Value::Int).ok_or_else(|| expected("integer")),
                    ParameterType::Int64 => number.int.map(Value::Int64).ok_or_else(|| expected("integer")),
                    // Go cuts what does not fit.
                    ParameterType::Uint32 => {
                        let value = number.uint.map(|number| Value::Uint64(number & u64::from(u32::MAX)));
                        value.ok_or_else(|| expected("unsigned integer"))
                    }
                    _ => number.float.map(Value::Float).ok_or_else(|| expected("float")),
                }
            }
            _ => Err(format!("can't handle {} for arg of type {parameter}", text())),
        }
    }
}
