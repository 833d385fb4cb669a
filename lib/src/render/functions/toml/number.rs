//! The numbers and dates of a TOML text: what belongs to one is read first, then judged.

use super::super::dates::TomlTimes;
use super::scan::{Fault, Scanner, shown};
use crate::gonumber::{self, NotInteger};
use gotemplate::format;
use gotemplate::value::Value;

/// A number or date whose first digit has been read.
pub(super) fn read(scanner: &mut Scanner<'_>, start: usize, times: &TomlTimes) -> Result<Value, Fault> {
    if scanner.since(start) == b"0" {
        let next = scanner.peek()?;
        let (what, digits): (_, fn(char) -> bool) = match next {
            Some('b') => ("a binary", |rune| matches!(rune, '0' | '1')),
            Some('o') => ("an octal", |rune| matches!(rune, '0'..='7')),
            Some('x') => ("a hexadecimal", |rune| rune.is_ascii_hexdigit()),
            Some('0'..='9') => return number_or_date(scanner, start, times),
            _ => return decimal(scanner, start),
        };
        scanner.next()?;
        let next = scanner.peek()?;
        if !next.is_some_and(digits) {
            let text = String::from_utf8_lossy(scanner.since(start));
            return Err(scanner.fault(format!("not {what} number: '{text}{}'", next.unwrap_or('\0'))));
        }
        scanner.skip(|rune| digits(rune) || rune == '_')?;
        return integer(scanner, start);
    }
    number_or_date(scanner, start, times)
}

/// A number whose sign has been read.
pub(super) fn read_signed(scanner: &mut Scanner<'_>, start: usize) -> Result<Value, Fault> {
    let rune = scanner.next()?;
    let next = scanner.peek()?;
    match rune {
        Some('i') => word(scanner, start, ['n', 'f']),
        Some('n') => word(scanner, start, ['a', 'n']),
        Some('0') if matches!(next, Some('b' | 'o' | 'x')) => {
            let text = String::from_utf8_lossy(scanner.since(start));
            let message = format!("cannot use sign with non-decimal numbers: '{text}{}'", next.unwrap_or('\0'));
            Err(scanner.fault(message))
        }
        Some('.') => Err(scanner.fault("floats must start with a digit, not '.'")),
        Some('0'..='9') => decimal(scanner, start),
        rune => Err(scanner.fault(format!("expected a digit but got {}", shown(rune)))),
    }
}

fn word(scanner: &mut Scanner<'_>, start: usize, rest: [char; 2]) -> Result<Value, Fault> {
    if !scanner.accept(rest[0])? || !scanner.accept(rest[1])? {
        let text = String::from_utf8_lossy(scanner.since(start));
        return Err(scanner.fault(format!("invalid float: '{text}'")));
    }
    float(scanner, start)
}

fn number_or_date(scanner: &mut Scanner<'_>, start: usize, times: &TomlTimes) -> Result<Value, Fault> {
    scanner.skip(|rune| rune.is_ascii_digit())?;
    if !matches!(scanner.peek()?, Some('-' | ':')) {
        return decimal(scanner, start);
    }
    let belongs = |rune: char| rune.is_ascii_digit() || matches!(rune, '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+');
    scanner.skip(belongs)?;
    let text = String::from_utf8_lossy(scanner.since(start)).trim().replace('z', "Z").replace(['t', ' '], "T");
    times.parse(&text).ok_or_else(|| scanner.fault(format!("invalid datetime: {}", format::quoted(text.as_bytes()))))
}

fn decimal(scanner: &mut Scanner<'_>, start: usize) -> Result<Value, Fault> {
    scanner.skip(|rune| rune.is_ascii_digit() || rune == '_')?;
    if !matches!(scanner.peek()?, Some('.' | 'e' | 'E')) {
        return integer(scanner, start);
    }
    scanner.skip(|rune| rune.is_ascii_digit() || matches!(rune, '_' | '.' | '-' | '+' | 'e' | 'E'))?;
    float(scanner, start)
}

fn integer(scanner: &Scanner<'_>, start: usize) -> Result<Value, Fault> {
    let text = String::from_utf8_lossy(scanner.since(start));
    let invalid = |why: &str| scanner.fault(format!("Invalid integer {}: {why}", format::quoted(text.as_bytes())));
    if !underscores_are_fine(&text) {
        return Err(invalid("underscores must be surrounded by digits"));
    }
    if has_leading_zero(&text) {
        return Err(invalid("cannot have leading zeroes"));
    }
    match gonumber::parse_int(text.as_bytes(), 0) {
        Ok(number) => Ok(Value::Int64(number)),
        Err(NotInteger::Range(_)) => Err(scanner.fault(format!("{text} is out of range for int64"))),
        Err(NotInteger::Syntax) => Err(invalid("not a number")),
    }
}

/// Judges what was read as a float.
pub(super) fn float(scanner: &Scanner<'_>, start: usize) -> Result<Value, Fault> {
    let text = String::from_utf8_lossy(scanner.since(start));
    let invalid = |why: &str| scanner.fault(format!("Invalid float {}: {why}", format::quoted(text.as_bytes())));
    let parts: Vec<&str> = text.split(['.', 'e', 'E']).filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| underscores_are_fine(part)) {
        return Err(invalid("underscores must be surrounded by digits"));
    }
    if parts.first().is_some_and(|part| has_leading_zero(part)) {
        return Err(invalid("cannot have leading zeroes"));
    }
    if text.split('.').skip(1).any(|after| !after.starts_with(|rune: char| rune.is_ascii_digit())) {
        return Err(invalid("'.' must be followed by one or more digits"));
    }
    let (sign, magnitude) = match text.strip_prefix('-') {
        Some(magnitude) => (-1.0, magnitude),
        None => (1.0, text.strip_prefix('+').unwrap_or(&text)),
    };
    if matches!(magnitude, "inf" | "nan") {
        let number = if magnitude == "inf" { f64::INFINITY } else { f64::NAN };
        return Ok(Value::Float(number.copysign(sign)));
    }
    match text.replace('_', "").parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Value::Float(number)),
        Ok(_) => Err(scanner.fault(format!("{text} is out of range for float64"))),
        Err(_) => Err(scanner.fault(format!("Invalid float value: {}", format::quoted(text.as_bytes())))),
    }
}

/// Whether each underscore stands behind a digit, of any base, and a digit comes last.
fn underscores_are_fine(text: &str) -> bool {
    if matches!(text.trim_start_matches(['+', '-']), "nan" | "inf") {
        return true;
    }
    let mut after_digit = false;
    for byte in text.bytes() {
        if byte == b'_' && !after_digit {
            return false;
        }
        after_digit = byte.is_ascii_hexdigit();
    }
    after_digit
}

fn has_leading_zero(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', b'b' | b'o' | b'x', ..] => false,
        [b'0', _, ..] | [b'-' | b'+', b'0', _, ..] => true,
        _ => false,
    }
}
