//! Searching indexes for a word, with Helm's scores: a hit in the name goes before one in the description.

pub mod hub;

use crate::index::{Entry, Index};
use rhelm_lib::version::Constraint;
use std::cmp::Ordering;

/// The field separator, which no text holds.
const SEPARATOR: char = '\u{b}';
/// Helm shows nothing with a score of that or more.
const MAX_SCORE: usize = 25;

/// A hit.
#[derive(Clone, Debug)]
pub struct Hit<'a> {
    /// `repo/name`.
    pub name: String,
    /// The version.
    pub entry: &'a Entry,
    score: usize,
}

/// Where a word is in a text, if it is.
pub type Find<'f> = dyn Fn(&str) -> Option<usize> + 'f;

/// The versions in which `find` finds something, best first; `None` finds everything.
#[must_use]
pub fn search<'a>(indexes: &'a [(String, Index)], find: Option<&Find<'_>>) -> Vec<Hit<'a>> {
    let mut hits = Vec::new();
    for (repository, index) in indexes {
        for (key, versions) in &index.entries {
            for entry in versions {
                let score = find.map_or(Some(0), |find| score(repository, entry, find));
                let name = || format!("{repository}/{key}");
                hits.extend(score.map(|score| Hit { name: name(), entry, score }));
            }
        }
    }
    hits.sort_by(compare);
    hits
}

/// Leaves the hits that the constraint accepts; of each chart only the newest, unless all are wanted.
#[must_use]
pub fn restrict<'a>(hits: Vec<Hit<'a>>, constraint: &Constraint, all: bool) -> Vec<Hit<'a>> {
    let mut kept: Vec<Hit<'a>> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for hit in hits {
        let is_accepted = hit.entry.parsed.as_ref().is_some_and(|version| constraint.accepts(version));
        if is_accepted && (all || seen.insert(hit.name.clone())) {
            kept.push(hit);
        }
    }
    kept
}

fn score(repository: &str, entry: &Entry, find: &Find<'_>) -> Option<usize> {
    let name = entry.text("name");
    let keywords = match entry.fields.get("keywords") {
        Some(goyaml::Value::List(words)) => words.iter().filter_map(goyaml::Value::as_str).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    let description = entry.text("description");
    let line = format!("{name}{SEPARATOR}{repository}/{name}{SEPARATOR}{description}{SEPARATOR}{keywords}");
    let at = find(&line)?;
    let score = line.char_indices().filter(|(_, c)| *c == SEPARATOR).take_while(|(position, _)| at > *position).count();
    (score < MAX_SCORE).then_some(score)
}

fn compare(one: &Hit<'_>, other: &Hit<'_>) -> Ordering {
    let newest = || match (&one.entry.parsed, &other.entry.parsed) {
        (Some(one), Some(other)) => other.precedence(one),
        (one, other) => other.is_some().cmp(&one.is_some()),
    };
    one.score.cmp(&other.score).then_with(|| one.name.cmp(&other.name)).then_with(newest)
}
