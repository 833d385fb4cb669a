//! From nodes to values, with a stack of its own.

use super::count::Count;
use super::place::{Key, NOWHERE, Place, key_name, to_value};
use super::target::Target;
use super::{to_json_error, unmarshal_error};
use crate::node::{Document, NodeId, NodeKind};
use crate::resolve::{self, Resolved};
use crate::value::{Map, Value};
use crate::{Error, go_syntax, json};

/// Deeper JSON is refused by Go.
const MAX_JSON_DEPTH: usize = 10_000;

pub(super) struct Builder<'d, 'a, 't> {
    document: &'d Document<'a>,
    root: Place<'t>,
    frames: Vec<Frame<'t>>,
    /// The mappings being filled, innermost last. A merged mapping fills the one that it is merged into.
    maps: Vec<Map>,
    /// The aliases being followed.
    aliases: Vec<NodeId>,
    count: Count,
    /// How many lists and mappings are open, those being merged not counted.
    depth: usize,
    too_deep: bool,
    /// Whether an infinity or a NaN was met.
    not_finite: bool,
    /// The first entry whose key JSON cannot have.
    bad_entry: Option<BadEntry<'d>>,
    result: Value,
}

/// An entry whose key JSON cannot have.
struct BadEntry<'d> {
    mapping: NodeId,
    key: Resolved<'d>,
    value: NodeId,
}

/// What is open.
enum Frame<'t> {
    Alias,
    List {
        cursor: Cursor,
        items: Vec<Value>,
        /// What its items are decoded into.
        item: Place<'t>,
    },
    Map {
        cursor: Cursor,
        place: Place<'t>,
        /// The key whose value comes next, and what that is decoded into.
        key: Option<(Key, Place<'t>)>,
        merged: bool,
    },
    /// The mappings of a list after `<<` that are left; the last goes first, so that the first wins.
    Merges(Vec<NodeId>),
}

/// The children of a node that are left.
struct Cursor {
    next: Option<NodeId>,
    last: NodeId,
    parent: NodeId,
}

/// What was decoded.
enum Item<'d> {
    Scalar(Resolved<'d>),
    Value(Value),
}

impl<'d, 'a, 't> Builder<'d, 'a, 't> {
    pub(super) fn new(document: &'d Document<'a>, target: &'t dyn Target) -> Self {
        let mut count = Count::default();
        // The document itself is one.
        count.add(false);
        Self {
            document,
            root: Place { target, kept: true, all: false },
            frames: Vec::new(),
            maps: Vec::new(),
            aliases: Vec::new(),
            count,
            depth: 0,
            too_deep: false,
            not_finite: false,
            bad_entry: None,
            result: Value::Null,
        }
    }

    pub(super) fn build(mut self) -> Result<Value, Error> {
        self.visit(self.document.root()).map_err(to_json_error)?;
        while !self.frames.is_empty() {
            self.step().map_err(to_json_error)?;
        }
        if let Some(bad) = &self.bad_entry {
            return Err(to_json_error(Error::new(self.bad_key(&bad.key, bad.value))));
        }
        if self.too_deep || self.not_finite { self.judge_json() } else { Ok(self.result) }
    }

    /// Judges a value that JSON may not be able to hold. What was met may have been overwritten since.
    fn judge_json(self) -> Result<Value, Error> {
        if !self.root.all {
            // It may be in what was not kept.
            let root = Place { all: true, ..self.root };
            Builder { root, ..Builder::new(self.document, self.root.target) }.build()?;
            return Ok(self.result);
        }
        json::write(&self.result).map_err(to_json_error)?;
        if self.too_deep { Err(unmarshal_error("exceeded max depth")) } else { Ok(self.result) }
    }

