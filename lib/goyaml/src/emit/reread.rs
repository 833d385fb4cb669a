//! JSON read as YAML, for values that this changes: line breaks within strings are folded, for one.

use crate::node::{Document, NodeId, NodeKind};
use crate::resolve::{self, Resolved};
use crate::{Error, Sink};

/// Hands the content of a JSON text to a sink.
///
/// # Errors
/// Those of the YAML reader, and of the sink.
pub(super) fn walk_json(json: &str, sink: &mut dyn Sink) -> Result<(), Error> {
    let Some(document) = Document::parse(json)? else { return sink.null() };
    let mut levels = Vec::new();
    enter(&document, document.root(), sink, &mut levels)?;
    while let Some(level) = levels.last_mut() {
        let Some(child) = level.next else {
            levels.pop().map_or(Ok(()), |level| level.end(sink))?;
            continue;
        };
        level.next = document.sibling_after(level.parent, child);
        if level.at_key {
            sink.key(document.node(child).as_str().unwrap_or_default().as_bytes())?;
        }
        let is_key = level.at_key;
        level.at_key ^= level.is_map;
        if !is_key {
            enter(&document, child, sink, &mut levels)?;
        }
    }
    Ok(())
}

struct Level {
    parent: NodeId,
    next: Option<NodeId>,
    is_map: bool,
    at_key: bool,
}

impl Level {
    fn end(&self, sink: &mut dyn Sink) -> Result<(), Error> {
        if self.is_map { sink.end_map() } else { sink.end_list() }
    }
}

fn enter(document: &Document<'_>, id: NodeId, sink: &mut dyn Sink, levels: &mut Vec<Level>) -> Result<(), Error> {
    let node = document.node(id);
    let is_map = matches!(node.kind, NodeKind::Mapping { .. });
    if is_map || matches!(node.kind, NodeKind::Sequence { .. }) {
        levels.push(Level { parent: id, next: document.first_child(id), is_map, at_key: is_map });
        let length = document.children(id).count();
        return if is_map { sink.begin_map(length / 2) } else { sink.begin_list(length) };
    }
    match resolve::resolve(node).map_err(Error::new)? {
        Resolved::Null => sink.null(),
        Resolved::Bool(value) => sink.bool(value),
        Resolved::Int(value) => sink.int(value),
        Resolved::Uint(value) => sink.uint(value),
        Resolved::Float(value) => sink.float(value),
        Resolved::Text(text) => sink.string(text.as_bytes()),
    }
}
