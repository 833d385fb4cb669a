//! The fast reader's part for flow collections: `{a: 1, b: [x, "y"]}`.

use super::outline::Outline;
use super::{Kind, NodeId, Style};

const DEEPEST: usize = 500;

/// What may come next inside a flow collection.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Next {
    /// The first entry or the end.
    First,
    /// An entry.
    Entry,
    /// A mapping's value.
    Value,
    /// A comma or the end.
    Comma,
}

impl Outline<'_> {
    /// Reads the collection that begins here. Without parent it is the document, and may go over several lines.
    pub(super) fn flow(&mut self, parent: Option<NodeId>) -> Option<()> {
        let lines = parent.is_none();
        let mut open: Vec<(NodeId, Kind)> = vec![self.begin_flow(parent)];
        let mut next = Next::First;
        while let Some(&(collection, kind)) = open.last() {
            self.flow_blanks(lines);
            let byte = *self.text.get(self.at)?;
            match (next, byte) {
                (Next::First | Next::Comma, b'}' | b']') => {
                    let closes = if kind == Kind::Mapping { b'}' } else { b']' };
                    if byte != closes {
                        return None;
                    }
                    self.at += 1;
                    self.nodes.set_end(collection, self.at);
                    open.pop();
                    next = Next::Comma;
                }
                (Next::Comma, b',') => {
                    self.at += 1;
                    next = Next::Entry;
                }
                (Next::First | Next::Entry, _) if kind == Kind::Mapping => {
                    self.flow_key(collection)?;
                    next = Next::Value;
                }
                (Next::First | Next::Entry | Next::Value, b'[' | b'{') => {
                    if open.len() >= DEEPEST {
                        return None;
                    }
                    open.push(self.begin_flow(Some(collection)));
                    next = Next::First;
                }
                (Next::First | Next::Entry | Next::Value, _) => {
                    self.flow_scalar(collection)?;
                    next = Next::Comma;
                }
                (Next::Comma, _) => return None,
            }
        }
        Some(())
    }

    fn begin_flow(&mut self, parent: Option<NodeId>) -> (NodeId, Kind) {
        let kind = if self.text[self.at] == b'{' { Kind::Mapping } else { Kind::Sequence };
        let node = self.nodes.add(parent, kind, Style::Flow, self.at, self.at);
        self.at += 1;
        (node, kind)
    }

    fn flow_blanks(&mut self, lines: bool) {
        let blank = |byte: &u8| *byte == b' ' || (lines && matches!(byte, b'\t' | b'\n' | b'\r'));
        self.at += self.text[self.at..].iter().take_while(|byte| blank(byte)).count();
    }

    /// A key and its colon. Only after a quoted key may the value follow the colon at once.
    fn flow_key(&mut self, mapping: NodeId) -> Option<()> {
        let start = self.at;
        self.flow_scalar(mapping)?;
        let quoted = matches!(self.text[start], b'"' | b'\'');
        if self.at - start > 1000 || self.text.get(self.at) != Some(&b':') {
            return None;
        }
        self.at += 1;
        let blank = matches!(self.text.get(self.at), Some(b' ' | b'\n' | b'\r'));
        (blank || (quoted && self.text.get(self.at) != Some(&b'\t'))).then_some(())
    }

    fn flow_scalar(&mut self, parent: NodeId) -> Option<()> {
        let start = self.at;
        let (style, end) = match *self.text.get(start)? {
            b'"' => (Style::Double, self.double_quoted()?),
            b'\'' => (Style::Single, self.single_quoted()?),
            _ => (Style::Plain, self.flow_plain()?),
        };
        self.nodes.add(Some(parent), Kind::Scalar, style, start, end);
        Some(())
    }

    /// A plain scalar of harmless characters. Blanks inside are for the full reader: they may hide a line break or a comment.
    fn flow_plain(&mut self) -> Option<usize> {
        let harmless =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-' | b'+' | b'=' | b'~');
        let start = self.at;
        let length = self.text[start..].iter().take_while(|&&byte| harmless(byte)).count();
        let first = *self.text.get(start)?;
        let stands_alone = first == b'-' && self.text.get(start + 1).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if length == 0
            || stands_alone
            || self.text[start..start + length].starts_with(b"---")
            || self.text[start..].starts_with(b"...")
        {
            return None;
        }
        self.at = start + length;
        Some(self.at)
    }
}