    /// Goes on with what was opened last.
    fn step(&mut self) -> Result<(), Error> {
        let document = self.document;
        match self.frames.last_mut() {
            None => Ok(()),
            Some(Frame::Alias) => {
                self.leave_alias();
                Ok(())
            }
            Some(Frame::List { cursor, items, .. }) => match cursor.advance(document) {
                Some(child) => self.visit(child),
                None => {
                    let list = std::mem::take(items);
                    self.close(Value::List(list))
                }
            },
            Some(Frame::Map { cursor, key, .. }) => match cursor.advance(document) {
                Some(child) if key.is_none() && is_merge(document, child) => {
                    let value = cursor.advance(document);
                    value.map_or(Ok(()), |value| self.merge(value))
                }
                Some(child) => self.visit(child),
                None => self.close_map(),
            },
            Some(Frame::Merges(left)) => match left.pop() {
                Some(mapping) => self.merge_one(mapping),
                None => {
                    self.frames.pop();
                    Ok(())
                }
            },
        }
    }

    fn visit(&mut self, id: NodeId) -> Result<(), Error> {
        let place = self.place();
        let id = self.enter(id)?;
        match &self.document.node(id).kind {
            NodeKind::Sequence { .. } => {
                self.open();
                self.frames.push(Frame::List {
                    cursor: self.cursor(id),
                    items: Vec::new(),
                    item: place.within(Target::item),
                });
                Ok(())
            }
            NodeKind::Mapping { .. } => {
                self.open();
                self.maps.push(Map::new());
                self.push_map(id, false, place);
                Ok(())
            }
            _ => {
                let resolved = self.resolve(id)?;
                self.deliver(Item::Scalar(resolved))
            }
        }
    }

