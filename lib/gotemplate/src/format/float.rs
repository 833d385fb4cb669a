//! Go's `strconv.FormatFloat`: shortest or exact digits in one of Go's layouts.

use std::fmt::Write;

/// The layout of a float's text, named by Go's verb.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// `b`: decimal mantissa, binary exponent.
    Binary,
    /// `e`, `E`: one digit before the point, decimal exponent.
    Exponent,
    /// `f`: no exponent.
    Plain,
    /// `g`, `G`: with an exponent if that is large.
    General,
    /// `x`, `X`: hexadecimal mantissa, binary exponent.
    Hexadecimal,
}

/// Lays out `number` with `precision` digits, or with as few as identify it when that is `None`. Letters are lower case,
/// but for `NaN`, `+Inf` and `-Inf`.
#[must_use]
pub fn format(number: f64, layout: Layout, precision: Option<usize>) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let mut text = String::with_capacity(24);
    if number.is_sign_negative() {
        text.push('-');
    }
    match (layout, precision) {
        (Layout::Binary, _) => push_binary(&mut text, number),
        (Layout::Hexadecimal, _) => push_hexadecimal(&mut text, number, precision),
        (_, None) => push_shortest(&mut text, &Digits::shortest(number), layout),
        (Layout::Exponent, Some(places)) => push_exponent(&mut text, &Digits::rounded(number, places), places),
        (Layout::Plain, Some(places)) => push_rounded(&mut text, number, places),
        (Layout::General, Some(precision)) => {
            let digits = Digits::rounded(number, precision.saturating_sub(1));
            push_general(&mut text, &digits, exponent_limit(&digits, precision.max(1)));
        }
    }
    text
}

/// Whether the shortest text of the number in the general layout is that of an integer.
pub(super) fn is_plain_integer(number: f64) -> bool {
    number.abs() < 1e6 && number.fract() == 0.0 && (number != 0.0 || number.is_sign_positive())
}

/// No float has more decimal digits before all that follow are zeros.
const MAX_DIGITS: usize = 1100;

/// Exponents from here on, and below -4, are written when the digits are the shortest.
const SHORTEST_EXPONENT: usize = 6;

/// A decimal number `0.d1d2d3… × 10^point`, without its sign and without trailing zeros.
struct Digits {
    text: Vec<u8>,
    point: i32,
}

impl Digits {
    fn shortest(number: f64) -> Self {
        let digits = Self::read(&std::format!("{:e}", number.abs()));
        if digits.text.len() < 16 {
            return digits;
        }
        // Of two texts equally near, Go takes the even one, as rounding does. Only long ones can be.
        let even = std::format!("{:.*e}", digits.text.len() - 1, number.abs());
        if even.parse() == Ok(number.abs()) { Self::read(&even) } else { digits }
    }

    fn rounded(number: f64, places: usize) -> Self {
        Self::read(&std::format!("{:.*e}", places.min(MAX_DIGITS), number.abs()))
    }

    /// Reads `d.ddde-5`.
    fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let point = if digits.is_empty() { 0 } else { exponent.parse::<i32>().unwrap_or_default() + 1 };
        Self { text: digits, point }
    }

    fn digit(&self, index: usize) -> char {
        self.text.get(index).map_or('0', |&digit| char::from(digit))
    }

    fn places(&self) -> usize {
        usize::try_from(self.text.len() as i64 - i64::from(self.point)).unwrap_or_default()
    }
}

fn push_shortest(text: &mut String, digits: &Digits, layout: Layout) {
    match layout {
        Layout::Exponent => push_exponent(text, digits, digits.text.len().saturating_sub(1)),
        Layout::Plain => push_plain(text, digits, digits.places()),
        _ => push_general(text, digits, SHORTEST_EXPONENT),
    }
}

/// The exponent from which on the general layout writes one, when the precision is given.
fn exponent_limit(digits: &Digits, precision: usize) -> usize {
    let count = digits.text.len();
    if precision > count && count as i64 >= i64::from(digits.point) { count } else { precision }
}

fn push_general(text: &mut String, digits: &Digits, limit: usize) {
    let exponent = digits.point - 1;
    if exponent < -4 || i64::from(exponent) >= limit as i64 {
        push_exponent(text, digits, digits.text.len().saturating_sub(1));
    } else {
        push_plain(text, digits, digits.places());
    }
}

