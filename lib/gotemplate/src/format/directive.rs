//! Reading a format: `printf`'s directives, one after the other.

use super::FormatError;
use super::printer::{Flags, Printer};
use crate::rune;
use crate::value::Value;

/// Widths and precisions end here; written as digits, they may have one digit more, as in Go.
const MAX_NUMBER: usize = 1_000_000;

/// Formats the operands and appends the text to `out`.
pub(super) fn format(format: &[u8], operands: &[Value], out: &mut Vec<u8>) -> Result<(), FormatError> {
    let mut reader = Reader { format, at: 0, operands, next: 0, reordered: false, good: true, printer: Printer::new(out) };
    while reader.at < format.len() && !reader.printer.is_over() {
        let text = &format[reader.at..];
        let plain = text.iter().position(|&byte| byte == b'%').unwrap_or(text.len());
        reader.printer.push(&text[..plain]);
        reader.at += plain;
        if plain < text.len() {
            reader.at += 1;
            reader.directive();
        }
    }
    if !reader.reordered && reader.next < operands.len() {
        reader.extra();
    }
    reader.printer.finish()
}

struct Reader<'a> {
    format: &'a [u8],
    at: usize,
    operands: &'a [Value],
    /// The operand that the next directive prints.
    next: usize,
    /// Whether any directive chose its operand, `%[2]d`.
    reordered: bool,
    /// Whether the operand that this directive chose exists.
    good: bool,
    printer: Printer<'a>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn directive(&mut self) {
        self.good = true;
        self.printer.flags = Flags::default();
        self.flags();
        let mut after_index = self.index();
        if self.accept(b'*') {
            self.width_operand();
            after_index = false;
        } else if let Some(width) = self.number() {
            self.printer.flags.width = Some(width);
            // "%[3]2d" is not Go.
            self.good &= !after_index;
        }
        // A point that ends the format is a verb.
        if self.at + 1 < self.format.len() && self.accept(b'.') {
            self.good &= !after_index;
            after_index = self.index();
            if self.accept(b'*') {
                self.precision_operand();
                after_index = false;
            } else {
                self.printer.flags.precision = Some(self.number().unwrap_or_default());
            }
        }
        if !after_index {
            self.index();
        }
        self.verb();
    }

    fn flags(&mut self) {
        while let Some(byte) = self.peek() {
            let flags = &mut self.printer.flags;
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Digits, if there are any. A number too large swallows the rest of the format.
    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        let mut number = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if number > MAX_NUMBER {
                self.at = self.format.len();
                return None;
            }
            number = number * 10 + usize::from(digit - b'0');
            self.at += 1;
        }
        (self.at > start).then_some(number)
    }

    /// `[2]` chooses the operand that is read next. Returns whether there was a number.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let start = self.at + 1;
        let length = self.format[start..].iter().position(|&byte| byte == b']');
        // Go does not look for a bracket in the last two bytes.
        let Some(length) = length.filter(|_| self.at + 3 <= self.format.len()) else {
            self.good = false;
            self.at += 1;
            return false;
        };
        self.at = start + length + 1;
        let digits = &self.format[start..start + length];
        let number = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
        let number = number.and_then(|digits| digits.parse::<usize>().ok());
        match number {
            Some(number @ 1..) if number <= self.operands.len() => self.next = number - 1,
            _ => self.good = false,
        }
        number.is_some()
    }

    /// An operand that is a width or a precision.
    fn number_operand(&mut self) -> Option<i64> {
        let operand = self.operands.get(self.next)?;
        self.next += 1;
        let number = match operand {
            Value::Int(number) | Value::Int64(number) => *number,
            Value::Uint8(number) => i64::from(*number),
            Value::Uint64(number) => i64::try_from(*number).ok()?,
            _ => return None,
        };
        (number.unsigned_abs() <= MAX_NUMBER as u64).then_some(number)
    }

    fn width_operand(&mut self) {
        match self.number_operand() {
            Some(width) => {
                self.printer.flags.width = Some(width.unsigned_abs() as usize);
                self.printer.flags.minus |= width < 0;
            }
            None => self.printer.push(b"%!(BADWIDTH)"),
        }
    }

    fn precision_operand(&mut self) {
        let precision = self.number_operand().and_then(|precision| usize::try_from(precision).ok());
        self.printer.flags.precision = precision;
        if precision.is_none() {
            self.printer.push(b"%!(BADPREC)");
        }
    }

    fn verb(&mut self) {
        if self.at >= self.format.len() {
            return self.printer.push(b"%!(NOVERB)");
        }
        let (verb, width) = rune::decode(&self.format[self.at..]);
        let verb = verb.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.at += width;
        if verb == '%' {
            self.printer.push(b"%");
        } else if !self.good {
            self.fault(verb, b"(BADINDEX)");
        } else if let Some(operand) = self.operands.get(self.next) {
            self.next += 1;
            self.print(operand, verb);
        } else {
            self.fault(verb, b"(MISSING)");
        }
    }

    fn fault(&mut self, verb: char, fault: &[u8]) {
        self.printer.push(b"%!");
        self.printer.push(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.printer.push(fault);
    }

    fn print(&mut self, operand: &Value, verb: char) {
        if matches!(verb, 'v' | 'w') {
            let flags = &mut self.printer.flags;
            flags.sharp_v = std::mem::take(&mut flags.sharp);
            flags.plus_v = std::mem::take(&mut flags.plus);
        }
        self.printer.argument(operand, verb);
    }

    /// `%!(EXTRA string=b, int=1)`: the operands that no directive printed.
    fn extra(&mut self) {
        self.printer.flags = Flags::default();
        self.printer.push(b"%!(EXTRA ");
        for (index, operand) in self.operands[self.next..].iter().enumerate() {
            if index > 0 {
                self.printer.push(b", ");
            }
            if !operand.is_nil() {
                self.printer.push(operand.type_name().as_bytes());
                self.printer.push(b"=");
            }
            self.printer.argument(operand, 'v');
        }
        self.printer.push(b")");
    }
}
