//! The verbs of strings and byte slices, and padding.

use super::printer::Printer;
use super::quote::{can_backquote, quoted, quoted_ascii};
use crate::rune;
use crate::value::Value;

impl Printer<'_> {
    pub(super) fn string(&mut self, text: &[u8], value: &Value, verb: char) {
        match verb {
            'v' if self.flags.sharp_v => self.text(text, 'q'),
            'v' => self.text(text, 's'),
            's' | 'x' | 'X' | 'q' => self.text(text, verb),
            _ => self.bad_verb(value, verb),
        }
    }

    /// Text under `%s`, `%q`, `%x` or `%X`.
    pub(super) fn text(&mut self, text: &[u8], verb: char) {
        match verb {
            'x' => self.hexadecimal(text, b"0123456789abcdefx"),
            'X' => self.hexadecimal(text, b"0123456789ABCDEFX"),
            'q' => self.quoted(self.truncated(text)),
            _ => self.padded(self.truncated(text)),
        }
    }

    fn truncated<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        match self.flags.precision {
            Some(precision) => &text[..rune::runes(text).take(precision).map(|(_, bytes)| bytes.len()).sum()],
            None => text,
        }
    }

    fn quoted(&mut self, text: &[u8]) {
        if self.flags.sharp && can_backquote(text) {
            let raw = [b"`", text, b"`"].concat();
            self.padded(&raw);
        } else {
            let quoted = if self.flags.plus { quoted_ascii(text) } else { quoted(text) };
            self.padded(quoted.as_bytes());
        }
    }

    fn hexadecimal(&mut self, text: &[u8], digits: &[u8; 17]) {
        let text = &text[..text.len().min(self.flags.precision.unwrap_or(usize::MAX))];
        let prefix = [b'0', digits[16]];
        let mut hex = Vec::with_capacity(2 * text.len() + 2);
        for (index, byte) in text.iter().enumerate() {
            if self.flags.space && index > 0 {
                hex.push(b' ');
            }
            if self.flags.sharp && (self.flags.space || index == 0) {
                hex.extend(prefix);
            }
            hex.extend([digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
        self.padded(&hex);
    }

    /// Writes the text, filled up to the width.
    pub(super) fn padded(&mut self, text: &[u8]) {
        let Some(width) = self.flags.width else { return self.push(text) };
        let padding = width.saturating_sub(rune::count(text));
        if self.flags.minus {
            self.push(text);
            self.out.resize(self.out.len() + padding, b' ');
        } else {
            let fill = if self.flags.zero { b'0' } else { b' ' };
            self.out.resize(self.out.len() + padding, fill);
            self.push(text);
        }
    }

    /// The same, never with zeros.
    pub(super) fn padded_with_blanks(&mut self, text: &[u8]) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.padded(text);
        self.flags.zero = zero;
    }
}
