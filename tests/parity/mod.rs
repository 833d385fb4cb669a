//! Vectors: what the real Helm 4.3.1 printed for thousands of small charts, beside what rhelm prints.
//!
//! `vectors/README.md` says how they were made. Every vector becomes one run of `rhelm template` in a folder of its own;
//! standard output, standard error and the exit status must be equal.

mod case;

use case::Case;
use serde_json::Value as Json;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Titles of the vectors in which rhelm differs from Helm on purpose; `COMPATIBILITY.md` gives the reasons. Each must differ.
const KNOWN_DIFFERENCES: &[&str] = &["postrender"];

/// How many differing vectors a failure shows.
const SHOWN: usize = 5;

/// Runs every vector of a file and fails with the first that differ.
fn check(file: &str, case: fn(&Json) -> Case) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/vectors").join(file);
    let text = std::fs::read_to_string(&path).expect("the vectors are in the repository");
    let vectors: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).expect("a vector a line")).collect();
    let differences = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(vector) = vectors.get(next.fetch_add(1, Ordering::Relaxed)) {
            let is_known = vector["title"].as_str().is_some_and(|title| KNOWN_DIFFERENCES.contains(&title));
            let difference = match case(vector).compare() {
                Err(difference) if !is_known => difference,
                Ok(()) if is_known => "this vector no longer differs".to_owned(),
                _ => continue,
            };
            differences.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{vector}\n{difference}"));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let differences = differences.into_inner().unwrap_or_else(PoisonError::into_inner);
    let shown = differences.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(differences.is_empty(), "{} of {} vectors of {file} differ:\n{shown}", differences.len(), vectors.len());
}

#[test]
fn functions() {
    check("functions.jsonl", case::function);
}

#[test]
fn to_yaml() {
    check("toyaml.jsonl", case::to_yaml);
}

#[test]
fn set_flags() {
    check("setflags.jsonl", case::set_flags);
}

#[test]
fn versions() {
    check("semver.jsonl", case::version);
}

#[test]
fn yaml() {
    check("yaml.jsonl", case::yaml);
}

#[test]
fn charts() {
    check("charts.jsonl", case::chart);
}

#[test]
fn lint() {
    check("lint.jsonl", case::chart);
}
