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
pub(super) async fn execute(cx: Context<'_>, plan: &Plan, mode: Mode) -> (Executed, Result<(), Error>) {
    let mut executed = Executed::default();
    let result = run(cx, plan, mode, &mut executed).await;
    (executed, result)
}

async fn run(cx: Context<'_>, plan: &Plan, mode: Mode, executed: &mut Executed) -> Result<(), Error> {
    let deletions = plan.operations.iter().position(|operation| matches!(operation.change, Change::Delete | Change::Keep));
    let (wanted, unwanted) = plan.operations.split_at(deletions.unwrap_or(plan.operations.len()));
    let mut failures = Vec::new();
    for run in runs(wanted) {
        write_run(cx, &wanted[run], mode, executed, &mut failures).await?;
    }
    let separator = if mode == Mode::Create { "\n" } else { " && " };
    if !failures.is_empty() {
        return Err(Error::Apply(failures.join(separator)));
    }
    for run in runs(unwanted) {
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

async fn write_run(
    cx: Context<'_>,
    operations: &[Operation],
    mode: Mode,
    executed: &mut Executed,
    failures: &mut Vec<String>,
) -> Result<(), Error> {
    let writes = |operation: &Operation| match &operation.change {
        Change::Create(write) | Change::Update(write) => Some(write.clone()),
        _ => None,
    };
    for operation in operations.iter().filter(|operation| operation.is_foreign) {
        let ObjectId { namespace, name, kind, .. } = operation.id.clone();
        let message = "resource exists on cluster but not in original release, using cluster state as baseline";
        cx.warn(message, vec![("namespace", namespace), ("name", name), ("kind", kind)]);
    }
    let mut results = cx.cluster.write(&operations.iter().filter_map(writes).collect::<Vec<_>>()).await.into_iter();
    let mut failed_creation = None;
    for operation in operations {
        let id = operation.id.clone();
        let (write, is_creation) = match &operation.change {
            Change::Create(write) => (write, true),
            Change::Update(write) => (write, false),
            Change::Unchanged(live) => {
                executed.live.push((id, live.clone()));
                continue;
            }
            Change::Impossible(why) => {
                failures.push(why.clone());
                continue;
            }
            Change::Delete | Change::Keep => continue,
        };
        if is_creation {
            executed.created.push(id.clone());
        }
        let result = results.next();
        if !matches!(&result, Some(Err(error)) if was_refused(error)) {
            executed.touched.push(id.clone());
        }
        match result {
            Some(Ok(live)) => executed.live.push((id, live)),
            Some(Err(error)) if is_creation && mode == Mode::Update => {
                failed_creation.get_or_insert_with(|| format!("failed to create resource: {}", words(write, &error)));
            }
            Some(Err(error)) => failures.push(words(write, &error)),
            None => {}
        }
    }
    failed_creation.map_or(Ok(()), |failure| Err(Error::Apply(failure)))
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