    /// What the next node is decoded into. A key is decoded into nothing yet.
    fn place(&self) -> Place<'t> {
        let frame = self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Alias));
        match frame {
            None => self.root,
            Some(Frame::List { item, .. }) => *item,
            Some(Frame::Map { key: Some((_, place)), .. }) => *place,
            Some(_) => NOWHERE,
        }
    }

    /// Counts a node, and the one behind it if it is an alias; gives the one that is none.
    fn enter(&mut self, id: NodeId) -> Result<NodeId, Error> {
        self.add(id)?;
        let NodeKind::Alias { name, target } = self.document.node(id).kind else { return Ok(id) };
        if self.aliases.contains(&id) {
            return Err(self.error(id, &format!("anchor '{name}' value contains itself")));
        }
        self.aliases.push(id);
        self.frames.push(Frame::Alias);
        self.add(target)?;
        Ok(target)
    }

    fn add(&mut self, id: NodeId) -> Result<(), Error> {
        if self.count.add(!self.aliases.is_empty()) {
            Ok(())
        } else {
            Err(self.error(id, "document contains excessive aliasing"))
        }
    }

    fn leave_alias(&mut self) {
        self.frames.pop();
        self.aliases.pop();
    }

    fn cursor(&self, parent: NodeId) -> Cursor {
        Cursor { next: self.document.first_child(parent), last: parent, parent }
    }

    fn push_map(&mut self, id: NodeId, merged: bool, place: Place<'t>) {
        self.frames.push(Frame::Map { cursor: self.cursor(id), place, key: None, merged });
    }

    fn open(&mut self) {
        self.depth += 1;
        self.too_deep |= self.depth > MAX_JSON_DEPTH;
    }

    fn close_map(&mut self) -> Result<(), Error> {
        if let Some(Frame::Map { merged: true, .. }) = self.frames.last() {
            self.frames.pop();
            return Ok(());
        }
        let map = self.maps.pop().unwrap_or_default();
        self.close(Value::Map(map))
    }

    /// Ends the innermost list or mapping. What is so deep that JSON will be refused is not kept, so that all values may recurse.
    fn close(&mut self, value: Value) -> Result<(), Error> {
        self.frames.pop();
        let kept = if self.depth > MAX_JSON_DEPTH + 1 { Value::Null } else { value };
        self.depth -= 1;
        self.deliver(Item::Value(kept))
    }

    fn deliver(&mut self, item: Item<'d>) -> Result<(), Error> {
        while let Some(Frame::Alias) = self.frames.last() {
            self.leave_alias();
        }
        match self.frames.last_mut() {
            Some(Frame::List { items, item: place, .. }) => {
                let value = built(item, *place, &mut self.not_finite);
                if place.kept {
                    items.push(value);
                }
            }
            Some(Frame::Map { key, .. }) => match key.take() {
                Some((name, place)) => {
                    let value = built(item, place, &mut self.not_finite);
                    if let (Key::Name(name), Some(map)) = (name, self.maps.last_mut()) {
                        map.insert(name, value);
                    }
                }
                None => return self.deliver_key(item),
            },
            Some(Frame::Alias | Frame::Merges(_)) => {}
            None => self.result = built(item, self.root, &mut self.not_finite),
        }
        Ok(())
    }

    fn deliver_key(&mut self, item: Item<'d>) -> Result<(), Error> {
        let Some(Frame::Map { cursor, key, place, .. }) = self.frames.last_mut() else { return Ok(()) };
        let Item::Scalar(resolved) = item else {
            let node = cursor.last;
            let text = go_syntax::describe(self.document, node);
            return Err(self.error(node, &format!("invalid map key: {text}")));
        };
        if let (Resolved::Null | Resolved::Uint(_), Some(value)) = (&resolved, cursor.next) {
            *key = Some((Key::Forgotten, NOWHERE));
            let mapping = cursor.parent;
            match &mut self.bad_entry {
                // The last of equal keys wins.
                Some(bad) if bad.mapping == mapping && bad.key == resolved => bad.value = value,
                Some(_) => {}
                none => *none = Some(BadEntry { mapping, key: resolved, value }),
            }
            return Ok(());
        }
        *key = Some(if place.kept { place.member(key_name(resolved)) } else { (Key::Forgotten, NOWHERE) });
        Ok(())
    }

    /// Handles the value of a merge key.
    fn merge(&mut self, value: NodeId) -> Result<(), Error> {
        if matches!(self.document.node(value).kind, NodeKind::Sequence { .. }) {
            self.frames.push(Frame::Merges(self.document.children(value).collect()));
            return Ok(());
        }
        self.merge_one(value)
    }

    fn merge_one(&mut self, id: NodeId) -> Result<(), Error> {
        let target = match self.document.node(id).kind {
            NodeKind::Alias { target, .. } => target,
            _ => id,
        };
        if !matches!(self.document.node(target).kind, NodeKind::Mapping { .. }) {
            return Err(self.error(id, "map merge requires map or sequence of maps as the value"));
        }
        let into = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Map { place, .. } => Some(*place),
            _ => None,
        });
        self.enter(id)?;
        self.push_map(target, true, into.unwrap_or(self.root));
        Ok(())
    }

    fn resolve(&self, id: NodeId) -> Result<Resolved<'d>, Error> {
        let document: &'d Document<'a> = self.document;
        resolve::resolve(document.node(id)).map_err(|problem| self.error(id, &problem))
    }

    fn error(&self, id: NodeId, problem: &str) -> Error {
        Error::yaml(0, problem, self.document.node(id).span.start)
    }

    fn bad_key(&self, key: &Resolved<'_>, value: NodeId) -> String {
        let value = go_syntax::describe(self.document, value);
        match key {
            Resolved::Uint(number) => {
                format!("unsupported map key of type: uint64, key: {number:#x}, value: {value}")
            }
            _ => format!("unsupported map key of type: %!s(<nil>), key: <nil>, value: {value}"),
        }
    }
}

impl Cursor {
    fn advance(&mut self, document: &Document<'_>) -> Option<NodeId> {
        let child = self.next?;
        self.last = child;
        self.next = document.sibling_after(self.parent, child);
        Some(child)
    }
}

/// Whether a key is `<<`.
pub(crate) fn is_merge(document: &Document<'_>, id: NodeId) -> bool {
    let node = document.node(id);
    match &node.kind {
        NodeKind::Scalar { value, implicit, .. } => value == "<<" && (*implicit || node.tag() == Some(resolve::MERGE)),
        _ => false,
    }
}

/// The value that was decoded; notes a float that JSON cannot hold.
fn built(item: Item<'_>, place: Place<'_>, not_finite: &mut bool) -> Value {
    let value = match item {
        Item::Value(value) => return value,
        Item::Scalar(scalar) => to_value(scalar, place),
    };
    *not_finite |= matches!(value, Value::Float(number) if !number.is_finite());
    value
}
