//! Text → tokens, one at a time, as the parser asks for them.
//!
//! White space around actions is trimmed here, and comments vanish here. Lines are not counted: the place of a token tells
//! its line when a message needs it.

mod number;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use token::{Kind, Token};

use crate::format;
use crate::rune::decode;
use crate::unicode::{is_digit, is_letter};
use crate::value::Value;
use memchr::{memchr, memchr_iter, memmem};

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";
const LEFT_COMMENT: &[u8] = b"/*";
const RIGHT_COMMENT: &[u8] = b"*/";

/// The blank and the minus that ask for trimming.
const TRIM_MARKER: usize = 2;

/// Which bytes of ASCII a word may have, by their number.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    table
};

/// Reads tokens from a template's text.
#[derive(Debug)]
pub(crate) struct Lexer<'s> {
    source: &'s [u8],
    at: usize,
    inside_action: bool,
    open_parens: usize,
    failure: Option<String>,
}

impl<'s> Lexer<'s> {
    /// Starts in the text outside of actions.
    pub(crate) fn new(source: &'s [u8]) -> Self {
        Self { source, at: 0, inside_action: false, open_parens: 0, failure: None }
    }

    /// Starts at `at`, inside an action.
    pub(crate) fn inside(source: &'s [u8], at: usize) -> Self {
        Self { source, at, inside_action: true, open_parens: 0, failure: None }
    }

    /// The message of the last [`Kind::Error`].
    pub(crate) fn failure(&self) -> &str {
        self.failure.as_deref().unwrap_or("EOF")
    }

    /// The next token. The last is [`Kind::End`], or [`Kind::Error`], for ever.
    pub(crate) fn next_token(&mut self) -> Token {
        if self.failure.is_some() {
            return self.token(Kind::Error, self.at);
        }
        if self.inside_action { self.action() } else { self.text() }
    }

