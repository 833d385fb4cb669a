//! Uninstalling: a release's objects go, then its records.
//!
//! ```text
//! record uninstalling → hooks → ownership → delete → wait → hooks → purge, or record uninstalled
//! ```
//! Records are purged only when nothing is left that they alone know of.

use super::context::Context;
use super::error::Error;
use super::hooks::{self, HookOptions};
use super::objects::{Check, build};
use super::revision::{owner, reach, set_status};
use super::waiting::{self, Strategy, WaitOptions};
use crate::cluster::{Cascade, Detail, ObjectId};
use crate::manifest::{Manifest, collect, sort};
use crate::release::{Release, Status, name};
use crate::store::{Head, StoreError};

/// How to uninstall.
#[derive(Clone, Debug, Default)]
pub struct UninstallOptions {
    /// Do nothing, only look.
    pub dry_run: bool,
    /// Keep the records, and say there that the release is uninstalled.
    pub keep_history: bool,
    /// A release that does not exist is no error.
    pub ignore_not_found: bool,
    /// Said of the revision when its record is kept, instead of Helm's words.
    pub description: String,
    /// Run no hooks.
    pub no_hooks: bool,
    /// What becomes of objects that objects own.
    pub cascade: Cascade,
    /// How to wait.
    pub wait: WaitOptions,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Uninstalled {
    /// The newest revision; `None` where there was none.
    pub release: Option<Release>,
    /// What was kept, and why.
    pub kept: String,
}

/// The text before which Helm puts everything that goes wrong with the records.
const NOT_LOADED: &str = "uninstall: Release not loaded";

/// Uninstalls a release.
///
/// # Errors
/// Whatever stopped it. Unless all objects are known to be gone, or not to belong to the release, its records stay, and it can
/// be uninstalled again.
pub async fn uninstall(
    cx: Context<'_>,
    namespace: &str,
    name: &str,
    options: &UninstallOptions,
) -> Result<Uninstalled, Error> {
    reach(cx).await?;
    if options.dry_run {
        return look(cx, namespace, name, options).await;
    }
    name::check(name).map_err(|_| Error::Name(format!("uninstall: Release name is invalid: {name}")))?;
    let doing = || format!("{NOT_LOADED}: {name}");
    let heads = cx.store.heads(namespace, Some(name)).await.map_err(|error| Error::from(error).during(doing()))?;
    if heads.is_empty() && options.ignore_not_found {
        return Ok(Uninstalled::default());
    }
    let mut release = cx.newest(&heads, name).await.map_err(|error| Error::from(error).during(doing()))?;
    if release.info.status == Status::Uninstalled {
        if options.keep_history {
            return Err(Error::Option(format!("the release named {name:?} is already deleted")));
        }
        purge(cx, &heads).await?;
        return Ok(Uninstalled { release: Some(release), kept: String::new() });
    }
    set_status(&mut release, Status::Uninstalling, "Deletion in progress (or silently failed)");
    release.info.deleted = (cx.now)();
    let kept = cx.cancellation.race(remove(cx, &mut release, &heads, options)).await?;
    Ok(Uninstalled { release: Some(release), kept })
}

/// What an uninstallation would keep.
async fn look(cx: Context<'_>, namespace: &str, name: &str, options: &UninstallOptions) -> Result<Uninstalled, Error> {
    name::check(name).map_err(|_| Error::Name(format!("releaseContent: Release name is invalid: {name}")))?;
    let release = match cx.store.last(namespace, name).await {
        Err(StoreError::NotFound) if options.ignore_not_found => return Ok(Uninstalled::default()),
        release => release?,
    };
    // As in Helm, what is wrong with a manifest is left to the uninstallation itself.
    let Ok(documents) = documents(&release) else { return Ok(Uninstalled { release: Some(release), kept: String::new() }) };
    if let Ok(found) = sort_out(cx, &release, &documents.going).await {
        let fields =
            |id: &ObjectId| vec![("kind", id.kind.clone()), ("name", id.name.clone()), ("namespace", id.namespace.clone())];
        let count = |count: usize| vec![("release", release.name.clone()), ("count", count.to_string())];
        if !found.foreign.is_empty() {
            let message = "dry-run: resources would be skipped because they are not owned by this release";
            cx.warn(message, count(found.foreign.len()));
            found.foreign.iter().for_each(|id| cx.warn("dry-run: would skip resource", fields(id)));
        }
        if !found.unknown.is_empty() {
            let message = "dry-run: resources would be skipped because their ownership could not be verified";
            cx.warn(message, count(found.unknown.len()));
            for (id, why) in &found.unknown {
                let fields = fields(id).into_iter().chain([("error", why.clone())]).collect();
                cx.warn("dry-run: would skip resource (ownership could not be verified)", fields);
            }
        }
    }
    Ok(Uninstalled { release: Some(release), kept: kept_by_policy(&documents.kept) })
}

/// Removes objects and records; what was kept.
async fn remove(
    cx: Context<'_>,
    release: &mut Release,
    heads: &[Head],
    options: &UninstallOptions,
) -> Result<String, Error> {
    let hook_options = HookOptions { wait: options.wait, server_side: true };
    if !options.no_hooks {
        hooks::run(cx, release, "pre-delete", hook_options).await?;
    }
    // Whether this is on record changes nothing of what follows.
    let _ = cx.store.update(release).await;
    let (deleted, kept, unknown) = delete(cx, release, options.cascade).await?;
    let mut errors = unknown;
    if options.wait.strategy != Strategy::HookOnly
        && let Err(error) = waiting::gone(cx, &deleted, options.wait).await
    {
        errors.push(error.to_string());
    }
    if !errors.is_empty() {
        return Err(completed(&errors));
    }
    if !options.no_hooks
        && let Err(error) = hooks::run(cx, release, "post-delete", hook_options).await
    {
        errors.push(error.to_string());
    }
    let description = if options.description.is_empty() { "Uninstallation complete" } else { &options.description };
    set_status(release, Status::Uninstalled, description);
    let recorded = if options.keep_history { keep(cx, release, heads).await } else { purge(cx, heads).await };
    errors.extend(recorded.err().map(|error| error.to_string()));
    if errors.is_empty() { Ok(kept) } else { Err(completed(&errors)) }
}

fn completed(errors: &[String]) -> Error {
    Error::Several(format!("uninstallation completed with {} error(s): {}", errors.len(), errors.join("; ")))
}

/// Says in the newest record that the release is uninstalled, and in all others that they are no longer deployed.
async fn keep(cx: Context<'_>, release: &Release, heads: &[Head]) -> Result<(), Error> {
    cx.record_end(release).await?;
    let deployed: Vec<_> = heads
        .iter()
        .filter(|head| head.status() == Status::Deployed && head.revision() != release.revision)
        .cloned()
        .collect();
    for entry in cx.store.releases(&deployed).await? {
        let Ok(mut before) = entry.content else { continue };
        before.info.status = Status::Superseded;
        cx.store.update(&before).await?;
    }
    Ok(())
}

/// Removes every record, those too that cannot be read; the newest last, which says what became of the release.
async fn purge(cx: Context<'_>, heads: &[Head]) -> Result<(), Error> {
    let Some((newest, older)) = heads.split_last() else { return Ok(()) };
    let older: Vec<_> = older.iter().map(|head| head.id.clone()).collect();
    let mut results = cx.store.driver().delete_all(&older).await;
    if results.iter().all(is_gone) {
        results.push(cx.store.driver().delete(&newest.id).await);
    }
    match results.into_iter().find(|result| !is_gone(result)) {
        Some(Err(error)) => Err(Error::from(error).during("uninstall: Failed to purge the release")),
        _ => Ok(()),
    }
}

fn is_gone(result: &Result<(), StoreError>) -> bool {
    matches!(result, Ok(()) | Err(StoreError::NotFound))
}

/// The documents of a release, in the order in which they go.
struct Documents {
    going: Vec<Manifest>,
    kept: Vec<Manifest>,
}

fn documents(release: &Release) -> Result<Documents, Error> {
    let corrupted = |error: &dyn std::fmt::Display| {
        Error::Objects(format!("corrupted release record. You must manually delete the resources: {error}"))
    };
    let (manifests, _) = collect::read(&release.manifest).map_err(|error| corrupted(&error))?;
    let mut all: Vec<_> = manifests.resources.into_iter().enumerate().collect();
    // Helm numbers the documents and sorts them by name.
    all.sort_by_cached_key(|(at, _)| format!("manifest-{at}"));
    all.sort_by(|(_, a), (_, b)| sort::uninstall_rank(&a.head.kind).cmp(&sort::uninstall_rank(&b.head.kind)));
    let mut documents = Documents { going: Vec::new(), kept: Vec::new() };
    for (_, manifest) in all {
        match manifest.head.annotations.get("helm.sh/resource-policy").map(|policy| policy.trim().to_lowercase()) {
            None => documents.going.push(manifest),
            Some(policy) if policy == "keep" => documents.kept.push(manifest),
            // As in Helm, another policy keeps the object too, but nobody is told.
            Some(_) => {}
        }
    }
    Ok(documents)
}

fn kept_by_policy(kept: &[Manifest]) -> String {
    if kept.is_empty() {
        return String::new();
    }
    let lines: String = kept.iter().map(|manifest| format!("[{}] {}\n", manifest.head.kind, manifest.head.name)).collect();
    format!("These resources were kept due to the resource policy:\n{lines}")
}

/// Objects by whom they belong to.
#[derive(Default)]
struct Found {
    owned: Vec<ObjectId>,
    foreign: Vec<ObjectId>,
    unknown: Vec<(ObjectId, String)>,
}

async fn sort_out(cx: Context<'_>, release: &Release, going: &[Manifest]) -> Result<Found, Error> {
    let mut stream = String::new();
    going.iter().for_each(|manifest| crate::manifest::stream::frame(&mut stream, manifest));
    let doing = "unable to build kubernetes objects for delete";
    let placed =
        build(cx.cluster, &stream, &release.namespace, Check::Recorded).await.map_err(|error| error.during(doing))?;
    let ids: Vec<_> = placed.into_iter().map(|placed| placed.object.id).collect();
    let owner = owner(release);
    let mut found = Found::default();
    for (id, live) in ids.iter().cloned().zip(cx.cluster.find(&ids, Detail::Metadata).await) {
        match live {
            Ok(None) => {}
            Ok(Some(live)) if owner.check(&live).is_ok() => found.owned.push(id),
            Ok(Some(_)) => found.foreign.push(id),
            Err(error) => found.unknown.push((id, error.to_string())),
        }
    }
    Ok(found)
}

/// Deletes what belongs to the release: the objects deleted, what was kept in words, and what could not be looked at.
async fn delete(
    cx: Context<'_>,
    release: &Release,
    cascade: Cascade,
) -> Result<(Vec<ObjectId>, String, Vec<String>), Error> {
    let doing = || format!("failed to delete release: {}", release.name);
    let documents = documents(release).map_err(|error| error.during(doing()))?;
    let found = sort_out(cx, release, &documents.going).await.map_err(|error| error.during(doing()))?;
    let mut kept = kept_by_policy(&documents.kept);
    report(cx, release, &found, &mut kept);
    let mut failures = Vec::new();
    for run in found.owned.chunk_by(|a, b| a.kind == b.kind) {
        let results = cx.cluster.delete(run, cascade).await;
        failures.extend(results.into_iter().filter_map(|result| result.err().map(|error| error.to_string())));
    }
    if !failures.is_empty() {
        return Err(Error::Apply(failures.join("; ")).during(doing()));
    }
    // What the server has named itself cannot be looked for, today or later.
    let unknown = found.unknown.into_iter().filter(|(id, _)| !id.name.is_empty());
    let unknown = unknown.map(|(id, why)| format!("ownership of {id} could not be verified: {why}"));
    Ok((found.owned, kept, unknown.collect()))
}

fn report(cx: Context<'_>, release: &Release, found: &Found, kept: &mut String) {
    let fields = |id: &ObjectId| {
        let ObjectId { kind, name, namespace, .. } = id.clone();
        vec![("kind", kind), ("name", name), ("namespace", namespace), ("release", release.name.clone())]
    };
    for id in &found.foreign {
        cx.warn("skipping delete of resource not owned by this release", fields(id));
    }
    for (id, why) in &found.unknown {
        let fields = fields(id).into_iter().chain([("error", why.clone())]).collect();
        cx.warn("skipping delete of resource because ownership could not be verified", fields);
    }
    let foreign: Vec<_> = found.foreign.iter().map(|id| format!("[{}] {}\n", id.kind, id.name)).collect();
    tell(kept, &foreign, "they are not owned by this release");
    let unknown: Vec<_> = found.unknown.iter().map(|(id, why)| format!("[{}] {}: {why}\n", id.kind, id.name)).collect();
    tell(kept, &unknown, "their ownership could not be verified");
}

fn tell(kept: &mut String, lines: &[String], reason: &str) {
    if lines.is_empty() {
        return;
    }
    if !kept.is_empty() {
        kept.push('\n');
    }
    let count = lines.len();
    kept.push_str(&format!("{count} resource(s) were not deleted because {reason}:\n{}", lines.concat()));
}
