//! Nodes as Go's `%#v` prints the values they decode to; go-yaml does so with keys that it refuses.

use crate::json::push_go_string;
use crate::node::{Document, NodeId, NodeKind};
use crate::resolve::{self, Resolved};
use crate::{decode, float};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The text for a node that has been decoded without error.
pub(crate) fn describe(document: &Document<'_>, id: NodeId) -> String {
    let mut out = String::new();
    let mut work = vec![Work::Node(id)];
    while let Some(next) = work.pop() {
        match next {
            Work::Text(text) => out.push_str(text),
            Work::Key(key) => push_scalar(&mut out, &key.0, true),
            Work::Node(node) => describe_node(document, node, node != id, &mut out, &mut work),
        }
    }
    out
}

/// What is still to be printed; the last comes first.
enum Work<'d> {
    Text(&'static str),
    Key(Key<'d>),
    Node(NodeId),
}

fn describe_node<'d>(document: &'d Document<'_>, id: NodeId, nested: bool, out: &mut String, work: &mut Vec<Work<'d>>) {
    let id = document.target(id);
    let start = work.len();
    match document.node(id).kind {
        NodeKind::Sequence { .. } => {
            out.push_str("[]interface {}{");
            for child in document.children(id) {
                work.extend([Work::Node(child), Work::Text(", ")]);
            }
        }
        NodeKind::Mapping { .. } => {
            out.push_str("map[interface {}]interface {}{");
            for (key, value) in entries(document, id) {
                work.extend([Work::Key(key), Work::Text(":"), Work::Node(value), Work::Text(", ")]);
            }
        }
        _ => {
            let resolved = resolve::resolve(document.node(id)).unwrap_or(Resolved::Null);
            return push_scalar(out, &resolved, nested);
        }
    }
    if work.len() > start {
        work.pop();
    }
    work.push(Work::Text("}"));
    work[start..].reverse();
}

fn push_scalar(out: &mut String, value: &Resolved<'_>, nested: bool) {
    // Writing to a string cannot fail.
    let _ = match value {
        Resolved::Null => write!(out, "{}", if nested { "interface {}(nil)" } else { "<nil>" }),
        Resolved::Bool(value) => write!(out, "{value}"),
        Resolved::Int(value) => write!(out, "{value}"),
        Resolved::Uint(value) => write!(out, "{value:#x}"),
        Resolved::Float(value) => write!(out, "{}", float::format_g(*value)),
        Resolved::Text(text) => {
            push_go_string(out, text.as_bytes());
            Ok(())
        }
    };
}

/// The entries of a mapping as Go prints them: sorted by type and value of the key, the last of equal keys.
fn entries<'d>(document: &'d Document<'_>, id: NodeId) -> BTreeMap<Key<'d>, NodeId> {
    let mut entries = BTreeMap::new();
    let mut work = vec![Merge::Mapping(id)];
    while let Some(next) = work.pop() {
        let mapping = match next {
            Merge::Entry(key, value) => {
                entries.insert(key, value);
                continue;
            }
            Merge::Mapping(mapping) => mapping,
        };
        let start = work.len();
        for (key, value) in document.entries(document.target(mapping)) {
            if decode::is_merge(document, key) {
                push_merged(document, value, &mut work);
            } else {
                let key = resolve::resolve(document.node(document.target(key))).unwrap_or(Resolved::Null);
                work.push(Merge::Entry(Key(key), value));
            }
        }
        work[start..].reverse();
    }
    entries
}

enum Merge<'d> {
    Entry(Key<'d>, NodeId),
    Mapping(NodeId),
}

fn push_merged<'d>(document: &'d Document<'_>, value: NodeId, work: &mut Vec<Merge<'d>>) {
    if !matches!(document.node(value).kind, NodeKind::Sequence { .. }) {
        return work.push(Merge::Mapping(value));
    }
    let start = work.len();
    work.extend(document.children(value).map(Merge::Mapping));
    work[start..].reverse();
}

/// A key in Go's order of printing: by type, then by value.
struct Key<'d>(Resolved<'d>);

impl Key<'_> {
    fn rank(&self) -> u8 {
        match self.0 {
            Resolved::Null => 0,
            Resolved::Text(_) => 1,
            Resolved::Uint(_) => 2,
            Resolved::Int(_) => 3,
            Resolved::Float(_) => 4,
            Resolved::Bool(_) => 5,
        }
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Resolved::Text(a), Resolved::Text(b)) => a.cmp(b),
            (Resolved::Uint(a), Resolved::Uint(b)) => a.cmp(b),
            (Resolved::Int(a), Resolved::Int(b)) => a.cmp(b),
            (Resolved::Bool(a), Resolved::Bool(b)) => a.cmp(b),
            // A NaN goes first.
            (Resolved::Float(a), Resolved::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}