    fn rest(&self) -> &'s [u8] {
        &self.source[self.at..]
    }

    /// The token that begins at `start` and ends here.
    fn token(&self, kind: Kind, start: usize) -> Token {
        Token { kind, start: start as u32, end: self.at as u32 }
    }

    fn fail(&mut self, start: usize, message: impl Into<String>) -> Token {
        self.failure = Some(message.into());
        self.at = start;
        self.token(Kind::Error, start)
    }

    fn text(&mut self) -> Token {
        loop {
            let start = self.at;
            let rest = self.rest();
            let Some(length) = memchr_iter(b'{', rest).find(|&at| rest.get(at + 1) == Some(&b'{')) else {
                self.at = self.source.len();
                return self.token(if rest.is_empty() { Kind::End } else { Kind::Text }, start);
            };
            let trimmed = if has_left_marker(&rest[length + LEFT.len()..]) { trim_end(&rest[..length]) } else { length };
            if trimmed > 0 {
                self.at = start + trimmed;
                let text = self.token(Kind::Text, start);
                self.at = start + length;
                return text;
            }
            self.at = start + length;
            if let Some(token) = self.left_delimiter() {
                return token;
            }
        }
    }

    /// `{{` and its trim marker; `None` when it opened a comment, which has been skipped.
    fn left_delimiter(&mut self) -> Option<Token> {
        let start = self.at;
        self.at += LEFT.len();
        let delimiter = self.token(Kind::LeftDelimiter, start);
        if has_left_marker(self.rest()) {
            self.at += TRIM_MARKER;
        }
        if self.rest().starts_with(LEFT_COMMENT) {
            return self.comment();
        }
        self.inside_action = true;
        self.open_parens = 0;
        Some(delimiter)
    }

    /// Skips a comment; returns a token only where that fails.
    fn comment(&mut self) -> Option<Token> {
        let start = self.at;
        let Some(length) = memmem::find(&self.rest()[LEFT_COMMENT.len()..], RIGHT_COMMENT) else {
            return Some(self.fail(start, "unclosed comment"));
        };
        self.at += LEFT_COMMENT.len() + length + RIGHT_COMMENT.len();
        match right_delimiter(self.rest()) {
            Some(trims) => self.skip_right_delimiter(trims),
            None => return Some(self.fail(start, "comment ends before closing delimiter")),
        }
        None
    }

    fn skip_right_delimiter(&mut self, trims: bool) {
        if trims {
            self.at += TRIM_MARKER;
        }
        self.at += RIGHT.len();
        if trims {
            self.at += self.rest().iter().take_while(|&&byte| is_space(byte)).count();
        }
    }

    fn action(&mut self) -> Token {
        let start = self.at;
        let rest = self.rest();
        let Some(&byte) = rest.first() else { return self.fail(start, "unclosed action") };
        if rest.starts_with(RIGHT) {
            return self.close_action(false);
        }
        self.at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.space(start),
            b'=' => self.token(Kind::Assign, start),
            b':' => self.declare(start),
            b'|' => self.token(Kind::Pipe, start),
            b'"' => self.quoted(start),
            b'`' => self.raw_string(start),
            b'\'' => self.char_constant(start),
            b'$' => self.name(start, Kind::Variable),
            b'.' if !rest.get(1).is_some_and(u8::is_ascii_digit) && rest.len() > 1 => self.name(start, Kind::Field),
            b'.' | b'+' | b'-' | b'0'..=b'9' => self.number(start),
            b'(' => {
                self.open_parens += 1;
                self.token(Kind::LeftParen, start)
            }
            b')' => self.right_paren(start),
            _ => self.word_or_char(start),
        }
    }

    fn close_action(&mut self, trims: bool) -> Token {
        let start = self.at;
        if self.open_parens > 0 {
            return self.fail(start, "unclosed left paren");
        }
        self.skip_right_delimiter(trims);
        self.inside_action = false;
        let start = if trims { start + TRIM_MARKER } else { start };
        Token { kind: Kind::RightDelimiter, start: start as u32, end: (start + RIGHT.len()) as u32 }
    }

    fn space(&mut self, start: usize) -> Token {
        self.at += self.rest().iter().take_while(|&&byte| is_space(byte)).count();
        // The last blank may belong to the marker of the closing delimiter.
        if self.rest().first() == Some(&b'-') && right_delimiter(&self.source[self.at - 1..]) == Some(true) {
            self.at -= 1;
            if self.at == start {
                return self.close_action(true);
            }
        }
        self.token(Kind::Space, start)
    }

    fn declare(&mut self, start: usize) -> Token {
        if self.rest().first() != Some(&b'=') {
            return self.fail(start, "expected :=");
        }
        self.at += 1;
        self.token(Kind::Declare, start)
    }

    fn right_paren(&mut self, start: usize) -> Token {
        if self.open_parens == 0 {
            return self.fail(start, "unexpected right paren");
        }
        self.open_parens -= 1;
        self.token(Kind::RightParen, start)
    }

    fn quoted(&mut self, start: usize) -> Token {
        if self.skip_to_quote(b'"') {
            self.token(Kind::String, start)
        } else {
            self.fail(start, "unterminated quoted string")
        }
    }

    fn char_constant(&mut self, start: usize) -> Token {
        if self.skip_to_quote(b'\'') {
            self.token(Kind::CharConstant, start)
        } else {
            self.fail(start, "unterminated character constant")
        }
    }

    fn skip_to_quote(&mut self, quote: u8) -> bool {
        let mut escaped = false;
        for (index, &byte) in self.rest().iter().enumerate() {
            match byte {
                b'\n' => return false,
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                _ if byte == quote => {
                    self.at += index + 1;
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn raw_string(&mut self, start: usize) -> Token {
        match memchr(b'`', self.rest()) {
            Some(length) => {
                self.at += length + 1;
                self.token(Kind::RawString, start)
            }
            None => self.fail(start, "unterminated raw quoted string"),
        }
    }

    /// `.name` or `$name`, whose first byte has been read.
    fn name(&mut self, start: usize, kind: Kind) -> Token {
        self.skip_word();
        let kind = if self.at == start + 1 && kind == Kind::Field { Kind::Dot } else { kind };
        self.terminated(start, kind)
    }

    fn word_or_char(&mut self, start: usize) -> Token {
        self.at = start;
        let (rune, width) = decode(self.rest());
        if rune.is_some_and(is_alphanumeric) {
            self.skip_word();
            return self.terminated(start, Kind::of_word(&self.source[start..self.at]));
        }
        self.at += width;
        if rune.is_some_and(|rune| (' '..='~').contains(&rune)) {
            return self.token(Kind::Char, start);
        }
        let message = std::format!("unrecognized character in action: {}", code_point(rune));
        self.fail(start, message)
    }

    fn skip_word(&mut self) {
        loop {
            self.at += self.rest().iter().take_while(|&&byte| IN_WORD[usize::from(byte)]).count();
            if self.rest().first().is_none_or(u8::is_ascii) {
                return;
            }
            match decode(self.rest()) {
                (Some(rune), width) if is_alphanumeric(rune) => self.at += width,
                _ => return,
            }
        }
    }

    /// The word that ends here, if what follows may follow a word.
    fn terminated(&mut self, start: usize, kind: Kind) -> Token {
        let rest = self.rest();
        let ends = match rest.first() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(') => true,
            _ => rest.starts_with(RIGHT),
        };
        if ends {
            return self.token(kind, start);
        }
        let message = std::format!("bad character {}", code_point(decode(rest).0));
        self.fail(start, message)
    }
}

/// The rune as Go's `%#U` prints it.
fn code_point(rune: Option<char>) -> String {
    let rune = Value::Int(i64::from(u32::from(rune.unwrap_or(char::REPLACEMENT_CHARACTER))));
    let text = format::sprintf(b"%#U", &[rune]).unwrap_or_default();
    String::from_utf8_lossy(&text).into_owned()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

pub(crate) fn is_alphanumeric(rune: char) -> bool {
    rune == '_' || is_letter(rune) || is_digit(rune)
}

fn has_left_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', byte, ..] if is_space(*byte))
}

/// Whether the text begins with a right delimiter, and whether that trims.
fn right_delimiter(text: &[u8]) -> Option<bool> {
    match text {
        [b'}', b'}', ..] => Some(false),
        [byte, b'-', b'}', b'}', ..] if is_space(*byte) => Some(true),
        _ => None,
    }
}

/// The length of the text without the white space at its end.
fn trim_end(text: &[u8]) -> usize {
    text.iter().rposition(|&byte| !is_space(byte)).map_or(0, |last| last + 1)
}
