//! The tables of a TOML text while it is read: which keys exist, which of them only because a longer key implies them.

use super::write::dotted;
use gotemplate::value::{Element, List, Map, Str, Value};
use std::collections::{BTreeMap, BTreeSet};

type Table = BTreeMap<Str, Node>;

#[derive(Debug)]
enum Node {
    Value(Value),
    Table(Table),
    /// One table for each `[[header]]`.
    Tables(Vec<Table>),
}

/// What was read so far, and the table that keys are read into.
#[derive(Debug)]
pub(super) struct Tree {
    root: Table,
    /// The path of the current table.
    pub(super) context: Vec<Str>,
    /// The key whose value is read.
    pub(super) key: Str,
    implied: BTreeSet<Vec<Str>>,
    arrays: BTreeSet<Vec<Str>>,
}

/// A table on the way to a key cannot be entered: the path so far.
struct NoTable(Vec<Str>);

impl Tree {
    /// An empty tree, at its top.
    pub(super) fn new() -> Self {
        let root = Table::new();
        Self { root, context: Vec::new(), key: Str::from(""), implied: BTreeSet::new(), arrays: BTreeSet::new() }
    }

    /// The full name of the current key, as errors show it.
    pub(super) fn current(&self) -> Vec<u8> {
        match (self.context.is_empty(), self.key.is_empty()) {
            (_, true) => dotted(&self.context),
            (true, false) => self.key.as_bytes().to_vec(),
            (false, false) => [&dotted(&self.context), &b"."[..], self.key.as_bytes()].concat(),
        }
    }

    /// Enters the table of this path, which is new: another one of an array of tables, if `is_item`.
    ///
    /// # Errors
    /// What the key already is.
    pub(super) fn enter(&mut self, path: &[Str], is_item: bool) -> Result<(), String> {
        let Some((last, parents)) = path.split_last() else { return Ok(()) };
        let implied = &mut self.implied;
        let table = descend(&mut self.root, parents, |table, key, so_far| {
            if !table.contains_key(key) {
                implied.insert(so_far.to_vec());
                table.insert(key.clone(), Node::Table(Table::new()));
            }
        });
        let table = table.map_err(|NoTable(so_far)| format!("Key '{}' was already created as a hash.", name(&so_far)))?;
        self.context = parents.to_vec();
        if is_item {
            match table.entry(last.clone()).or_insert_with(|| Node::Tables(Vec::new())) {
                Node::Tables(tables) => tables.push(Table::new()),
                _ => return Err(format!("Key '{}' was already created and cannot be used as an array.", name(path))),
            }
        } else {
            self.put(last.clone(), Node::Table(Table::new()))?;
        }
        self.context.push(last.clone());
        Ok(())
    }

    /// Enters the table that a dotted key or an inline table implies.
    ///
    /// # Errors
    /// What the key already is.
    pub(super) fn enter_implied(&mut self, path: &[Str], is_item: bool) -> Result<(), String> {
        self.implied.insert(path.to_vec());
        self.enter(path, is_item)
    }

    /// Sets the current key of the current table. An inline table stands in the tree already.
    ///
    /// # Errors
    /// When it is there already.
    pub(super) fn set(&mut self, value: &Value) -> Result<(), String> {
        self.put(self.key.clone(), Node::Value(value.clone()))
    }

    /// The current table is no array, whatever stood there before.
    pub(super) fn forget_array(&mut self) {
        self.arrays.remove(&self.context);
    }

    /// Notes whether the current key has an array.
    pub(super) fn mark_array(&mut self, is_array: bool) {
        let path = self.path_of(&self.key);
        if is_array {
            self.arrays.insert(path);
        } else {
            self.arrays.remove(&path);
        }
    }

    fn put(&mut self, key: Str, node: Node) -> Result<(), String> {
        let path = self.path_of(&key);
        let defined = |path: &[Str]| format!("Key '{}' has already been defined.", name(path));
        let table = descend(&mut self.root, &self.context, |_, _, _| {}).map_err(|NoTable(so_far)| defined(&so_far))?;
        if !table.contains_key(key.as_bytes()) {
            table.insert(key, node);
            return Ok(());
        }
        if !self.implied.remove(&path) {
            return Err(defined(&path));
        }
        if self.arrays.contains(&path) {
            table.insert(key, node);
        }
        Ok(())
    }

    fn path_of(&self, key: &Str) -> Vec<Str> {
        let mut path = self.context.clone();
        path.push(key.clone());
        path
    }

    /// The finished map.
    pub(super) fn into_map(self) -> Map {
        map_of(self.root)
    }
}

/// The table at a path; of an array of tables, the last one. `visit` sees each key before it is entered.
fn descend<'a>(
    root: &'a mut Table,
    path: &[Str],
    mut visit: impl FnMut(&mut Table, &Str, &[Str]),
) -> Result<&'a mut Table, NoTable> {
    let mut table = root;
    for (index, key) in path.iter().enumerate() {
        let so_far = &path[..=index];
        visit(table, key, so_far);
        table = match table.get_mut(key.as_bytes()) {
            Some(Node::Table(below)) => below,
            Some(Node::Tables(tables)) => tables.last_mut().ok_or_else(|| NoTable(so_far.to_vec()))?,
            _ => return Err(NoTable(so_far.to_vec())),
        };
    }
    Ok(table)
}

fn name(path: &[Str]) -> String {
    String::from_utf8_lossy(&dotted(path)).into_owned()
}

fn map_of(table: Table) -> Map {
    table.into_iter().map(|(key, node)| (key, value_of(node))).collect()
}

fn value_of(node: Node) -> Value {
    match node {
        Node::Value(value) => value,
        Node::Table(table) => Value::Map(map_of(table)),
        Node::Tables(tables) => {
            Value::List(List::new(Element::Map, tables.into_iter().map(|table| Value::Map(map_of(table))).collect()))
        }
    }
}
