//! Numbers read from text as Go's `strconv` reads them, and converted as Go on amd64 converts them.

/// Why a text is no integer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotInteger {
    /// It is not written as one.
    Syntax,
    /// It does not fit 64 bits; the nearest integer that does.
    Range(i64),
}

/// Go's `strconv.ParseInt`. Base 0 takes the base from the prefix (a mere `0` means octal) and allows `_` between digits.
///
/// # Errors
/// [`NotInteger`].
pub fn parse_int(text: &[u8], base: u32) -> Result<i64, NotInteger> {
    let (negative, digits) = sign(text);
    let (base, digits, separated) = match base {
        0 => prefix(digits),
        _ => (base, digits, false),
    };
    let magnitude = magnitude(digits, base, separated)?;
    if separated && !underscores_are_fine(text) {
        return Err(NotInteger::Syntax);
    }
    let smallest = i64::MIN.unsigned_abs();
    match (magnitude, negative) {
        (Some(value), true) if value <= smallest => Ok((value as i64).wrapping_neg()),
        (Some(value), false) if value < smallest => Ok(value as i64),
        (_, true) => Err(NotInteger::Range(i64::MIN)),
        (_, false) => Err(NotInteger::Range(i64::MAX)),
    }
}

/// Go's `strconv.ParseFloat`; `None` for what is no number or too large.
#[must_use]
pub fn parse_float(text: &[u8]) -> Option<f64> {
    let (negative, rest) = sign(text);
    let word = |word: &[u8]| rest.eq_ignore_ascii_case(word);
    if word(b"inf") || word(b"infinity") {
        return Some(if negative { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if word(b"nan") && rest.len() == text.len() {
        return Some(f64::NAN);
    }
    if rest.contains(&b'_') && !underscores_are_fine(text) {
        return None;
    }
    let plain: Vec<u8> = rest.iter().copied().filter(|byte| *byte != b'_').collect();
    let magnitude = match plain.strip_prefix(b"0x").or(plain.strip_prefix(b"0X")) {
        Some(hexadecimal) => parse_hexadecimal(hexadecimal)?,
        // Rust reads the same decimal numbers, but for the words above.
        None if plain.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) => {
            if sign(&plain).1.len() < plain.len() {
                return None;
            }
            std::str::from_utf8(&plain).ok()?.parse().ok()?
        }
        None => return None,
    };
    f64::is_finite(magnitude).then_some(if negative { -magnitude } else { magnitude })
}

/// A float as an integer: cut towards zero, and the smallest integer where it does not fit.
pub(crate) fn truncate(number: f64) -> i64 {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if (-BEYOND..BEYOND).contains(&number) { number as i64 } else { i64::MIN }
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    }
}

/// The base, the digits, and whether they may be separated by underscores.
fn prefix(digits: &[u8]) -> (u32, &[u8], bool) {
    match digits {
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (16, rest, true),
        [b'0', b'b' | b'B', rest @ ..] if !rest.is_empty() => (2, rest, true),
        [b'0', b'o' | b'O', rest @ ..] if !rest.is_empty() => (8, rest, true),
        [b'0', ..] => (8, digits, true),
        _ => (10, digits, true),
    }
}

/// The value of the digits; `None` if it does not fit, whatever comes after the digit at which that shows.
fn magnitude(digits: &[u8], base: u32, separated: bool) -> Result<Option<u64>, NotInteger> {
    if digits.is_empty() {
        return Err(NotInteger::Syntax);
    }
    let mut value: u64 = 0;
    for byte in digits.iter().copied().filter(|byte| !separated || *byte != b'_') {
        let digit = char::from(byte).to_digit(base).ok_or(NotInteger::Syntax)?;
        match value.checked_mul(u64::from(base)).and_then(|value| value.checked_add(u64::from(digit))) {
            Some(next) => value = next,
            None => return Ok(None),
        }
    }
    Ok(Some(value))
}

/// Whether every underscore stands between digits, or between the prefix of a base and a digit.
fn underscores_are_fine(text: &[u8]) -> bool {
    let digits = sign(text).1;
    let (hexadecimal, start) = match digits {
        [b'0', base, ..] if matches!(base.to_ascii_lowercase(), b'b' | b'o' | b'x') => (base.eq_ignore_ascii_case(&b'x'), 2),
        _ => (false, 0),
    };
    let is_digit = |byte: u8| byte.is_ascii_digit() || hexadecimal && byte.is_ascii_hexdigit();
    let mut after_digit = start == 2;
    let mut after_underscore = false;
    for byte in digits[start..].iter().copied() {
        let digit = is_digit(byte);
        if byte == b'_' && !after_digit || after_underscore && !digit {
            return false;
        }
        after_digit = digit;
        after_underscore = byte == b'_';
    }
    !after_underscore
}

/// The mantissa and the exponent of two after `0x`.
fn parse_hexadecimal(text: &[u8]) -> Option<f64> {
    let at = text.iter().position(|byte| matches!(byte, b'p' | b'P'))?;
    let (mantissa, exponent) = (&text[..at], &text[at + 1..]);
    let (negative, digits) = sign(exponent);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let magnitude = digits.iter().fold(0_i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(100_000));
    let exponent = if negative { -magnitude } else { magnitude };
    let point = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(mantissa.len());
    let (whole, fraction) = (&mantissa[..point], mantissa.get(point + 1..).unwrap_or_default());
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    scale(whole, fraction, exponent)
}

/// Rounds the digits, of which no more than 64 bits and the fact that more follow matter.
fn scale(whole: &[u8], fraction: &[u8], exponent: i64) -> Option<f64> {
    let mut bits: u128 = 0;
    let mut exponent = exponent - 4 * fraction.len() as i64;
    for byte in whole.iter().chain(fraction) {
        let digit = u128::from(char::from(*byte).to_digit(16)?);
        if bits >> 120 == 0 {
            bits = bits << 4 | digit;
        } else {
            bits |= u128::from(digit != 0);
            exponent += 4;
        }
    }
    Some(round_to_float(bits, exponent))
}

/// `bits` times two to the power of `exponent`, rounded to the nearest, ties to even.
fn round_to_float(bits: u128, exponent: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = 128 - i64::from(bits.leading_zeros());
    // The place of the last bit that a float of this size has.
    let last = (exponent + length - 53).max(-1074);
    let (kept, last) = match last - exponent {
        drop @ 1..=127 => (round_off(bits, drop as u32), last),
        128.. => (0, last),
        _ => (bits, exponent),
    };
    if last > 1100 {
        return f64::INFINITY;
    }
    // Both factors are exact, and so is each product that is not beyond the range.
    let half = last / 2;
    kept as f64 * 2_f64.powi(half as i32) * 2_f64.powi((last - half) as i32)
}

fn round_off(bits: u128, drop: u32) -> u128 {
    let (kept, rest, half) = (bits >> drop, bits & ((1 << drop) - 1), 1 << (drop - 1));
    kept + u128::from(rest > half || rest == half && kept & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_take_their_base_from_the_prefix() {
        let cases: [(&str, Option<i64>); 18] = [
            ("0x10", Some(16)),
            ("010", Some(8)),
            ("0", Some(0)),
            ("08", None),
            ("-0b11", Some(-3)),
            ("0o17", Some(15)),
            ("1_000", Some(1000)),
            ("0_7", Some(7)),
            ("0x_1", Some(1)),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("0x", None),
            ("", None),
            ("-", None),
            ("1e3", None),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_int(text.as_bytes(), 0).ok(), expected, "{text}");
        }
    }

    #[test]
    fn overflow_is_found_before_a_later_fault() {
        assert_eq!(parse_int(b"99999999999999999999x", 10), Err(NotInteger::Range(i64::MAX)));
        assert_eq!(parse_int(b"1_0", 10), Err(NotInteger::Syntax));
    }

    #[test]
    fn floats_are_read_as_go_reads_them() {
        let cases = [
            ("1e3", Some(1000.0)),
            ("1_000.5", Some(1000.5)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("+1.5", Some(1.5)),
            ("0x1p4", Some(16.0)),
            ("0x.8p1", Some(1.0)),
            ("0x1.8p-1074", Some(1e-323)),
            ("0x1.fffffffffffffp1023", Some(f64::MAX)),
            ("0x1.fffffffffffff8p1023", None),
            ("-Inf", Some(f64::NEG_INFINITY)),
            ("0x10", None),
            ("1e400", None),
            ("+nan", None),
            ("--1", None),
            ("1_e3", None),
            ("", None),
            (".", None),
            (" 1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_float(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn floats_beyond_the_integers_become_the_smallest() {
        assert_eq!((truncate(-1.9), truncate(1e19), truncate(f64::NAN)), (-1, i64::MIN, i64::MIN));
    }
}
