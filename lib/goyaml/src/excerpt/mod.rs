//! The few entries of a document that are wanted, without decoding the rest.
//!
//! Who only wants to know what a document is need not read all of it. But all of it must be YAML, or the document is refused. So this
//! goes over a document line by line and knows the common form only: mappings and lists in block style, plain and quoted scalars,
//! literal and folded ones. Of these it knows all rules. Whatever else it meets, it gives up, and the document must be decoded.

mod flow;
mod lines;
mod quoted;
mod scalar;

use crate::input::find_control;
use crate::resolve::{self, Resolved};
use lines::{Line, Lines, lines};
use memchr::{memchr, memchr_iter};
use quoted::{Quoted, quoted};

/// More open mappings and lists are left to the decoder.
const MAX_DEPTH: usize = 200;

/// The longest key that is looked at. The decoder refuses those of more than 1,024 characters.
const MAX_KEY: usize = 1000;

/// The entries of the outermost mapping whose keys are wanted, as YAML of their own. `None` where a quick look cannot tell.
///
/// `is_wanted` is given the key of such an entry, or two keys for an entry of a mapping that is one of those; a mapping of which
/// nothing is wanted is left as null. Where this is something, [`decode`](crate::decode()) accepts `text`, and gives the same
/// values for the wanted keys as for the excerpt. A key with escapes counts as wanted.
#[must_use]
pub fn excerpt(text: &str, is_wanted: impl Fn(&[&str]) -> bool) -> Option<String> {
    if find_control(text).is_some() || has_strange_breaks(text) {
        return None;
    }
    let skimmer = Skimmer {
        text,
        lines: lines(text),
        has_tabs: memchr(b'\t', text.as_bytes()).is_some(),
        open: Vec::with_capacity(16),
        last: Last::Entry,
        kept: String::new(),
        keeps_from: None,
        outer: None,
        is_wanted,
    };
    skimmer.skim()
}

/// Whether lines end other than by a newline, or a mark of byte order stands in the text.
fn has_strange_breaks(text: &str) -> bool {
    let strange = ['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'];
    memchr(b'\r', text.as_bytes()).is_some() || !text.is_ascii() && text.contains(strange)
}

/// An open mapping or list in block style.
#[derive(Clone, Copy)]
struct Block {
    column: usize,
    is_list: bool,
}

/// What the last line ended with.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Last {
    /// A key or a dash whose value may follow.
    Entry,
    /// A plain scalar, which may go on.
    Plain,
    /// A value that is complete.
    Value,
}

struct Skimmer<'t, F> {
    text: &'t str,
    lines: Lines<'t>,
    has_tabs: bool,
    open: Vec<Block>,
    last: Last,
    kept: String,
    /// Where the entry begins that is being kept.
    keeps_from: Option<usize>,
    /// The key of the outermost entry, of which not all may be wanted.
    outer: Option<&'t str>,
    is_wanted: F,
}

impl<'t, F: Fn(&[&str]) -> bool> Skimmer<'t, F> {
    fn skim(mut self) -> Option<String> {
        while let Some(line) = self.lines.next() {
            if line.text.is_empty() {
                continue;
            }
            if line.text.starts_with('#') {
                if self.last == Last::Plain {
                    self.last = Last::Value;
                }
                continue;
            }
            self.line(line)?;
        }
        self.keep_until(self.text.len());
        Some(self.kept)
    }

    fn keep_until(&mut self, end: usize) {
        if let Some(start) = self.keeps_from.take() {
            self.kept.push_str(&self.text[start..end]);
        }
    }

    fn has_tab(&self, line: Line<'_>) -> bool {
        self.has_tabs && line.text.contains('\t')
    }

    /// Notes that an entry begins, which may be wanted.
    fn keep(&mut self, key: &'t str, start: usize) {
        let has_escapes = key.contains(['\\', '\'']);
        let is_kept = match (&self.open[..], self.outer) {
            ([_], _) => {
                let is_kept = has_escapes || (self.is_wanted)(&[key]);
                self.outer = (is_kept && !has_escapes).then_some(key);
                is_kept
            }
            ([_, Block { is_list: false, .. }], Some(outer)) => has_escapes || (self.is_wanted)(&[outer, key]),
            _ => return,
        };
        self.keep_until(start);
        self.keeps_from = is_kept.then_some(start);
    }

    /// The column of the innermost block.
    fn column(&self) -> Option<usize> {
        self.open.last().map(|block| block.column)
    }

    /// Reads a line with something on it.
    fn line(&mut self, line: Line<'t>) -> Option<()> {
        if self.has_tab(line) || line.is_marker() {
            return None;
        }
        let (column, is_list) = (line.column, is_item(line.text));
        if self.column().is_none_or(|innermost| innermost < column) {
            match self.last {
                Last::Plain => return self.plain(line.text),
                Last::Entry if !is_list && !self.open.is_empty() && key_end(line.text).is_none() => {
                    return self.value(line.text);
                }
                Last::Entry => self.open(Block { column, is_list })?,
                Last::Value => return None,
            }
        } else {
            let depth = self.open.len();
            while self.open.last().is_some_and(|block| ends(*block, column, is_list)) {
                self.open.pop();
            }
            let block = *self.open.last()?;
            if block.column != column {
                return None;
            }
            // A list may stand in the column of its key.
            if is_list && !block.is_list {
                if self.last != Last::Entry || self.open.len() != depth {
                    return None;
                }
                self.open(Block { column, is_list })?;
            }
        }
        self.entry(line)
    }

    fn open(&mut self, block: Block) -> Option<()> {
        let is_outermost = self.open.is_empty();
        if self.open.len() == MAX_DEPTH || is_outermost && (block.is_list || block.column > 0) {
            return None;
        }
        self.open.push(block);
        Some(())
    }

