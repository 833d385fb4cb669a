//! Putting a tree together, node after node, in the order of the text.

use super::{Kind, Node, NodeId, Style, Tree};
use std::collections::BTreeMap;

/// The nodes so far.
#[derive(Debug, Default)]
pub(super) struct Builder {
    nodes: Vec<Node>,
}

impl Builder {
    /// Room for the nodes of an ordinary document of that length.
    pub(super) fn for_text(length: usize) -> Self {
        const BYTES_OF_A_NODE: usize = 8;
        Self { nodes: Vec::with_capacity(length / BYTES_OF_A_NODE) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds a node as the last child of `parent`.
    pub(super) fn add(&mut self, parent: Option<NodeId>, kind: Kind, style: Style, start: usize, end: usize) -> NodeId {
        let id = NodeId(offset(self.nodes.len()));
        let (start, end) = (offset(start), offset(end));
        self.nodes.push(Node { kind, style, outer: start, start, end, parent, first: None, last: None, next: None });
        if let Some(parent) = parent {
            let before = self.node(parent).last.replace(id);
            match before {
                Some(before) => self.node(before).next = Some(id),
                None => self.node(parent).first = Some(id),
            }
        }
        id
    }

    /// Says where the node's anchor or tag begins.
    pub(super) fn set_outer(&mut self, id: NodeId, outer: usize) {
        self.node(id).outer = offset(outer);
    }

    pub(super) fn set_end(&mut self, id: NodeId, end: usize) {
        self.node(id).end = offset(end);
    }

    /// Lets a collection end where its last child ends.
    pub(super) fn close(&mut self, id: NodeId) {
        if let Some(last) = self.node(id).last {
            self.node(id).end = self.node(last).end;
        }
    }

    pub(super) fn finish(self, text: &str) -> Tree<'_> {
        Tree { text, nodes: self.nodes, aliases: Vec::new(), values: BTreeMap::new() }
    }

    fn node(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }
}

/// Documents are at most 1 GiB, so places in them fit.
fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
