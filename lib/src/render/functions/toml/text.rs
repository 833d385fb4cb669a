//! The strings of a TOML text: in double quotes with escapes, in single quotes as they are, each on one line or on several.

use super::scan::{Fault, Scanner, is_newline};
use gotemplate::value::Str;

/// The quote that a string stands in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Quote {
    Double,
    Single,
}

impl Quote {
    fn rune(self) -> char {
        if self == Self::Double { '"' } else { '\'' }
    }

    /// Three quotes, in the quotes that a message shows them in.
    fn shown(self, count: usize) -> String {
        let other = if self == Self::Double { "'" } else { "\"" };
        format!("{other}{}{other}", self.rune().to_string().repeat(count))
    }
}

/// A string whose first quote has been read.
pub(super) fn read(scanner: &mut Scanner<'_>, quote: Quote) -> Result<Str, Fault> {
    if scanner.accept(quote.rune())? {
        if scanner.accept(quote.rune())? {
            return read_lines(scanner, quote);
        }
        scanner.back_to(scanner.place() - 1);
    }
    read_line(scanner, quote)
}

/// A key that begins with its quote here; three quotes mean nothing special.
pub(super) fn read_key(scanner: &mut Scanner<'_>, quote: Quote) -> Result<Str, Fault> {
    scanner.next()?;
    read_line(scanner, quote)
}

fn read_line(scanner: &mut Scanner<'_>, quote: Quote) -> Result<Str, Fault> {
    let start = scanner.place();
    loop {
        match scanner.next()? {
            None => return Err(scanner.fault(format!("unexpected EOF; expected {}", quote.shown(1)))),
            Some(rune) if is_newline(rune) => return Err(scanner.fault_before("strings cannot contain newlines")),
            Some('\\') if quote == Quote::Double => escape(scanner, start)?,
            Some(rune) if rune == quote.rune() => break,
            Some(_) => {}
        }
    }
    let text = without_end(scanner.since(start), 1);
    if quote == Quote::Double { unescaped(scanner, text) } else { Ok(Str::from(text)) }
}

/// Up to two quotes may stand before the three at the end.
fn read_lines(scanner: &mut Scanner<'_>, quote: Quote) -> Result<Str, Fault> {
    let start = scanner.place();
    loop {
        match scanner.next()? {
            None => return Err(scanner.fault(format!("unexpected EOF; expected {}", quote.shown(3)))),
            Some('\\') if quote == Quote::Double => match scanner.peek()? {
                Some(rune) if is_newline(rune) => {
                    scanner.next()?;
                }
                _ => escape(scanner, start)?,
            },
            Some(rune) if rune == quote.rune() => {
                if ends_lines(scanner, quote, start)? {
                    break;
                }
            }
            Some(_) => {}
        }
    }
    let text = without_first_newline(without_end(scanner.since(start), 3));
    if quote == Quote::Double { unescaped(scanner, &without_escaped_newlines(text)) } else { Ok(Str::from(text)) }
}

/// Whether two more quotes end the text, which otherwise are left to be read again.
fn ends_lines(scanner: &mut Scanner<'_>, quote: Quote, start: usize) -> Result<bool, Fault> {
    if !scanner.accept(quote.rune())? {
        return Ok(false);
    }
    if !scanner.accept(quote.rune())? {
        scanner.back_to(scanner.place() - 1);
        return Ok(false);
    }
    if scanner.peek()? != Some(quote.rune()) {
        return Ok(true);
    }
    let text = scanner.since(start);
    let many: &[u8] = if quote == Quote::Double { b"\"\"\"\"\"" } else { b"'''''" };
    if text.ends_with(many) && !(quote == Quote::Double && text.ends_with(b"\\\"\"\"\"\"")) {
        return Err(scanner.fault(format!("unexpected {}", quote.shown(6))));
    }
    scanner.back_to(scanner.place() - 2);
    Ok(false)
}

/// Checks the escape whose backslash has been read.
fn escape(scanner: &mut Scanner<'_>, start: usize) -> Result<(), Fault> {
    let (count, digits) = match scanner.next()? {
        Some('b' | 't' | 'n' | 'f' | 'r' | 'e' | '"' | '\\' | ' ' | '\t') => return Ok(()),
        Some('x') => (2, r"two hexadecimal digits after '\x'"),
        Some('u') => (4, r"four hexadecimal digits after '\u'"),
        Some('U') => (8, r"eight hexadecimal digits after '\U'"),
        rune => {
            let rune = rune.unwrap_or('\0');
            return Err(scanner.fault_or_before(format!(r"invalid escape in string '\{rune}'")));
        }
    };
    for _ in 0..count {
        if !scanner.next()?.is_some_and(|rune| rune.is_ascii_hexdigit()) {
            let text = gotemplate::format::quoted(scanner.since(start));
            return Err(scanner.fault(format!("expected {digits}, but got {text} instead")));
        }
    }
    Ok(())
}

/// The text with its escapes, which have been checked, replaced.
fn unescaped(scanner: &Scanner<'_>, text: &[u8]) -> Result<Str, Fault> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.iter().position(|byte| *byte == b'\\') {
        plain.extend_from_slice(&rest[..place]);
        let (kind, after) = rest[place + 1..].split_first().unwrap_or((&b'\\', &[]));
        rest = after;
        let digits = match kind {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            b' ' | b'\t' => return Err(scanner.fault(format!(r"invalid escape: '\{}'", char::from(*kind)))),
            _ => {
                plain.push(control(*kind));
                continue;
            }
        };
        let (code, after) = rest.split_at(digits.min(rest.len()));
        rest = after;
        let code = String::from_utf8_lossy(code);
        match u32::from_str_radix(&code, 16).ok().and_then(char::from_u32) {
            Some(rune) => plain.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes()),
            None => return Err(scanner.fault(format!(r"Escaped character '\u{code}' is not valid UTF-8."))),
        }
    }
    plain.extend_from_slice(rest);
    Ok(plain.into())
}

fn control(letter: u8) -> u8 {
    match letter {
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'f' => 12,
        b'r' => b'\r',
        b'e' => 27,
        other => other,
    }
}

fn without_end(text: &[u8], count: usize) -> &[u8] {
    &text[..text.len() - count]
}

fn without_first_newline(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\n").or(text.strip_prefix(b"\r\n")).unwrap_or(text)
}

/// The text without backslashes at line ends and all white space after each.
fn without_escaped_newlines(text: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.iter().position(|byte| *byte == b'\\') {
        let after = &rest[place + 1..];
        let space = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        let kept = match after {
            [b'\\', ..] => 2,
            _ if after[..space].contains(&b'\n') => 0,
            _ => 1,
        };
        joined.extend_from_slice(&rest[..place + kept]);
        rest = if kept == 0 { &after[space..] } else { &rest[place + kept..] };
    }
    joined.extend_from_slice(rest);
    joined
}
