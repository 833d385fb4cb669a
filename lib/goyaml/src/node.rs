//! Events to nodes: the tree of one document, with the place of every node in the text.
//!
//! The nodes lie in one vector in the order of the text, each knowing where its subtree ends, so that no tree needs recursion
//! to be built, walked or dropped.

use crate::Error;
use crate::parse::{Collection, Event, EventKind, Parser, Properties};
use crate::scan::ScalarStyle;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// One document as it is written.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    nodes: Vec<Node<'a>>,
}

/// Names a node of its document.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct NodeId(usize);

/// A node: what it is and where it stands.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: NodeKind<'a>,
    /// The bytes of the node without its anchor and tag, and without the line break behind it. A block collection reaches from
    /// its first key or dash to the end of its last node; a node of which nothing is written is empty.
    pub span: Range<usize>,
    properties: Option<Box<Properties<'a>>>,
    /// Index after the last node of its subtree.
    subtree_end: usize,
}

/// The kinds of nodes.
#[derive(Clone, Debug)]
pub enum NodeKind<'a> {
    /// Text.
    Scalar {
        /// What it stands for.
        value: Cow<'a, str>,
        /// How it is written.
        style: ScalarStyle,
        /// Whether its type follows from its text.
        implicit: bool,
    },
    /// A list.
    Sequence {
        /// Whether it is written in brackets.
        flow: bool,
    },
    /// A mapping.
    Mapping {
        /// Whether it is written in brackets.
        flow: bool,
    },
    /// `*anchor`
    Alias {
        /// The anchor.
        name: &'a str,
        /// The node with that anchor, which may contain this one.
        target: NodeId,
    },
}

impl<'a> Document<'a> {
    /// Reads the first document of a text; `None` where there is none. What follows it is not looked at.
    ///
    /// # Errors
    /// For text that is no YAML, and for an alias without its anchor; the text begins with `yaml: `.
    pub fn parse(text: &'a str) -> Result<Option<Self>, Error> {
        let mut documents = Self::parse_up_to(text, 1)?;
        Ok(documents.pop())
    }

    /// Reads all documents of a text.
    ///
    /// # Errors
    /// As for [`Document::parse`].
    pub fn parse_all(text: &'a str) -> Result<Vec<Self>, Error> {
        Self::parse_up_to(text, usize::MAX)
    }

    /// The node that contains all others.
    #[must_use]
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The node with this name.
    ///
    /// # Panics
    /// For a name that belongs to another document.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id.0]
    }

    /// The nodes directly in a list, or the keys and values of a mapping in turn.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.first_child(id), move |&child| self.sibling_after(id, child))
    }

    pub(crate) fn first_child(&self, parent: NodeId) -> Option<NodeId> {
        let first = parent.0 + 1;
        (first < self.nodes[parent.0].subtree_end).then_some(NodeId(first))
    }

    pub(crate) fn sibling_after(&self, parent: NodeId, child: NodeId) -> Option<NodeId> {
        let next = self.nodes[child.0].subtree_end;
        (next < self.nodes[parent.0].subtree_end).then_some(NodeId(next))
    }

    /// The node that stands for this one: itself, or the one behind an alias.
    #[must_use]
    pub fn target(&self, id: NodeId) -> NodeId {
        match self.nodes[id.0].kind {
            NodeKind::Alias { target, .. } => target,
            _ => id,
        }
    }

    /// Keys and values of a mapping, in the order of the text; nothing for other nodes.
    pub fn entries(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let is_mapping = matches!(self.nodes[id.0].kind, NodeKind::Mapping { .. });
        let mut children = self.children(id);
        std::iter::from_fn(move || if is_mapping { Some((children.next()?, children.next()?)) } else { None })
    }

    /// The value of the last entry of a mapping whose key is the scalar `key`.
    #[must_use]
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id).filter(|&(name, _)| self.node(name).as_str() == Some(key)).last().map(|(_, value)| value)
    }

    fn parse_up_to(text: &'a str, most: usize) -> Result<Vec<Self>, Error> {
        let mut parser = Parser::of_text(text);
        let mut documents = Vec::new();
        while documents.len() < most {
            match parser.next_event()?.map(|event| event.kind) {
                Some(EventKind::DocumentStart) => documents.push(compose(&mut parser)?),
                Some(EventKind::StreamEnd) | None => break,
                Some(_) => {}
            }
        }
        Ok(documents)
    }
}

