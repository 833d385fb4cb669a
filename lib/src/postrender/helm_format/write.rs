//! A document written anew from its tree, with the comments between its nodes.

use super::super::tree::{Kind, NodeId, Style, Tree};
use super::comment::{Gap, Group, gap};
use super::scalar::scalar;

/// The text of a node and of all below it, as a document of its own.
pub(super) fn write(tree: &Tree, node: NodeId) -> String {
    let mut writer =
        Writer { tree, out: String::new(), at: 0, foot: None, blocks: Vec::new(), last_blocks: Vec::new(), inline: true };
    writer.head(node);
    writer.node(node, 0);
    writer.end(node);
    writer.out.push('\n');
    writer.out
}

/// A block collection's column: in the source, and as it is written.
#[derive(Clone, Copy, Debug)]
struct Block {
    source: usize,
    written: usize,
}

struct Writer<'t> {
    tree: &'t Tree<'t>,
    out: String,
    /// Up to where the text has been dealt with.
    at: usize,
    /// The column of a comment that stands behind its node: what comes next in that column is set apart from it.
    foot: Option<usize>,
    blocks: Vec<Block>,
    /// Those in which the last scalar was.
    last_blocks: Vec<Block>,
    /// What comes next goes on in the line that is there: behind a dash, or at the start.
    inline: bool,
}

