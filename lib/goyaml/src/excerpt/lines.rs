//! The lines of a document.

use memchr::memchr;
use std::iter::Peekable;

/// The lines that are left.
pub(super) type Lines<'t> = Peekable<AllLines<'t>>;

/// A line without its blanks at both ends.
#[derive(Clone, Copy)]
pub(super) struct Line<'t> {
    /// Where it begins in the document.
    pub(super) start: usize,
    /// How many blanks it begins with.
    pub(super) column: usize,
    pub(super) text: &'t str,
}

pub(super) fn lines(text: &str) -> Lines<'_> {
    AllLines { text, at: 0 }.peekable()
}

pub(super) struct AllLines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for AllLines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let (start, rest) = (self.at, self.text.get(self.at..).filter(|rest| !rest.is_empty())?);
        let line = &rest[..memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())];
        self.at += line.len() + 1;
        let column = line.bytes().take_while(|&byte| byte == b' ').count();
        Some(Line { start, column, text: line[column..].trim_end_matches(' ') })
    }
}

impl Line<'_> {
    /// Whether it is, or may be, the start or the end of a document, or a directive.
    pub(super) fn is_marker(&self) -> bool {
        self.column == 0 && ["---", "...", "%"].iter().any(|marker| self.text.starts_with(marker))
    }
}
