//! Which dependencies are enabled: all of them, then those whose tags do not say otherwise, then what conditions say.

use crate::chart::{Chart, Dependency};
use crate::log::{Level, Log};
use crate::values::tree::{Entry, Table};
use crate::values::{CoalesceError, Nulls, add_defaults};
use crate::version::{Constraint, Version};
use goyaml::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Removes what is not enabled from `chart`, and from the charts below it. Conditions are looked up in `values` below `path`,
/// which is empty or ends with a dot.
///
/// # Errors
/// [`CoalesceError`] when no table is given for a subchart.
pub(super) fn select(chart: &mut Chart, values: &Map, path: &str, logs: &mut Vec<Log>) -> Result<(), CoalesceError> {
    if chart.metadata.dependencies.is_empty() {
        return Ok(());
    }
    rename(chart);
    let mut declared = std::mem::take(&mut chart.metadata.dependencies);
    let table = Table::of(values);
    add_defaults(chart, &table, Nulls::Remove, logs)?;
    let tags = table.table_at("tags").ok();
    for dependency in &mut declared {
        dependency.enabled = tags.as_ref().is_none_or(|tags| enabled_by_tags(dependency, tags, logs));
    }
    for dependency in &mut declared {
        if let Some(enabled) = condition(dependency, &table, path, logs) {
            dependency.enabled = enabled;
        }
    }
    // Subcharts that declare dependencies themselves look into the same values.
    let needs_values = chart.dependencies.iter().any(|subchart| !subchart.metadata.dependencies.is_empty());
    let values = if needs_values { table.to_map() } else { Map::new() };
    drop(table);
    let disabled: BTreeSet<&str> = declared.iter().filter(|one| !one.enabled).map(|one| one.name.as_str()).collect();
    chart.dependencies.retain(|subchart| !disabled.contains(subchart.metadata.name.as_str()));
    for subchart in &mut chart.dependencies {
        let path = format!("{path}{}.", subchart.metadata.name);
        select(subchart, &values, &path, logs)?;
    }
    // A declaration is dropped with another one of its name.
    let kept: Vec<bool> = declared.iter().map(|one| !disabled.contains(one.name.as_str())).collect();
    let kept = declared.into_iter().zip(kept).filter_map(|(one, is_kept)| is_kept.then_some(one));
    chart.metadata.dependencies = kept.collect();
    Ok(())
}

/// Puts the charts that are not declared first, and then one for each declaration, under its alias.
fn rename(chart: &mut Chart) {
    let found = std::mem::take(&mut chart.dependencies);
    let declared = &mut chart.metadata.dependencies;
    let matches = Matches::find(declared, &found);
    let mut found: Vec<Option<Chart>> = found.into_iter().map(Some).collect();
    let mut uses = matches.uses;
    for (subchart, is_declared) in found.iter_mut().zip(matches.is_declared) {
        if !is_declared {
            chart.dependencies.extend(subchart.take());
        }
    }
    for (declared, at) in declared.iter_mut().zip(matches.chosen) {
        if let Some(at) = at {
            uses[at] -= 1;
            let subchart = if uses[at] == 0 { found[at].take() } else { found[at].clone() };
            chart.dependencies.extend(subchart.map(|subchart| under_alias(subchart, &declared.alias)));
        }
        if !declared.alias.is_empty() {
            declared.name.clone_from(&declared.alias);
        }
    }
}

fn under_alias(mut subchart: Chart, alias: &str) -> Chart {
    if !alias.is_empty() {
        alias.clone_into(&mut subchart.metadata.name);
    }
    subchart
}

/// Which chart is meant by which declaration.
struct Matches {
    /// For each declaration, the first chart that has its name and a version that it asks for.
    chosen: Vec<Option<usize>>,
    /// For each chart, how many declarations chose it.
    uses: Vec<usize>,
    /// For each chart, whether any declaration would have it.
    is_declared: Vec<bool>,
}

impl Matches {
    fn find(declared: &[Dependency], found: &[Chart]) -> Self {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, subchart) in found.iter().enumerate() {
            by_name.entry(&subchart.metadata.name).or_default().push(at);
        }
        let (uses, is_declared) = (vec![0; found.len()], vec![false; found.len()]);
        let mut matches = Self { chosen: Vec::with_capacity(declared.len()), uses, is_declared };
        for declared in declared {
            let named = by_name.get(declared.name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let fitting: Vec<usize> = named.iter().copied().filter(|at| fits(declared, &found[*at])).collect();
            for at in &fitting {
                matches.is_declared[*at] = true;
            }
            if let Some(at) = fitting.first() {
                matches.uses[*at] += 1;
            }
            matches.chosen.push(fitting.first().copied());
        }
        matches
    }
}

fn fits(declared: &Dependency, found: &Chart) -> bool {
    let (Ok(version), Ok(constraint)) = (Version::parse(&found.metadata.version), Constraint::parse(&declared.version))
    else {
        return false;
    };
    constraint.accepts(&version)
}

/// Disabled if a tag is false and none is true.
fn enabled_by_tags(dependency: &Dependency, tags: &Table<'_>, logs: &mut Vec<Log>) -> bool {
    let (mut any_true, mut any_false) = (false, false);
    for tag in &dependency.tags {
        match tags.get(tag) {
            Entry::Missing => {}
            Entry::Other(Value::Bool(true)) => any_true = true,
            Entry::Other(Value::Bool(false)) => any_false = true,
            _ => logs.push(not_bool("tag", tag, dependency)),
        }
    }
    any_true || !any_false
}

/// What the first of the conditions that is a boolean says.
fn condition(dependency: &Dependency, values: &Table<'_>, path: &str, logs: &mut Vec<Log>) -> Option<bool> {
    for condition in dependency.condition.trim().split(',').filter(|condition| !condition.is_empty()) {
        let path = format!("{path}{condition}");
        let (table, key) = match path.rsplit_once('.') {
            Some((above, key)) => (values.table_at(above).ok(), key),
            None => (Some(values.clone()), path.as_str()),
        };
        match table.map_or(Entry::Missing, |table| table.get(key)) {
            Entry::Missing | Entry::Table(_) => {}
            Entry::Other(Value::Bool(enabled)) => return Some(*enabled),
            Entry::Null | Entry::Other(_) => logs.push(not_bool("path", condition, dependency)),
        }
    }
    None
}

fn not_bool(kind: &'static str, what: &str, dependency: &Dependency) -> Log {
    let fields = vec![(kind, what.to_owned()), ("chart", dependency.name.clone())];
    Log { level: Level::Warn, message: "returned non-bool value".into(), fields }
}
