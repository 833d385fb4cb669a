//! Uninstalling: the objects of a release go, and its records with them.

use super::hooks::{self, HookOptions};
use super::objects;
use super::{Context, WaitOptions};
use crate::cluster::{Cascade, ClusterError, Detail, ObjectId};
use crate::log::Level;
use crate::manifest::{Manifest, collect, sort};
use crate::plan::Owner;
use crate::release::{Release, Status, name};
use crate::store::{Head, StoreError};
use std::time::Duration;

/// How to uninstall.
#[derive(Clone, Debug)]
pub struct UninstallOptions {
    /// Where the release lives.
    pub namespace: String,
    /// Keep the records, the newest as uninstalled.
    pub keep_history: bool,
    /// A release that is not there is as good as uninstalled.
    pub ignore_not_found: bool,
    /// Change nothing.
    pub dry_run: bool,
    /// Run no hooks.
    pub no_hooks: bool,
    /// What becomes of what the objects own.
    pub cascade: Cascade,
    /// What is recorded in the place of `Uninstallation complete`.
    pub description: String,
    /// How to wait.
    pub wait: WaitOptions,
}

impl Default for UninstallOptions {
    fn default() -> Self {
        Self {
            namespace: "default".to_owned(),
            keep_history: false,
            ignore_not_found: false,
            dry_run: false,
            no_hooks: false,
            cascade: Cascade::Background,
            description: String::new(),
            wait: WaitOptions { timeout: Duration::from_secs(300), ..WaitOptions::default() },
        }
    }
}

/// What was left where it is, in the words for the user; empty when all is gone.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Uninstalled {
    /// Which objects were kept or not deleted, and why.
    pub info: String,
}

/// Why a release is not uninstalled, or not all of it; the texts are Helm's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum UninstallError {
    /// The cluster does not answer.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// No release can have this name.
    #[error("uninstall: Release name is invalid: {0}")]
    Name(String),
    /// The records cannot be read.
    #[error("uninstall: Release not loaded: {0}: {1}")]
    NotLoaded(String, StoreError),
    /// There is no such release to try it on.
    #[error(transparent)]
    DryRun(StoreError),
    /// It is uninstalled already, and its records are to be kept.
    #[error("the release named {0:?} is already deleted")]
    AlreadyDeleted(String),
    /// A hook failed, or the record cannot be written, before anything was deleted.
    #[error("{0}")]
    Stopped(String),
    /// Objects could not be deleted; the record is kept.
    #[error("failed to delete release: {name}{}", causes.iter().map(|why| format!("\n{why}")).collect::<String>())]
    NotDeleted {
        /// The release.
        name: String,
        /// What the server said, object by object.
        causes: Vec<String>,
    },
    /// The objects were deleted, and something went wrong after that.
    #[error("uninstallation completed with {} error(s): {}", .0.len(), .0.join("; "))]
    Incomplete(Vec<String>),
}

/// Uninstalls a release.
///
/// # Errors
/// [`UninstallError`].
pub async fn uninstall(context: Context<'_>, options: &UninstallOptions, name: &str) -> Result<Uninstalled, UninstallError> {
    context.cluster.version().await?;
    if !options.dry_run {
        name::check(name).map_err(|_| UninstallError::Name(name.to_owned()))?;
    }
    let Some((mut release, heads)) = load(context, options, name).await? else { return Ok(Uninstalled::default()) };
    if options.dry_run {
        return Ok(delete_objects(context, options, &release).await?.kept);
    }
    if release.info.status == Status::Uninstalled {
        if options.keep_history {
            return Err(UninstallError::AlreadyDeleted(name.to_owned()));
        }
        return match purge(context, &heads).await {
            Ok(()) => Ok(Uninstalled::default()),
            Err(error) => Err(UninstallError::Stopped(error)),
        };
    }
    release.info.status = Status::Uninstalling;
    release.info.deleted = (context.now)();
    release.info.description = "Deletion in progress (or silently failed)".to_owned();
    run_hooks(context, options, &mut release, "pre-delete").await.map_err(UninstallError::Stopped)?;
    context.store.update(&release).await.map_err(|error| UninstallError::Stopped(error.to_string()))?;
    let deletion = delete_objects(context, options, &release).await?;
    if !deletion.errors.is_empty() {
        return Err(UninstallError::NotDeleted { name: name.to_owned(), causes: deletion.errors });
    }
    let errors = finish(context, options, release, &heads, &deletion.deleted).await;
    if errors.is_empty() { Ok(deletion.kept) } else { Err(UninstallError::Incomplete(errors)) }
}

/// The newest revision and all heads; `None` where it may be missing, and is.
async fn load(
    context: Context<'_>,
    options: &UninstallOptions,
    name: &str,
) -> Result<Option<(Release, Vec<Head>)>, UninstallError> {
    let found = match context.store.heads(&options.namespace, Some(name)).await {
        Ok(heads) => context.store.newest(&heads, name).await.map(|newest| (newest.release, heads)),
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => Ok(Some(found)),
        // Of any other error Helm says the same, and that it is uninstalled.
        Err(StoreError::NotFound) if options.ignore_not_found => Ok(None),
        Err(error) if options.dry_run => Err(UninstallError::DryRun(error)),
        Err(error) => Err(UninstallError::NotLoaded(name.to_owned(), error)),
    }
}

async fn run_hooks(
    context: Context<'_>,
    options: &UninstallOptions,
    release: &mut Release,
    event: &'static str,
) -> Result<(), String> {
    if options.no_hooks {
        return Ok(());
    }
    hooks::run(context, release, HookOptions { wait: options.wait, server_side: true, event }).await
}