    /// Reads an item or an entry of the innermost block, and the first ones of those that it opens.
    fn entry(&mut self, line: Line<'t>) -> Option<()> {
        let Line { mut text, mut column, .. } = line;
        while is_item(text) {
            let item = text[1..].trim_start_matches(' ');
            if is_blank(item) {
                self.last = Last::Entry;
                return Some(());
            }
            column += text.len() - item.len();
            text = item;
            let is_list = is_item(text);
            if !is_list && key_end(text).is_none() {
                return self.value(text);
            }
            self.open(Block { column, is_list })?;
        }
        let end = key_end(text)?;
        let key = key_text(&text[..end])?;
        self.keep(key, line.start);
        let value = text[end + 1..].trim_start_matches(' ');
        if is_blank(value) {
            self.last = Last::Entry;
            return Some(());
        }
        self.value(value)
    }
}

/// Whether a line in that column ends the block.
fn ends(block: Block, column: usize, is_item: bool) -> bool {
    block.column > column || block.column == column && block.is_list && !is_item
}

/// Whether the text begins with the dash of a list's item.
fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// Whether there is nothing, or a comment.
fn is_blank(text: &str) -> bool {
    text.is_empty() || text.starts_with('#')
}

/// Where the colon is that ends the key which the text begins with.
fn key_end(text: &str) -> Option<usize> {
    let quote = text.as_bytes()[0];
    if !matches!(quote, b'"' | b'\'') {
        return colon(text);
    }
    let Quoted::Ends(end) = quoted(&text[1..], quote) else { return None };
    is_colon(text.as_bytes(), end + 2).then_some(end + 2)
}

/// Where the first colon is that ends a word.
fn colon(text: &str) -> Option<usize> {
    memchr_iter(b':', text.as_bytes()).find(|&at| is_colon(text.as_bytes(), at))
}

fn is_colon(text: &[u8], at: usize) -> bool {
    text.get(at) == Some(&b':') && matches!(text.get(at + 1), None | Some(b' '))
}

/// A key without its quotes, if JSON can have it and nothing about it is strange.
fn key_text(key: &str) -> Option<&str> {
    if key.len() > MAX_KEY {
        return None;
    }
    let first = key.as_bytes().first()?;
    if matches!(first, b'"' | b'\'') {
        return Some(&key[1..key.len() - 1]);
    }
    let key = key.trim_end_matches(' ');
    let is_simple = first.is_ascii_alphanumeric() || matches!(first, b'_' | b'.' | b'/' | b'$');
    let is_text = matches!(resolve::resolve_plain(key), Resolved::Text(_));
    (is_simple && is_text && scalar::comment(key).is_none()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Option<String> {
        excerpt(text, |keys| matches!(keys, ["kind" | "KIND" | "metadata"] | ["metadata", "name"]))
    }

    #[test]
    fn wanted_entries_are_kept_as_they_stand() {
        let text = "# c\nkind: A # b\nspec:\n- a: |\n    kind: B\n\n  b: c\n   d\n- - e\n  - 'f'\nmetadata:\n  name: n\n\"KIND\": C\n";
        assert_eq!(names(text).as_deref(), Some("kind: A # b\nmetadata:\n  name: n\n\"KIND\": C\n"));
    }

    #[test]
    fn of_a_wanted_mapping_only_the_wanted_entries_are_kept() {
        let text = "metadata:\n  labels:\n    name: a\n  name: |\n    n\n  x: y\nkind:\n- name: a\n  b: c\n";
        assert_eq!(names(text).as_deref(), Some("metadata:\n  name: |\n    n\nkind:\n- name: a\n  b: c\n"));
        assert_eq!(
            names("metadata:\n  a: b\n\"met\\u0061data\":\n  a: b\n").as_deref(),
            Some("metadata:\n\"met\\u0061data\":\n  a: b\n")
        );
    }

    #[test]
    fn a_document_without_them_is_empty() {
        assert_eq!([names(""), names("# c\n"), names("spec: {}\n")].map(|kept| kept.as_deref() == Some("")), [true; 3]);
    }

    #[test]
    fn what_is_wrong_or_unusual_is_left_to_the_decoder() {
        let texts = [
            "- a",
            " a: b",
            "a",
            "a: b: c",
            "a:\n &b c\n",
            "a: b\n  c: d",
            "a: b\n- c",
            "a:\n  b: c\n d: e",
            "a: &b c",
            "a: !b c",
            "a: *b",
            "a: [b, *c]",
            "a: [b",
            "a: {b: c}",
            "a: @b",
            "? a",
            "a: \"b\" c",
            "a: \"\\q\"",
            "a: \"\\/\"",
            "a: \"\\ud800\"",
            "a: \"b\nc\"",
            "a: 'b",
            "<<: {}",
            "1: b",
            "null: b",
            "a: .nan",
            "a: -.inf",
            "a: b\r\nc: d",
            "a:\tb",
            "a: |2\n   b",
            "a: |\n   \n  b",
            "a: |\n  b\n c",
            "--- \na: b",
            "a: b\n# c\n  d",
            "a: b #c\n  d",
            "a: - b",
            "a: b\n...",
            "%a: b",
            "a: \u{2028}",
            "a: b\u{0}",
            "a: 'b': c",
            "a: ,",
            "a: |x\n b",
            "a: b\n  c:",
            "a:\n-b: c\n- d",
            "a: \"b\\",
        ];
        let accepted: Vec<&str> = texts.into_iter().filter(|text| names(text).is_some()).collect();
        assert_eq!(accepted, Vec::<&str>::new());
    }
}
