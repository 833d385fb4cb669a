//! Tokens → programs, in one pass: statements here, expressions in [`pipeline`] and [`command`].
//!
//! Nothing recurses: open statements and open parentheses are stacks, so that nesting costs memory but no stack.
//! The number of tokens read ahead is Go's, as messages give the line of the last token that was read.

mod command;
mod draft;
mod pipeline;
mod statement;
#[cfg(test)]
mod tests;

use crate::format::quoted;
use crate::function::FunctionTable;
use crate::lex::{Kind, Lexer, Token};
use crate::literal::unquote;
use crate::program::{Program, Source};
use crate::value::Str;
use bytes::Bytes;
use draft::{Body, Draft};
use foldhash::HashMap;
use std::rc::Rc;

/// A text that is not a template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParseError {
    /// The name of the file.
    pub name: String,
    /// Counted from one.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "template: {}:{}: {}", self.name, self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

type Parsed<T> = Result<T, ParseError>;

/// The largest text, as places in it are 32 bits wide.
const MAX_LENGTH: usize = 1 << 31;

/// Compiles a file: its own template, and those that it defines.
pub(crate) fn parse(name: &str, text: &Bytes, functions: &FunctionTable) -> Parsed<Vec<Rc<Program>>> {
    if text.len() > MAX_LENGTH {
        let message = format!("text of {} bytes is too long", text.len());
        return Err(ParseError { name: name.into(), line: 1, message });
    }
    let source = Rc::new(Source { name: name.into(), text: text.clone() });
    let mut file = Draft::new(source.clone());
    file.begin(Body::File, name.into(), 0);
    let mut parser = Parser {
        lexer: Lexer::new(text),
        text,
        source,
        functions,
        tokens: [Token { kind: Kind::End, start: 0, end: 0 }; 3],
        peeked: 0,
        action: None,
        drafts: vec![file],
        spare: Vec::new(),
        programs: Programs::default(),
    };
    while parser.statement()? {}
    Ok(parser.programs.list)
}

/// The programs of one file.
#[derive(Default)]
struct Programs {
    list: Vec<Rc<Program>>,
    by_name: HashMap<Str, usize>,
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    text: &'s [u8],
    source: Rc<Source>,
    functions: &'s FunctionTable,
    /// The first is always the last token that was read.
    tokens: [Token; 3],
    peeked: usize,
    /// Where the action began that is being parsed, or the statement whose body begins here.
    action: Option<u32>,
    drafts: Vec<Draft<'s>>,
    /// Those of definitions that have ended, whose room is used again.
    spare: Vec<Draft<'s>>,
    programs: Programs,
}

impl<'s> Parser<'s> {
    fn next(&mut self) -> Token {
        if self.peeked > 0 {
            self.peeked -= 1;
        } else {
            self.tokens[0] = self.lexer.next_token();
        }
        self.tokens[self.peeked]
    }

    fn peek(&mut self) -> Token {
        if self.peeked == 0 {
            self.tokens[0] = self.lexer.next_token();
            self.peeked = 1;
        }
        self.tokens[self.peeked - 1]
    }

    fn backup(&mut self) {
        self.peeked += 1;
    }

    /// Puts `token` back in front of the one that was read last.
    fn backup_two(&mut self, token: Token) {
        self.tokens[1] = token;
        self.peeked = 2;
    }

    fn backup_three(&mut self, first: Token, second: Token) {
        self.tokens[1] = second;
        self.tokens[2] = first;
        self.peeked = 3;
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(token, context)) }
    }

    fn draft(&mut self) -> &mut Draft<'s> {
        // There is always the draft of the file.
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    fn line(&self, at: u32) -> usize {
        1 + self.text[..at as usize].iter().filter(|&&byte| byte == b'\n').count()
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        self.error_at(self.tokens[0].start, message)
    }

    fn error_at(&self, at: u32, message: impl Into<String>) -> ParseError {
        ParseError { name: self.source.name.to_string(), line: self.line(at), message: message.into() }
    }

    fn unexpected(&self, token: Token, context: &str) -> ParseError {
        if token.kind == Kind::Error {
            return self.broken(token);
        }
        self.error(format!("unexpected {} in {context}", describe(token, self.text)))
    }

    fn broken(&self, token: Token) -> ParseError {
        let message = self.lexer.failure();
        let Some(line) = self.action.map(|action| self.line(action)).filter(|&line| line != self.line(token.start)) else {
            return self.error(message);
        };
        // Not "unclosed action in action".
        let article = if message.ends_with(" action") { "" } else { " in action" };
        self.error(format!("{message}{article} started at {}:{line}", self.source.name))
    }

    /// The value of a string literal.
    fn unquoted(&self, token: Token) -> Parsed<Str> {
        unquote(token.text(self.text)).map(|text| Str::from(&*text)).ok_or_else(|| self.error("invalid syntax"))
    }

    /// Ends the innermost template.
    fn finish_draft(&mut self) -> Parsed<()> {
        let Some(mut draft) = self.drafts.pop() else { return Ok(()) };
        let program = if draft.body == Body::File {
            draft.program
        } else {
            let program = draft.take_program();
            self.spare.push(draft);
            program
        };
        match self.programs.by_name.get(&program.name) {
            None => {
                self.programs.by_name.insert(program.name.clone(), self.programs.list.len());
                self.programs.list.push(Rc::new(program));
            }
            Some(&index) if self.programs.list[index].is_empty => self.programs.list[index] = Rc::new(program),
            Some(_) if program.is_empty => {}
            Some(_) => {
                let name = quoted(program.name.as_bytes());
                return Err(self.error(format!("template: multiple definition of template {name}")));
            }
        }
        Ok(())
    }
}

fn describe(token: Token, text: &[u8]) -> String {
    let text = token.text(text);
    match token.kind {
        Kind::End => "EOF".into(),
        kind if kind.is_keyword() => format!("<{}>", String::from_utf8_lossy(text)),
        _ if text.len() > 10 => {
            let short: usize = crate::rune::runes(text).take(10).map(|(_, bytes)| bytes.len()).sum();
            format!("{}...", quoted(&text[..short]))
        }
        _ => quoted(text),
    }
}
