//! Writing scalars in their four styles.

use super::analysis::{Style, is_printable};
use super::writer::Writer;

impl Writer {
    /// Writes a text, indented by two more than its collection. Its lines may be folded unless it is a simple key.
    pub(super) fn write_scalar(&mut self, text: &str, style: Style, may_fold: bool) {
        let outer = self.indent;
        self.indent = Some(outer.map_or(2, |outer| outer + 2));
        let most_per_byte = match style {
            Style::Plain | Style::Literal => 1,
            Style::SingleQuoted => 2,
            Style::DoubleQuoted => 4,
        };
        // A blank and a quote come before the text.
        let most = self.column.saturating_add(2 + text.len() * most_per_byte);
        let fits = !may_fold || most <= self.dialect.width;
        match style {
            Style::Plain => self.write_plain(text, fits),
            Style::SingleQuoted => self.write_single_quoted(text, fits),
            Style::DoubleQuoted => self.write_double_quoted(text, fits),
            Style::Literal => self.write_literal(text),
        }
        self.indent = outer;
    }

    /// Writes a text that needs no quotes. One that `fits` its line is not folded.
    pub(super) fn write_plain(&mut self, text: &str, fits: bool) {
        self.write_blank();
        if fits {
            self.put_text(text);
        } else {
            self.write_words(text, true, false);
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn write_single_quoted(&mut self, text: &str, fits: bool) {
        self.write_spaced_indicator("'");
        if fits && !text.contains(['\'', '\u{2028}', '\u{2029}']) {
            self.put_text(text);
        } else {
            self.write_words(text, !fits, true);
        }
        self.write_indicator("'");
    }

    /// Writes words and folds lines that have become too long. Words in single quotes may hold quotes and breaks.
    fn write_words(&mut self, text: &str, may_fold: bool, quoted: bool) {
        let mut after_space = false;
        let mut after_break = false;
        for (at, character) in text.char_indices() {
            match character {
                ' ' => {
                    let next = text.as_bytes().get(at + 1);
                    let inside = at > 0 && next.is_some_and(|&next| next != b' ');
                    if may_fold && !after_space && inside && self.column > self.dialect.width {
                        self.write_indent();
                    } else {
                        self.put(' ');
                    }
                    after_space = true;
                }
                '\u{2028}' | '\u{2029}' => {
                    self.put_line_end(character);
                    after_break = true;
                }
                _ => {
                    if after_break {
                        self.write_indent();
                    }
                    if quoted && character == '\'' {
                        self.put('\'');
                    }
                    self.put(character);
                    self.indention = false;
                    (after_space, after_break) = (false, false);
                }
            }
        }
    }

    fn write_double_quoted(&mut self, text: &str, fits: bool) {
        self.write_spaced_indicator("\"");
        // go-yaml looks for the byte order mark at the start of the text, wherever it is.
        let escape_all = text.starts_with('\u{feff}');
        let mut after_space = false;
        for (at, character) in text.char_indices() {
            if escape_all || needs_escape(character) {
                self.put_escape(character);
                after_space = false;
            } else if character == ' ' {
                let inside = at > 0 && at + 1 < text.len();
                if !fits && !after_space && inside && self.column > self.dialect.width {
                    self.write_indent();
                    if text.as_bytes()[at + 1] == b' ' {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                after_space = true;
            } else {
                self.put(character);
                after_space = false;
            }
        }
        self.write_indicator("\"");
    }

    fn put_escape(&mut self, character: char) {
        let letter = match character {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' | '\\' => character,
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let code = u32::from(character);
                let escape = match code {
                    0..0x100 => format!("\\x{code:02X}"),
                    0x100..0x1_0000 => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                };
                return self.put_ascii(&escape);
            }
        };
        self.put('\\');
        self.put(letter);
    }

    fn write_literal(&mut self, text: &str) {
        self.write_spaced_indicator("|");
        if text.starts_with([' ', '\n', '\u{2028}', '\u{2029}']) {
            self.write_indicator("2");
        }
        self.write_indicator(chomping(text));
        self.put_break();
        self.whitespace = true;
        for line in text.split_inclusive(is_line_end) {
            let content = line.trim_end_matches(is_line_end);
            if !content.is_empty() {
                self.write_indent();
                self.put_text(content);
                self.indention = false;
            }
            if let Some(end) = line[content.len()..].chars().next() {
                self.put_line_end(end);
            }
        }
    }
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\u{2028}' | '\u{2029}')
}

/// What tells a reader how many line breaks a literal text ends in.
fn chomping(text: &str) -> &'static str {
    let mut last = text.chars().rev().map(is_line_end);
    match (last.next(), last.next()) {
        (Some(true), Some(false)) => "",
        (Some(true), _) => "+",
        _ => "-",
    }
}

fn needs_escape(character: char) -> bool {
    !is_printable(character) || matches!(character, '\n' | '\u{2028}' | '\u{2029}' | '"' | '\\')
}
