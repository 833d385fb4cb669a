//! Carrying out a plan: runs of one kind at a time, as Helm orders them, with Helm's words for what goes wrong.

use super::context::Context;
use super::error::Error;
use crate::cluster::{Cascade, ClusterError, ObjectId, Write};
use crate::plan::{Change, Operation, Plan};
use serde_json::Value as Json;
use std::ops::Range;

/// What has been done of a plan, whether all of it succeeded or not.
#[derive(Debug, Default)]
pub(super) struct Executed {
    /// Objects that were not there before, tried ones included.
    pub(super) created: Vec<ObjectId>,
    /// Objects that are not what they were before, or may not be.
    pub(super) touched: Vec<ObjectId>,
    /// Objects that should be there, as they are now.
    pub(super) live: Vec<(ObjectId, Json)>,
}

/// How creations that fail are told of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// Everything is new: all objects are tried, and failures listed.
    Create,
    /// A creation that fails ends it; changes that fail are collected.
    Update,
}

/// Carries out a plan.
pub(super) async fn execute(cx: Context<'_>, plan: Plan, mode: Mode) -> (Executed, Result<(), Error>) {
    let mut executed = Executed::default();
    let result = run(cx, plan, mode, &mut executed).await;
    (executed, result)
}

async fn run(cx: Context<'_>, plan: Plan, mode: Mode, executed: &mut Executed) -> Result<(), Error> {
    let mut wanted = plan.operations;
    let deletions = wanted.iter().position(|operation| matches!(operation.change, Change::Delete | Change::Keep));
    let unwanted = wanted.split_off(deletions.unwrap_or(wanted.len()));
    let mut failures = Vec::new();
    let runs_of_writes = runs(&wanted);
    let mut wanted = wanted.into_iter();
    for run in runs_of_writes {
        // What has been written is no longer kept.
        let operations = wanted.by_ref().take(run.len()).collect();
        write_run(cx, operations, mode, executed, &mut failures).await?;
    }
    let separator = if mode == Mode::Create { "\n" } else { " && " };
    if !failures.is_empty() {
        return Err(Error::Apply(failures.join(separator)));
    }
    for run in runs(&unwanted) {
        failures.extend(delete_run(cx, &unwanted[run], executed).await);
    }
    if failures.is_empty() { Ok(()) } else { Err(Error::Apply(failures.join(" && "))) }
}

/// Operations that follow each other and are of one kind.
fn runs(operations: &[Operation]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if operations[run.start].id.kind == operation.id.kind => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// What there is to do with an object of a run.
enum Step {
    Write { is_creation: bool },
    Nothing(Json),
    Fail(String),
}

/// The writes of a run, and its objects in order.
fn steps(operations: Vec<Operation>) -> (Vec<Write>, Vec<(ObjectId, Step)>) {
    let (mut writes, mut steps) = (Vec::new(), Vec::new());
    for Operation { id, change, .. } in operations {
        let step = match change {
            Change::Create(write) => {
                writes.push(write);
                Step::Write { is_creation: true }
            }
            Change::Update(write) => {
                writes.push(write);
                Step::Write { is_creation: false }
            }
            Change::Unchanged(live) => Step::Nothing(live),
            Change::Impossible(why) => Step::Fail(why),
            Change::Delete | Change::Keep => continue,
        };
        steps.push((id, step));
    }
    (writes, steps)
}

async fn write_run(
    cx: Context<'_>,
    operations: Vec<Operation>,
    mode: Mode,
    executed: &mut Executed,
    failures: &mut Vec<String>,
) -> Result<(), Error> {
    for operation in operations.iter().filter(|operation| operation.is_foreign) {
        let ObjectId { namespace, name, kind, .. } = operation.id.clone();
        let message = "resource exists on cluster but not in original release, using cluster state as baseline";
        cx.warn(message, vec![("namespace", namespace), ("name", name), ("kind", kind)]);
    }
    let (writes, steps) = steps(operations);
    let mut results = writes.iter().zip(cx.cluster.write(&writes).await);
    let mut failed_creation = None;
    for (id, step) in steps {
        let is_creation = match step {
            Step::Write { is_creation } => is_creation,
            Step::Nothing(live) => {
                executed.live.push((id, without_managers(live)));
                continue;
            }
            Step::Fail(why) => {
                failures.push(why);
                continue;
            }
        };
        if is_creation {
            executed.created.push(id.clone());
        }
        let result = results.next();
        if !matches!(&result, Some((_, Err(error))) if was_refused(error)) {
            executed.touched.push(id.clone());
        }
        match result {
            Some((_, Ok(live))) => executed.live.push((id, without_managers(live))),
            Some((write, Err(error))) if is_creation && mode == Mode::Update => {
                failed_creation.get_or_insert_with(|| format!("failed to create resource: {}", words(write, &error)));
            }
            Some((write, Err(error))) => failures.push(words(write, &error)),
            None => {}
        }
    }
    failed_creation.map_or(Ok(()), |failure| Err(Error::Apply(failure)))
}

/// Nobody asks who wrote which field of an object that has been written; it is the largest part of most.
fn without_managers(mut live: Json) -> Json {
    if let Some(metadata) = live.get_mut("metadata").and_then(Json::as_object_mut) {
        metadata.remove("managedFields");
    }
    live
}

/// Whether it is certain that nothing was done.
fn was_refused(error: &ClusterError) -> bool {
    matches!(error, ClusterError::Api { code: 400..500, .. })
}

async fn delete_run(cx: Context<'_>, operations: &[Operation], executed: &mut Executed) -> Vec<String> {
    let ids: Vec<_> = operations.iter().filter(|o| o.change == Change::Delete).map(|o| o.id.clone()).collect();
    let results = cx.cluster.delete(&ids, Cascade::Background).await;
    executed.touched.extend(ids.iter().cloned());
    let words = |(id, result): (ObjectId, Result<_, ClusterError>)| {
        let ObjectId { namespace, name, kind, .. } = id;
        result
            .err()
            .map(|error| format!("failed to delete resource namespace={namespace}, name={name}, kind={kind}: {error}"))
    };
    ids.into_iter().zip(results).filter_map(words).collect()
}

/// A failed write in Helm's words.
pub(super) fn words(write: &Write, error: &ClusterError) -> String {
    let id = write.id();
    match write {
        Write::Apply { .. } if error.to_string().starts_with("failed to patch object to upgrade CSA") => error.to_string(),
        Write::Apply { .. } if error.is(415) => format!("server-side apply not available on the server: {error}"),
        Write::Apply { .. } if error.is_conflict() => {
            format!("conflict occurred while applying object {}: {error}", id.in_go())
        }
        Write::Apply { .. } => format!("server-side apply failed for object {}: {error}", id.in_go()),
        Write::Create { .. } => error.to_string(),
        Write::Patch { .. } => format!("cannot patch \"{}\" with kind {}: {error}", id.name, id.kind),
        Write::Replace { .. } => format!("failed to replace object: {error}"),
    }
}

/// The plan that creates everything.
pub(super) fn creation(objects: &[crate::plan::Object], server_side: bool) -> Plan {
    let operation = |object: &crate::plan::Object| {
        let write = Write::creation(object.content.clone(), server_side);
        Operation { id: object.id.clone(), is_foreign: false, change: Change::Create(write) }
    };
    Plan { operations: objects.iter().map(operation).collect() }
}
