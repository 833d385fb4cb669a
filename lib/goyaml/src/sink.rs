//! How values are handed to a writer: piece by piece, so that nothing need be built to be printed.

use crate::Error;
use crate::value::{Map, Value};
use std::collections::btree_map;

/// Receives a value. Each call is one value, or the start or end of a list or mapping; in a mapping each value follows its key.
///
/// An error ends the walk.
pub trait Sink {
    /// Go's nil.
    fn null(&mut self) -> Result<(), Error>;
    /// A boolean.
    fn bool(&mut self, value: bool) -> Result<(), Error>;
    /// A signed integer.
    fn int(&mut self, value: i64) -> Result<(), Error>;
    /// An unsigned integer.
    fn uint(&mut self, value: u64) -> Result<(), Error>;
    /// A float, which need not be finite.
    fn float(&mut self, value: f64) -> Result<(), Error>;
    /// Text, which need not be UTF-8.
    fn string(&mut self, value: &[u8]) -> Result<(), Error>;
    /// The start of a list of `length` items.
    fn begin_list(&mut self, length: usize) -> Result<(), Error>;
    /// The end of the innermost list.
    fn end_list(&mut self) -> Result<(), Error>;
    /// The start of a mapping of `length` entries.
    fn begin_map(&mut self, length: usize) -> Result<(), Error>;
    /// The start of a Go struct of `length` fields, which for YAML written directly keep their order. Ends like a mapping.
    fn begin_struct(&mut self, length: usize) -> Result<(), Error> {
        self.begin_map(length)
    }
    /// The key of the next value. The keys of a mapping come in the order of their bytes.
    fn key(&mut self, key: &[u8]) -> Result<(), Error>;
    /// The end of the innermost mapping.
    fn end_map(&mut self) -> Result<(), Error>;
}

/// A value that can hand itself to a [`Sink`].
pub trait Walk {
    /// Hands this value to the sink, the entries of mappings in the order of the bytes of their keys.
    ///
    /// # Errors
    /// Those of the sink, and for a value that cannot be printed.
    fn walk(&self, sink: &mut dyn Sink) -> Result<(), Error>;
}

/// What is left of the collections that contain the current value.
enum Level<'v> {
    List(std::slice::Iter<'v, Value>),
    Map(btree_map::Iter<'v, String, Value>),
}

impl Walk for Value {
    fn walk(&self, sink: &mut dyn Sink) -> Result<(), Error> {
        let mut levels = Vec::new();
        enter(self, sink, &mut levels)?;
        while let Some(level) = levels.last_mut() {
            let next = match level {
                Level::List(items) => items.next(),
                Level::Map(entries) => match entries.next() {
                    Some((key, value)) => {
                        sink.key(key.as_bytes())?;
                        Some(value)
                    }
                    None => None,
                },
            };
            match (next, levels.last()) {
                (Some(value), _) => enter(value, sink, &mut levels)?,
                (None, Some(Level::Map(_))) => {
                    levels.pop();
                    sink.end_map()?;
                }
                (None, _) => {
                    levels.pop();
                    sink.end_list()?;
                }
            }
        }
        Ok(())
    }
}

impl Walk for Map {
    fn walk(&self, sink: &mut dyn Sink) -> Result<(), Error> {
        sink.begin_map(self.len())?;
        for (key, value) in self {
            sink.key(key.as_bytes())?;
            value.walk(sink)?;
        }
        sink.end_map()
    }
}

fn enter<'v>(value: &'v Value, sink: &mut dyn Sink, levels: &mut Vec<Level<'v>>) -> Result<(), Error> {
    match value {
        Value::Null => sink.null(),
        Value::Bool(value) => sink.bool(*value),
        Value::Int(value) => sink.int(*value),
        Value::Float(value) => sink.float(*value),
        Value::String(text) => sink.string(text.as_bytes()),
        Value::List(list) => {
            levels.push(Level::List(list.iter()));
            sink.begin_list(list.len())
        }
        Value::Map(map) => {
            levels.push(Level::Map(map.iter()));
            sink.begin_map(map.len())
        }
    }
}