fn push_exponent(text: &mut String, digits: &Digits, places: usize) {
    text.push(digits.digit(0));
    if places > 0 {
        text.push('.');
        text.extend((1..=places).map(|index| digits.digit(index)));
    }
    let exponent = if digits.text.is_empty() { 0 } else { digits.point - 1 };
    let _ = write!(text, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs());
}

fn push_plain(text: &mut String, digits: &Digits, places: usize) {
    if digits.point > 0 {
        text.extend((0..digits.point as usize).map(|index| digits.digit(index)));
    } else {
        text.push('0');
    }
    if places > 0 {
        text.push('.');
        let digit =
            |place: usize| usize::try_from(i64::from(digits.point) + place as i64).map_or('0', |at| digits.digit(at));
        text.extend((0..places).map(digit));
    }
}

fn push_rounded(text: &mut String, number: f64, places: usize) {
    let exact = places.min(MAX_DIGITS);
    let _ = write!(text, "{:.*}", exact, number.abs());
    text.extend(std::iter::repeat_n('0', places - exact));
}

/// The mantissa as an integer, and the binary exponent that goes with it.
fn decompose(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let mantissa = bits & ((1 << 52) - 1);
    if exponent == 0 { (mantissa, -1074) } else { (mantissa | 1 << 52, exponent - 1075) }
}

fn push_binary(text: &mut String, number: f64) {
    let (mantissa, exponent) = decompose(number);
    let _ = write!(text, "{mantissa}p{exponent:+}");
}

fn push_hexadecimal(text: &mut String, number: f64, precision: Option<usize>) {
    // The leading one stands at bit 60, so that each of the digits behind it is one nibble.
    let (mut mantissa, mut exponent) = decompose(number);
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros() - 3;
        mantissa <<= shift;
        exponent += 60 - shift as i32;
    }
    if let Some(places @ ..15) = precision {
        let unit = 60 - 4 * places as u32;
        let half = 1 << (unit - 1);
        let dropped = mantissa & ((1 << unit) - 1);
        mantissa -= dropped;
        if dropped > half || dropped == half && mantissa >> unit & 1 == 1 {
            mantissa += 1 << unit;
        }
        if mantissa >> 61 == 1 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let _ = write!(text, "0x{}", mantissa >> 60);
    let fraction = std::format!("{:015x}", mantissa & ((1 << 60) - 1));
    let places = precision.unwrap_or_else(|| fraction.trim_end_matches('0').len());
    if places > 0 {
        text.push('.');
        text.extend(fraction.chars().chain(std::iter::repeat('0')).take(places));
    }
    let _ = write!(text, "p{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn general(number: f64) -> String {
        format(number, Layout::General, None)
    }

    #[test]
    fn shortest_digits_in_the_general_layout() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (42.0, "42"),
            (999_999.0, "999999"),
            (1e6, "1e+06"),
            (1_234_567.5, "1.2345675e+06"),
            (123_456.7, "123456.7"),
            (12_345_678_901_234_567.0, "1.2345678901234568e+16"),
            (1e21, "1e+21"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (number, text) in cases {
            assert_eq!(general(number), text);
        }
    }

    #[test]
    fn given_precision() {
        assert_eq!(format(12.344, Layout::Plain, Some(2)), "12.34");
        assert_eq!(format(0.5, Layout::Plain, Some(0)), "0");
        assert_eq!(format(1.5, Layout::Plain, Some(0)), "2");
        assert_eq!(format(1234.5678, Layout::Exponent, Some(3)), "1.235e+03");
        assert_eq!(format(0.0, Layout::Exponent, Some(2)), "0.00e+00");
        assert_eq!(format(100_000.0, Layout::General, Some(3)), "1e+05");
        assert_eq!(format(1e6, Layout::General, Some(10)), "1000000");
        assert_eq!(format(1.0, Layout::Plain, Some(2000)).len(), 2002);
    }

    #[test]
    fn binary_exponents() {
        assert_eq!(format(42.0, Layout::Binary, None), "5910974510923776p-47");
        assert_eq!(format(42.0, Layout::Hexadecimal, None), "0x1.5p+05");
        assert_eq!(format(1.0, Layout::Hexadecimal, None), "0x1p+00");
        assert_eq!(format(0.0, Layout::Hexadecimal, Some(2)), "0x0.00p+00");
        assert_eq!(format(1.999, Layout::Hexadecimal, Some(1)), "0x1.0p+01");
    }
}
