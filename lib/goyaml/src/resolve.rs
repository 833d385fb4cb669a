//! From the text and tag of a scalar to what it means, by go-yaml's rules.

use crate::node::{Node, NodeKind};
use crate::timestamp::is_timestamp;
use crate::{base64, text};
use std::borrow::Cow;

/// What a scalar means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// Above the range of `i64`.
    Uint(u64),
    Float(f64),
    Text(Cow<'a, str>),
}

const STR: &str = "tag:yaml.org,2002:str";
const BOOL: &str = "tag:yaml.org,2002:bool";
const INT: &str = "tag:yaml.org,2002:int";
const FLOAT: &str = "tag:yaml.org,2002:float";
const NULL: &str = "tag:yaml.org,2002:null";
const TIMESTAMP: &str = "tag:yaml.org,2002:timestamp";
const BINARY: &str = "tag:yaml.org,2002:binary";
pub(crate) const MERGE: &str = "tag:yaml.org,2002:merge";

/// Resolves a scalar; other nodes mean nothing.
///
/// # Errors
/// For a text that the tag does not fit, in go-yaml's words.
pub(crate) fn resolve<'n>(node: &'n Node<'_>) -> Result<Resolved<'n>, String> {
    let NodeKind::Scalar { value, implicit, .. } = &node.kind else { return Ok(Resolved::Null) };
    match node.tag() {
        Some(tag) => resolve_tagged(tag, value),
        None if *implicit => Ok(resolve_plain(value)),
        None => Ok(Resolved::Text(Cow::Borrowed(value))),
    }
}

/// Resolves a scalar that has a tag.
///
/// # Errors
/// For a text that the tag does not fit, in go-yaml's words.
fn resolve_tagged<'a>(tag: &str, value: &'a str) -> Result<Resolved<'a>, String> {
    match tag {
        STR => Ok(Resolved::Text(Cow::Borrowed(value))),
        BINARY => match base64::decode(value) {
            // JSON, which follows, replaces what is not UTF-8.
            Some(bytes) => Ok(Resolved::Text(Cow::Owned(text::to_valid(&bytes).into_owned()))),
            None => Err("!!binary value contains invalid base64 data".to_owned()),
        },
        TIMESTAMP if is_timestamp(value) => Ok(Resolved::Text(Cow::Borrowed(value))),
        BOOL | INT | FLOAT | NULL | TIMESTAMP => cast(tag, value),
        _ => Ok(Resolved::Text(Cow::Borrowed(value))),
    }
}

fn cast<'a>(tag: &str, text: &'a str) -> Result<Resolved<'a>, String> {
    let resolved = resolve_plain(text);
    match (tag, &resolved) {
        (BOOL, Resolved::Bool(_)) | (INT, Resolved::Int(_) | Resolved::Uint(_)) => Ok(resolved),
        (FLOAT, Resolved::Float(_)) | (NULL, Resolved::Null) => Ok(resolved),
        #[expect(clippy::cast_precision_loss, reason = "Go loses it too")]
        (FLOAT, &Resolved::Int(value)) => Ok(Resolved::Float(value as f64)),
        _ => Err(format!("cannot decode !!{} `{text}` as a {}", name_of(&resolved), short(tag))),
    }
}

fn name_of(resolved: &Resolved<'_>) -> &'static str {
    match resolved {
        Resolved::Null => "null",
        Resolved::Bool(_) => "bool",
        Resolved::Int(_) | Resolved::Uint(_) => "int",
        Resolved::Float(_) => "float",
        Resolved::Text(_) => "str",
    }
}

fn short(tag: &str) -> String {
    tag.replacen("tag:yaml.org,2002:", "!!", 1)
}

/// Resolves a plain scalar without a tag.
pub(crate) fn resolve_plain(text: &str) -> Resolved<'_> {
    let resolved = match text.as_bytes().first() {
        None => Some(Resolved::Null),
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => resolve_word(text),
        Some(b'.') => resolve_special_float(text).or_else(|| parse_go_float(text)).map(Resolved::Float),
        Some(b'+' | b'-') => resolve_special_float(text).map(Resolved::Float).or_else(|| resolve_number(text)),
        Some(b'0'..=b'9') => resolve_number(text),
        Some(_) => None,
    };
    resolved.unwrap_or(Resolved::Text(Cow::Borrowed(text)))
}

