//! The fast reader: one pass over the lines of an ordinary document.
//!
//! It knows block mappings and sequences, scalars on one line, block scalars, and flow collections on one line (over several
//! lines where the whole document is one, as JSON is). It gives up, with `None`, as soon as it meets anything else, so that what
//! it accepts is what any YAML reader sees.

use super::build::Builder;
use super::{Kind, NodeId, Style, Tree};

/// Longer keys, and deeper nesting, are left to the full reader, which knows where Helm draws the line.
const LONGEST_KEY: usize = 1000;
const DEEPEST: usize = 500;

/// How deep ordinary documents are nested.
const DEPTH: usize = 16;

/// Reads `text`, or gives up.
pub(super) fn read(text: &str) -> Option<Tree<'_>> {
    if !is_ordinary(text) {
        return None;
    }
    let mut outline =
        Outline { text: text.as_bytes(), at: 0, nodes: Builder::for_text(text.len()), open: Vec::with_capacity(DEPTH) };
    outline.document()?;
    Some(outline.nodes.finish(text))
}

/// No control characters, no line breaks but `\n` and `\r\n`, no byte order mark.
fn is_ordinary(text: &str) -> bool {
    let control = |byte: u8| (byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')) || byte == 0x7f;
    let controls = text.bytes().fold(false, |found, byte| found | control(byte));
    let special =
        |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let mut returns = memchr::memchr_iter(b'\r', text.as_bytes());
    let lines_end = returns.all(|at| text.as_bytes().get(at + 1) == Some(&b'\n'));
    !controls && lines_end && (text.is_ascii() || !text.contains(special))
}

pub(super) struct Outline<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) nodes: Builder,
    open: Vec<Open>,
}

/// A block collection that may still grow.
struct Open {
    node: NodeId,
    column: usize,
    sequence: bool,
    /// After a key or a dash, until its value comes: where it would be if it were empty.
    waiting: Option<usize>,
}

