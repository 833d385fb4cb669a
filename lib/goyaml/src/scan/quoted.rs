//! Single- and double-quoted scalars.

use super::content::{Content, Gap};
use super::cursor::stops;
use super::{ScalarStyle, Scan, Scanner};

const SINGLE: [bool; 256] = stops(b" \t'");
const DOUBLE: [bool; 256] = stops(b" \t\"\\");

impl<'a> Scanner<'a> {
    pub(super) fn scan_single_quoted(&mut self, key_level: Option<u32>) -> Scan {
        self.scan_quoted(b'\'', ScalarStyle::SingleQuoted, key_level)
    }

    pub(super) fn scan_double_quoted(&mut self, key_level: Option<u32>) -> Scan {
        self.scan_quoted(b'"', ScalarStyle::DoubleQuoted, key_level)
    }

    fn scan_quoted(&mut self, quote: u8, style: ScalarStyle, key_level: Option<u32>) -> Scan {
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        let mut content = self.cursor.content();
        loop {
            self.need(4)?;
            if self.cursor.is_document_indicator() {
                return Err(self.error("found unexpected document indicator"));
            }
            if self.cursor.at_end() {
                return Err(self.error("found unexpected end of stream"));
            }
            let mut gap = match quote {
                b'"' => self.scan_double_quoted_word(&mut content)?,
                _ => self.scan_single_quoted_word(&mut content),
            };
            self.need(1)?;
            if self.cursor.peek() == quote {
                break;
            }
            self.skip_quoted_gap(&mut gap);
            if gap.crossed {
                gap.fold_into(&mut content, self.cursor.offset());
            } else {
                content.extend(self.cursor.offset());
            }
        }
        self.cursor.skip_ascii(1);
        let end = self.cursor.mark();
        self.push_scalar((content.finish(), style), (start, end), key_level)
    }

    fn scan_single_quoted_word(&mut self, content: &mut Content<'a>) -> Gap {
        loop {
            self.cursor.skip_until(&SINGLE);
            content.extend(self.cursor.offset());
            match self.cursor.peek() {
                b'\'' if self.cursor.peek_at(1) == b'\'' => {
                    self.cursor.skip_ascii(2);
                    content.push("'", self.cursor.offset());
                }
                0x80.. if !self.cursor.is_break() => self.cursor.skip(),
                _ => return Gap::default(),
            }
        }
    }

    fn scan_double_quoted_word(&mut self, content: &mut Content<'a>) -> Scan<Gap> {
        loop {
            self.cursor.skip_until(&DOUBLE);
            content.extend(self.cursor.offset());
            match self.cursor.peek() {
                b'\\' if self.cursor.is_break_at(1) => {
                    self.cursor.skip_ascii(1);
                    self.cursor.skip_break();
                    return Ok(Gap::escaped());
                }
                b'\\' => {
                    let mut buffer = [0; 4];
                    let character = self.scan_escape()?;
                    content.push(character.encode_utf8(&mut buffer), self.cursor.offset());
                }
                0x80.. if !self.cursor.is_break() => self.cursor.skip(),
                _ => return Ok(Gap::default()),
            }
        }
    }

    fn skip_quoted_gap(&mut self, gap: &mut Gap) {
        loop {
            self.cursor.skip_blanks();
            match self.cursor.skip_break() {
                "" => return,
                meaning => gap.add_break(meaning),
            }
        }
    }

    fn scan_escape(&mut self) -> Scan<char> {
        let digits = match self.cursor.peek_at(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            letter => {
                let character = simple_escape(letter).ok_or_else(|| self.error("found unknown escape character"))?;
                self.cursor.skip_ascii(2);
                return Ok(character);
            }
        };
        self.cursor.skip_ascii(2);
        self.need(digits)?;
        let mut value = 0;
        for at in 0..digits {
            let digit = char::from(self.cursor.peek_at(at)).to_digit(16);
            let digit = digit.ok_or_else(|| self.error("did not find expected hexdecimal number"))?;
            value = value << 4 | digit;
        }
        let invalid = || self.error("found invalid Unicode character escape code");
        let character = char::from_u32(value).ok_or_else(invalid)?;
        self.cursor.skip_ascii(digits);
        Ok(character)
    }
}

/// What a backslash and that letter stand for.
pub(crate) fn simple_escape(letter: u8) -> Option<char> {
    Some(match letter {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' | b'"' | b'\'' | b'\\' => char::from(letter),
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
