//! Quantities: `0.5`, `500m` and `"500m"` are the same.

use serde_json::Value as Json;

/// Suffixes with the power of ten that they stand for.
const DECIMAL: &[(&str, i32)] =
    &[("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
/// Suffixes with the power of two that they stand for.
const BINARY: &[(&str, u32)] = &[("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

/// The value in billionths, which is as fine as Kubernetes counts. `None` where the value is no quantity, or too large to
/// compare.
pub(super) fn parse(value: &Json) -> Option<i128> {
    match value {
        Json::String(text) => parse_text(text),
        Json::Number(number) => parse_text(&number.to_string()),
        _ => None,
    }
}

fn parse_text(text: &str) -> Option<i128> {
    let digits = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let (number, is_negative) = match number.strip_prefix(['-', '+']) {
        Some(rest) => (rest, number.starts_with('-')),
        None => (number, false),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all = format!("{whole}{fraction}");
    if !all.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let all: i128 = all.parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let value = match BINARY.iter().find(|(name, _)| *name == suffix) {
        Some((_, bits)) => scale(all.checked_mul(1 << bits)?, 9 - places)?,
        None => scale(all, 9 - places + exponent(suffix)?)?,
    };
    Some(if is_negative { -value } else { value })
}

/// The power of ten of a suffix: `m`, or `e3`.
fn exponent(suffix: &str) -> Option<i32> {
    let named = DECIMAL.iter().find(|(name, _)| *name == suffix).map(|(_, power)| *power);
    named.or_else(|| suffix.strip_prefix(['e', 'E'])?.parse().ok())
}

/// Exactly, or not at all.
fn scale(value: i128, power: i32) -> Option<i128> {
    let factor = 10_i128.checked_pow(power.unsigned_abs())?;
    if power >= 0 {
        return value.checked_mul(factor);
    }
    (value % factor == 0).then_some(value / factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn forms_of_one_quantity_are_equal() {
        for (a, b) in [
            (json!(0.5), json!("500m")),
            (json!("1000m"), json!(1)),
            (json!("1Gi"), json!("1024Mi")),
            (json!("1.5Gi"), json!("1536Mi")),
            (json!("2k"), json!(2000)),
            (json!("1e3"), json!("1k")),
            (json!("-1"), json!("-1000m")),
        ] {
            assert!(parse(&a).is_some() && parse(&a) == parse(&b), "{a} {b}");
        }
        assert_ne!(parse(&json!("1G")), parse(&json!("1Gi")));
    }

    #[test]
    fn other_texts_are_none() {
        for text in ["", "m", "1x", "1.2.3", "1e", "--1", "999999999999999999999999999999999999999E"] {
            assert_eq!(parse(&json!(text)), None, "{text}");
        }
        assert_eq!(parse(&json!(true)), None);
    }
}
