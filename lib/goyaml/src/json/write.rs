//! Values to JSON.

use super::unsupported;
use crate::{Error, Sink, Walk, float};

/// How JSON is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether `<`, `>` and `&` are written as escapes.
    pub escape_html: bool,
    /// What each level is indented by; everything stands on one line if this is empty.
    pub indent: &'static str,
}

/// `json.Marshal`
///
/// # Errors
/// For infinities and NaN, and those of the value.
pub fn write(value: &impl Walk) -> Result<String, Error> {
    write_styled(value, Style { escape_html: true, indent: "" })
}

/// `json.MarshalIndent` with two blanks.
///
/// # Errors
/// As for [`write()`].
pub fn write_pretty(value: &impl Walk) -> Result<String, Error> {
    write_styled(value, Style { escape_html: true, indent: "  " })
}

/// As [`write()`], with `<`, `>` and `&` as they are.
///
/// # Errors
/// As for [`write()`].
pub fn write_raw(value: &impl Walk) -> Result<String, Error> {
    write_styled(value, Style { escape_html: false, indent: "" })
}

/// Writes JSON in a given style, without a line break at the end.
///
/// # Errors
/// As for [`write()`].
pub fn write_styled(value: &impl Walk, style: Style) -> Result<String, Error> {
    let mut writer = Writer { out: String::new(), style, depth: 0, fresh: true };
    value.walk(&mut writer)?;
    Ok(writer.out)
}

/// How deeply JSON may be nested.
const MAX_DEPTH: usize = 10_000;

struct Writer {
    out: String,
    style: Style,
    depth: usize,
    /// Whether nothing stands before the next item: it is the first of its collection, or follows a key.
    fresh: bool,
}

impl Writer {
    /// Puts what separates an item from the one before.
    fn separate(&mut self) {
        if !self.fresh {
            self.out.push(',');
            self.break_line();
        }
        self.fresh = false;
    }

    fn break_line(&mut self) {
        if !self.style.indent.is_empty() {
            self.out.push('\n');
            (0..self.depth).for_each(|_| self.out.push_str(self.style.indent));
        }
    }

    fn scalar(&mut self, text: &str) -> Result<(), Error> {
        self.separate();
        self.out.push_str(text);
        Ok(())
    }

    fn begin(&mut self, bracket: char, length: usize) -> Result<(), Error> {
        // Go reads what it has written to indent it, and then minds empty collections, too.
        if self.depth >= MAX_DEPTH && (length > 0 || !self.style.indent.is_empty()) {
            return Err(Error::new("exceeded max depth"));
        }
        self.separate();
        self.out.push(bracket);
        self.depth += 1;
        self.fresh = true;
        if length > 0 {
            self.break_line();
        }
        Ok(())
    }

    fn end(&mut self, bracket: char) -> Result<(), Error> {
        self.depth = self.depth.saturating_sub(1);
        if !self.fresh {
            self.break_line();
        }
        self.out.push(bracket);
        self.fresh = false;
        Ok(())
    }
}

impl Sink for Writer {
    fn null(&mut self) -> Result<(), Error> {
        self.scalar("null")
    }

    fn bool(&mut self, value: bool) -> Result<(), Error> {
        self.scalar(if value { "true" } else { "false" })
    }

    fn int(&mut self, value: i64) -> Result<(), Error> {
        self.separate();
        float::push_int(&mut self.out, value);
        Ok(())
    }

    fn uint(&mut self, value: u64) -> Result<(), Error> {
        self.scalar(&value.to_string())
    }

    fn float(&mut self, value: f64) -> Result<(), Error> {
        if !value.is_finite() {
            return Err(unsupported(value));
        }
        self.separate();
        float::push_json(&mut self.out, value);
        Ok(())
    }

    fn string(&mut self, value: &[u8]) -> Result<(), Error> {
        self.separate();
        push_string(&mut self.out, value, self.style.escape_html);
        Ok(())
    }

    fn begin_list(&mut self, length: usize) -> Result<(), Error> {
        self.begin('[', length)
    }

    fn end_list(&mut self) -> Result<(), Error> {
        self.end(']')
    }

    fn begin_map(&mut self, length: usize) -> Result<(), Error> {
        self.begin('{', length)
    }

    fn key(&mut self, key: &[u8]) -> Result<(), Error> {
        self.string(key)?;
        self.out.push_str(if self.style.indent.is_empty() { ":" } else { ": " });
        self.fresh = true;
        Ok(())
    }

    fn end_map(&mut self) -> Result<(), Error> {
        self.end('}')
    }
}

/// A JSON string. Bytes that are not UTF-8 become U+FFFD, each for itself.
pub(crate) fn push_string(out: &mut String, value: &[u8], escape_html: bool) {
    out.push('"');
    for chunk in value.utf8_chunks() {
        push_text(out, chunk.valid(), escape_html);
        out.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    out.push('"');
}

fn push_text(out: &mut String, text: &str, escape_html: bool) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let plain = match byte {
            b'"' | b'\\' | 0..0x20 => false,
            b'<' | b'>' | b'&' => !escape_html,
            0xe2 => !matches!(text.as_bytes()[at..], [_, 0x80, 0xa8 | 0xa9, ..]),
            _ => true,
        };
        if !plain {
            out.push_str(&text[done..at]);
            done = at + push_escape(out, byte, text.as_bytes().get(at + 2));
        }
    }
    out.push_str(&text[done..]);
}

/// Writes an escape and says how many bytes it stands for.
fn push_escape(out: &mut String, byte: u8, third: Option<&u8>) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        0x08 => out.push_str("\\b"),
        0x0c => out.push_str("\\f"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        0xe2 => {
            out.push_str(if third == Some(&0xa8) { "\\u2028" } else { "\\u2029" });
            return 3;
        }
        _ => {
            out.push_str("\\u00");
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    1
}
