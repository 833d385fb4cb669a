//! Runes of a TOML text one by one, with the line that a fault is reported for.

use super::super::runes::runes;
use gotemplate::format;
use gotemplate::value::Value;

/// What is wrong, and in which line. The line is one less where the fault is a newline or the end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fault {
    pub(super) line: i64,
    pub(super) message: String,
}

/// A place in a text.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    place: usize,
    line: i64,
    /// Whether the end has been read, not only seen.
    is_over: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, place: 0, line: 1, is_over: false }
    }

    pub(super) fn line(&self) -> i64 {
        self.line
    }

    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// The bytes from an earlier place to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        &self.text[start..self.place]
    }

    /// Reads a rune; `None` at the end.
    ///
    /// # Errors
    /// At bytes that are not UTF-8 and at control characters.
    pub(super) fn next(&mut self) -> Result<Option<char>, Fault> {
        let rest = &self.text[self.place..];
        let Some((rune, width)) = runes(&rest[..rest.len().min(4)]).next() else {
            self.is_over = true;
            return Ok(None);
        };
        if rune == char::REPLACEMENT_CHARACTER && width == 1 {
            return Err(self.fault_here(format!("invalid UTF-8 byte: 0x{:02x}", rest[0])));
        }
        let is_control = rune.is_ascii_control() && !matches!(rune, '\t' | '\n' | '\r');
        if is_control || rune == '\r' && rest.get(1) != Some(&b'\n') {
            let message = format!("TOML files cannot contain control characters: '0x{:02x}'", u32::from(rune));
            return Err(self.fault_here(message));
        }
        self.line += i64::from(rune == '\n');
        self.place += width;
        Ok(Some(rune))
    }

    /// The next rune, which is not read.
    ///
    /// # Errors
    /// As [`Scanner::next`].
    pub(super) fn peek(&self) -> Result<Option<char>, Fault> {
        self.clone().next()
    }

    /// Reads the rune if it is the next one.
    ///
    /// # Errors
    /// As [`Scanner::next`].
    pub(super) fn accept(&mut self, wanted: char) -> Result<bool, Fault> {
        let found = self.peek()? == Some(wanted);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    /// Reads runes as long as they fit.
    ///
    /// # Errors
    /// As [`Scanner::next`].
    pub(super) fn skip(&mut self, fits: impl Fn(char) -> bool) -> Result<(), Fault> {
        while self.peek()?.is_some_and(&fits) {
            self.next()?;
        }
        Ok(())
    }

    /// Goes back to a place on the same line.
    pub(super) fn back_to(&mut self, place: usize) {
        self.place = place;
        self.is_over = false;
    }

    /// A fault at what was read last.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        let after_newline = self.is_over && self.text[..self.place].last() == Some(&b'\n');
        Fault { line: self.line - i64::from(after_newline), message: message.into() }
    }

    /// A fault in the line before.
    pub(super) fn fault_before(&self, message: impl Into<String>) -> Fault {
        Fault { line: self.line - 1, message: message.into() }
    }

    /// A fault in what comes next.
    fn fault_here(&self, message: String) -> Fault {
        Fault { line: self.line, message }
    }

    /// A fault that belongs to the line before if the end has been read.
    pub(super) fn fault_or_before(&self, message: impl Into<String>) -> Fault {
        Fault { line: self.line - i64::from(self.is_over), message: message.into() }
    }
}

pub(super) fn is_blank(rune: char) -> bool {
    matches!(rune, ' ' | '\t')
}

pub(super) fn is_newline(rune: char) -> bool {
    matches!(rune, '\n' | '\r')
}

/// The rune as Go's `%q` shows it; the end as NUL.
pub(super) fn shown(rune: Option<char>) -> String {
    let code = Value::Int(i64::from(u32::from(rune.unwrap_or('\0'))));
    let bytes = format::sprintf(b"%q", &[code]).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
