//! Number literals: one text, several types that it can take.

use super::quoted::Unit;
use super::{float, unquote_char};
use crate::format::quoted;
use crate::lex::Kind;
use crate::value::Value;

/// A number literal with its value in every type that can hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    complex: Option<(f64, f64)>,
}

impl Number {
    /// Reads the literal.
    ///
    /// # Errors
    /// Go's message on a literal that is no number.
    pub(crate) fn parse(literal: &[u8], kind: Kind) -> Result<Self, String> {
        let text = String::from_utf8_lossy(literal);
        match kind {
            Kind::CharConstant => Self::parse_char(literal),
            Kind::Complex => Self::parse_complex(&text),
            _ => Self::parse_real(&text),
        }
    }

    fn parse_char(literal: &[u8]) -> Result<Self, String> {
        let (unit, rest) = unquote_char(&literal[1..], b'\'').ok_or("invalid syntax")?;
        if rest != b"'" {
            return Err(format!("malformed character constant: {}", String::from_utf8_lossy(literal)));
        }
        let code = match unit {
            Unit::Byte(byte) => u32::from(byte),
            Unit::Rune(rune) => u32::from(rune),
        };
        Ok(Self { int: Some(code.into()), uint: Some(code.into()), float: Some(code.into()), complex: None })
    }

    fn parse_complex(text: &str) -> Result<Self, String> {
        let is_middle = |at: &usize| text[*at..].starts_with(['+', '-']) && !text[..*at].ends_with(['e', 'E', 'p', 'P']);
        let middle = (1..text.len()).find(is_middle).ok_or(NO_COMPLEX)?;
        let real = parse_part(&text[..middle])?;
        let imaginary = parse_part(text[middle..].strip_suffix('i').unwrap_or_default())?;
        Ok(Self::of_complex(real, imaginary))
    }

    /// A complex number without imaginary part is also a float, and may be an integer.
    fn of_complex(real: f64, imaginary: f64) -> Self {
        let mut number = if imaginary == 0.0 { Self::of_float(real) } else { Self::default() };
        number.complex = Some((real, imaginary));
        number
    }

    fn of_float(value: f64) -> Self {
        let int = (value as i64 as f64 == value && value < 9_223_372_036_854_775_808.0).then_some(value as i64);
        let uint = (value as u64 as f64 == value && value < 18_446_744_073_709_551_616.0).then_some(value as u64);
        Self { int, uint, float: Some(value), complex: None }
    }

    fn parse_real(text: &str) -> Result<Self, String> {
        if let Some(imaginary) = text.strip_suffix('i').and_then(float::parse) {
            return Ok(Self::of_complex(0.0, imaginary));
        }
        if let Some((negative, magnitude)) = parse_integer(text) {
            let int = if negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() };
            let signed = text.starts_with(['-', '+']);
            let uint = (!signed || magnitude == 0).then_some(magnitude);
            if let Some(float) = int.map(|int| int as f64).or(uint.map(|uint| uint as f64)) {
                return Ok(Self { int, uint, float: Some(float), complex: None });
            }
        }
        let Some(value) = float::parse(text) else {
            return Err(format!("illegal number syntax: {}", quoted(text.as_bytes())));
        };
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quoted(text.as_bytes())));
        }
        Ok(Self::of_float(value))
    }

    /// The value where nothing asks for a type; `None` if it overflows Go's `int`.
    pub(crate) fn ideal(self, literal: &[u8]) -> Option<Value> {
        let is_hexadecimal = literal.len() > 2 && literal[0] == b'0' && matches!(literal[1], b'x' | b'X');
        let is_integer = is_hexadecimal && !literal.iter().any(|byte| matches!(byte, b'p' | b'P')) || literal[0] == b'\'';
        let is_float = !is_integer && literal.iter().any(|byte| b".eEpP".contains(byte));
        match (self.complex, self.float, self.int) {
            (Some((real, imaginary)), ..) => Some(Value::Complex(real, imaginary)),
            (None, Some(float), _) if is_float => Some(Value::Float(float)),
            (None, _, int) => int.map(Value::Int),
        }
    }
}

/// What Go's scanner says of text that is not two numbers.
const NO_COMPLEX: &str = "syntax error scanning complex number";

fn parse_part(text: &str) -> Result<f64, String> {
    let digits = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    if digits.is_empty()
        || digits.contains('i')
        || digits.starts_with("0b")
        || digits.starts_with("0o")
        || digits.ends_with(['e', 'p'])
    {
        return Err(NO_COMPLEX.into());
    }
    float::parse(text).ok_or_else(|| {
        let is_number = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'+' | b'-'));
        let fault = if is_number && digits != "." { "value out of range" } else { "invalid syntax" };
        format!("strconv.ParseFloat: parsing {}: {fault}", quoted(text.as_bytes()))
    })
}

/// Go's `ParseInt` with base 0: the sign and the magnitude.
fn parse_integer(text: &str) -> Option<(bool, u64)> {
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !float::underscores_separate_digits(digits) {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    let (base, body) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    let body: String = body.chars().filter(|&rune| rune != '_').collect();
    if body.starts_with('+') {
        return None;
    }
    u64::from_str_radix(&body, base).ok().map(|magnitude| (negative, magnitude))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(text: &str) -> Result<Number, String> {
        Number::parse(text.as_bytes(), Kind::Number)
    }

    #[test]
    fn a_literal_takes_every_type_that_holds_it() {
        let three = Number { int: Some(3), uint: Some(3), float: Some(3.0), complex: None };
        assert_eq!((real("3"), real("3.0"), real("0x3"), real("03")), (Ok(three), Ok(three), Ok(three), Ok(three)));
        assert_eq!(real("-1").map(|number| (number.int, number.uint)), Ok((Some(-1), None)));
        assert_eq!(real("-0").map(|number| number.uint), Ok(Some(0)));
        assert_eq!(real("+1").map(|number| (number.int, number.uint)), Ok((Some(1), None)));
        assert_eq!(real("2.5").map(|number| (number.int, number.float)), Ok((None, Some(2.5))));
        assert_eq!(real("9223372036854775808").map(|number| (number.int, number.uint)), Ok((None, Some(1 << 63))));
    }

    #[test]
    fn ideal_types() {
        let ideal =
            |text: &str| real(text).ok().and_then(|number| number.ideal(text.as_bytes())).map(|value| value.type_name());
        assert_eq!(ideal("1e3").as_deref(), Some("float64"));
        assert_eq!(ideal("0xe").as_deref(), Some("int"));
        assert_eq!(ideal("0x1p4").as_deref(), Some("float64"));
        assert_eq!(ideal("2i").as_deref(), Some("complex128"));
        assert_eq!(ideal("9223372036854775808"), None);
    }

    #[test]
    fn what_is_no_number() {
        let message = |text: &str| real(text).expect_err("no number");
        assert_eq!(message("08"), r#"integer overflow: "08""#);
        assert_eq!(message("18446744073709551616"), r#"integer overflow: "18446744073709551616""#);
        assert_eq!(message("1e400"), r#"illegal number syntax: "1e400""#);
    }
}
