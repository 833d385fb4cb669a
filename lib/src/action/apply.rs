//! Carrying plans out: runs of objects of one kind at once, kind after kind.

use super::Context;
use crate::cluster::{Cascade, ClusterError, ObjectId, Write};
use crate::log::Level;
use crate::plan::{Change, Operation, Plan};

/// What became of a plan.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The objects that were not there before.
    pub(super) created: Vec<ObjectId>,
    /// Why it was not carried out in full.
    pub(super) error: Option<String>,
}

/// Creates objects, every one that can be.
pub(super) async fn create(context: Context<'_>, plan: &Plan) -> Applied {
    let mut applied = Applied::default();
    let mut errors = Vec::new();
    for run in runs(&plan.operations) {
        let writes: Vec<Write> = run.iter().filter_map(|operation| write_of(&operation.change).cloned()).collect();
        for (write, result) in writes.iter().zip(context.cluster.write(&writes).await) {
            match result {
                Ok(_) => applied.created.push(write.id()),
                Err(error) => errors.push(explain(write, &error)),
            }
        }
    }
    applied.error = (!errors.is_empty()).then(|| errors.join("\n"));
    applied
}

/// Turns one set of objects into another. What is gone from it is deleted only when all else went well.
pub(super) async fn change(context: Context<'_>, plan: &Plan) -> Applied {
    let mut applied = Applied::default();
    let mut errors = Vec::new();
    for run in runs(&plan.operations) {
        if let Err(error) = change_run(context, run, &mut applied, &mut errors).await {
            applied.error = Some(error);
            return applied;
        }
    }
    if errors.is_empty() {
        errors = delete_gone(context, plan).await;
    }
    applied.error = (!errors.is_empty()).then(|| errors.join(" && "));
    applied
}

async fn change_run(
    context: Context<'_>,
    run: &[Operation],
    applied: &mut Applied,
    errors: &mut Vec<String>,
) -> Result<(), String> {
    for operation in run {
        if operation.is_foreign && !matches!(operation.change, Change::Create(_)) {
            let ObjectId { namespace, name, kind, .. } = &operation.id;
            let fields = [("namespace", namespace.as_str()), ("name", name), ("kind", kind)];
            context.tell(
                Level::Warn,
                "resource exists on cluster but not in original release, using cluster state as baseline",
                &fields,
            );
        }
        if let Change::Impossible(why) = &operation.change {
            errors.push(why.clone());
        }
    }
    let writes: Vec<Write> = run.iter().filter_map(|operation| write_of(&operation.change).cloned()).collect();
    let is_creation = matches!(run.first(), Some(Operation { change: Change::Create(_), .. }));
    for (write, result) in writes.iter().zip(context.cluster.write(&writes).await) {
        match result {
            Ok(_) if is_creation => applied.created.push(write.id()),
            Ok(_) => {}
            Err(error) if is_creation => return Err(format!("failed to create resource: {}", explain(write, &error))),
            Err(error) => errors.push(explain(write, &error)),
        }
    }
    Ok(())
}

async fn delete_gone(context: Context<'_>, plan: &Plan) -> Vec<String> {
    let is_deletion = |operation: &&Operation| operation.change == Change::Delete;
    let ids: Vec<ObjectId> = plan.operations.iter().filter(is_deletion).map(|operation| operation.id.clone()).collect();
    let mut errors = Vec::new();
    for run in ids.chunk_by(|a, b| a.kind == b.kind) {
        for (id, result) in run.iter().zip(context.cluster.delete(run, Cascade::Background).await) {
            if let Err(error) = result {
                errors.push(format!(
                    "failed to delete resource namespace={}, name={}, kind={}: {error}",
                    id.namespace, id.name, id.kind
                ));
            }
        }
    }
    errors
}

fn write_of(change: &Change) -> Option<&Write> {
    match change {
        Change::Create(write) | Change::Update(write) => Some(write),
        _ => None,
    }
}

/// Operations of one kind that follow each other, creations apart from updates.
fn runs(operations: &[Operation]) -> impl Iterator<Item = &[Operation]> {
    let is_creation = |operation: &Operation| matches!(operation.change, Change::Create(_));
    operations.chunk_by(move |a, b| a.id.kind == b.id.kind && is_creation(a) == is_creation(b))
}

/// What the server said, with Helm's words for what was asked of it.
pub(super) fn explain(write: &Write, error: &ClusterError) -> String {
    let id = write.id();
    match write {
        Write::Apply { .. } if error.is_conflict() => {
            format!("conflict occurred while applying object {}: {error}", id.in_go())
        }
        Write::Apply { .. } if error.is(415) => format!("server-side apply not available on the server: {error}"),
        Write::Apply { .. } => format!("server-side apply failed for object {}: {error}", id.in_go()),
        Write::Create { .. } => error.to_string(),
        Write::Patch { .. } => format!("cannot patch \"{}\" with kind {}: {error}", id.name, id.kind),
        Write::Replace { .. } => format!("failed to replace object: {error}"),
    }
}
