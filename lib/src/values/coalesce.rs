//! The user's values over the defaults of a chart and its subcharts, by Helm's rules.
//!
//! In come a chart and values; out comes what the chart's templates see as `.Values`. Values that are given win over a chart's
//! defaults; maps are merged, all else is replaced; a subchart's values are the table of its name, with the parent's `global`
//! merged into them. A null that is given removes a default.

use super::print::{verb_t, verb_v};
use super::tree::{Entry, Node, Table, without_nulls};
use crate::chart::Chart;
use crate::gotext::quote;
use crate::log::{Level, Log};
use goyaml::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// The key of the values that all charts share.
const GLOBAL: &str = "global";
/// A table that is larger than this is not shown in a message.
const MAX_SHOWN: u64 = 64 << 20;

/// Something else is given where a subchart's values are expected.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("type mismatch on {name}: {value}")]
pub struct CoalesceError {
    /// The subchart.
    pub name: String,
    /// What is given for it, in Go's words.
    pub value: String,
    /// What was logged before.
    pub logs: Vec<Log>,
}

/// The values that the templates of `chart` see, and what is to be said about them.
///
/// # Errors
/// [`CoalesceError`] when no table is given for a subchart.
pub fn coalesce(chart: &Chart, values: &Map) -> Result<(Map, Vec<Log>), CoalesceError> {
    let mut logs = Vec::new();
    let table = Table::of(values);
    match add_defaults(chart, &table, Nulls::Remove, &mut logs) {
        Ok(()) => Ok((table.to_map(), logs)),
        Err(error) => Err(CoalesceError { logs, ..error }),
    }
}

/// Values over defaults, as one table is laid over another: dependencies have no part in it. A null removes a default, and a
/// default may be null.
pub(crate) fn table_over_defaults(values: &Map, defaults: &Map, logs: &mut Vec<Log>) -> Map {
    let table = Table::of(values);
    Coalescer { logs, has_cycle: false }.table(&table, defaults, Path::ROOT, Nulls::RemoveGiven);
    table.to_map()
}

/// What a null does to a default.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Nulls {
    /// It removes the default, and a default that is null is none.
    Remove,
    /// It removes the default, which may be null.
    RemoveGiven,
    /// It stays, for a later pass.
    Keep,
}

/// Merges the defaults of `chart` and its subcharts into `values`.
///
/// # Errors
/// [`CoalesceError`] when no table is given for a subchart.
pub(crate) fn add_defaults<'a>(
    chart: &'a Chart,
    values: &Table<'a>,
    nulls: Nulls,
    logs: &mut Vec<Log>,
) -> Result<(), CoalesceError> {
    Coalescer { logs, has_cycle: false }.chart(chart, values, Path::ROOT, nulls)
}

/// A table that would contain itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cycle;

/// Merges `source` into `target`, which wins; nulls stay. Tables that only `source` has are shared by both from then on.
///
/// # Errors
/// [`Cycle`] when a table of `source` contains the place in `target` where it would go.
pub(crate) fn merge_tables<'a>(target: &Table<'a>, source: &Table<'a>, logs: &mut Vec<Log>) -> Result<(), Cycle> {
    let mut coalescer = Coalescer { logs, has_cycle: false };
    coalescer.merge(target, source, Path::ROOT);
    if coalescer.has_cycle { Err(Cycle) } else { Ok(()) }
}

struct Coalescer<'l> {
    logs: &'l mut Vec<Log>,
    has_cycle: bool,
}

