//! Taking entries out of mappings.

use super::super::tree::{NodeId, Style};
use super::Editor;

impl Editor<'_> {
    /// Removes an entry of a mapping, with the comment on its last line.
    pub fn remove(&mut self, mapping: NodeId, key: &str) {
        let entries: Vec<_> = self.tree.entries(mapping).collect();
        let Some(at) = entries.iter().rposition(|&(name, _)| self.tree.scalar(name).is_some_and(|text| text == key)) else {
            return;
        };
        let (name, value) = entries[at];
        let start = self.tree.outer_start(name);
        let end = self.tree.span(value).end;
        let next = entries.get(at + 1).map(|&(next, _)| self.tree.outer_start(next));
        let before = at.checked_sub(1).map(|before| self.tree.span(entries[before].1).end);
        let place = if self.tree.style(mapping) == Style::Flow {
            match (next, before) {
                (Some(next), _) => start..next,
                (None, Some(before)) => before..end,
                (None, None) => start..end,
            }
        } else {
            self.block_entry(start, end, next)
        };
        self.push(mapping, place, String::new());
    }

    /// The lines of a block entry; where it begins behind a dash, the text up to the next entry.
    fn block_entry(&self, start: usize, end: usize, next: Option<usize>) -> std::ops::Range<usize> {
        let text = self.tree.text();
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        if !text[line_start..start].trim().is_empty() {
            return start..next.unwrap_or(end);
        }
        let line_end = self.line_end(end);
        match text[line_end..].find('\n') {
            Some(at) => line_start..line_end + at + 1,
            // The last line without a line break: the one before it goes.
            None => text[..line_start].trim_end_matches(['\n', '\r']).len()..line_end,
        }
    }
}
