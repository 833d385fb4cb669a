//! What Helm says of a value that fails, and how it writes numbers there: in English, with thousands set apart.

use super::failure::Origin;
use super::formats;
use super::patterns::REGEX;
use crate::gotext;
use boon::{ErrorKind, ValidationError};
use serde_json::{Number, Value as Json};
use std::borrow::Cow;
use std::error::Error;

/// What failed, given where it comes from and the place of the value.
pub(super) fn kind(error: &ValidationError<'_, '_>, origin: &Origin<'_>, place: &[String]) -> String {
    match &error.kind {
        ErrorKind::Group | ErrorKind::Reference { .. } => "validation failed".into(),
        ErrorKind::Schema { url } => format!("jsonschema validation failed with {}", quote(url)),
        ErrorKind::ContentSchema => "'contentSchema' failed".into(),
        ErrorKind::PropertyName { prop } => format!("invalid propertyName {}", quote(origin.names.original(prop))),
        ErrorKind::RefCycle { url, kw_loc1, kw_loc2 } => {
            format!(
                "both {kw_loc1} and {kw_loc2} resolve to {} causing reference cycle",
                gotext::quote(&origin.links.original(url))
            )
        }
        ErrorKind::FalseSchema => "false schema".into(),
        ErrorKind::Type { got, want } => {
            let wanted: Vec<_> = want.iter().map(|kind| kind.to_string()).collect();
            format!("got {}, want {}", got, wanted.join(" or "))
        }
        ErrorKind::Enum { want } => one_of(want),
        ErrorKind::Const { want } if is_collection(want) => "'const' failed".into(),
        ErrorKind::Const { want } => format!("value must be {}", scalar(want)),
        ErrorKind::Format { got, want, err } => {
            let got = origin.original(got, place);
            let want = if *want == REGEX { "regex" } else { want };
            format!("{} is not valid {want}: {}", scalar(&got), format_error(want, &got, err.as_ref()))
        }
        ErrorKind::MinProperties { got, want } => counts("minProperties", *got, *want),
        ErrorKind::MaxProperties { got, want } => counts("maxProperties", *got, *want),
        ErrorKind::MinItems { got, want } => counts("minItems", *got, *want),
        ErrorKind::MaxItems { got, want } => counts("maxItems", *got, *want),
        ErrorKind::MinLength { got, want } => counts("minLength", *got, *want),
        ErrorKind::MaxLength { got, want } => counts("maxLength", *got, *want),
        ErrorKind::AdditionalProperties { got } => format!("additional properties {} not allowed", quoted(got)),
        ErrorKind::Required { want } if want.len() == 1 => format!("missing property {}", quote(want[0])),
        ErrorKind::Required { want } => format!("missing properties {}", quoted(want)),
        ErrorKind::Dependency { prop, missing } | ErrorKind::DependentRequired { prop, missing } => {
            format!("properties {} required, if {} exists", quoted(missing), quote(prop))
        }
        ErrorKind::Contains => "no items match contains schema".into(),
        ErrorKind::MinContains { got, want } if got.is_empty() => {
            format!("min {} items required to match contains schema, but none matched", count(*want))
        }
        ErrorKind::MinContains { got, want } => contained("min", got, *want),
        ErrorKind::MaxContains { got, want } => contained("max", got, *want),
        ErrorKind::UniqueItems { got: [first, second] } => {
            format!("items at {} and {} are equal", count(*first), count(*second))
        }
        ErrorKind::AdditionalItems { got } => format!("last {} additionalItem(s) not allowed", count(*got)),
        ErrorKind::Pattern { got, want } => {
            let got = origin.original(&Json::String((*got).to_string()), place);
            // The pattern in the error is a translation.
            let pattern = (origin.schema)(error.schema_url).and_then(|schema| schema.get("pattern")?.as_str());
            format!("{} does not match pattern {}", scalar(&got), quote(pattern.unwrap_or(want)))
        }
        ErrorKind::ContentEncoding { want, err } => format!("value is not {} encoded: {err}", quote(want)),
        ErrorKind::ContentMediaType { want, err, .. } => format!("value if not of mediatype {}: {err}", quote(want)),
        ErrorKind::Minimum { got, want } => numbers("minimum", got, want),
        ErrorKind::Maximum { got, want } => numbers("maximum", got, want),
        ErrorKind::ExclusiveMinimum { got, want } => numbers("exclusiveMinimum", got, want),
        ErrorKind::ExclusiveMaximum { got, want } => numbers("exclusiveMaximum", got, want),
        ErrorKind::MultipleOf { got, want } => numbers("multipleOf", got, want),
        ErrorKind::Not => "'not' failed".into(),
        ErrorKind::AllOf => "'allOf' failed".into(),
        ErrorKind::AnyOf => "'anyOf' failed".into(),
        ErrorKind::OneOf(None) => "'oneOf' failed, none matched".into(),
        ErrorKind::OneOf(Some((first, second))) => {
            format!("'oneOf' failed, subschemas {}, {} matched", count(*first), count(*second))
        }
    }
}

