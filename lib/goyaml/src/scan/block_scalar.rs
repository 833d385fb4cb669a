//! Literal and folded scalars.

use super::{Mark, ScalarStyle, Scan, Scanner};
use std::borrow::Cow;

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

/// A value under construction.
#[derive(Default)]
struct Lines {
    value: String,
    /// The break of the last line with text.
    leading: &'static str,
    /// The breaks of the empty lines since.
    trailing: String,
}

impl Scanner<'_> {
    pub(super) fn scan_block_scalar(&mut self, style: ScalarStyle) -> Scan {
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        let (chomping, increment) = self.scan_block_header()?;
        let mut end = self.cursor.mark();
        self.finish_header_line()?;
        let mut indent = increment.map(|increment| self.indent.max(0).cast_unsigned() + increment);
        let mut lines = Lines::default();
        let mut kept = end;
        self.skip_block_breaks(&mut indent, &mut lines, &mut kept)?;
        let mut was_blank = false;
        while indent == Some(self.cursor.column()) && !self.cursor.at_end() {
            let blank = self.cursor.is_blank();
            lines.join(style == ScalarStyle::Folded && !was_blank && !blank);
            was_blank = blank;
            let from = self.cursor.offset();
            self.cursor.skip_to_break();
            lines.value.push_str(self.cursor.slice(from));
            self.need(2)?;
            end = self.cursor.mark();
            kept = end;
            lines.leading = self.cursor.skip_break();
            self.skip_block_breaks(&mut indent, &mut lines, &mut kept)?;
        }
        if chomping == Chomping::Keep {
            end = kept;
        }
        self.push_scalar((Cow::Owned(lines.finish(chomping)), style), (start, end), None)
    }

    /// The indicators after `|` or `>`, in either order.
    fn scan_block_header(&mut self) -> Scan<(Chomping, Option<usize>)> {
        let early = self.scan_chomping();
        let increment = self.scan_increment()?;
        let chomping = match (early, increment) {
            (None, Some(_)) => self.scan_chomping(),
            _ => early,
        };
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.cursor.peek() {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.cursor.skip_ascii(1);
        Some(chomping)
    }

    fn scan_increment(&mut self) -> Scan<Option<usize>> {
        match self.cursor.peek() {
            b'0' => Err(self.error("found an indentation indicator equal to 0")),
            digit @ b'1'..=b'9' => {
                self.cursor.skip_ascii(1);
                Ok(Some(usize::from(digit - b'0')))
            }
            _ => Ok(None),
        }
    }

    /// Passes the blanks, the comment and the break that may follow a block header or a directive.
    pub(super) fn finish_header_line(&mut self) -> Scan {
        self.cursor.skip_blanks();
        if self.cursor.peek() == b'#' {
            self.cursor.skip_to_break();
        }
        self.need(1)?;
        if !self.cursor.is_breakz() {
            return Err(self.error("did not find expected comment or line break"));
        }
        self.cursor.skip_break();
        Ok(())
    }

    /// Passes empty lines and the indentation of the next line with text; the first time that decides the indentation.
    fn skip_block_breaks(&mut self, indent: &mut Option<usize>, lines: &mut Lines, kept: &mut Mark) -> Scan {
        let mut deepest = 0;
        loop {
            let wanted = indent.unwrap_or(usize::MAX);
            while self.cursor.peek() == b' ' && self.cursor.column() < wanted {
                self.cursor.skip_ascii(1);
            }
            deepest = deepest.max(self.cursor.column());
            self.need(1)?;
            if self.cursor.peek() == b'\t' && self.cursor.column() < wanted {
                return Err(self.error("found a tab character where an indentation space is expected"));
            }
            let here = self.cursor.mark();
            match self.cursor.skip_break() {
                "" => break,
                meaning => {
                    lines.trailing.push_str(meaning);
                    *kept = here;
                }
            }
        }
        let least = (self.indent + 1).max(1).cast_unsigned();
        indent.get_or_insert(deepest.max(least));
        Ok(())
    }
}

impl Lines {
    /// Adds the breaks before another line with text; `fold` turns a single line feed into a blank.
    fn join(&mut self, fold: bool) {
        if fold && self.leading == "\n" {
            if self.trailing.is_empty() {
                self.value.push(' ');
            }
        } else {
            self.value.push_str(self.leading);
        }
        self.leading = "";
        self.value.push_str(&self.trailing);
        self.trailing.clear();
    }

    fn finish(mut self, chomping: Chomping) -> String {
        if chomping != Chomping::Strip {
            self.value.push_str(self.leading);
        }
        if chomping == Chomping::Keep {
            self.value.push_str(&self.trailing);
        }
        self.value
    }
}
