//! Values: scalars in every style, and simple lists and mappings in flow style.

use super::quoted::{Quoted, quoted};
use super::{Last, Skimmer, colon, flow, is_blank};
use crate::resolve::{Resolved, resolve_plain};
use memchr::memchr_iter;

impl<F: Fn(&[&str]) -> bool> Skimmer<'_, F> {
    /// Reads the value of an entry, which is not empty.
    pub(super) fn value(&mut self, text: &str) -> Option<()> {
        match text.as_bytes()[0] {
            b'|' | b'>' => self.block(&text[1..]),
            quote @ (b'"' | b'\'') => self.quoted(&text[1..], quote),
            b'[' | b'{' => self.complete(flow::rest(text)?),
            b'-' | b':' | b'?' if text.as_bytes().get(1).is_some_and(|&next| next != b' ') => self.plain(text),
            first if is_indicator(first) => None,
            _ => self.plain(text),
        }
    }

    /// Nothing but a comment may follow a value.
    fn complete(&mut self, rest: &str) -> Option<()> {
        self.last = Last::Value;
        (rest.is_empty() || rest.starts_with(' ') && is_blank(rest.trim_start_matches(' '))).then_some(())
    }

    /// Reads a line of a plain scalar.
    pub(super) fn plain(&mut self, text: &str) -> Option<()> {
        let comment = comment(text);
        self.last = if comment.is_some() { Last::Value } else { Last::Plain };
        let scalar = text[..comment.unwrap_or(text.len())].trim_end_matches(' ');
        let is_finite = !matches!(resolve_plain(scalar), Resolved::Float(number) if !number.is_finite());
        (is_finite && colon(scalar).is_none()).then_some(())
    }

    /// Reads a quoted scalar, whose quote has been read.
    fn quoted(&mut self, first: &str, quote: u8) -> Option<()> {
        let mut text = first;
        loop {
            match quoted(text, quote) {
                Quoted::Ends(end) => return self.complete(&text[end + 1..]),
                Quoted::Strange => return None,
                Quoted::GoesOn => {}
            }
            let line = self.lines.next()?;
            if self.has_tab(line) || !line.text.is_empty() && self.column().is_some_and(|column| line.column <= column) {
                return None;
            }
            text = line.text;
        }
    }

    /// Reads a literal or folded scalar behind its first character.
    fn block(&mut self, header: &str) -> Option<()> {
        self.complete(header.strip_prefix(['+', '-']).unwrap_or(header))?;
        let outside = self.column();
        let mut blank = 0;
        let mut inside = None;
        while let Some(line) = self.lines.peek() {
            if line.text.is_empty() {
                blank = blank.max(if inside.is_none() { line.column } else { 0 });
            } else {
                let indent = match inside {
                    Some(indent) => indent,
                    // It is empty.
                    None if outside.is_some_and(|outside| line.column <= outside) => break,
                    None if line.text.starts_with('\t') => return None,
                    None => *inside.insert(line.column),
                };
                if line.column < indent {
                    break;
                }
            }
            self.lines.next();
        }
        (blank <= inside.unwrap_or(0)).then_some(())
    }
}

/// Where a comment begins behind other text.
pub(super) fn comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr_iter(b'#', bytes).find(|&at| at > 0 && bytes[at - 1] == b' ')
}

/// Whether no plain scalar can begin with the byte.
fn is_indicator(byte: u8) -> bool {
    b"-?:,[]{}#&*!|>'\"%@`".contains(&byte)
}
