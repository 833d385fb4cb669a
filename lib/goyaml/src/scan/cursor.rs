//! The reading position: bytes ahead, line and column.

use super::Mark;
use super::content::Content;

/// A position in the text. Reading past the end yields NUL, which no text contains.
pub(super) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    offset: usize,
    /// How many bytes before `offset` do not begin a character.
    continuations: usize,
    line: u32,
    /// Character index of the first character of the line.
    line_start: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, offset: usize) -> Self {
        Self { text, bytes: text.as_bytes(), offset, continuations: offset, line: 0, line_start: 0 }
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// How many characters have been read.
    pub(super) fn index(&self) -> usize {
        self.offset - self.continuations
    }

    pub(super) fn line(&self) -> u32 {
        self.line
    }

    pub(super) fn column(&self) -> usize {
        self.index() - self.line_start
    }

    pub(super) fn mark(&self) -> Mark {
        // A line of 4 GiB is not worth more than the wrong place in a message.
        Mark { offset: self.offset, line: self.line, column: u32::try_from(self.column()).unwrap_or(u32::MAX) }
    }

    pub(super) fn slice(&self, from: usize) -> &'a str {
        &self.text[from..self.offset]
    }

    pub(super) fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        self.bytes.get(self.offset + ahead).copied().unwrap_or(0)
    }

    pub(super) fn at_end(&self) -> bool {
        self.offset >= self.bytes.len()
    }

    /// Whether fewer than `count` characters are left.
    pub(super) fn has_fewer_than(&self, count: usize) -> bool {
        self.text[self.offset.min(self.bytes.len())..].chars().take(count).count() < count
    }

    /// A value whose first piece begins here.
    pub(super) fn content(&self) -> Content<'a> {
        Content::new(self.text, self.offset)
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self.peek(), b' ' | b'\t')
    }

    pub(super) fn is_break(&self) -> bool {
        self.is_break_at(0)
    }

    pub(super) fn is_break_at(&self, ahead: usize) -> bool {
        self.break_length(ahead) > 0
    }

    /// Whether a break or the end of the text stands here.
    pub(super) fn is_breakz(&self) -> bool {
        self.at_end() || self.is_break()
    }

    /// Whether white space, a break or the end of the text stands `ahead` bytes from here.
    pub(super) fn is_blankz_at(&self, ahead: usize) -> bool {
        matches!(self.peek_at(ahead), b' ' | b'\t' | 0) || self.break_length(ahead) > 0
    }

    pub(super) fn is_blankz(&self) -> bool {
        self.is_blankz_at(0)
    }

    /// Whether `---` or `...` stands here as a word at the start of a line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.column() == 0 && (self.is_word(b"---") || self.is_word(b"..."))
    }

    pub(super) fn is_word(&self, word: &[u8]) -> bool {
        self.bytes[self.offset.min(self.bytes.len())..].starts_with(word) && self.is_blankz_at(word.len())
    }

    /// The bytes of the line break that stands `ahead` bytes from here; 0 when none does.
    fn break_length(&self, ahead: usize) -> usize {
        match self.peek_at(ahead) {
            b'\n' => 1,
            b'\r' => 1 + usize::from(self.peek_at(ahead + 1) == b'\n'),
            0xc2 if self.peek_at(ahead + 1) == 0x85 => 2,
            0xe2 if self.peek_at(ahead + 1) == 0x80 && matches!(self.peek_at(ahead + 2), 0xa8 | 0xa9) => 3,
            _ => 0,
        }
    }

    /// Passes `count` characters that are known to be ASCII and no breaks.
    pub(super) fn skip_ascii(&mut self, count: usize) {
        self.offset += count;
    }

    /// Passes one character that is no break.
    pub(super) fn skip(&mut self) {
        let width = match self.peek() {
            0..0xc0 => 1,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            _ => 4,
        };
        self.offset += width;
        self.continuations += width - 1;
    }

    /// Passes the characters up to the first whose byte `stops` marks. Breaks and the end of the text must be among them.
    pub(super) fn skip_until(&mut self, stops: &[bool; 256]) {
        let rest = &self.bytes[self.offset.min(self.bytes.len())..];
        let length = rest.iter().position(|&byte| stops[usize::from(byte)]).unwrap_or(rest.len());
        self.offset += length;
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.is_blank() {
            self.skip_ascii(1);
        }
    }

    pub(super) fn skip_to_break(&mut self) {
        loop {
            self.skip_until(&NOT_IN_LINE);
            if self.is_breakz() {
                return;
            }
            self.skip();
        }
    }

    /// Passes a line break, if one stands here, and says what it means in a scalar.
    pub(super) fn skip_break(&mut self) -> &'static str {
        let length = self.break_length(0);
        let meaning = match (length, self.peek_at(2)) {
            (0, _) => return "",
            (3, 0xa8) => "\u{2028}",
            (3, _) => "\u{2029}",
            _ => "\n",
        };
        if self.peek() >= 0x80 {
            self.continuations += length - 1;
        }
        self.offset += length;
        self.line = self.line.saturating_add(1);
        self.line_start = self.index();
        meaning
    }

    /// Ends the last line, as go-yaml does where the text does not end in a break.
    pub(super) fn end_line(&mut self) {
        if self.column() != 0 {
            self.line = self.line.saturating_add(1);
            self.line_start = self.index();
        }
    }
}

/// Marks the bytes of `extra`, those above ASCII, breaks and NUL.
pub(super) const fn stops(extra: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0x80;
    while byte < 256 {
        table[byte] = true;
        byte += 1;
    }
    table[0] = true;
    table[b'\n' as usize] = true;
    table[b'\r' as usize] = true;
    let mut at = 0;
    while at < extra.len() {
        table[extra[at] as usize] = true;
        at += 1;
    }
    table
}

const NOT_IN_LINE: [bool; 256] = stops(b"");
