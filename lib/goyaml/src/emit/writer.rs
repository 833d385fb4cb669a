//! The text being written: where it stands in its line, and what the last characters were.

use super::Dialect;

/// Collects YAML. Indentation and blanks appear as libyaml's emitter would put them.
pub(super) struct Writer {
    pub(super) out: String,
    pub(super) dialect: Dialect,
    /// Characters since the start of the line.
    pub(super) column: usize,
    /// Whether white space was written last.
    pub(super) whitespace: bool,
    /// Whether nothing but indentation and indicators stands on the line.
    pub(super) indention: bool,
    /// The indentation of the innermost collection; none outside.
    pub(super) indent: Option<usize>,
}

impl Writer {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { out: String::new(), dialect, column: 0, whitespace: true, indention: true, indent: None }
    }

    /// Goes to a line that has nothing but the indentation.
    pub(super) fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
    }

    /// Writes punctuation that needs a blank before it.
    pub(super) fn write_spaced_indicator(&mut self, indicator: &str) {
        self.write_blank();
        self.write_indicator(indicator);
    }

    pub(super) fn write_indicator(&mut self, indicator: &str) {
        self.put_ascii(indicator);
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes a dash, or what marks a key or a value that needs it: more may follow as if it were indentation.
    pub(super) fn write_mark(&mut self, mark: char) {
        self.write_blank();
        self.put(mark);
        self.whitespace = false;
    }

    pub(super) fn write_blank(&mut self) {
        if !self.whitespace {
            self.put(' ');
        }
    }

    pub(super) fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }

    pub(super) fn put_ascii(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.len();
    }

    pub(super) fn put_text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    pub(super) fn put_break(&mut self) {
        self.put_line_end('\n');
    }

    /// Writes a character that ends a line.
    pub(super) fn put_line_end(&mut self, character: char) {
        self.out.push(character);
        self.column = 0;
        self.indention = true;
    }
}
