//! The full reader: everything that Helm reads, by `goyaml`'s node tree.

use super::build::Builder;
use super::{Kind, NodeId, Style, Tree};
use goyaml::ScalarStyle;
use goyaml::node::{Document, Node, NodeKind};
use std::ops::Range;

/// Reads the first document of `text`.
///
/// # Errors
/// In the words of Go's YAML library.
pub(super) fn read(text: &str) -> Result<Tree<'_>, String> {
    let Some(document) = Document::parse(text).map_err(|error| error.to_string())? else {
        return Ok(Builder::default().finish(text));
    };
    Composed { text, document, nodes: Builder::default(), names: Vec::new() }.finish()
}

struct Composed<'a> {
    text: &'a str,
    document: Document<'a>,
    nodes: Builder,
    /// The nodes under their names in both trees, in the order of the text.
    names: Vec<(goyaml::node::NodeId, NodeId)>,
}

impl<'a> Composed<'a> {
    fn finish(mut self) -> Result<Tree<'a>, String> {
        self.add_all();
        let mut tree = self.nodes.finish(self.text);
        for &(theirs, ours) in &self.names {
            match &self.document.node(theirs).kind {
                NodeKind::Alias { name, target } => {
                    let known = self.names.binary_search_by_key(target, |&(theirs, _)| theirs).map(|at| self.names[at].1);
                    let target = known.map_err(|_| format!("yaml: unknown anchor '{name}' referenced"))?;
                    if tree.ancestors(ours).any(|node| node == target) {
                        return Err(format!("yaml: anchor '{name}' value contains itself"));
                    }
                    tree.aliases.push((ours, target));
                }
                NodeKind::Scalar { value, .. } if self.text[tree.span(ours)] != **value => {
                    tree.values.insert(ours, value.clone().into_owned());
                }
                _ => {}
            }
        }
        if !tree.aliases.is_empty() {
            // Aliases of aliases can stand for more than fits anywhere: what Helm refuses is refused.
            goyaml::decode(self.text).map_err(|error| error.to_string())?;
        }
        Ok(tree)
    }

    /// Walks over the nodes in the order of the text, without recursion.
    fn add_all(&mut self) {
        let mut left = vec![(self.document.root(), None)];
        while let Some((theirs, parent)) = left.pop() {
            let ours = self.add(theirs, parent);
            self.names.push((theirs, ours));
            let children: Vec<_> = self.document.children(theirs).collect();
            left.extend(children.into_iter().rev().map(|child| (child, Some(ours))));
        }
        // Block collections end with the line break that their last block scalar may end with.
        for &(theirs, ours) in self.names.iter().rev() {
            if looks(self.document.node(theirs)).1 == Style::Block {
                self.nodes.close(ours);
            }
        }
    }

    fn add(&mut self, theirs: goyaml::node::NodeId, parent: Option<NodeId>) -> NodeId {
        let node = self.document.node(theirs);
        let (kind, style) = looks(node);
        let span = self.span(node, style);
        let ours = self.nodes.add(parent, kind, style, span.start, span.end);
        self.nodes.set_outer(ours, node.full_span().start);
        ours
    }

    /// The node's bytes, those of a block scalar with the line breaks that belong to it.
    fn span(&self, node: &Node, style: Style) -> Range<usize> {
        let mut end = node.span.end;
        if matches!(style, Style::Literal | Style::Folded) {
            if !self.text[node.span.clone()].contains(['\n', '\r']) {
                // Nothing but its header, which blanks and a comment may follow.
                end += self.text[end..].find(['\n', '\r']).unwrap_or(self.text.len() - end);
            }
            let rest = &self.text[end..];
            end += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
        }
        node.span.start..end
    }
}

fn looks(node: &Node) -> (Kind, Style) {
    let flows = |flow| if flow { Style::Flow } else { Style::Block };
    match &node.kind {
        NodeKind::Mapping { flow } => (Kind::Mapping, flows(*flow)),
        NodeKind::Sequence { flow } => (Kind::Sequence, flows(*flow)),
        NodeKind::Alias { .. } => (Kind::Alias, Style::Plain),
        NodeKind::Scalar { style, .. } => {
            let style = match style {
                ScalarStyle::Plain => Style::Plain,
                ScalarStyle::SingleQuoted => Style::Single,
                ScalarStyle::DoubleQuoted => Style::Double,
                ScalarStyle::Literal => Style::Literal,
                ScalarStyle::Folded => Style::Folded,
            };
            (Kind::Scalar, style)
        }
    }
}