fn resolve_word(text: &str) -> Option<Resolved<'static>> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(Resolved::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(Resolved::Bool(false)),
        "~" | "null" | "Null" | "NULL" => Some(Resolved::Null),
        _ => None,
    }
}

fn resolve_special_float(text: &str) -> Option<f64> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn resolve_number(text: &str) -> Option<Resolved<'static>> {
    let plain: Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    if let Some(integer) = parse_integer(&plain) {
        return Some(integer);
    }
    if is_float(&plain) {
        let value: f64 = plain.parse().ok()?;
        // Go's parser refuses what overflows.
        return value.is_finite().then_some(Resolved::Float(value));
    }
    parse_signed_binary(&plain)
}

/// Go's `ParseInt` and then `ParseUint`, with base 0.
fn parse_integer(text: &str) -> Option<Resolved<'static>> {
    let (sign, unsigned) = split_sign(text);
    let (digits, radix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&unsigned[2..], 16),
        [b'0', b'o' | b'O', ..] => (&unsigned[2..], 8),
        [b'0', b'b' | b'B', ..] => (&unsigned[2..], 2),
        [b'0', _, ..] => (&unsigned[1..], 8),
        _ => (unsigned, 10),
    };
    let magnitude = parse_digits(digits, radix)?;
    to_integer(sign, magnitude)
}

/// `0b-1`, which Go does not take for a number and go-yaml does.
fn parse_signed_binary(text: &str) -> Option<Resolved<'static>> {
    let (sign, digits) = split_sign(text.strip_prefix("0b")?);
    to_integer(sign, parse_digits(digits, 2)?)
}

/// `0o-7` and the like, which version 3 of go-yaml takes for numbers.
pub(crate) fn is_signed_octal(text: &str) -> bool {
    let digits = text.replace('_', "");
    let digits = digits.strip_prefix("0o").and_then(|digits| digits.strip_prefix(['+', '-']));
    digits.and_then(|digits| parse_digits(digits, 8)).is_some()
}

fn split_sign(text: &str) -> (Option<u8>, &str) {
    match text.as_bytes() {
        [sign @ (b'+' | b'-'), ..] => (Some(*sign), &text[1..]),
        _ => (None, text),
    }
}

fn parse_digits(digits: &str, radix: u32) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// A number above the range of `i64` may not have a sign.
fn to_integer(sign: Option<u8>, magnitude: u64) -> Option<Resolved<'static>> {
    if sign == Some(b'-') {
        return 0i64.checked_sub_unsigned(magnitude).map(Resolved::Int);
    }
    match i64::try_from(magnitude) {
        Ok(value) => Some(Resolved::Int(value)),
        Err(_) => sign.is_none().then_some(Resolved::Uint(magnitude)),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
pub(crate) fn is_float(text: &str) -> bool {
    let (_, unsigned) = split_sign(text);
    let (whole, rest) = split_digits(unsigned);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return false;
    }
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else { return rest.is_empty() };
    let (_, exponent) = split_sign(exponent);
    !exponent.is_empty() && exponent.bytes().all(|byte| byte.is_ascii_digit())
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Go's `ParseFloat` for a text that begins with a point: underscores may stand between digits.
fn parse_go_float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let misplaced = |(at, &byte): (usize, &u8)| byte == b'_' && !(is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)));
    if bytes.iter().enumerate().any(misplaced) {
        return None;
    }
    let plain = text.replace('_', "");
    let value: f64 = if is_float(&plain) { plain.parse().ok()? } else { return None };
    value.is_finite().then_some(value)
}
