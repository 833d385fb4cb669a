//! The verbs of numbers.

use super::float::{Layout, format};
use super::printer::Printer;
use super::quote::quoted_rune;
use crate::unicode::is_printable;
use crate::value::Value;

/// The magnitude and sign of an integer.
#[derive(Clone, Copy)]
struct Integer {
    magnitude: u64,
    negative: bool,
}

impl Printer<'_> {
    pub(super) fn integer(&mut self, magnitude: u64, negative: bool, signed: bool, value: &Value, verb: char) {
        let number = Integer { magnitude, negative };
        match verb {
            'v' if self.flags.sharp_v && !signed => self.go_syntax_integer(magnitude),
            'v' | 'd' => self.digits(number, 10, verb),
            'b' => self.digits(number, 2, verb),
            'o' | 'O' => self.digits(number, 8, verb),
            'x' | 'X' => self.digits(number, 16, verb),
            'c' => {
                let rune = number.rune().unwrap_or(char::REPLACEMENT_CHARACTER);
                self.padded(rune.encode_utf8(&mut [0; 4]).as_bytes());
            }
            'q' => {
                let rune = number.rune().unwrap_or(char::REPLACEMENT_CHARACTER);
                let quoted = quoted_rune(rune, self.flags.plus);
                self.padded(quoted.as_bytes());
            }
            'U' => self.code_point(number),
            _ => self.bad_verb(value, verb),
        }
    }

    /// `0x2a`, as `%#v` shows unsigned numbers.
    pub(super) fn go_syntax_integer(&mut self, magnitude: u64) {
        let sharp = std::mem::replace(&mut self.flags.sharp, true);
        self.digits(Integer { magnitude, negative: false }, 16, 'v');
        self.flags.sharp = sharp;
    }

    fn digits(&mut self, number: Integer, base: u64, verb: char) {
        let flags = self.flags;
        if flags.precision == Some(0) && number.magnitude == 0 {
            return self.padded_with_blanks(b"");
        }
        let signed = number.negative || flags.plus || flags.space;
        let least = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(usize::from(signed)),
            _ => 0,
        };
        // Last digit first.
        let mut text = Vec::with_capacity(least.max(20) + 3);
        push_digits(&mut text, number.magnitude, base, verb == 'X');
        text.resize(text.len().max(least), b'0');
        if flags.sharp {
            match base {
                2 => text.extend(b"b0"),
                8 if text.last() != Some(&b'0') => text.push(b'0'),
                16 => text.extend([if verb == 'X' { b'X' } else { b'x' }, b'0']),
                _ => {}
            }
        }
        if verb == 'O' {
            text.extend(b"o0");
        }
        if number.negative {
            text.push(b'-');
        } else if flags.plus {
            text.push(b'+');
        } else if flags.space {
            text.push(b' ');
        }
        text.reverse();
        self.padded_with_blanks(&text);
    }

    /// `U+0041`, or `U+0041 'A'`.
    fn code_point(&mut self, number: Integer) {
        let digits = self.flags.precision.unwrap_or_default().max(4);
        let bits = if number.negative { number.magnitude.wrapping_neg() } else { number.magnitude };
        let mut text = Vec::new();
        push_digits(&mut text, bits, 16, true);
        text.resize(text.len().max(digits), b'0');
        text.extend(b"+U");
        text.reverse();
        if let (true, Some(rune)) = (self.flags.sharp, number.rune().filter(|&rune| is_printable(rune))) {
            text.extend(std::format!(" '{rune}'").bytes());
        }
        self.padded_with_blanks(&text);
    }

    pub(super) fn float(&mut self, number: f64, value: &Value, verb: char) {
        let (layout, precision) = match verb {
            'v' | 'g' | 'G' => (Layout::General, None),
            'b' => (Layout::Binary, None),
            'x' | 'X' => (Layout::Hexadecimal, None),
            'e' | 'E' => (Layout::Exponent, Some(6)),
            'f' | 'F' => (Layout::Plain, Some(6)),
            _ => return self.bad_verb(value, verb),
        };
        let mut text = format(number, layout, self.flags.precision.or(precision));
        if self.flags.sharp && layout != Layout::Binary && number.is_finite() {
            text = with_point(&text, verb, self.flags.precision.or(precision));
        }
        if matches!(verb, 'E' | 'G' | 'X') && number.is_finite() {
            text.make_ascii_uppercase();
        }
        self.signed_float(&text, number.is_finite());
    }

    fn signed_float(&mut self, text: &str, finite: bool) {
        let flags = self.flags;
        let (sign, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) => (&text[..1], digits),
            None => ("+", text),
        };
        let sign = match sign {
            "-" => "-",
            _ if flags.plus => "+",
            _ if flags.space => " ",
            // Go keeps the sign of an infinity.
            _ if text.starts_with('+') => "+",
            _ => "",
        };
        if !finite {
            return self.padded_with_blanks(std::format!("{sign}{digits}").as_bytes());
        }
        if let (true, Some(width), false) = (flags.zero && !flags.minus, flags.width, sign.is_empty()) {
            // The zeros stand between the sign and the digits.
            self.push(sign.as_bytes());
            let padding = width.saturating_sub(1 + digits.len());
            self.out.resize(self.out.len() + padding, b'0');
            return self.push(digits.as_bytes());
        }
        self.padded(std::format!("{sign}{digits}").as_bytes());
    }

    pub(super) fn complex(&mut self, real: f64, imaginary: f64, value: &Value, verb: char) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(value, verb);
        }
        self.push(b"(");
        self.float(real, value, verb);
        let plus = std::mem::replace(&mut self.flags.plus, true);
        self.float(imaginary, value, verb);
        self.flags.plus = plus;
        self.push(b"i)");
    }
}

impl Integer {
    fn rune(self) -> Option<char> {
        if self.negative { None } else { u32::try_from(self.magnitude).ok().and_then(char::from_u32) }
    }
}

/// Appends the number as `%d` prints it.
pub(super) fn push_decimal(out: &mut Vec<u8>, number: i64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

fn push_digits(text: &mut Vec<u8>, mut number: u64, base: u64, upper: bool) {
    let digits: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    loop {
        text.push(digits[(number % base) as usize]);
        number /= base;
        if number == 0 {
            return;
        }
    }
}

/// `%#g` and its like: always a point, and zeros up to the precision.
fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let tail = text.find('p').or_else(|| text.find('e')).unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(tail);
    let mut with_point = mantissa.to_owned();
    if !mantissa.contains('.') {
        with_point.push('.');
    }
    if matches!(verb, 'v' | 'g' | 'G' | 'x') {
        // Go counts the x of 0x1 as a digit.
        let digits = mantissa.bytes().filter(|byte| byte.is_ascii_hexdigit() || *byte == b'x');
        let significant = digits.skip_while(|&digit| digit == b'0').count().max(1);
        with_point.extend(std::iter::repeat_n('0', precision.unwrap_or(6).saturating_sub(significant)));
    }
    with_point + exponent
}
