//! Text to tokens, by libyaml's grammar of YAML 1.1 and with go-yaml's error texts.
//!
//! The queue of tokens exists for simple keys: that `a` in `a: 1` is a key shows only at the colon, and then the tokens for
//! the key, and perhaps for a mapping, go before it. Time is linear in the text, whatever is nested.

mod block_scalar;
mod content;
mod cursor;
mod directive;
mod fetch;
mod keys;
mod plain;
mod quoted;
mod tag;
mod token;

use crate::Error;
use crate::input::{Failure, mark_length};
use cursor::Cursor;
use keys::SimpleKey;
pub(crate) use quoted::simple_escape;
use std::borrow::Cow;
use std::collections::VecDeque;
pub use token::{Mark, ScalarStyle};
pub(crate) use token::{RawTag, Token, TokenKind};

/// go-yaml's bound on nested flow collections and on nested block collections.
const MAX_DEPTH: usize = 10_000;

pub(crate) struct Scanner<'a> {
    cursor: Cursor<'a>,
    /// Where the text ends because a refused character follows, and the error for it.
    failure: Option<Failure>,
    tokens: VecDeque<Token<'a>>,
    /// How many tokens have left the queue.
    taken: usize,
    /// Whether the head of the queue is settled.
    ready: bool,
    started: bool,
    finished: bool,
    /// Column of the innermost block collection; -1 outside.
    indent: isize,
    indents: Vec<isize>,
    /// One slot a flow level, the first for the block context.
    simple_keys: Vec<SimpleKey>,
    simple_key_allowed: bool,
}

type Scan<T = ()> = Result<T, Error>;

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, failure: Option<Failure>) -> Self {
        let text = failure.as_ref().map_or(text, |failure| &text[..failure.fence]);
        Self {
            cursor: Cursor::new(text, mark_length(text)),
            failure,
            tokens: VecDeque::new(),
            taken: 0,
            ready: false,
            started: false,
            finished: false,
            indent: -1,
            indents: Vec::new(),
            simple_keys: vec![SimpleKey::default()],
            simple_key_allowed: true,
        }
    }

    /// The next token, which stays in the queue.
    pub(crate) fn peek(&mut self) -> Scan<&Token<'a>> {
        if !self.ready {
            self.settle()?;
        }
        self.tokens.front().ok_or_else(|| self.error("the stream has ended"))
    }

    /// Takes the next token.
    pub(crate) fn take(&mut self) -> Scan<Token<'a>> {
        self.peek()?;
        self.ready = false;
        self.taken += 1;
        self.tokens.pop_front().ok_or_else(|| self.error("the stream has ended"))
    }

    /// Drops the token that was peeked. Tokens are large, so that it pays not to move them.
    pub(crate) fn skip(&mut self) {
        self.ready = false;
        self.taken += 1;
        self.tokens.pop_front();
    }

    /// Takes the text of the token that was peeked, which stays.
    pub(crate) fn take_value(&mut self) -> Cow<'a, str> {
        match self.tokens.front_mut() {
            Some(Token { kind: TokenKind::Scalar { value, .. }, .. }) => std::mem::take(value),
            _ => Cow::Borrowed(""),
        }
    }

    /// Scans until it is known what the queue begins with.
    fn settle(&mut self) -> Scan {
        while self.needs_more()? {
            self.fetch()?;
        }
        self.ready = true;
        Ok(())
    }

    /// Whether the head of the queue is not settled: there is none, or it may turn out to begin a key.
    fn needs_more(&mut self) -> Scan<bool> {
        match self.tokens.front() {
            None => Ok(!self.finished),
            Some(&Token { key_level: Some(level), .. }) => self.is_key_valid(level as usize),
            Some(_) => Ok(false),
        }
    }

    fn is_value_indicator(&self) -> bool {
        self.cursor.peek() == b':' && (self.in_flow() || self.cursor.is_blankz_at(1))
    }

    fn in_flow(&self) -> bool {
        self.simple_keys.len() > 1
    }

    fn push(&mut self, kind: TokenKind<'a>, start: Mark, key_level: Option<u32>) {
        self.tokens.push_back(Token { kind, start, end: self.cursor.mark(), key_level });
    }

    fn push_here(&mut self, kind: TokenKind<'a>) {
        self.push(kind, self.cursor.mark(), None);
    }

    fn push_ascii(&mut self, kind: TokenKind<'a>, length: usize) {
        let start = self.cursor.mark();
        self.cursor.skip_ascii(length);
        self.push(kind, start, None);
    }

    /// An error at the reading position. go-yaml counts lines from 0 and adds one here, except on the first line, which it
    /// does not name.
    fn error(&self, problem: &str) -> Error {
        let line = self.cursor.line();
        Error::yaml(if line == 0 { 0 } else { line.saturating_add(1) }, problem, self.cursor.offset())
    }

    /// Fails where go-yaml, to look at `count` more characters, would read the block with the refused one.
    #[inline]
    fn need(&self, count: usize) -> Scan {
        match &self.failure {
            Some(failure) if self.cursor.has_fewer_than(count) => Err(failure.error.clone()),
            _ => Ok(()),
        }
    }
}