/// Waits, runs the last hooks and settles the records; what went wrong. The records stay while objects are still there.
async fn finish(
    context: Context<'_>,
    options: &UninstallOptions,
    mut release: Release,
    heads: &[Head],
    deleted: &[ObjectId],
) -> Vec<String> {
    if let Err(error) = options.wait.gone(context, deleted).await {
        return vec![error];
    }
    let mut errors = Vec::new();
    errors.extend(run_hooks(context, options, &mut release, "post-delete").await.err());
    let description = Some(options.description.as_str()).filter(|text| !text.is_empty());
    release.info.status = Status::Uninstalled;
    release.info.description = description.unwrap_or("Uninstallation complete").to_owned();
    let settled = if options.keep_history {
        keep(context, release, heads).await
    } else {
        purge(context, heads).await.map_err(|error| format!("uninstall: Failed to purge the release: {error}"))
    };
    errors.extend(settled.err());
    errors
}

async fn keep(context: Context<'_>, release: Release, heads: &[Head]) -> Result<(), String> {
    context.store.update(&release).await.map_err(|error| error.to_string())?;
    let others = heads.iter().filter(|head| head.status() == Status::Deployed && head.revision() != release.revision);
    let others: Vec<Head> = others.cloned().collect();
    for entry in context.store.releases(&others).await.map_err(|error| error.to_string())? {
        let mut other = entry.content.map_err(|error| error.to_string())?;
        other.info.status = Status::Superseded;
        context.store.update(&other).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn purge(context: Context<'_>, heads: &[Head]) -> Result<(), String> {
    for head in heads {
        match context.store.driver().delete(&head.id).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

/// What became of the objects of a release.
#[derive(Default)]
struct Deletion {
    deleted: Vec<ObjectId>,
    kept: Uninstalled,
    errors: Vec<String>,
}

async fn delete_objects(
    context: Context<'_>,
    options: &UninstallOptions,
    release: &Release,
) -> Result<Deletion, UninstallError> {
    let corrupt = |error: String| {
        UninstallError::Stopped(format!("corrupted release record. You must manually delete the resources: {error}"))
    };
    let (manifests, _) = collect::read(&release.manifest).map_err(|error| corrupt(error.to_string()))?;
    let mut manifests = manifests.resources;
    sort::sort_for_uninstall(&mut manifests);
    let (kept, resources): (Vec<_>, Vec<_>) = manifests.into_iter().partition(|manifest| policy(manifest).is_some());
    let built = objects::build(context, &resources, &release.namespace).await;
    let built =
        built.map_err(|error| UninstallError::Stopped(format!("unable to build kubernetes objects for delete: {error}")))?;
    let ids: Vec<ObjectId> = built.into_iter().map(|object| object.id).collect();
    let mut deletion = Deletion::default();
    let owned = owned(context, release, &ids, &mut deletion.kept.info).await;
    let of_policy = kept_by_policy(&kept);
    deletion.kept.info.insert_str(0, &of_policy);
    if options.dry_run {
        return Ok(deletion);
    }
    for run in owned.chunk_by(|a, b| a.kind == b.kind) {
        for (id, result) in run.iter().zip(context.cluster.delete(run, options.cascade).await) {
            match result {
                Ok(_) => deletion.deleted.push(id.clone()),
                Err(error) => deletion.errors.push(error.to_string()),
            }
        }
    }
    Ok(deletion)
}

/// The value of `helm.sh/resource-policy`. Whatever it is, the object is left alone.
fn policy(manifest: &Manifest) -> Option<String> {
    manifest.head.annotations.get("helm.sh/resource-policy").map(|policy| policy.trim().to_lowercase())
}

fn kept_by_policy(kept: &[Manifest]) -> String {
    let named: Vec<_> = kept.iter().filter(|manifest| policy(manifest).is_some_and(|policy| policy == "keep")).collect();
    if named.is_empty() {
        return String::new();
    }
    let lines = named.iter().map(|manifest| format!("[{}] {}\n", manifest.head.kind, manifest.head.name));
    format!("These resources were kept due to the resource policy:\n{}", lines.collect::<String>())
}

/// The objects that are there and belong to the release. Others are told of, in `info` too.
async fn owned(context: Context<'_>, release: &Release, ids: &[ObjectId], info: &mut String) -> Vec<ObjectId> {
    let owner = Owner { name: release.name.clone(), namespace: release.namespace.clone() };
    let (mut owned, mut others, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (id, found) in ids.iter().zip(context.cluster.find(ids, Detail::Metadata).await) {
        let place = [
            ("kind", id.kind.as_str()),
            ("name", id.name.as_str()),
            ("namespace", id.namespace.as_str()),
            ("release", release.name.as_str()),
        ];
        match found {
            Ok(None) => {}
            Ok(Some(live)) if owner.check(&live).is_ok() => owned.push(id.clone()),
            Ok(Some(_)) => {
                context.tell(Level::Warn, "skipping delete of resource not owned by this release", &place);
                others.push(format!("[{}] {}\n", id.kind, id.name));
            }
            Err(error) => {
                let text = error.to_string();
                let fields = [&place[..], &[("error", text.as_str())]].concat();
                context.tell(Level::Warn, "skipping delete of resource because ownership could not be verified", &fields);
                unknown.push(format!("[{}] {}: {text}\n", id.kind, id.name));
            }
        }
    }
    add(info, &others, "they are not owned by this release");
    add(info, &unknown, "their ownership could not be verified");
    owned
}

fn add(info: &mut String, lines: &[String], why: &str) {
    if lines.is_empty() {
        return;
    }
    info.push_str(&format!("{} resource(s) were not deleted because {why}:\n{}", lines.len(), lines.concat()));
}
