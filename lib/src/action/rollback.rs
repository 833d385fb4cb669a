//! Rolling back: a new revision with the documents of an old one.

use super::context::Context;
use super::error::Error;
use super::hooks::{self, HookOptions};
use super::pipeline::Pipelines;
use super::recreate;
use super::revision::{self, DryRun, ServerSide};
use super::update::{UpdateOptions, update};
use super::upgrade::{clean_up, recorded};
use super::waiting::{self, WaitOptions};
use crate::cluster::ObjectId;
use crate::release::{Info, Release, Status, name};
use crate::store::Head;

/// The longest description of a rollback.
const LONGEST_DESCRIPTION: usize = 256;

/// How to roll back.
#[derive(Clone, Debug, Default)]
pub struct RollbackOptions {
    /// The release's name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The revision to go back to; 0 for the one before the newest.
    pub revision: u32,
    /// Do nothing, only say whether it could be done.
    pub dry_run: DryRun,
    /// Said of the revision, instead of Helm's words.
    pub description: String,
    /// Run no hooks.
    pub no_hooks: bool,
    /// How to wait.
    pub wait: WaitOptions,
    /// Delete what was created when something fails.
    pub cleanup_on_fail: bool,
    /// How many revisions are kept; 0 for all.
    pub history_max: usize,
    /// How objects are applied.
    pub server_side: ServerSide,
    /// Take fields over from other managers.
    pub force_conflicts: bool,
    /// Replace objects.
    pub force_replace: bool,
    /// Delete the pods of what is changed.
    pub recreate_pods: bool,
}

/// Rolls a release back; the new revision.
///
/// # Errors
/// Whatever stopped it. The new revision is on record, as failed, unless the error came before.
pub async fn rollback(cx: Context<'_>, options: &RollbackOptions) -> Result<Release, Error> {
    let length = options.description.chars().count();
    if length > LONGEST_DESCRIPTION {
        return Err(Error::Option(format!("description must be {LONGEST_DESCRIPTION} characters or less, got {length}")));
    }
    revision::reach(cx).await?;
    go_back(cx, options, None).await
}

/// Rolls back, touching nothing but some objects if these are given.
pub(super) async fn go_back(
    cx: Context<'_>,
    options: &RollbackOptions,
    only: Option<Vec<ObjectId>>,
) -> Result<Release, Error> {
    let Prepared { newest, mut release, heads, target_made } = prepare(cx, options).await?;
    if options.dry_run != DryRun::None {
        return Ok(release);
    }
    revision::make_room(cx, &heads, options.history_max).await?;
    let pipelines = Pipelines::read(cx.store, &options.namespace, &options.name, &heads).await?;
    pipelines.create_copy(cx, release.info.rollback_revision, &target_made, &release).await?;
    let mut newest = newest;
    let performed = cx.cancellation.race(perform(cx, options, &mut newest, &mut release, only)).await;
    if let Err(error) = performed {
        if release.info.status != Status::Failed {
            let words = format!("Rollback {:?} failed: {error}", release.name);
            revision::set_status(&mut release, Status::Failed, words);
            cx.record(&release).await;
        }
        return Err(error);
    }
    supersede(cx, &heads, newest).await?;
    release.info.status = Status::Deployed;
    revision::conclude(cx, &release).await?;
    Ok(release)
}

struct Prepared {
    newest: Release,
    release: Release,
    heads: Vec<Head>,
    /// When the revision was made that is gone back to.
    target_made: String,
}