impl<'t> Writer<'t> {
    fn column(&self, at: usize) -> usize {
        at - self.tree.text()[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    fn gap_to(&mut self, end: usize) -> Gap<'t> {
        let text = self.tree.text();
        let (start, end) = (self.at, end.max(self.at));
        self.at = end;
        gap(&text[start..end], start == 0 || text[..start].ends_with('\n'))
    }

    fn line(&mut self, indent: usize) {
        if std::mem::take(&mut self.inline) {
            return;
        }
        self.out.push('\n');
        if self.foot.take() == Some(indent) {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn comment(&mut self, group: &Group, indent: usize) {
        for comment in &group.lines {
            self.line(indent);
            self.out.push_str(comment);
        }
    }

    fn line_comment(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            if !self.out.ends_with(' ') {
                self.out.push(' ');
            }
            self.out.push_str(comment);
            self.inline = false;
        }
    }

    /// The comments before the first node.
    fn head(&mut self, node: NodeId) {
        let start = self.tree.outer_start(node);
        if node != NodeId::ROOT {
            let above = self.tree.text()[..start].lines().rev().skip(1).take_while(|line| line.trim().starts_with('#'));
            let mut above: Vec<&str> = above.map(str::trim_start).collect();
            above.reverse();
            self.at = start;
            let group = Group { column: 0, lines: above, blank_before: false, blank_after: false };
            return self.comment(&group, 0);
        }
        let gap = self.gap_to(start);
        for (index, group) in gap.groups.iter().enumerate() {
            if index > 0 && group.blank_before {
                self.out.push('\n');
            }
            self.comment(group, 0);
        }
        self.foot = gap.groups.last().filter(|group| group.blank_after).map(|_| 0);
    }

    fn node(&mut self, node: NodeId, indent: usize) {
        match (self.tree.kind(node), self.tree.style(node)) {
            (Kind::Mapping, Style::Block) => self.mapping(node, indent),
            (Kind::Sequence, Style::Block) => self.sequence(node, indent),
            _ => {
                self.line(indent);
                self.leaf(node, indent);
            }
        }
    }

    fn mapping(&mut self, mapping: NodeId, indent: usize) {
        for (index, (key, value)) in self.tree.entries(mapping).enumerate() {
            let start = self.tree.outer_start(key);
            if index == 0 {
                self.blocks.push(Block { source: self.column(start), written: indent });
            }
            let gap = self.gap_to(start);
            self.between(&gap, index == 0, indent);
            self.line(indent);
            self.key(key);
            self.value(value, indent);
        }
        self.blocks.pop();
    }

    fn key(&mut self, key: NodeId) {
        if self.tree.is_merge(key) && self.properties(key).is_empty() {
            self.out.push_str("!!merge ");
        }
        self.out.push_str(&self.flow(key));
        self.at = self.tree.span(key).end;
        self.out.push(':');
    }

    fn value(&mut self, value: NodeId, indent: usize) {
        let is_block = self.tree.style(value) == Style::Block && self.tree.children(value).next().is_some();
        let properties = self.properties(value);
        if !is_block {
            self.out.push(' ');
            self.leaf(value, indent + 2);
            return;
        }
        if !properties.is_empty() {
            self.out.push(' ');
            self.out.push_str(&properties);
            self.at = self.tree.outer_start(value) + properties.len();
        }
        // Items stand in the column of the key of their list.
        let inner = if self.tree.kind(value) == Kind::Sequence { indent } else { indent + 2 };
        self.node(value, inner);
    }

    fn sequence(&mut self, sequence: NodeId, indent: usize) {
        self.blocks.push(Block { source: self.column(self.tree.span(sequence).start), written: indent });
        for (index, item) in self.tree.children(sequence).enumerate() {
            let dash = self.dash_before(self.tree.outer_start(item));
            let gap = self.gap_to(dash);
            self.at = (dash + 1).min(self.tree.text().len());
            self.between(&gap, index == 0, indent);
            self.line(indent);
            self.out.push('-');
            self.item(item, indent + 2);
        }
        self.blocks.pop();
    }

    fn item(&mut self, item: NodeId, indent: usize) {
        self.out.push(' ');
        let is_block = self.tree.style(item) == Style::Block && self.tree.children(item).next().is_some();
        if !is_block {
            return self.leaf(item, indent);
        }
        let properties = self.properties(item);
        self.inline = properties.is_empty();
        self.out.push_str(&properties);
        if !properties.is_empty() {
            self.at = self.tree.outer_start(item) + properties.len();
        }
        self.node(item, indent);
    }

    /// Where the dash of an item is that begins at `end`: the first outside of comments.
    fn dash_before(&self, end: usize) -> usize {
        let text = &self.tree.text()[self.at..end.max(self.at)];
        let mut at = self.at;
        for line in text.split_inclusive('\n') {
            let code = line.find('#').map_or(line, |comment| &line[..comment]);
            if let Some(dash) = code.find('-') {
                return at + dash;
            }
            at += line.len();
        }
        self.at
    }

    /// A scalar, an alias, or a collection in brackets.
    fn leaf(&mut self, node: NodeId, indent: usize) {
        let gap = self.gap_to(self.tree.outer_start(node));
        let span = self.tree.span(node);
        let style = self.tree.style(node);
        let text = if self.tree.kind(node) == Kind::Scalar {
            let value = self.tree.scalar(node).unwrap_or_default();
            joined(&self.properties(node), &scalar(&value, style, indent, false))
        } else {
            self.flow(node)
        };
        self.last_blocks.clone_from(&self.blocks);
        let in_header = if matches!(style, Style::Literal | Style::Folded) {
            self.tree.text()[span.clone()].lines().next().and_then(|line| line.find('#').map(|at| line[at..].trim_end()))
        } else {
            None
        };
        self.at = span.end;
        match (in_header, text.split_once('\n')) {
            (Some(comment), Some((header, rest))) => self.out.push_str(&format!("{header} {comment}\n{rest}")),
            _ => self.out.push_str(&text),
        }
        if text.is_empty() && self.out.ends_with(' ') {
            self.out.pop();
        }
        self.line_comment(gap.line);
    }

    /// Anchor and tag.
    fn properties(&self, node: NodeId) -> String {
        let text = &self.tree.text()[self.tree.outer_start(node)..self.tree.span(node).start];
        let words: Vec<&str> = text.split_whitespace().take_while(|word| word.starts_with(['&', '!'])).collect();
        words.join(" ")
    }

    /// A node on one line.
    fn flow(&self, node: NodeId) -> String {
        let tree = self.tree;
        let text = match tree.kind(node) {
            Kind::Alias => tree.text()[tree.span(node)].to_owned(),
            Kind::Scalar => scalar(&tree.scalar(node).unwrap_or_default(), tree.style(node), 0, true),
            Kind::Sequence => {
                let items: Vec<String> = tree.children(node).map(|item| self.flow_value(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Kind::Mapping => {
                let entry = |(key, value)| format!("{}: {}", self.flow(key), self.flow_value(value));
                let entries: Vec<String> = tree.entries(node).map(entry).collect();
                format!("{{{}}}", entries.join(", "))
            }
        };
        joined(&self.properties(node), &text)
    }

    /// Nothing cannot be written between brackets.
    fn flow_value(&self, node: NodeId) -> String {
        let text = self.flow(node);
        if text.is_empty() { "''".to_owned() } else { text }
    }

    /// Writes the comments between two nodes. A group right behind the first one belongs to that if a blank line or a smaller
    /// column follows; all others belong to the second.
    fn between(&mut self, gap: &Gap<'t>, is_first: bool, indent: usize) {
        self.line_comment(gap.line);
        let next = self.blocks.last().map_or(0, |block| block.source);
        let mut behind = !is_first;
        for (index, group) in gap.groups.iter().enumerate() {
            let block = self.block_of(group.column);
            behind &= !group.blank_before && (group.blank_after || block.source > next);
            if behind {
                self.comment(group, block.written);
                self.foot = Some(block.written);
                continue;
            }
            if index > 0 && group.blank_before && self.foot.is_none() {
                self.out.push('\n');
            }
            self.comment(group, indent);
        }
    }

    /// The block of the last scalar to which a comment in this column belongs.
    fn block_of(&self, column: usize) -> Block {
        let found = self.last_blocks.iter().rev().find(|block| block.source <= column);
        found.or(self.last_blocks.first()).copied().unwrap_or(Block { source: 0, written: 0 })
    }

    /// The comments behind the last node.
    fn end(&mut self, node: NodeId) {
        let text = self.tree.text();
        let rest_of_line = || text[self.at..].find('\n').map_or(text.len(), |length| self.at + length);
        let is_over = text[..self.at].ends_with('\n');
        let limit = if node == NodeId::ROOT {
            text.len()
        } else if is_over {
            self.at
        } else {
            rest_of_line()
        };
        let gap = self.gap_to(limit);
        self.line_comment(gap.line);
        for group in &gap.groups {
            let block = self.block_of(group.column);
            if group.blank_before {
                self.foot = None;
                self.out.push('\n');
            }
            self.comment(group, block.written);
        }
    }
}

fn joined(properties: &str, text: &str) -> String {
    match (properties.is_empty(), text.is_empty()) {
        (true, _) => text.to_owned(),
        (false, true) => properties.to_owned(),
        (false, false) => format!("{properties} {text}"),
    }
}
