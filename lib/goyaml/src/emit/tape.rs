//! A value on its way to YAML: its pieces in the order in which they came.
//!
//! YAML sorts the keys of a mapping in an order of its own, so that writing can begin only when a mapping is complete.

use crate::json::{push_string, unsupported};
use crate::{Error, Sink, base64, text};

/// A value, flat: collections are followed by their content.
#[derive(Default)]
pub(super) struct Tape {
    pieces: Vec<Piece>,
    texts: String,
    /// The collections that have begun and not ended.
    open: Vec<usize>,
    through_json: bool,
    irregular: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Piece {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    /// Also a key.
    Text {
        start: usize,
        end: usize,
        is_binary: bool,
    },
    /// `end` is the index after the last piece of the content.
    List {
        end: usize,
    },
    Map {
        end: usize,
        sorted: bool,
    },
}

/// How deeply JSON may be nested.
const MAX_DEPTH: usize = 10_000;
/// How long a key may be for the scanner, in characters and with its quotes.
const LONGEST_KEY: usize = 1024;

impl Tape {
    /// For a value that goes `through_json`, which cannot hold everything.
    pub(super) fn new(through_json: bool) -> Self {
        Self { through_json, ..Self::default() }
    }

    /// Whether the JSON of this value, read as YAML, would not be this value again.
    pub(super) fn is_irregular(&self) -> bool {
        self.irregular || self.texts.chars().any(is_irregular)
    }

    pub(super) fn piece(&self, at: usize) -> Option<Piece> {
        self.pieces.get(at).copied()
    }

    /// The text at `at`, nothing where none is.
    pub(super) fn text(&self, at: usize) -> &str {
        match self.pieces.get(at) {
            Some(&Piece::Text { start, end, .. }) => &self.texts[start..end],
            _ => "",
        }
    }

    /// Index after the value at `at`.
    pub(super) fn after(&self, at: usize) -> usize {
        match self.pieces.get(at) {
            Some(&(Piece::List { end } | Piece::Map { end, .. })) => end,
            _ => at + 1,
        }
    }

    /// Indices of the keys from `start` to `end`.
    pub(super) fn keys(&self, start: usize, end: usize) -> impl Iterator<Item = usize> + '_ {
        let within = move |at: usize| (at < end).then_some(at);
        std::iter::successors(within(start), move |&key| within(self.after(key + 1)))
    }

    fn push(&mut self, piece: Piece) -> Result<(), Error> {
        self.pieces.push(piece);
        Ok(())
    }

    /// Adds a text. Bytes that are not UTF-8 are lost on the way through JSON, and otherwise kept in base 64.
    fn push_text(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let start = self.texts.len();
        let text = std::str::from_utf8(bytes);
        match text {
            Ok(text) => self.texts.push_str(text),
            Err(_) if self.through_json => self.texts.push_str(&text::to_valid(bytes)),
            Err(_) => self.texts.push_str(&base64::encode_lines(bytes)),
        }
        let is_binary = text.is_err() && !self.through_json;
        self.push(Piece::Text { start, end: self.texts.len(), is_binary })
    }

    fn begin(&mut self, piece: Piece, length: usize) -> Result<(), Error> {
        if self.through_json && self.open.len() >= MAX_DEPTH {
            if length > 0 {
                return Err(Error::new("exceeded max depth"));
            }
            self.irregular = true;
        }
        self.open.push(self.pieces.len());
        self.push(piece)
    }

    fn end(&mut self) -> Result<(), Error> {
        let after = self.pieces.len();
        let piece = self.open.pop().and_then(|at| self.pieces.get_mut(at));
        if let Some(Piece::List { end } | Piece::Map { end, .. }) = piece {
            *end = after;
        }
        Ok(())
    }
}

/// Control characters, of which U+0085 is a line break, and what is no character.
fn is_irregular(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

impl Sink for Tape {
    fn null(&mut self) -> Result<(), Error> {
        self.push(Piece::Null)
    }

    fn bool(&mut self, value: bool) -> Result<(), Error> {
        self.push(Piece::Bool(value))
    }

    fn int(&mut self, value: i64) -> Result<(), Error> {
        self.push(Piece::Int(value))
    }

    fn uint(&mut self, value: u64) -> Result<(), Error> {
        self.push(Piece::Uint(value))
    }

    fn float(&mut self, value: f64) -> Result<(), Error> {
        if self.through_json && !value.is_finite() {
            return Err(unsupported(value));
        }
        self.push(Piece::Float(value))
    }

    fn string(&mut self, value: &[u8]) -> Result<(), Error> {
        self.push_text(value)
    }

    fn begin_list(&mut self, length: usize) -> Result<(), Error> {
        self.begin(Piece::List { end: 0 }, length)
    }

    fn end_list(&mut self) -> Result<(), Error> {
        self.end()
    }

    fn begin_map(&mut self, length: usize) -> Result<(), Error> {
        self.begin(Piece::Map { end: 0, sorted: false }, length)
    }

    fn begin_struct(&mut self, length: usize) -> Result<(), Error> {
        self.begin(Piece::Map { end: 0, sorted: !self.through_json }, length)
    }

    fn key(&mut self, key: &[u8]) -> Result<(), Error> {
        // No byte becomes more than six characters.
        if self.through_json && key.len() > (LONGEST_KEY - 2) / 6 {
            let mut quoted = String::new();
            push_string(&mut quoted, key, true);
            self.irregular |= quoted.chars().count() > LONGEST_KEY;
        }
        self.push_text(key)
    }

    fn end_map(&mut self) -> Result<(), Error> {
        self.end()
    }
}
