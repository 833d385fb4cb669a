//! Where new text goes, and what it looks like there.

use super::super::tree::{Kind, NodeId, Style};
use super::write::Layout;
use super::{Data, Editor};

impl<'t> Editor<'t> {
    /// Adds entries at the end of a mapping.
    pub(super) fn insert_entries(&mut self, mapping: NodeId, entries: &[(String, Data)]) {
        let layout = self.layout(mapping);
        if self.tree.style(mapping) == Style::Flow {
            let entries = entries.iter().map(|(key, value)| layout.flow_entry(key, value)).collect();
            return self.insert_into_flow(mapping, entries, false);
        }
        let column = self.column(self.tree.span(mapping).start);
        let mut lines = layout.line(column);
        layout.write_entries(&mut lines, entries, column);
        self.insert_after(mapping, lines);
    }

    /// Adds items to a list.
    pub(super) fn insert_into_list(&mut self, list: NodeId, items: &[&Data], first: bool) {
        let layout = self.layout(list);
        let start = self.tree.span(list).start;
        let nested = items.iter().any(|item| matches!(item, Data::Map(_) | Data::List(_)));
        if self.tree.last_child(list).is_none() && nested {
            return self.fill(list, &Data::list(items));
        }
        if self.tree.style(list) == Style::Flow {
            let items = items.iter().map(|item| layout.flow(item)).collect();
            return self.insert_into_flow(list, items, first);
        }
        let column = self.column(start);
        if first {
            let mut lines = layout.items(items, column);
            lines.push_str(&layout.line(column));
            self.push(list, start..start, lines);
        } else {
            let mut lines = layout.line(column);
            layout.write_items(&mut lines, items, column);
            self.insert_after(list, lines);
        }
    }

    fn insert_into_flow(&mut self, collection: NodeId, parts: Vec<String>, first: bool) {
        let span = self.tree.span(collection);
        let comma = self.comma(collection);
        let text = parts.join(&comma);
        match self.tree.children(collection).next().map(|child| self.tree.outer_start(child)) {
            None => self.push(collection, span.start + 1..span.end - 1, text),
            Some(begin) if first => self.push(collection, begin..begin, format!("{text}{comma}")),
            Some(_) => {
                let end = self.end_of_last_child(collection);
                let blank = if self.tree.text()[..end].ends_with(':') { " " } else { "" };
                self.push(collection, end..end, format!("{blank}{comma}{text}"));
            }
        }
    }

    /// The end of the last child. An empty value ends after the blanks behind its colon: `{a: }`.
    fn end_of_last_child(&self, collection: NodeId) -> usize {
        let Some(last) = self.tree.last_child(collection) else { return self.tree.span(collection).end };
        let span = self.tree.span(last);
        let blanks = self.tree.text()[span.end..].bytes().take_while(|&byte| byte == b' ' && span.is_empty()).count();
        span.end + blanks
    }

    /// Adds lines after the last line of a block collection.
    fn insert_after(&mut self, collection: NodeId, lines: String) {
        let end = self.tree.span(collection).end;
        let place = self.line_end(end);
        if place == self.tree.text().len() {
            self.close_block_scalar(collection);
        }
        self.push(collection, place..place, lines);
    }

    /// A block scalar that ends with the text, without a line break, would get one by what follows: it has to say that it ends
    /// without.
    fn close_block_scalar(&mut self, collection: NodeId) {
        let last = std::iter::successors(Some(collection), |&id| self.tree.last_child(id)).last();
        let Some(last) = last.filter(|&id| matches!(self.tree.style(id), Style::Literal | Style::Folded)) else { return };
        let span = self.tree.span(last);
        let text = &self.tree.text()[span.clone()];
        if text.ends_with('\n') || !text.contains('\n') {
            return;
        }
        let header = text.split(['\n', ' ', '\r']).next().unwrap_or_default();
        let place = span.start + 1..span.start + header.len();
        let indicators = header[1..].trim_start_matches(['+', '-']).trim_end_matches(['+', '-']);
        self.push(last, place, format!("-{indicators}"));
    }

