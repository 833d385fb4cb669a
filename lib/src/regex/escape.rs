//! Escapes that stand for one character: `\n`, `\x41`, `\x{1F600}`, `\101`, `\.`.

use super::error::{Cause, Error};
use super::text::next_rune;

/// Takes an escape, which `text` begins with. The result is a code point, perhaps of a surrogate.
///
/// # Errors
/// When Go has no such escape.
pub(super) fn take_escape(text: &[u8]) -> Result<(u32, &[u8]), Error> {
    if text.len() == 1 {
        return Err(Error::new(Cause::TrailingBackslash, b""));
    }
    let (rune, rest) = next_rune(&text[1..])?;
    let invalid = |rest: &[u8]| Error::new(Cause::InvalidEscape, &text[..text.len() - rest.len()]);
    Ok(match rune {
        'a' => (7, rest),
        'f' => (12, rest),
        'n' => (10, rest),
        'r' => (13, rest),
        't' => (9, rest),
        'v' => (11, rest),
        'x' => {
            let (code, rest) = take_hexadecimal(rest)?;
            return code.map(|code| (code, rest)).ok_or_else(|| invalid(rest));
        }
        '0' => take_octal(u32::from(rune) - 48, rest),
        // One digit alone would be a back-reference.
        '1'..='7' if rest.first().is_some_and(is_octal) => take_octal(u32::from(rune) - 48, rest),
        _ if rune.is_ascii() && !rune.is_ascii_alphanumeric() => (u32::from(rune), rest),
        _ => return Err(invalid(rest)),
    })
}

fn is_octal(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'7')
}

/// Up to two more digits.
fn take_octal(first: u32, text: &[u8]) -> (u32, &[u8]) {
    let digits = text.iter().take(2).take_while(|byte| is_octal(byte)).count();
    let code = text[..digits].iter().fold(first, |code, byte| code * 8 + u32::from(byte - b'0'));
    (code, &text[digits..])
}

/// What follows `\x`; no code when it is malformed, and the rest begins after what was read of it.
fn take_hexadecimal(text: &[u8]) -> Result<(Option<u32>, &[u8]), Error> {
    if text.is_empty() {
        return Ok((None, text));
    }
    let (first, rest) = next_rune(text)?;
    if first == '{' {
        return take_braced(rest);
    }
    let (second, rest) = next_rune(rest)?;
    Ok((first.to_digit(16).zip(second.to_digit(16)).map(|(high, low)| high * 16 + low), rest))
}

fn take_braced(text: &[u8]) -> Result<(Option<u32>, &[u8]), Error> {
    let (mut code, mut rest) = (None, text);
    while !rest.is_empty() {
        let (rune, after) = next_rune(rest)?;
        rest = after;
        if rune == '}' {
            return Ok((code, rest));
        }
        code = rune.to_digit(16).map(|digit| code.unwrap_or(0) * 16 + digit).filter(|code| *code <= u32::from(char::MAX));
        if code.is_none() {
            break;
        }
    }
    Ok((None, rest))
}
