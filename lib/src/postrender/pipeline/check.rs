//! After a run: whether the output can be used, and what each stage did to the documents.

use super::super::stage::Stage;
use super::super::{Part, PostRenderError};
use super::Report;
use super::changes::{Changes, Known, compare, contents};
use super::feed::Feed;
use std::sync::Arc;

/// Warnings of one stage.
const MOST_WARNINGS: usize = 20;

/// Checks what each stage wrote, completes the report, and returns what the last one wrote.
///
/// # Errors
/// For the first stage whose output is empty, no text, or holds a document that it made unreadable.
pub(super) fn check(
    stages: &[Stage],
    feeds: &[Feed],
    part: Part,
    report: &mut Report,
) -> Result<Arc<String>, PostRenderError> {
    let mut before = feeds.first().map(|feed| text(feed, stages, part)).transpose()?.unwrap_or_default();
    let mut count = None;
    for ((stage, pair), entry) in stages.iter().zip(feeds.windows(2)).zip(&mut report.stages) {
        let [input, feed] = pair else { continue };
        if input.same(feed) && !before.trim().is_empty() {
            let count = *count.get_or_insert_with(|| contents(&before).len());
            entry.documents = Some((count, count));
            continue;
        }
        let after = text(feed, std::slice::from_ref(stage), part)?;
        if after.trim().is_empty() {
            return Err(PostRenderError::Empty { part, name: stage.name.clone() });
        }
        let (documents_in, documents_out) = (contents(&before), contents(&after));
        let changes = compare(&documents_in, &documents_out).map_err(|unreadable| PostRenderError::Document {
            part,
            name: stage.name.clone(),
            document: describe(unreadable.number, &unreadable.source),
            cause: unreadable.cause,
        })?;
        entry.documents = Some((documents_in.len(), documents_out.len()));
        (entry.changed, entry.added, entry.lost) = (changes.changed, changes.added.len(), changes.lost.len());
        report.warnings.extend(warnings(&stage.name, changes));
        count = Some(documents_out.len());
        before = after;
    }
    Ok(before)
}

fn text(feed: &Feed, stages: &[Stage], part: Part) -> Result<Arc<String>, PostRenderError> {
    let name = || stages.first().map(|stage| stage.name.clone()).unwrap_or_default();
    feed.text().map_err(|_| PostRenderError::NotText { part, name: name() })
}

fn describe(number: usize, source: &str) -> String {
    if source.is_empty() { format!("document {number}") } else { format!("document {number} ({source})") }
}

/// What a user should know: documents that are gone, that have another name now, or that are there twice.
fn warnings(stage: &str, changes: Changes) -> Vec<String> {
    let Changes { mut added, lost, repeated, .. } = changes;
    let count = lost.len() + repeated.len();
    let mut warnings = Vec::new();
    for gone in lost.iter().take(MOST_WARNINGS) {
        let new = added.iter().position(|new| is_renamed(gone, new)).map(|at| added.remove(at));
        warnings.push(match new {
            Some(new) => format!("post-renderer {stage:?} changed the name of {} to {}", named(gone), new.object),
            None => format!("post-renderer {stage:?} lost {}", named(gone)),
        });
    }
    let twice = repeated.iter().take(MOST_WARNINGS - warnings.len());
    warnings.extend(twice.map(|twice| format!("post-renderer {stage:?} wrote {} more than once", named(twice))));
    if count > warnings.len() {
        warnings.push(format!("post-renderer {stage:?}: {} more warnings", count - warnings.len()));
    }
    warnings
}

/// An object that is gone and a new one of its kind and template are taken for the same.
fn is_renamed(gone: &Known, new: &Known) -> bool {
    gone.kind == new.kind && gone.source == new.source
}

fn named(object: &Known) -> String {
    if object.source.is_empty() { object.object.clone() } else { format!("{} ({})", object.object, object.source) }
}
