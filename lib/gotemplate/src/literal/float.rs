//! Go's `strconv.ParseFloat`.

/// The value of a decimal or hexadecimal float; `None` if it is malformed or too large.
pub(super) fn parse(text: &str) -> Option<f64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if !underscores_separate_digits(digits) {
        return None;
    }
    let digits: String = digits.chars().filter(|&rune| rune != '_').collect();
    let magnitude = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => hexadecimal(digits)?,
        None if digits.starts_with(|rune: char| rune.is_ascii_digit() || rune == '.') => digits.parse().ok()?,
        None => return None,
    };
    magnitude.is_finite().then_some(if negative { -magnitude } else { magnitude })
}

/// Underscores stand between digits, or between the prefix and a digit.
pub(super) fn underscores_separate_digits(digits: &str) -> bool {
    if !digits.contains('_') {
        return true;
    }
    let lower = digits.to_ascii_lowercase();
    let prefixed = lower.len() >= 2 && lower.starts_with('0') && lower[1..].starts_with(['b', 'o', 'x']);
    let hexadecimal = prefixed && lower[1..].starts_with('x');
    let mut before = if prefixed { '0' } else { '^' };
    for rune in lower[if prefixed { 2 } else { 0 }..].chars() {
        let is_digit = rune.is_ascii_digit() || hexadecimal && matches!(rune, 'a'..='f');
        match (rune, before) {
            (_, '0' | '_') if is_digit => before = '0',
            _ if is_digit => before = '0',
            ('_', '0') => before = '_',
            ('_', _) | (_, '_') => return false,
            _ => before = '!',
        }
    }
    before != '_'
}

/// `1.8p3`, without sign and prefix. The exponent is required.
fn hexadecimal(digits: &str) -> Option<f64> {
    let (mantissa, exponent) = digits.split_once(['p', 'P'])?;
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if integer.is_empty() && fraction.is_empty() {
        return None;
    }
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Longer exponents are out of every range.
    let exponent = exponent.parse::<i64>().unwrap_or(if exponent.starts_with('-') { -100_000 } else { 100_000 });
    let mut bits: u64 = 0;
    let mut scale = exponent.clamp(-100_000, 100_000) - 4 * fraction.len() as i64;
    for digit in integer.chars().chain(fraction.chars()) {
        let digit = u64::from(digit.to_digit(16)?);
        if bits >> 60 == 0 {
            bits = bits << 4 | digit;
        } else {
            // Digits beyond precision only break ties.
            bits |= u64::from(digit != 0);
            scale += 4;
        }
    }
    Some(scaled(bits, scale))
}

/// `bits × 2^scale`, rounded to even once.
fn scaled(bits: u64, scale: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let top = 63 - i64::from(bits.leading_zeros()) + scale;
    if top > 1023 {
        return f64::INFINITY;
    }
    // The weight of the last bit that the result can hold.
    let unit = (top - 52).max(-1074);
    let drop = unit - scale;
    let rounded = match drop {
        ..=0 => bits << -drop,
        1..=64 => {
            let kept = if drop == 64 { 0 } else { bits >> drop };
            let dropped = u128::from(bits) - (u128::from(kept) << drop);
            let half = 1u128 << (drop - 1);
            kept + u64::from(dropped > half || dropped == half && kept & 1 == 1)
        }
        _ => 0,
    };
    // Exact: at most 53 bits, then powers of two that stay in range at each step.
    let half = unit / 2;
    rounded as f64 * 2f64.powi(half as i32) * 2f64.powi((unit - half) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_floats_round_once() {
        assert_eq!(parse("0x1p4"), Some(16.0));
        assert_eq!(parse("-0x1.8p-1"), Some(-0.75));
        assert_eq!(parse("0x1.fffffffffffff8p0"), Some(2.0));
        assert_eq!(parse("0x1.00000000000008p0"), Some(1.0));
        assert_eq!(parse("0x1.000000000000080000000000001p0"), Some(1.000_000_000_000_000_2));
        assert_eq!(parse("0x1p-1074"), Some(5e-324));
        assert_eq!(parse("0x1p-1075"), Some(0.0));
        assert_eq!(parse("0x1p1024"), None);
        assert_eq!(parse("0x1"), None);
    }

    #[test]
    fn decimal_floats() {
        assert_eq!(parse("1_000.5"), Some(1000.5));
        assert_eq!((parse("1__0."), parse("_1."), parse("1_."), parse("1e400")), (None, None, None, None));
        assert_eq!((parse("5."), parse(".5"), parse("+1e3"), parse("inf")), (Some(5.0), Some(0.5), Some(1000.0), None));
    }
}