impl Coalescer<'_> {
    fn chart<'a>(
        &mut self,
        chart: &'a Chart,
        values: &Table<'a>,
        above: Path<'_>,
        nulls: Nulls,
    ) -> Result<(), CoalesceError> {
        let path = above.below(&chart.metadata.name);
        let subcharts: BTreeSet<&str> = chart.dependencies.iter().map(|subchart| subchart.metadata.name.as_str()).collect();
        for (key, default) in &chart.values {
            // The nulls of a subchart's table are for its own defaults, which come later.
            let below = if subcharts.contains(key.as_str()) { Nulls::Keep } else { nulls };
            self.default(values, (key, default), path, nulls, below);
        }
        for subchart in &chart.dependencies {
            let own = table_of(subchart, values)?;
            self.globals(&own, values, path);
            self.chart(subchart, &own, path, nulls)?;
        }
        Ok(())
    }

    fn default<'a>(
        &mut self,
        values: &Table<'a>,
        (key, default): (&str, &'a Value),
        path: Path<'_>,
        nulls: Nulls,
        below: Nulls,
    ) {
        match (values.get(key), default) {
            (Entry::Missing, default) => nulls.insert(values, key, default),
            (Entry::Null, _) if nulls == Nulls::Remove => values.remove(key),
            (Entry::Table(given), Value::Map(defaults)) => self.table(&given, defaults, path.below(key), below),
            (Entry::Table(_), Value::Null) | (Entry::Null | Entry::Other(_), _) => {}
            (Entry::Table(_), _) => self.log(format!("warning: skipped value for {}: Not a table.", path.below(key))),
        }
    }

    fn table<'a>(&mut self, values: &Table<'a>, defaults: &'a Map, path: Path<'_>, nulls: Nulls) {
        for (key, default) in defaults {
            match (values.get(key), default) {
                (_, Value::Null) if nulls == Nulls::Remove => {}
                (Entry::Missing, default) => nulls.insert(values, key, default),
                (Entry::Null, default) if nulls != Nulls::Keep && !default.is_null() => values.remove(key),
                (Entry::Table(given), Value::Map(defaults)) => self.table(&given, defaults, path.below(key), nulls),
                (Entry::Table(_), Value::Null) | (Entry::Null, _) => {}
                (Entry::Table(_), default) => self.not_merged(path.below(key), default),
                (Entry::Other(_), Value::Map(_)) => self.not_replaced(path.below(key), &nulls.read(default)),
                (Entry::Other(_), _) => {}
            }
        }
    }

    /// Merges the parent's `global` into that of a subchart.
    fn globals<'a>(&mut self, own: &Table<'a>, parent: &Table<'a>, path: Path<'_>) {
        let Some(target) = self.global(own, "destination") else { return };
        let Some(source) = self.global(parent, "source") else { return };
        for key in source.keys() {
            match (source.get(&key), target.get(&key)) {
                (Entry::Missing, _) => {}
                (Entry::Table(table), Entry::Missing) => target.set(&key, Node::Table(table.shallow_copy())),
                (Entry::Table(table), Entry::Table(below)) => {
                    // The copy is shallow, as Helm's is: tables further down are the parent's own.
                    let copy = table.shallow_copy();
                    self.merge(&copy, &below, path.below(&key));
                    target.set(&key, Node::Table(copy));
                }
                (Entry::Table(_), _) => {
                    self.log(format!("Conflict: cannot merge map onto non-map for {}. Skipping.", quote(&key)));
                }
                (_, Entry::Table(_)) => self.log(format!("key {key} is table. Skipping")),
                (Entry::Null, _) => target.set(&key, Node::Null),
                (Entry::Other(value), _) => target.set(&key, Node::Plain(value)),
            }
        }
        own.set(GLOBAL, Node::Table(target));
    }

    fn global<'a>(&mut self, values: &Table<'a>, which: &str) -> Option<Table<'a>> {
        match values.get(GLOBAL) {
            Entry::Missing => Some(Table::default()),
            Entry::Table(table) => Some(table),
            Entry::Null | Entry::Other(_) => {
                self.log(format!("warning: skipping globals because {which} {GLOBAL} is not a table."));
                None
            }
        }
    }

    fn merge<'a>(&mut self, target: &Table<'a>, source: &Table<'a>, path: Path<'_>) {
        if target.is(source) {
            return;
        }
        // Helm marks in the source what is null in the target, and others may see the source.
        for key in target.keys() {
            if matches!(target.get(&key), Entry::Null) {
                source.set(&key, Node::Null);
            }
        }
        for key in source.keys() {
            match (target.get(&key), source.get(&key)) {
                (Entry::Missing, Entry::Table(table)) if table.contains(target) => self.has_cycle = true,
                (Entry::Missing, Entry::Table(table)) => target.set(&key, Node::Table(table)),
                (Entry::Missing, Entry::Other(value)) => target.set(&key, Node::Plain(value)),
                (Entry::Missing, Entry::Null) => target.set(&key, Node::Null),
                (Entry::Table(target), Entry::Table(source)) => self.merge(&target, &source, path.below(&key)),
                (Entry::Table(_), Entry::Other(value)) => self.not_merged(path.below(&key), value),
                (Entry::Other(_), Entry::Table(table)) => {
                    let shown = table.size(MAX_SHOWN).map_or_else(|| "…".into(), |_| table.to_map().into());
                    self.not_replaced(path.below(&key), &shown);
                }
                _ => {}
            }
        }
    }

    fn not_merged(&mut self, path: Path<'_>, value: &Value) {
        let value = verb_v(value);
        self.log(format!("warning: destination for {path} is a table. Ignoring non-table value ({value})"));
    }

    fn not_replaced(&mut self, path: Path<'_>, value: &Value) {
        let value = verb_v(value);
        self.log(format!("warning: cannot overwrite table with non table for {path} ({value})"));
    }

    fn log(&mut self, message: String) {
        self.logs.push(Log { level: Level::Info, message, fields: Vec::new() });
    }
}

/// The values that a parent gives to a subchart.
fn table_of<'a>(subchart: &Chart, values: &Table<'a>) -> Result<Table<'a>, CoalesceError> {
    let name = &subchart.metadata.name;
    let found = match values.get(name) {
        Entry::Table(own) => return Ok(own),
        Entry::Missing => {
            let own = Table::default();
            values.set(name, Node::Table(own.clone()));
            return Ok(own);
        }
        Entry::Null => verb_t(&Value::Null),
        Entry::Other(value) => verb_t(value),
    };
    Err(CoalesceError { name: name.clone(), value: found, logs: Vec::new() })
}

impl Nulls {
    fn insert<'a>(self, values: &Table<'a>, key: &str, default: &'a Value) {
        match self {
            Self::Keep | Self::RemoveGiven => values.set(key, Node::Plain(default)),
            Self::Remove if default.is_null() => {}
            Self::Remove => values.set(key, Node::WithoutNulls(default)),
        }
    }

    fn read(self, default: &Value) -> Cow<'_, Value> {
        match self {
            Self::Keep | Self::RemoveGiven => Cow::Borrowed(default),
            Self::Remove => Cow::Owned(without_nulls(default)),
        }
    }
}

/// The keys that lead somewhere, joined by dots.
#[derive(Clone, Copy)]
struct Path<'p> {
    above: Option<&'p Path<'p>>,
    name: &'p str,
}

impl Path<'_> {
    const ROOT: Path<'static> = Path { above: None, name: "" };

    fn below<'p>(&'p self, name: &'p str) -> Path<'p> {
        Path { above: Some(self), name }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.above {
            Some(above) if above.above.is_some() => write!(f, "{above}.{}", self.name),
            _ => f.write_str(self.name),
        }
    }
}
