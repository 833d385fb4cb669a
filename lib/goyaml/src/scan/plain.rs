//! Plain scalars.

use super::content::Gap;
use super::cursor::stops;
use super::{ScalarStyle, Scan, Scanner};

const IN_BLOCK: [bool; 256] = stops(b" \t:");
const IN_FLOW: [bool; 256] = stops(b" \t:,?[]{}");

impl Scanner<'_> {
    pub(super) fn scan_plain(&mut self, key_level: Option<u32>) -> Scan {
        let start = self.cursor.mark();
        let mut end = start;
        let mut content = self.cursor.content();
        let mut gap = Gap::default();
        while !self.cursor.is_document_indicator() && self.cursor.peek() != b'#' {
            let from = self.cursor.offset();
            self.skip_plain_word();
            if self.cursor.offset() > from {
                if gap.crossed {
                    gap.fold_into(&mut content, from);
                    gap = Gap::default();
                }
                end = self.cursor.mark();
                content.extend(end.offset);
            }
            self.need(2)?;
            if !self.cursor.is_blank() && !self.cursor.is_break() {
                break;
            }
            self.skip_plain_gap(&mut gap)?;
            if !self.in_flow() && self.cursor.column().cast_signed() <= self.indent {
                break;
            }
        }
        if gap.crossed {
            self.simple_key_allowed = true;
        }
        self.push_scalar((content.finish(), ScalarStyle::Plain), (start, end), key_level)
    }

    /// Passes characters up to white space or an indicator that ends the scalar.
    fn skip_plain_word(&mut self) {
        let stops = if self.in_flow() { &IN_FLOW } else { &IN_BLOCK };
        loop {
            self.cursor.skip_until(stops);
            match self.cursor.peek() {
                b':' if !self.cursor.is_blankz_at(1) => self.cursor.skip_ascii(1),
                0x80.. if !self.cursor.is_break() => self.cursor.skip(),
                _ => return,
            }
        }
    }

    fn skip_plain_gap(&mut self, gap: &mut Gap) -> Scan {
        loop {
            match self.cursor.peek() {
                b'\t' if gap.crossed && self.cursor.column().cast_signed() <= self.indent => {
                    return Err(self.error("found a tab character that violates indentation"));
                }
                b' ' | b'\t' => self.cursor.skip_ascii(1),
                _ => match self.cursor.skip_break() {
                    "" => return Ok(()),
                    meaning => gap.add_break(meaning),
                },
            }
        }
    }
}
