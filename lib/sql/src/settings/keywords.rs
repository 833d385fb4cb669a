//! `host=… port=… password='with blanks'`.

use super::{Parameters, SettingsError};
use std::iter::Peekable;
use std::str::Chars;

/// Reads pairs of keys and values, with libpq's quotes and escapes.
pub(super) fn parse(text: &str) -> Result<Parameters, SettingsError> {
    let mut rest = text.chars().peekable();
    let mut parameters = Parameters::new();
    loop {
        skip_blanks(&mut rest);
        if rest.peek().is_none() {
            return Ok(parameters);
        }
        let mut key = String::new();
        while let Some(c) = rest.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        skip_blanks(&mut rest);
        if key.is_empty() || rest.next() != Some('=') {
            return Err(SettingsError::NoEquals);
        }
        skip_blanks(&mut rest);
        let value = if rest.next_if_eq(&'\'').is_some() { quoted(&mut rest)? } else { plain(&mut rest)? };
        parameters.push((key, value));
    }
}

fn skip_blanks(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|c| c.is_whitespace()).is_some() {}
}

fn quoted(rest: &mut Peekable<Chars<'_>>) -> Result<String, SettingsError> {
    let mut value = String::new();
    loop {
        match rest.next().ok_or(SettingsError::Unterminated)? {
            '\'' => return Ok(value),
            '\\' => value.push(rest.next().ok_or(SettingsError::Unterminated)?),
            c => value.push(c),
        }
    }
}

fn plain(rest: &mut Peekable<Chars<'_>>) -> Result<String, SettingsError> {
    let mut value = String::new();
    while let Some(c) = rest.next_if(|c| !c.is_whitespace()) {
        value.push(if c == '\\' { rest.next().ok_or(SettingsError::Unterminated)? } else { c });
    }
    Ok(value)
}
