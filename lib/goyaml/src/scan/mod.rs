//! Text to tokens, by libyaml's grammar of YAML 1.1 and with go-yaml's error texts.
//!
//! The queue of tokens exists for simple keys: that `a` in `a: 1` is a key shows only at the colon, and then the tokens for
//! the key, and perhaps for a mapping, go before it. Time is linear in the text, whatever is nested.

mod block_scalar;
mod content;
mod cursor;
mod directive;
mod keys;
mod plain;
mod quoted;
mod tag;
mod token;

use crate::Error;
use crate::input::{Failure, mark_length};
use cursor::Cursor;
use keys::SimpleKey;
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

    fn fetch(&mut self) -> Scan {
        if !self.started {
            self.started = true;
            self.push_here(TokenKind::StreamStart);
            return self.need(1);
        }
        self.skip_to_token()?;
        self.unroll_indent(self.cursor.column().cast_signed());
        self.need(4)?;
        if self.cursor.at_end() {
            return self.fetch_stream_end();
        }
        self.fetch_token()?;
        self.need(1)
    }

    fn fetch_token(&mut self) -> Scan {
        let in_flow = self.in_flow();
        let line_starts = self.cursor.column() == 0;
        match self.cursor.peek() {
            b'%' if line_starts => self.fetch_directive(),
            b'-' if line_starts && self.cursor.is_word(b"---") => self.fetch_document_indicator(TokenKind::DocumentStart),
            b'.' if line_starts && self.cursor.is_word(b"...") => self.fetch_document_indicator(TokenKind::DocumentEnd),
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.cursor.is_blankz_at(1) => self.fetch_block_entry(),
            b'?' if in_flow || self.cursor.is_blankz_at(1) => self.fetch_key(),
            b':' if self.is_value_indicator() => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if !in_flow => self.fetch_block_scalar(ScalarStyle::Literal),
            b'>' if !in_flow => self.fetch_block_scalar(ScalarStyle::Folded),
            b'\'' => self.fetch_scalar(Self::scan_single_quoted),
            b'"' => self.fetch_scalar(Self::scan_double_quoted),
            b'-' | b'?' | b':' => self.fetch_scalar(Self::scan_plain),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => {
                Err(self.error("found character that cannot start any token"))
            }
            _ => self.fetch_scalar(Self::scan_plain),
        }
    }

    /// Passes white space, comments and breaks.
    fn skip_to_token(&mut self) -> Scan {
        loop {
            while self.cursor.peek() == b' ' || (self.cursor.peek() == b'\t' && (self.in_flow() || !self.simple_key_allowed))
            {
                self.cursor.skip_ascii(1);
            }
            if self.cursor.peek() == b'#' {
                self.cursor.skip_to_break();
            }
            self.need(1)?;
            if self.cursor.skip_break().is_empty() {
                return Ok(());
            }
            if !self.in_flow() {
                self.simple_key_allowed = true;
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Scan {
        self.cursor.end_line();
        self.leave_blocks()?;
        self.push_here(TokenKind::StreamEnd);
        self.finished = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan {
        self.leave_blocks()?;
        let start = self.cursor.mark();
        let kind = self.scan_directive()?;
        self.push(kind, start, None);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind<'a>) -> Scan {
        self.leave_blocks()?;
        self.push_ascii(kind, 3);
        Ok(())
    }

    /// Ends every block collection, before what stands outside of all.
    fn leave_blocks(&mut self) -> Scan {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'a>) -> Scan {
        let level = self.save_simple_key()?;
        // go-yaml gives the empty slot the number of the bracket, and so forgets in `fetch_flow_end` that the bracket of an empty
        // collection may begin a key: `{}: x` is an error.
        self.simple_keys.push(SimpleKey::none_at(self.taken + self.tokens.len()));
        if self.simple_keys.len() > MAX_DEPTH + 1 {
            return Err(self.error("exceeded max depth of 10000"));
        }
        self.simple_key_allowed = true;
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        self.push(kind, start, level);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'a>) -> Scan {
        self.remove_simple_key()?;
        if self.in_flow()
            && let Some(key) = self.simple_keys.pop()
        {
            self.forget_key(key.token);
        }
        self.simple_key_allowed = false;
        self.push_ascii(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Scan {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_ascii(TokenKind::FlowEntry, 1);
        Ok(())
    }

    /// `-`. In a flow collection the parser refuses it, which can name the collection.
    fn fetch_block_entry(&mut self) -> Scan {
        if !self.in_flow() {
            if !self.simple_key_allowed {
                return Err(self.error("block sequence entries are not allowed in this context"));
            }
            self.roll_indent(self.cursor.mark(), None, TokenKind::BlockSequenceStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_ascii(TokenKind::BlockEntry, 1);
        Ok(())
    }

    /// `?`
    fn fetch_key(&mut self) -> Scan {
        if !self.in_flow() {
            if !self.simple_key_allowed {
                return Err(self.error("mapping keys are not allowed in this context"));
            }
            self.roll_indent(self.cursor.mark(), None, TokenKind::BlockMappingStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = !self.in_flow();
        self.push_ascii(TokenKind::Key, 1);
        Ok(())
    }

    /// `:`, after a simple key or after `? key`.
    fn fetch_value(&mut self) -> Scan {
        let level = self.simple_keys.len() - 1;
        if self.is_key_valid(level)? {
            self.insert_key(level)?;
            self.simple_key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.simple_key_allowed {
                    return Err(self.error("mapping values are not allowed in this context"));
                }
                self.roll_indent(self.cursor.mark(), None, TokenKind::BlockMappingStart)?;
            }
            self.simple_key_allowed = !self.in_flow();
        }
        self.push_ascii(TokenKind::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self, kind: fn(&'a str) -> TokenKind<'a>) -> Scan {
        let level = self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let name = self.scan_anchor()?;
        self.push(kind(name), start, level);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Scan {
        let level = self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let kind = self.scan_tag()?;
        self.push(kind, start, level);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: ScalarStyle) -> Scan {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.scan_block_scalar(style)
    }

    fn fetch_scalar(&mut self, scan: fn(&mut Self, Option<u32>) -> Scan) -> Scan {
        let key_level = self.save_simple_key()?;
        self.simple_key_allowed = false;
        scan(self, key_level)
    }

    /// Adds a scalar from `start` to `end`, which may be the key of `key_level`.
    fn push_scalar(
        &mut self,
        (value, style): (Cow<'a, str>, ScalarStyle),
        (start, end): (Mark, Mark),
        key_level: Option<u32>,
    ) -> Scan {
        let kind = TokenKind::Scalar { value, style };
        if key_level.is_some() && self.is_value_indicator() && self.simple_keys.last().is_some_and(|key| self.is_near(key)) {
            self.begin_key(start)?;
            self.tokens.push_back(Token { kind, start, end, key_level: None });
            self.push_ascii(TokenKind::Value, 1);
        } else {
            self.tokens.push_back(Token { kind, start, end, key_level });
        }
        Ok(())
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