    /// Writes a collection where there was nothing, `null`, or an empty list.
    pub(super) fn fill(&mut self, node: NodeId, data: &Data) {
        let parent = self.tree.parent(node);
        let keyed = parent.filter(|&parent| self.tree.kind(parent) == Kind::Mapping);
        let Some(parent) = keyed.filter(|&parent| self.tree.style(parent) == Style::Block) else {
            return self.replace(node, data);
        };
        let span = self.tree.outer_start(node)..self.tree.span(node).end;
        let column = self.column(self.tree.span(parent).start);
        let layout = Layout { json: false, ..self.layout(node) };
        let lines = match data {
            Data::Map(entries) => {
                let inner = column + 2;
                format!("{}{}", layout.line(inner), layout.entries(entries, inner))
            }
            Data::List(items) => format!("{}{}", layout.line(column), layout.items(items, column)),
            Data::Raw(_) | Data::Text(_) => return self.replace(node, data),
        };
        let blanks = self.tree.text()[..span.start].bytes().rev().take_while(|&byte| byte == b' ').count();
        if !span.is_empty() {
            self.push(node, span.start - blanks..span.end, String::new());
        }
        let place = self.line_end(span.end);
        self.push(node, place..place, lines);
    }

    /// Writes data in the place of a node.
    pub(super) fn replace(&mut self, node: NodeId, data: &Data) {
        let span = self.tree.outer_start(node)..self.tree.span(node).end;
        let layout = self.layout(node);
        let in_block = self.tree.kind(node) == Kind::Mapping && self.tree.style(node) == Style::Block;
        let mut text = match data {
            Data::Map(entries) if in_block && !entries.is_empty() => {
                layout.entries(entries, self.column(self.tree.span(node).start))
            }
            other => layout.flow(other),
        };
        let old = &self.tree.text()[span.clone()];
        if old.is_empty() {
            text.insert_str(0, self.before_value(span.start));
        } else if old.ends_with('\n') {
            text.push_str(layout.line_break);
        }
        self.push(node, span, text);
    }

    /// What is missing between a key, or a dash, and its value.
    fn before_value(&self, place: usize) -> &'static str {
        match self.tree.text()[..place].bytes().next_back() {
            Some(b':' | b'-') => " ",
            Some(b' ' | b'[' | b'{' | b',') => "",
            _ => ": ",
        }
    }

    /// The style of the surroundings of a node.
    pub(super) fn layout(&self, node: NodeId) -> Layout<'t> {
        let text = self.tree.text();
        let mut layout = Layout { line_break: self.line_break(node), json: false, colon: ": " };
        if !self.tree.is_in_flow(node) {
            return layout;
        }
        let flows = || self.tree.ancestors(node).filter(|&id| self.tree.style(id) == Style::Flow);
        let entry = flows().find_map(|id| self.tree.entries(id).next());
        if let Some((key, value)) = entry {
            layout.json = self.tree.style(key) == Style::Double;
            let between = &text[self.tree.span(key).end..self.tree.outer_start(value).max(self.tree.span(key).end)];
            layout.colon = if between == ":" { ":" } else { ": " };
        } else {
            layout.json = flows().last().is_some_and(|outermost| self.tree.parent(outermost).is_none());
        }
        layout
    }

    /// The line break of the line that a node ends on; without one, that of the document.
    fn line_break(&self, node: NodeId) -> &'static str {
        let text = self.tree.text();
        let end = self.line_end(self.tree.span(node).end);
        match &text[end..] {
            rest if rest.starts_with("\r\n") => "\r\n",
            "" if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) => "\r\n",
            _ => "\n",
        }
    }

    /// What separates entries in a flow collection: what is between the last two of them, or leads to the only one.
    fn comma(&self, collection: NodeId) -> String {
        let text = self.tree.text();
        let children: Vec<_> = self.tree.children(collection).collect();
        let step = if self.tree.kind(collection) == Kind::Mapping { 2 } else { 1 };
        let begin = |index: usize| self.tree.outer_start(children[index]);
        let separator = match children.len() / step {
            0 => String::new(),
            1 => format!(",{}", &text[self.tree.span(collection).start + 1..begin(0)]),
            count => text[self.tree.span(children[(count - 1) * step - 1]).end..begin((count - 1) * step)].to_owned(),
        };
        let ordinary = separator.trim() == "," && (children.len() > step || separator.contains('\n'));
        if ordinary { separator } else { self.layout(collection).comma().to_owned() }
    }

    /// The column of a place in its line.
    fn column(&self, place: usize) -> usize {
        place - self.tree.text()[..place].rfind('\n').map_or(0, |at| at + 1)
    }

    /// The end of the line that `place` is in, before its line break; of a block scalar that ends before `place`, its last line.
    pub(super) fn line_end(&self, place: usize) -> usize {
        let text = self.tree.text();
        let from = if text[..place].ends_with('\n') { place - 1 } else { place };
        let end = text[from..].find('\n').map_or(text.len(), |at| from + at);
        end - usize::from(text[..end].ends_with('\r') && end < text.len())
    }
}