/// A text in single quotes.
pub(super) fn quote(text: &str) -> String {
    let quoted = gotext::quote(text).replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{}'", &quoted[1..quoted.len() - 1])
}

/// A part of the path in a schema's URL, without the escapes of JSON pointers and URLs.
pub(super) fn unescaped(step: &str) -> Cow<'_, str> {
    if !step.contains(['~', '%']) {
        return step.into();
    }
    percent_decoded(step).replace("~1", "/").replace("~0", "~").into()
}

/// A part of a URL without its escapes.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether `number` is a multiple of `of`, both taken as the decimals they are written as.
pub(super) fn is_multiple(number: &Number, of: &Number) -> bool {
    let (Some((number, exponent)), Some((of, of_exponent))) = (decimal(number), decimal(of)) else { return false };
    let shift = exponent - of_exponent;
    let scaled =
        |digits: i128, by: i32| 10_i128.checked_pow(by.unsigned_abs()).and_then(|factor| digits.checked_mul(factor));
    let (number, of) = if shift >= 0 { (scaled(number, shift), Some(of)) } else { (Some(number), scaled(of, shift)) };
    matches!((number, of), (Some(number), Some(of)) if of != 0 && number % of == 0)
}

/// The digits and the exponent of a number.
fn decimal(number: &Number) -> Option<(i128, i32)> {
    let text = format!("{:e}", number.as_f64()?);
    let (mantissa, exponent) = text.split_once('e')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}").parse().ok()?;
    Some((digits, exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?))
}

fn one_of(wanted: &[Json]) -> String {
    if wanted.iter().any(is_collection) {
        return "'enum' failed".into();
    }
    let values: Vec<_> = wanted.iter().map(scalar).collect();
    let of = if values.len() == 1 { "" } else { "one of " };
    format!("value must be {of}{}", values.join(", "))
}

fn is_collection(value: &Json) -> bool {
    value.is_array() || value.is_object()
}

fn scalar(value: &Json) -> String {
    match value {
        Json::Null => "<nil>".into(),
        Json::String(text) => quote(text),
        Json::Array(_) | Json::Object(_) => "value".into(),
        other => other.to_string(),
    }
}

/// What is wrong with a value's format. Schemas of schemas are checked by rules that are not ours.
fn format_error(format: &str, got: &Json, error: &dyn Error) -> String {
    let own = got.as_str().and_then(|text| formats::check(format, text).err());
    own.unwrap_or_else(|| error.to_string())
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| quote(name.as_ref())).collect::<Vec<_>>().join(", ")
}

fn contained(which: &str, at: &[usize], wanted: usize) -> String {
    let positions: Vec<_> = at.iter().map(ToString::to_string).collect();
    let (wanted, found) = (count(wanted), count(at.len()));
    let positions = positions.join(" ");
    format!("{which} {wanted} items required to match contains schema, but matched {found} items at {positions}")
}

fn counts(keyword: &str, got: usize, wanted: usize) -> String {
    format!("{keyword}: got {}, want {}", count(got), count(wanted))
}

fn numbers(keyword: &str, got: &Number, wanted: &Number) -> String {
    let number = |number: &Number| english(number.as_f64().unwrap_or_default());
    format!("{keyword}: got {}, want {}", number(got), number(wanted))
}

fn count(number: usize) -> String {
    grouped(&number.to_string())
}

/// A number as it is printed in English: `12,345.5`, `1.5×10⁰⁷`.
fn english(number: f64) -> String {
    let text = gotext::float(number);
    if let Some((mantissa, exponent)) = text.split_once('e') {
        return format!("{mantissa}×10{}", superscript(exponent.trim_start_matches('+')));
    }
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(&text),
    }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn superscript(exponent: &str) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32(u32::from('⁴') + u32::from(c) - u32::from('4')).unwrap_or(c),
        _ => '⁰',
    };
    exponent.chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_english() {
        let cases = [
            (0.0, "0"),
            (999.0, "999"),
            (-1000.0, "-1,000"),
            (123_456.5, "123,456.5"),
            (1_234_567.5, "1.2345675×10⁰⁶"),
            (-1e7, "-1×10⁰⁷"),
            (1e-5, "1×10⁻⁰⁵"),
            (1e300, "1×10³⁰⁰"),
        ];
        for (number, expected) in cases {
            assert_eq!(english(number), expected);
        }
    }

    #[test]
    fn multiples_of_decimals() {
        let number = |number: f64| Number::from_f64(number).expect("a number");
        for (of, multiples) in [(0.1, &[0.3, 0.7, 12.0, -0.1, 0.0][..]), (0.01, &[0.07, 1.15]), (2.5, &[1e20, 7.5])] {
            for multiple in multiples {
                assert!(is_multiple(&number(*multiple), &number(of)), "{multiple} {of}");
            }
        }
        assert!(!is_multiple(&number(0.35), &number(0.1)));
        assert!(!is_multiple(&number(7.0), &number(2.0)));
    }
}
