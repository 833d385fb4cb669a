//! Pipelines: declarations, then commands joined by `|`. Parentheses hold pipelines, which are kept on a stack.

use super::command::{Command, Operand};
use super::draft::Resolved;
use super::{Parsed, Parser};
use crate::lex::{Kind, Token};
use crate::program::{Instruction, Place, Span};

/// How deeply parentheses may be nested; Go's limit.
const MAX_DEPTH: usize = 10_000;

/// What a pipeline belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Context {
    Command,
    If,
    With,
    Range,
    Template,
    Block,
    Parenthesized,
}

impl Context {
    fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::If => "if",
            Self::With => "with",
            Self::Range => "range",
            Self::Template => "template clause",
            Self::Block => "block clause",
            Self::Parenthesized => "parenthesized pipeline",
        }
    }
}

/// The variables that a pipeline's value went to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Declarations {
    None,
    One { variable: u32, assigns: bool },
    Two { first: u32, second: u32, assigns: bool },
}

/// A compiled pipeline, whose value is on the stack.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) place: Place,
    pub(super) declarations: Declarations,
}

/// A pipeline that is being compiled.
#[derive(Debug)]
pub(super) struct Open {
    context: Context,
    close: Kind,
    start: u32,
    /// The end of the last command.
    pub(super) end: u32,
    /// The names declared, as indices of the scope or as tokens to assign to.
    declares: Vec<Declared>,
    assigns: bool,
    /// How many commands are complete.
    pub(super) stages: usize,
    /// The first stage, from the second on, that cannot take an argument.
    pub(super) idle_stage: Option<usize>,
    pub(super) command: Option<Command>,
    /// Whether it is executed only sometimes when what is around it is.
    pub(super) conditional: bool,
    /// Whether the value is known to be concrete.
    pub(super) concrete: bool,
    /// Failures that show the whole pipeline, whose end is not known yet.
    pub(super) failures: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Declared {
    name: Token,
    visible: Option<usize>,
}

impl Open {
    fn new(context: Context, close: Kind, start: u32, conditional: bool) -> Self {
        Self {
            context,
            close,
            start,
            end: start,
            declares: Vec::new(),
            assigns: false,
            stages: 0,
            idle_stage: None,
            command: None,
            conditional,
            concrete: false,
            failures: Vec::new(),
        }
    }
}

impl Parser<'_> {
    /// Compiles a pipeline up to and including the token that closes it.
    pub(super) fn pipeline(&mut self, context: Context, close: Kind) -> Parsed<Pipeline> {
        let mut outer: Vec<Open> = Vec::new();
        let mut open = self.open(context, close, false)?;
        loop {
            if open.command.is_none() {
                let token = self.next_non_space();
                if token.kind == open.close {
                    let pipeline = self.close(&open)?;
                    let Some(parent) = outer.pop() else { return Ok(pipeline) };
                    let inner = std::mem::replace(&mut open, parent);
                    self.close_paren(&mut open, &inner, token)?;
                    continue;
                }
                if !starts_operand(token.kind) {
                    return Err(self.unexpected(token, open.context.name()));
                }
                self.backup();
                open.command = Some(Command::new(token.start, self.draft().here()));
            }
            self.peek_non_space();
            let token = self.next_non_space();
            if token.kind == Kind::LeftParen {
                if outer.len() >= MAX_DEPTH {
                    return Err(self.error("max expression depth exceeded"));
                }
                self.begin_operand(&mut open);
                let conditional = open.conditional || open.command.as_ref().is_some_and(Command::is_conditional);
                let inner = self.open(Context::Parenthesized, Kind::RightParen, conditional)?;
                outer.push(std::mem::replace(&mut open, inner));
                if let Some(command) = outer.last_mut().and_then(|outer| outer.command.as_mut()) {
                    command.paren = token.start;
                }
            } else if starts_operand(token.kind) {
                self.begin_operand(&mut open);
                self.operand(&mut open, token)?;
                self.after_operand(&mut open)?;
            } else {
                self.backup();
                self.after_operand(&mut open)?;
            }
        }
    }