async fn prepare(cx: Context<'_>, options: &RollbackOptions) -> Result<Prepared, Error> {
    let name = &options.name;
    name::check(name).map_err(|_| Error::Name(format!("prepareRollback: Release name is invalid: {name}")))?;
    let heads = cx.store.heads(&options.namespace, Some(name)).await?;
    let newest = cx.newest(&heads, name).await?;
    let wanted = if options.revision == 0 { newest.revision.saturating_sub(1) } else { options.revision };
    let target = heads.iter().find(|head| head.revision() == wanted);
    let target = target.ok_or_else(|| Error::Option(format!("release has no {wanted} version")))?;
    let target = match newest.revision == wanted {
        true => newest.clone(),
        false => cx.newest(std::slice::from_ref(target), name).await?,
    };
    let target_made = target.info.last_deployed.clone();
    let server_side = options.server_side.decide(&target);
    let description = match options.description.as_str() {
        "" => format!("Rollback to {wanted}"),
        given => given.to_owned(),
    };
    let release = Release {
        namespace: newest.namespace.clone(),
        revision: revision::next(&heads, &newest),
        info: Info {
            first_deployed: newest.info.first_deployed.clone(),
            last_deployed: (cx.now)(),
            deleted: String::new(),
            description,
            status: Status::PendingRollback,
            rollback_revision: wanted,
            notes: target.info.notes.clone(),
        },
        labels: crate::store::labels::of_user(&target.labels),
        apply_method: revision::apply_method(server_side),
        ..target
    };
    Ok(Prepared { newest, release, heads, target_made })
}

async fn perform(
    cx: Context<'_>,
    options: &RollbackOptions,
    newest: &mut Release,
    release: &mut Release,
    only: Option<Vec<ObjectId>>,
) -> Result<(), Error> {
    let old = recorded(cx, newest, "current").await?;
    let mut new = recorded(cx, release, "new").await?;
    let server_side = !revision::is_client_side(release);
    let hook_options = HookOptions { wait: options.wait, server_side };
    if !options.no_hooks {
        hooks::run(cx, release, "pre-rollback", hook_options).await?;
    }
    revision::mark(release, &mut new);
    let update_options = UpdateOptions {
        server_side,
        force_conflicts: options.force_conflicts,
        force_replace: options.force_replace,
        adopt: true,
        is_settled: newest.info.status == Status::Deployed,
        only,
        ..UpdateOptions::default()
    };
    let (executed, result) = update(cx, &new, &old, &update_options).await;
    if let Err(error) = result {
        return Err(fail_update(cx, options, newest, release, &executed.created, error).await);
    }
    if options.recreate_pods {
        recreate::pods(cx, &executed).await;
    }
    // Those that were left alone may be what the upgrade failed of.
    let mut live = executed.live;
    let untouched = new.iter().filter(|object| !live.iter().any(|(id, _)| id.is_same(&object.id)));
    let untouched: Vec<_> = untouched.map(|object| (object.id.clone(), object.content.clone())).collect();
    live.extend(untouched);
    if let Err(error) = waiting::ready(cx, &live, options.wait).await {
        let name = release.name.clone();
        revision::set_status(release, Status::Failed, format!("Release {name:?} failed: {error}"));
        cx.record(release).await;
        return Err(Error::from(error).during(format!("release {name} failed")));
    }
    if !options.no_hooks {
        hooks::run(cx, release, "post-rollback", hook_options).await?;
    }
    Ok(())
}

async fn fail_update(
    cx: Context<'_>,
    options: &RollbackOptions,
    newest: &mut Release,
    release: &mut Release,
    created: &[ObjectId],
    error: Error,
) -> Error {
    let words = format!("Rollback {:?} failed: {error}", release.name);
    cx.warn(words.clone(), Vec::new());
    newest.info.status = Status::Superseded;
    revision::set_status(release, Status::Failed, words);
    cx.record(newest).await;
    cx.record(release).await;
    if !options.cleanup_on_fail || created.is_empty() {
        return error;
    }
    match clean_up(cx, created).await {
        Ok(()) => error,
        Err(second) => {
            let words = "an error occurred while cleaning up resources. original rollback error";
            Error::Several(format!("{words}: {error}: {second}"))
        }
    }
}

/// No other revision is deployed from now on.
async fn supersede(cx: Context<'_>, heads: &[Head], newest: Release) -> Result<(), Error> {
    let is_newest = |head: &Head| head.revision() == newest.revision;
    let deployed = heads.iter().filter(|head| head.status() == Status::Deployed);
    let (known, unread): (Vec<Head>, Vec<Head>) = deployed.cloned().partition(is_newest);
    let mut all: Vec<_> = cx.store.releases(&unread).await?.into_iter().filter_map(|entry| entry.content.ok()).collect();
    all.extend(known.first().map(|_| newest));
    for mut before in all {
        before.info.status = Status::Superseded;
        cx.record(&before).await;
    }
    Ok(())
}
