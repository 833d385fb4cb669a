//! Floats as Go's `strconv` and `encoding/json` print them.

use std::fmt::{LowerExp, Write};
use std::str::FromStr;

/// `strconv.FormatFloat(value, 'g', -1, 64)`: the shortest digits that read back the same, with an exponent below 1e-4 and from
/// 1e+06... on, which has two digits or more.
pub(crate) fn format_g(value: f64) -> String {
    match special(value) {
        Some(text) => text.to_owned(),
        None => layout_g(&Digits::of(value)),
    }
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`.
pub(crate) fn format_g32(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "Go narrows the value too")]
    let value = value as f32;
    match special(f64::from(value)) {
        Some(text) => text.to_owned(),
        None => layout_g(&Digits::of(value)),
    }
}

/// A finite float as `encoding/json` prints it: with an exponent below 1e-6 and from 1e21 on, without padding zeros.
pub(crate) fn push_json(out: &mut String, value: f64) {
    let integer = value as i64;
    if integer as f64 == value && integer.unsigned_abs() < 1 << 53 && (integer != 0 || value.is_sign_positive()) {
        push_int(out, integer);
        return;
    }
    let digits = Digits::of(value);
    if value != 0.0 && !(-6..21).contains(&digits.exponent) {
        layout_e(out, &digits, 1);
    } else {
        layout_f(out, &digits);
    }
}

/// An integer in decimal.
pub(crate) fn push_int(out: &mut String, value: i64) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
}

fn special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        None
    }
}

/// The shortest decimal digits of a finite float: `-d.ddd × 10^exponent`.
struct Digits {
    negative: bool,
    digits: String,
    exponent: i32,
}

impl Digits {
    fn of<F: LowerExp + FromStr + PartialEq>(value: F) -> Self {
        let shortest = format!("{value:e}");
        let text = below_tie(&value, &shortest).unwrap_or(shortest);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
        Self { negative: mantissa.starts_with('-'), digits, exponent: exponent.parse().unwrap_or(0) }
    }
}

/// The next lower digits, where the float lies halfway between these and its `shortest` digits, which are odd: of two that are
/// equally near, Rust takes the upper, Go the even ones.
fn below_tie<F: LowerExp + FromStr + PartialEq>(value: &F, shortest: &str) -> Option<String> {
    // Two texts with fewer digits never stand for the same float.
    let many = if size_of::<F>() == size_of::<f64>() { 15 } else { 6 };
    let (mantissa, exponent) = shortest.split_once('e')?;
    let (front, last) = mantissa.split_at(mantissa.len() - 1);
    let last: u32 = last.parse().ok()?;
    if last.is_multiple_of(2) || mantissa.len() < many {
        return None;
    }
    let lower = format!("{front}{}", last - 1);
    let fraction = mantissa.split_once('.')?.1.len();
    // All digits of a float that is halfway: no float has a 5, forty zeros, and then more.
    let exact = format!("{value:.*e}", fraction + 41);
    let halfway = exact.strip_prefix(&lower)?.strip_suffix(&format!("e{exponent}"))?;
    let is_halfway = halfway.strip_prefix('5')?.bytes().all(|digit| digit == b'0');
    let lower = format!("{lower}e{exponent}");
    (is_halfway && lower.parse::<F>().is_ok_and(|read| read == *value)).then_some(lower)
}

fn layout_g(digits: &Digits) -> String {
    let mut out = String::new();
    if digits.digits != "0" && !(-4..6).contains(&digits.exponent) {
        layout_e(&mut out, digits, 2);
    } else {
        layout_f(&mut out, digits);
    }
    out
}

/// `-d.ddde±xx`, the exponent with at least `width` digits.
fn layout_e(out: &mut String, number: &Digits, width: usize) {
    if number.negative {
        out.push('-');
    }
    let (first, rest) = number.digits.split_at(1);
    out.push_str(first);
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    let sign = if number.exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "e{sign}{:0width$}", number.exponent.unsigned_abs());
}

/// `-ddd.ddd`
fn layout_f(out: &mut String, number: &Digits) {
    if number.negative {
        out.push('-');
    }
    let digits = &number.digits;
    let whole = usize::try_from(number.exponent + 1).unwrap_or(0);
    if whole == 0 {
        let zeros = usize::try_from(-(number.exponent + 1)).unwrap_or(0);
        let _ = write!(out, "0.{}{digits}", "0".repeat(zeros));
    } else if digits.len() <= whole {
        let _ = write!(out, "{digits}{}", "0".repeat(whole - digits.len()));
    } else {
        let _ = write!(out, "{}.{}", &digits[..whole], &digits[whole..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: f64) -> String {
        let mut out = String::new();
        push_json(&mut out, value);
        out
    }

    #[test]
    fn exponents_begin_where_go_lets_them() {
        let cases = [
            (0.0, "0", "0"),
            (-0.0, "-0", "-0"),
            (1.5, "1.5", "1.5"),
            (100_000.0, "100000", "100000"),
            (1_000_000.0, "1e+06", "1000000"),
            (-1_234_567.5, "-1.2345675e+06", "-1234567.5"),
            (0.0001, "0.0001", "0.0001"),
            (0.000_01, "1e-05", "0.00001"),
            (0.000_001_5, "1.5e-06", "0.0000015"),
            (1.5e-7, "1.5e-07", "1.5e-7"),
            (1e20, "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21"),
            (9_007_199_254_740_992.0, "9.007199254740992e+15", "9007199254740992"),
            (-9_007_199_254_740_992.0, "-9.007199254740992e+15", "-9007199254740992"),
            (f64::MAX, "1.7976931348623157e+308", "1.7976931348623157e+308"),
            (5e-324, "5e-324", "5e-324"),
        ];
        for (value, general, in_json) in cases {
            assert_eq!((format_g(value).as_str(), json(value).as_str()), (general, in_json));
        }
    }

    #[test]
    fn of_two_texts_that_are_equally_near_the_even_one_is_taken() {
        let quarters =
            [3_778_978_746_440_369.0, 3_778_978_746_440_371.0, -4_503_599_627_370_503.0].map(|count| json(count / 4.0));
        assert_eq!(quarters, ["944744686610092.2", "944744686610092.8", "-1125899906842625.8"]);
        assert_eq!(json(7_205_759_403_792_793.0 / 8.0), "900719925474099.1");
        assert_eq!(
            [json(9_007_199_254_740_995.0 / 2.0), json(2_251_799_813_685_248.5)],
            ["4503599627370498", "2251799813685248.5"]
        );
        assert_eq!(format_g32(16_777_216.0 * 8.5), "1.4260634e+08");
    }

    #[test]
    fn narrow_floats_overflow_to_infinity() {
        assert_eq!([format_g32(1e300), format_g32(-1e300), format_g32(0.1)], ["+Inf", "-Inf", "0.1"]);
        assert_eq!(format_g32(123_456_789.0), "1.2345679e+08");
    }
}