    /// Reads what a pipeline declares.
    fn open(&mut self, context: Context, close: Kind, conditional: bool) -> Parsed<Open> {
        let start = self.peek_non_space().start;
        let mut open = Open::new(context, close, start, conditional);
        while self.peek_non_space().kind == Kind::Variable {
            let name = self.next();
            // A blank is a token: "$x foo" must be told from "$x :=".
            let after = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    open.assigns = next.kind == Kind::Assign;
                    self.next_non_space();
                    self.declare(&mut open, name);
                    break;
                }
                Kind::Char if next.text(self.text) == b"," => {
                    self.next_non_space();
                    self.declare(&mut open, name);
                    if context == Context::Range && open.declares.len() < 2 {
                        match self.peek_non_space().kind {
                            Kind::Variable | Kind::RightDelimiter | Kind::RightParen => continue,
                            _ => return Err(self.error("range can only initialize variables")),
                        }
                    }
                    return Err(self.error(format!("too many declarations in {}", context.name())));
                }
                _ if after.kind == Kind::Space => self.backup_three(name, after),
                _ => self.backup_two(name),
            }
            break;
        }
        Ok(open)
    }

    fn declare(&mut self, open: &mut Open, name: Token) {
        let text = name.text(self.text);
        let visible = if open.assigns {
            // An unknown name passes here, and fails when it is executed.
            if self.draft().resolve(text) == Resolved::Unknown {
                let visible = self.draft().add_visible(text, name.span());
                self.draft().declared(visible);
            }
            None
        } else {
            Some(self.draft().add_visible(text, name.span()))
        };
        open.declares.push(Declared { name, visible });
    }

    /// Completes a pipeline.
    fn close(&mut self, open: &Open) -> Parsed<Pipeline> {
        if open.stages == 0 {
            return Err(self.error(format!("missing value for {}", open.context.name())));
        }
        if let Some(stage) = open.idle_stage {
            return Err(self.error(format!("non executable command in pipeline stage {stage}")));
        }
        let place = Place { at: open.start, start: open.start, end: open.end };
        for &failure in &open.failures {
            self.draft().program.places[failure] = place;
        }
        let mut variables = [0; 2];
        for (index, declared) in open.declares.iter().enumerate() {
            variables[index] = self.store(open, *declared);
        }
        let assigns = open.assigns;
        let declarations = match open.declares.len() {
            0 => Declarations::None,
            1 => Declarations::One { variable: variables[0], assigns },
            _ => Declarations::Two { first: variables[0], second: variables[1], assigns },
        };
        Ok(Pipeline { place, declarations })
    }

    fn store(&mut self, open: &Open, declared: Declared) -> u32 {
        let name = declared.name.text(self.text);
        let place = Place { at: declared.name.start, start: declared.name.start, end: declared.name.end };
        let draft = self.draft();
        // "range $i, $x = …" turns out to assign only after its first name.
        match declared.visible.filter(|_| !open.assigns) {
            Some(visible) => {
                let variable = draft.declared(visible);
                draft.emit(Instruction::Declare(variable), place);
                if open.conditional {
                    draft.forget_variables();
                }
                variable
            }
            None => {
                let variable = match draft.resolve(name) {
                    Resolved::Variable(variable) => variable,
                    _ => {
                        let visible = draft.add_visible(name, declared.name.span());
                        draft.declared(visible)
                    }
                };
                draft.emit(Instruction::Assign(variable), place);
                variable
            }
        }
    }

    /// A parenthesis was closed by `token`: `inner` is an operand of `open`.
    fn close_paren(&mut self, open: &mut Open, inner: &Open, token: Token) -> Parsed<()> {
        if !inner.concrete {
            self.draft().emit(Instruction::Unwrap, Place::default());
        }
        let pipe = Operand::Pipe(Span { start: inner.start, end: inner.end });
        self.chain_operand(open, pipe, token)?;
        self.after_operand(open)
    }
}

fn starts_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bool
            | Kind::CharConstant
            | Kind::Complex
            | Kind::Dot
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::Nil
            | Kind::RawString
            | Kind::String
            | Kind::Variable
            | Kind::LeftParen
    )
}