impl Outline<'_> {
    fn document(&mut self) -> Option<()> {
        while self.at < self.text.len() {
            let column = self.spaces();
            if !self.at_line_end() {
                self.line(column)?;
            }
            self.end_line()?;
        }
        while !self.open.is_empty() {
            self.close();
        }
        Some(())
    }

    /// A line with content that begins at `column`.
    fn line(&mut self, mut column: usize) -> Option<()> {
        let marker = self.text[self.at..].starts_with(b"...") || self.text[self.at..].starts_with(b"---");
        if column == 0 && marker {
            return None;
        }
        self.close_down_to(column);
        while self.is_dash() {
            self.item(column)?;
            self.at += 1;
            let spaces = self.spaces();
            if self.at_line_end() {
                return Some(());
            }
            column += 1 + spaces;
        }
        self.key_or_scalar(column)
    }

    /// Closes the collections whose columns are right of `column`, and a sequence at `column` that does not go on.
    fn close_down_to(&mut self, column: usize) {
        let dash = self.is_dash();
        while let Some(open) = self.open.last() {
            let above = self.open.len().checked_sub(2).map(|index| self.open[index].column);
            let compact_ends = open.column == column && open.sequence && !dash && above == Some(column);
            if open.column <= column && !compact_ends {
                break;
            }
            self.close();
        }
    }

    fn close(&mut self) {
        self.leave_empty();
        if let Some(open) = self.open.pop() {
            self.nodes.close(open.node);
        }
    }

    /// Gives the key or dash that waits for a value an empty one.
    fn leave_empty(&mut self) {
        if let Some(open) = self.open.last_mut()
            && let Some(place) = open.waiting.take()
        {
            self.nodes.add(Some(open.node), Kind::Scalar, Style::Plain, place, place);
        }
    }

    /// Takes a place for a new node at `column`: the value that is waited for, or the document's root.
    fn place(&mut self, column: usize, compact: bool) -> Option<Option<NodeId>> {
        let Some(open) = self.open.last_mut() else {
            return self.nodes.is_empty().then_some(None);
        };
        let inside = open.column < column || (compact && open.column == column && !open.sequence);
        if !inside {
            return None;
        }
        open.waiting.take()?;
        Some(Some(open.node))
    }

    fn push(&mut self, parent: Option<NodeId>, kind: Kind, column: usize) -> Option<()> {
        if self.open.len() >= DEEPEST {
            return None;
        }
        let node = self.nodes.add(parent, kind, Style::Block, self.at, self.at);
        self.open.push(Open { node, column, sequence: kind == Kind::Sequence, waiting: None });
        Some(())
    }

    /// A dash at `column`, where reading stands.
    fn item(&mut self, column: usize) -> Option<()> {
        let goes_on = self.open.last().is_some_and(|open| open.sequence && open.column == column);
        if goes_on {
            self.leave_empty();
        } else {
            let parent = self.place(column, true)?;
            self.push(parent, Kind::Sequence, column)?;
        }
        self.open.last_mut()?.waiting = Some(self.at + 1);
        Some(())
    }

    fn key_or_scalar(&mut self, column: usize) -> Option<()> {
        let start = self.at;
        let (style, end) = match self.text[start] {
            b'|' | b'>' => {
                let parent = self.place(column, false)?;
                return self.block_scalar(parent);
            }
            b'[' | b'{' => {
                let parent = self.place(column, false)?;
                self.flow(parent)?;
                return self.rest_of_line_is_empty();
            }
            b'"' => (Style::Double, self.double_quoted()?),
            b'\'' => (Style::Single, self.single_quoted()?),
            _ => (Style::Plain, self.plain()?),
        };
        if self.at_colon() {
            self.key(column, style, start, end)
        } else {
            let parent = self.place(column, false)?;
            self.nodes.add(parent, Kind::Scalar, style, start, end);
            self.rest_of_line_is_empty()
        }
    }

    fn at_colon(&self) -> bool {
        self.text.get(self.at) == Some(&b':') && self.is_blank_at(self.at + 1)
    }

    fn key(&mut self, column: usize, style: Style, start: usize, end: usize) -> Option<()> {
        if end - start > LONGEST_KEY {
            return None;
        }
        let goes_on = self.open.last().is_some_and(|open| !open.sequence && open.column == column);
        if goes_on {
            self.leave_empty();
        } else {
            let (colon, parent) = (self.at, self.place(column, false)?);
            self.at = start;
            self.push(parent, Kind::Mapping, column)?;
            self.at = colon;
        }
        let mapping = self.open.last()?.node;
        self.nodes.add(Some(mapping), Kind::Scalar, style, start, end);
        self.at += 1;
        let after_colon = self.at;
        self.spaces();
        if self.at_line_end() {
            self.open.last_mut()?.waiting = Some(after_colon);
            return Some(());
        }
        self.value(mapping)
    }

    /// A value on the line of its key.
    fn value(&mut self, mapping: NodeId) -> Option<()> {
        let start = self.at;
        let (style, end) = match self.text[start] {
            b'|' | b'>' => return self.block_scalar(Some(mapping)),
            b'[' | b'{' => {
                self.flow(Some(mapping))?;
                return self.rest_of_line_is_empty();
            }
            b'"' => (Style::Double, self.double_quoted()?),
            b'\'' => (Style::Single, self.single_quoted()?),
            _ => (Style::Plain, self.plain()?),
        };
        self.nodes.add(Some(mapping), Kind::Scalar, style, start, end);
        self.rest_of_line_is_empty()
    }

    /// A plain scalar up to the end of the line, a comment, or a colon. Returns its end, with reading there.
    fn plain(&mut self) -> Option<usize> {
        let start = self.at;
        if !may_begin_plain(self.text[start], self.text.get(start + 1).copied()) {
            return None;
        }
        let at = self.end_of_plain(start);
        let trimmed = self.text[start..at].trim_ascii_end().len();
        // A tab at the end, or blanks before a colon, are rare enough for the full reader.
        if self.text[start + trimmed..at].contains(&b'\t') {
            return None;
        }
        self.at = start + trimmed;
        if self.text.get(at) == Some(&b':') && self.at != at { None } else { Some(self.at) }
    }

    /// Where a plain scalar ends: at a line break, a colon before a blank, or a comment.
    fn end_of_plain(&self, start: usize) -> usize {
        for place in memchr::memchr3_iter(b'\n', b':', b'#', &self.text[start..]) {
            let at = start + place;
            match self.text[at] {
                b':' if !self.is_blank_at(at + 1) => {}
                b'#' if !matches!(self.text[at - 1], b' ' | b'\t') => {}
                b'\n' => return at - usize::from(self.text[at - 1] == b'\r'),
                _ => return at,
            }
        }
        self.text.len()
    }

    /// A text in double quotes on one line. Returns its end, with reading there.
    pub(super) fn double_quoted(&mut self) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            match *self.text.get(at)? {
                b'"' => break,
                b'\n' | b'\r' => return None,
                b'\\' => at += escape_length(&self.text[at + 1..])?,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        Some(self.at)
    }

    /// A text in single quotes on one line. Returns its end, with reading there.
    pub(super) fn single_quoted(&mut self) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            match *self.text.get(at)? {
                b'\'' if self.text.get(at + 1) == Some(&b'\'') => at += 2,
                b'\'' => break,
                b'\n' | b'\r' => return None,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        Some(self.at)
    }

    /// A literal or folded text with its lines.
    fn block_scalar(&mut self, parent: Option<NodeId>) -> Option<()> {
        let start = self.at;
        let style = if self.text[start] == b'|' { Style::Literal } else { Style::Folded };
        self.at += 1;
        let keep = self.text.get(self.at) == Some(&b'+');
        if keep || self.text.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        self.rest_of_line_is_empty()?;
        self.end_line()?;
        let outside = self.open.last().map_or(0, |open| open.column + 1);
        let (last, after) = self.block_lines(outside.max(1))?;
        let end = if keep { after } else { last };
        self.nodes.add(parent, Kind::Scalar, style, start, end);
        // The line break at its end has been read, and `document` reads the next line from here.
        self.at = after;
        if after > 0 && self.text.get(after - 1) == Some(&b'\n') {
            self.at = after - 1 - usize::from(after > 1 && self.text[after - 2] == b'\r');
        }
        Some(())
    }

    /// Reads the lines of a block scalar that are indented by at least `least`. Returns where the last of them ends, and where
    /// the blank lines after it end.
    fn block_lines(&mut self, least: usize) -> Option<(usize, usize)> {
        let (mut last, mut indent, mut blanks) = (self.at, None, 0);
        while self.at < self.text.len() {
            let start = self.at;
            let spaces = self.spaces();
            let wanted = indent.unwrap_or(usize::MAX);
            match self.text.get(self.at) {
                None if spaces > 0 => return None,
                None | Some(b'\n' | b'\r') if spaces <= wanted => {
                    blanks = blanks.max(spaces);
                    self.end_line()?;
                    continue;
                }
                Some(b'\t') if spaces < wanted => return None,
                _ => {}
            }
            if spaces < least || (indent.is_some() && spaces < wanted) {
                self.at = start;
                break;
            }
            if indent.is_none() && blanks > spaces {
                return None;
            }
            indent.get_or_insert(spaces);
            self.skip_line();
            last = self.at;
        }
        Some((last, self.at))
    }

    pub(super) fn spaces(&mut self) -> usize {
        let spaces = blanks(&self.text[self.at..]);
        self.at += spaces;
        spaces
    }

    /// Only a comment, or nothing, is left on the line. A comment needs a blank before it.
    fn rest_of_line_is_empty(&mut self) -> Option<()> {
        let blank = self.spaces() > 0;
        let comment = self.text.get(self.at) == Some(&b'#');
        (self.at_line_end() && (blank || !comment)).then_some(())
    }

    fn at_line_end(&self) -> bool {
        matches!(self.text.get(self.at), None | Some(b'\n' | b'\r' | b'#'))
    }

    /// Skips a comment and the line break.
    fn end_line(&mut self) -> Option<()> {
        if !self.at_line_end() {
            return None;
        }
        self.skip_line();
        Some(())
    }

    fn skip_line(&mut self) {
        let line = &self.text[self.at..];
        self.at += memchr::memchr(b'\n', line).map_or(line.len(), |length| length + 1);
    }

    fn is_dash(&self) -> bool {
        self.text.get(self.at) == Some(&b'-') && self.is_blank_at(self.at + 1)
    }

    fn is_blank_at(&self, at: usize) -> bool {
        matches!(self.text.get(at), None | Some(b' ' | b'\n' | b'\r' | b'\t'))
    }
}

