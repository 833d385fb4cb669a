//! Undoing an upgrade that failed.

use super::cancel::Cancellation;
use super::context::Context;
use super::error::Error;
use super::rollback::{RollbackOptions, go_back};
use super::upgrade::{Before, Done, UpgradeOptions, recorded};
use crate::cluster::ObjectId;
use crate::plan::Object;
use crate::release::Status;
use crate::store::Head;

/// Goes back to the last good revision: with the objects that this upgrade touched, or one before it that failed, and no others.
/// What they left alone is as it was, with whatever others did to it, which may be the reason why this one failed. Returns what to
/// tell of it.
pub(super) async fn undo(cx: Context<'_>, options: &UpgradeOptions, before: &Before, done: Done, error: Error) -> Error {
    let is_good = |head: &&Head| matches!(head.status(), Status::Deployed | Status::Superseded);
    let name = &options.name;
    let heads = match cx.store.heads(&before.current.namespace, Some(name)).await {
        Ok(heads) => heads,
        Err(second) => {
            let words = "an error occurred while finding last successful release. original upgrade error";
            return Error::Several(format!("{words}: {error}: {second}"));
        }
    };
    let Some(target) = heads.iter().rev().find(is_good) else {
        let words = "unable to find a previously successful release when attempting to rollback. original upgrade error";
        return error.during(words);
    };
    let rollback_options = RollbackOptions {
        name: name.clone(),
        namespace: before.current.namespace.clone(),
        revision: target.revision(),
        wait: options.wait,
        no_hooks: options.no_hooks,
        server_side: options.server_side,
        force_conflicts: options.force_conflicts,
        force_replace: options.force_replace,
        ..RollbackOptions::default()
    };
    // What was cancelled is undone all the same.
    let undisturbed = Cancellation::default();
    let cx = Context { cancellation: &undisturbed, ..cx };
    let failed = before.heads.iter().filter(|head| head.revision() > target.revision()).cloned().collect::<Vec<_>>();
    let only = disturbed(cx, target, &failed, done.touched).await;
    match go_back(cx, &rollback_options, only).await {
        Ok(_) => {
            error.during(format!("release {name} failed, and has been rolled back due to rollback-on-failure being set"))
        }
        Err(second) => {
            let words = "an error occurred while rolling back the release. original upgrade error";
            Error::Several(format!("{words}: {error}: {second}"))
        }
    }
}

/// The objects that may not be as the revision `target` has them: those that were touched, and those that are others in a revision
/// that failed since. `None` for all, where that cannot be told.
async fn disturbed(cx: Context<'_>, target: &Head, failed: &[Head], touched: Vec<ObjectId>) -> Option<Vec<ObjectId>> {
    if failed.is_empty() {
        return Some(touched);
    }
    let target = cx.store.releases(std::slice::from_ref(target)).await.ok()?.pop()?.content.ok()?;
    let good = recorded(cx, &target, "target").await.ok()?;
    let mut disturbed = touched;
    for entry in cx.store.releases(failed).await.ok()? {
        let objects = recorded(cx, &entry.content.ok()?, "failed").await.ok()?;
        let is_other =
            |object: &&Object| !good.iter().any(|good| good.id.is_same(&object.id) && good.content == object.content);
        disturbed.extend(objects.iter().filter(is_other).map(|object| object.id.clone()));
    }
    Some(disturbed)
}
