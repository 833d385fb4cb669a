//! JSON to values, with Go's error texts.
//!
//! A text that is no JSON yields nothing. A number beyond the range of floats is an error too, but one that Go reports after
//! reading everything else; it reads such a number as 0.

use super::{push_go_string, quote_rune};
use crate::json::quote::is_printable;
use crate::value::{Map, Value};
use crate::{Error, text};

/// Deeper nesting is refused.
const MAX_DEPTH: usize = 10_000;

/// What a text held, as far as Go reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value; `null` where the text is no JSON.
    pub value: Value,
    /// What was wrong.
    pub error: Option<Error>,
}

/// `json.Unmarshal` into `interface{}`: all numbers become floats, the last of equal keys wins.
///
/// # Errors
/// For text that is no JSON and numbers that are no floats. The message is Go's.
pub fn parse(text: &[u8]) -> Result<Value, Error> {
    let Parsed { value, error } = parse_partial(text);
    error.map_or(Ok(value), Err)
}

/// As [`parse()`], and keeps what Go keeps where there is an error.
#[must_use]
pub fn parse_partial(text: &[u8]) -> Parsed {
    let mut parser = Parser { text, at: 0, frames: Vec::new(), overflow: None };
    match parser.parse() {
        Ok(value) => Parsed { value, error: parser.overflow },
        Err(error) => Parsed { value: Value::Null, error: Some(error) },
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    /// The collections that have begun and not ended.
    frames: Vec<Frame>,
    overflow: Option<Error>,
}

enum Frame {
    List(Vec<Value>),
    Map { map: Map, key: String },
}

impl Parser<'_> {
    fn parse(&mut self) -> Result<Value, Error> {
        loop {
            self.skip_white();
            // A collection that has entries goes on with the first of them.
            let Some(mut value) = self.begin_value()? else { continue };
            loop {
                match self.frames.last_mut() {
                    None => {
                        self.skip_white();
                        return if self.at < self.text.len() {
                            Err(self.unexpected("after top-level value"))
                        } else {
                            Ok(value)
                        };
                    }
                    Some(Frame::List(items)) => items.push(value),
                    Some(Frame::Map { map, key }) => {
                        map.insert(std::mem::take(key), value);
                    }
                }
                match self.after_element()? {
                    Some(closed) => value = closed,
                    None => break,
                }
            }
        }
    }

    /// Reads a scalar or an empty collection, or begins one with entries.
    fn begin_value(&mut self) -> Result<Option<Value>, Error> {
        match self.peek()? {
            b'{' => {
                self.open()?;
                if self.text.get(self.at) == Some(&b'}') {
                    self.at += 1;
                    return Ok(Some(Value::Map(Map::new())));
                }
                let key = self.read_key()?;
                self.frames.push(Frame::Map { map: Map::new(), key });
                Ok(None)
            }
            b'[' => {
                self.open()?;
                if self.text.get(self.at) == Some(&b']') {
                    self.at += 1;
                    return Ok(Some(Value::List(Vec::new())));
                }
                self.frames.push(Frame::List(Vec::new()));
                Ok(None)
            }
            b'"' => self.read_string().map(|text| Some(Value::String(text))),
            b't' => self.read_literal("true", Value::Bool(true)),
            b'f' => self.read_literal("false", Value::Bool(false)),
            b'n' => self.read_literal("null", Value::Null),
            b'-' | b'0'..=b'9' => self.read_number().map(Some),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn open(&mut self) -> Result<(), Error> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(Error::new("exceeded max depth"));
        }
        self.at += 1;
        self.skip_white();
        Ok(())
    }

    /// What follows an element: another one, or the end of the collection, which is then the value that was read.
    fn after_element(&mut self) -> Result<Option<Value>, Error> {
        self.skip_white();
        let next = self.peek()?;
        let in_map = matches!(self.frames.last(), Some(Frame::Map { .. }));
        match next {
            b',' => {
                self.at += 1;
                if in_map {
                    self.skip_white();
                    let next_key = self.read_key()?;
                    if let Some(Frame::Map { key, .. }) = self.frames.last_mut() {
                        *key = next_key;
                    }
                }
                Ok(None)
            }
            b'}' if in_map => Ok(self.close()),
            b']' if !in_map => Ok(self.close()),
            _ if in_map => Err(self.unexpected("after object key:value pair")),
            _ => Err(self.unexpected("after array element")),
        }
    }

    fn close(&mut self) -> Option<Value> {
        self.at += 1;
        self.frames.pop().map(|frame| match frame {
            Frame::List(items) => Value::List(items),
            Frame::Map { map, .. } => Value::Map(map),
        })
    }

    fn read_key(&mut self) -> Result<String, Error> {
        if self.peek()? != b'"' {
            return Err(self.unexpected("looking for beginning of object key string"));
        }
        let key = self.read_string()?;
        self.skip_white();
        if self.peek()? != b':' {
            return Err(self.unexpected("after object key"));
        }
        self.at += 1;
        Ok(key)
    }

    fn read_literal(&mut self, literal: &str, value: Value) -> Result<Option<Value>, Error> {
        for &expected in literal.as_bytes() {
            if self.peek()? != expected {
                let expected = quote_rune(&[expected]);
                return Err(self.unexpected(&format!("in literal {literal} (expecting {expected})")));
            }
            self.at += 1;
        }
        Ok(Some(value))
    }

    fn read_number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.read_digits()?;
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.read_digits()?;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            self.read_digits()?;
        }
        let digits = std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default();
        let value: f64 = digits.parse().unwrap_or(0.0);
        if value.is_finite() {
            return Ok(Value::Float(value));
        }
        if self.overflow.is_none() {
            self.overflow = Some(self.overflow_error(digits));
        }
        Ok(Value::Float(0.0))
    }

    fn read_digits(&mut self) -> Result<(), Error> {
        if !self.peek()?.is_ascii_digit() {
            return Err(self.unexpected("in numeric literal"));
        }
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        Ok(())
    }

    /// Names the place of a number as Go does: the last step decides whether it speaks of a field.
    fn overflow_error(&self, number: &str) -> Error {
        let mut path = String::new();
        for frame in &self.frames {
            path.push('.');
            match frame {
                Frame::List(items) => path.push_str(&items.len().to_string()),
                Frame::Map { key, .. } => path.push_str(&key.replace('~', "~0").replace('/', "~1")),
            }
        }
        let last = path.rsplit('.').next().unwrap_or_default();
        let place = if path.is_empty() {
            "Go value"
        } else if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
            ""
        } else {
            "Go struct field "
        };
        Error::new(format!("json: cannot unmarshal number {number} into {place}{path} of type float64"))
    }

    fn read_string(&mut self) -> Result<String, Error> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            let rest = &self.text[start..];
            let length = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            self.at = start + length.unwrap_or(rest.len());
            out.push_str(&text::to_valid(&self.text[start..self.at]));
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => out.push(self.read_escape()?),
                _ => return Err(self.unexpected("in string")),
            }
        }
    }

    fn read_escape(&mut self) -> Result<char, Error> {
        let letter = *self.text.get(self.at + 1).ok_or_else(unexpected_end)?;
        let character = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.read_unicode_escape(),
            _ => return Err(invalid_escape(&self.text[self.at..self.at + 2]).noticed_at(self.at + 1)),
        };
        self.at += 2;
        Ok(character)
    }

    /// `\uxxxx`, or two that are a pair of surrogates; half a pair is U+FFFD.
    fn read_unicode_escape(&mut self) -> Result<char, Error> {
        let rest = &self.text[self.at..];
        let Some(high) = hex_escape(rest) else {
            let is_start = rest.len() < 6 && rest[2..].iter().all(u8::is_ascii_hexdigit);
            return Err(if is_start { unexpected_end() } else { invalid_escape(&rest[..rest.len().min(6)]) });
        };
        self.at += 6;
        let low = rest.get(6..).and_then(hex_escape);
        let pair = low.and_then(|low| char::decode_utf16([high, low]).next()?.ok()).filter(|&pair| pair > '\u{ffff}');
        if let Some(pair) = pair {
            self.at += 6;
            return Ok(pair);
        }
        Ok(char::from_u32(u32::from(high)).unwrap_or('\u{fffd}'))
    }

    fn skip_white(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Result<u8, Error> {
        self.text.get(self.at).copied().ok_or_else(unexpected_end)
    }

    fn unexpected(&self, place: &str) -> Error {
        let error = Error::new(format!("invalid character {} {place}", quote_rune(&self.text[self.at..])));
        error.noticed_at(self.at)
    }
}

fn unexpected_end() -> Error {
    Error::new("unexpected end of JSON input")
}

/// The code of `\uxxxx` at the start of `text`.
fn hex_escape(text: &[u8]) -> Option<u16> {
    let [b'\\', b'u', digits @ ..] = text else { return None };
    let digits = digits.get(..4)?;
    digits.iter().try_fold(0, |code, &digit| Some(code << 4 | u16::try_from(char::from(digit).to_digit(16)?).ok()?))
}

fn invalid_escape(escape: &[u8]) -> Error {
    let plain = std::str::from_utf8(escape).ok().filter(|text| text.chars().all(is_plain));
    let mut what = String::new();
    match plain {
        Some(text) => {
            what.extend(["`", text, "`"]);
        }
        None => push_go_string(&mut what, escape),
    }
    Error::new(format!("invalid escape sequence {what} in string"))
}

/// Whether a character may stand between backquotes.
fn is_plain(character: char) -> bool {
    character != '`' && character != '\u{fffd}' && !character.is_whitespace() && is_printable(character)
}