/// How many blanks a text begins with; eight of them are looked at at once.
fn blanks(text: &[u8]) -> usize {
    const BLANKS: u64 = u64::from_le_bytes([b' '; 8]);
    let (eights, _) = text.as_chunks::<8>();
    let mut count = 0;
    for eight in eights {
        let other = u64::from_le_bytes(*eight) ^ BLANKS;
        if other != 0 {
            return count + other.trailing_zeros() as usize / 8;
        }
        count += 8;
    }
    count + text[count..].iter().take_while(|&&byte| byte == b' ').count()
}

fn may_begin_plain(first: u8, second: Option<u8>) -> bool {
    match first {
        b'-' => second.is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')),
        b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%'
        | b'@' | b'`' | b'\t' => false,
        _ => true,
    }
}

/// The length of an escape, with its backslash; of those that Go's library knows, without surrogates.
fn escape_length(after: &[u8]) -> Option<usize> {
    let digits = match after.first()? {
        b'0' | b'a' | b'b' | b't' | b'n' | b'v' | b'f' | b'r' | b'e' | b' ' | b'"' | b'\\' | b'N' | b'_' | b'L' | b'P' => 0,
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => return None,
    };
    if digits > 0 {
        let hex = std::str::from_utf8(after.get(1..=digits)?).ok()?;
        // Hexadecimal digits only: a sign would be read, too.
        if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?;
    }
    Some(2 + digits)
}