impl<'a> Node<'a> {
    /// The text of a scalar, whatever its type.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The tag in its long form.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.properties.as_ref()?.tag.as_deref()
    }

    /// The anchor.
    #[must_use]
    pub fn anchor(&self) -> Option<&'a str> {
        self.properties.as_ref()?.anchor
    }

    /// The bytes of the node with its anchor and tag.
    #[must_use]
    pub fn full_span(&self) -> Range<usize> {
        let start = self.properties.as_ref().map_or(self.span.start, |properties| properties.start);
        start..self.span.end
    }
}

/// Reads the nodes of a document whose start has been read, and its end.
pub(crate) fn compose<'a>(parser: &mut Parser<'a>) -> Result<Document<'a>, Error> {
    let mut composer = Composer::default();
    loop {
        let event = parser.step()?;
        if matches!(event.kind, EventKind::DocumentEnd) {
            return Ok(Document { nodes: composer.nodes });
        }
        composer.add(event)?;
    }
}

#[derive(Default)]
struct Composer<'a> {
    nodes: Vec<Node<'a>>,
    /// The collections that have begun and not ended.
    open: Vec<usize>,
    anchors: BTreeMap<&'a str, NodeId>,
    /// Where the last node ended.
    last_end: usize,
}

impl<'a> Composer<'a> {
    fn add(&mut self, event: Event<'a>) -> Result<(), Error> {
        let Event { kind, start, end } = event;
        match kind {
            EventKind::Scalar { properties, value, style, implicit, content_start } => {
                let kind = NodeKind::Scalar { value, style, implicit };
                self.push(kind, properties, content_start.offset..end.offset);
            }
            EventKind::SequenceStart(collection) => self.begin(collection, |flow| NodeKind::Sequence { flow }),
            EventKind::MappingStart(collection) => self.begin(collection, |flow| NodeKind::Mapping { flow }),
            // Only a closing bracket has a width.
            EventKind::SequenceEnd | EventKind::MappingEnd if start == end => self.end(self.last_end),
            EventKind::SequenceEnd | EventKind::MappingEnd => self.end(end.offset),
            EventKind::Alias(name) => {
                let unknown = || Error::yaml(0, &format!("unknown anchor '{name}' referenced"), start.offset);
                let target = *self.anchors.get(name).ok_or_else(unknown)?;
                self.push(NodeKind::Alias { name, target }, None, start.offset..end.offset);
            }
            EventKind::StreamStart | EventKind::StreamEnd | EventKind::DocumentStart | EventKind::DocumentEnd => {}
        }
        Ok(())
    }

    fn begin(&mut self, collection: Collection<'a>, kind: fn(bool) -> NodeKind<'a>) {
        self.open.push(self.nodes.len());
        let Collection { properties, flow, content_start } = collection;
        self.push(kind(flow), properties, content_start.offset..content_start.offset);
    }

    fn end(&mut self, end: usize) {
        let Some(at) = self.open.pop() else { return };
        self.last_end = end;
        self.nodes[at].subtree_end = self.nodes.len();
        self.nodes[at].span.end = end;
    }

    fn push(&mut self, kind: NodeKind<'a>, properties: Option<Box<Properties<'a>>>, span: Range<usize>) {
        let id = NodeId(self.nodes.len());
        if let Some(anchor) = properties.as_ref().and_then(|properties| properties.anchor) {
            self.anchors.insert(anchor, id);
        }
        self.last_end = span.end;
        self.nodes.push(Node { kind, span, properties, subtree_end: id.0 + 1 });
    }
}
