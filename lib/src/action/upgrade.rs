//! Upgrading: the next revision of a release.
//!
//! ```text
//! newest and current revision → values → render → ownership → record pending → hooks → update → wait → hooks
//!   → record the old one superseded, the new one deployed
//! ```

use super::context::Context;
use super::crds::{self, Crds};
use super::error::Error;
use super::existing::existing;
use super::get::computed_values;
use super::hooks::{self, HookOptions};
use super::objects::{Check, build, unique};
use super::pipeline::Pipelines;
use super::recreate;
use super::revision::{self, DryRun, ServerSide};
use super::source::{Facts, Source};
use super::undo;
use super::update::{UpdateOptions, update};
use super::waiting::{self, WaitOptions};
use crate::cluster::{Cascade, ObjectId};
use crate::plan::Object;
use crate::postrender::Identity;
use crate::release::{Info, Release, Status, name};
use crate::store::{Head, StoreError};
use crate::values;
use goyaml::Map;
use std::collections::{BTreeMap, BTreeSet};

/// Which of the last revision's values are used again.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Reuse {
    /// All of them, if no new ones are given; else none.
    #[default]
    WithoutNew,
    /// None.
    Reset,
    /// All of them below the new ones, and the last chart's defaults in the place of the new chart's.
    All,
    /// All of them below the new ones, and the new chart's defaults.
    ResetThenReuse,
}

/// How to upgrade.
#[derive(Clone, Debug, Default)]
pub struct UpgradeOptions {
    /// The release's name.
    pub name: String,
    /// The namespace to look for it.
    pub namespace: String,
    /// Do nothing, only say what would be done.
    pub dry_run: DryRun,
    /// Which values are used again.
    pub reuse: Reuse,
    /// Said of the revision when all went well, instead of Helm's words.
    pub description: String,
    /// Labels of the record; `null` removes one.
    pub labels: BTreeMap<String, String>,
    /// Run no hooks.
    pub no_hooks: bool,
    /// How to wait.
    pub wait: WaitOptions,
    /// Go back to the last good revision when something fails.
    pub rollback_on_failure: bool,
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
    /// Take objects over whoever they belong to.
    pub take_ownership: bool,
    /// Do not show Secrets; only without doing anything.
    pub hide_secret: bool,
    /// Of an object that is defined twice, the last one counts.
    pub last_wins: bool,
    /// What is done with `crds/`.
    pub crds: Crds,
    /// Why post-renderers may be others than before.
    pub accept_pipeline_change: Option<String>,
    /// Delete the pods of what is changed.
    pub recreate_pods: bool,
}

/// What there is to do where a release is to be upgraded, or installed if there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Begin {
    /// The release is there.
    Upgrade,
    /// It is not.
    Install {
        /// It is uninstalled, but its name is in use.
        replace: bool,
    },
}

/// Finds out whether there is a release to upgrade.
///
/// # Errors
/// When the cluster cannot be reached, no release can have this name, or the records cannot be read.
pub async fn begin(cx: Context<'_>, namespace: &str, name: &str) -> Result<Begin, Error> {
    revision::reach(cx).await?;
    name::check(name).map_err(|_| Error::Name(format!("release name is invalid: {name}")))?;
    let heads = cx.store.heads(namespace, Some(name)).await?;
    if heads.is_empty() {
        return Ok(Begin::Install { replace: false });
    }
    let newest = cx.newest(&heads, name).await?;
    Ok(if newest.info.status == Status::Uninstalled { Begin::Install { replace: true } } else { Begin::Upgrade })
}

/// Upgrades a release; with a dry run the revision that it would get.
///
/// # Errors
/// Whatever stopped it. The new revision is on record, as failed, unless the error came before; the old one stays what it was.
pub async fn upgrade(cx: Context<'_>, options: &UpgradeOptions, source: &dyn Source) -> Result<Release, Error> {
    revision::reach(cx).await?;
    let options = &UpgradeOptions { wait: options.wait.for_rollback(options.rollback_on_failure), ..options.clone() };
    name::check(&options.name).map_err(|_| Error::Name(format!("release name is invalid: {}", options.name)))?;
    revision::check_hidden(options.hide_secret, options.dry_run)?;
    let before = Before::find(cx, options).await?;
    let pipelines = Pipelines::read(cx.store, &options.namespace, &options.name, &before.heads).await?;
    let recorded = pipelines.of(&before.current);
    let pipeline = source.pipeline(&recorded).map_err(Error::Render)?;
    let reason = pipelines.check(cx, &before.current, &pipeline, options.accept_pipeline_change.as_deref())?;
    if options.crds == Crds::Upgrade {
        let files = source.crds().map_err(Error::Render)?;
        crds::upgrade(cx, &files, &before.current.namespace, options.dry_run != DryRun::None).await?;
    }
    let mut release = prepare(cx, options, source, &before, recorded).await?;
    let steps = Steps::plan(cx, options, &before, &release).await?;
    if options.dry_run != DryRun::None {
        let description = if options.description.is_empty() { "Dry run complete" } else { &options.description };
        description.clone_into(&mut release.info.description);
        return Ok(release);
    }
    revision::make_room(cx, &before.heads, options.history_max).await?;
    pipelines.create(cx, &release, pipeline, reason).await?;
    let mut done = Done::default();
    let performed = cx.cancellation.race(perform(cx, options, &mut release, &steps, &mut done)).await;
    match performed {
        Ok(()) => {
            conclude(cx, options, &mut release, before.current).await?;
            Ok(release)
        }
        Err(error) => Err(fail(cx, options, &mut release, &before, done, error).await),
    }
}

/// What an upgrade starts from.
pub(super) struct Before {
    /// The newest revision.
    newest: Release,
    /// The revision whose objects are there, as far as is known.
    pub(super) current: Release,
    pub(super) heads: Vec<Head>,
}

impl Before {
    async fn find(cx: Context<'_>, options: &UpgradeOptions) -> Result<Self, Error> {
        let nothing = || Error::NothingDeployed(options.name.clone());
        let heads = cx.store.heads(&options.namespace, Some(&options.name)).await?;
        let newest = cx.newest(&heads, &options.name).await.map_err(|error| match error {
            StoreError::NotFound => nothing(),
            error => error.into(),
        })?;
        if newest.info.status.is_pending() {
            return Err(Error::Busy);
        }
        if newest.info.status == Status::Deployed {
            return Ok(Self { current: newest.clone(), newest, heads });
        }
        let deployed: Vec<_> = heads.iter().filter(|head| head.status() == Status::Deployed).cloned().collect();
        let current = match cx.newest(&deployed, &options.name).await {
            Ok(current) => current,
            Err(StoreError::NotFound) if matches!(newest.info.status, Status::Failed | Status::Superseded) => newest.clone(),
            Err(StoreError::NotFound) => return Err(nothing()),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { newest, current, heads })
    }

    /// Whether the current revision's manifest is what was applied last, and with success.
    fn is_settled(&self) -> bool {
        self.newest.info.status == Status::Deployed && self.newest.revision == self.current.revision
    }
}

async fn prepare(
    cx: Context<'_>,
    options: &UpgradeOptions,
    source: &dyn Source,
    before: &Before,
    recorded: Identity,
) -> Result<Release, Error> {
    let (config, defaults) = reused(cx, options.reuse, source.values(), &before.current)?;
    let revision = revision::next(&before.heads, &before.newest);
    let namespace = before.current.namespace.clone();
    let facts = Facts {
        name: options.name.clone(),
        namespace: namespace.clone(),
        revision,
        is_upgrade: true,
        server: Some(revision::server_info(cx).await?),
        config,
        defaults,
        recorded,
    };
    let rendered = source.render(&facts).map_err(Error::Render)?;
    revision::check_labels(&options.labels)?;
    let server_side = options.server_side.decide(&before.newest);
    let mut release = Release {
        name: options.name.clone(),
        namespace,
        revision,
        info: Info {
            first_deployed: before.current.info.first_deployed.clone(),
            last_deployed: (cx.now)(),
            ..Info::default()
        },
        labels: merged_labels(&before.newest.labels, &options.labels),
        apply_method: revision::apply_method(server_side),
        ..Release::default()
    };
    revision::fill(&mut release, rendered, options.hide_secret);
    revision::set_status(&mut release, Status::PendingUpgrade, "Preparing upgrade");
    Ok(release)
}

/// The user's values of the new revision, and the defaults that take the place of the chart's.
fn reused(cx: Context<'_>, reuse: Reuse, new: Map, current: &Release) -> Result<(Map, Option<Map>), Error> {
    let mut logs = Vec::new();
    let below = |new, logs: &mut Vec<_>| values::reuse(new, &current.config, logs);
    let result = match reuse {
        Reuse::Reset => (new, None),
        Reuse::All => {
            let computed =
                computed_values(current).map_err(|error| Error::Render(format!("failed to rebuild old values: {error}")));
            let (defaults, computing) = computed?;
            logs.extend(computing);
            (below(new, &mut logs), Some(defaults))
        }
        Reuse::ResetThenReuse => (below(new, &mut logs), None),
        Reuse::WithoutNew if new.is_empty() => (current.config.clone(), None),
        Reuse::WithoutNew => (new, None),
    };
    logs.into_iter().for_each(cx.log);
    Ok(result)
}

/// With the times of the last record, as in Helm: the first of them stays on all that follow.
fn merged_labels(last: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut labels = last.clone();
    labels.extend(new.clone());
    labels.retain(|_, value| value != "null");
    labels
}

/// The objects of an upgrade.
struct Steps {
    old: Vec<Object>,
    new: Vec<Object>,
    options: UpdateOptions,
}

impl Steps {
    async fn plan(cx: Context<'_>, options: &UpgradeOptions, before: &Before, release: &Release) -> Result<Self, Error> {
        let placed = build(cx.cluster, &release.manifest, &release.namespace, Check::New).await?;
        let mut new: Vec<_> = unique(placed, options.last_wins)?.into_iter().map(|placed| placed.object).collect();
        let mut old = self::recorded(cx, &before.current, "current").await?;
        revision::mark(release, &mut new);
        let known: BTreeSet<_> = old.iter().map(|object| &object.id).collect();
        let added: Vec<_> = new.iter().filter(|object| !known.contains(&object.id)).cloned().collect();
        let owner = revision::owner(release);
        let owner = (!options.take_ownership).then_some(&owner);
        let there =
            existing(cx.cluster, &added, owner).await.map_err(|error| error.during("unable to continue with update"))?;
        // What is taken in was not applied last, though it stands in the old set as what it is to become.
        let is_settled = before.is_settled() && there.is_empty();
        old.extend(there.into_iter().map(|at| added[at].clone()));
        let server_side = !revision::is_client_side(release);
        let update_options = UpdateOptions {
            server_side,
            force_conflicts: options.force_conflicts,
            force_replace: options.force_replace,
            adopt: revision::is_client_side(&before.current) && server_side,
            is_settled,
            ..UpdateOptions::default()
        };
        Ok(Self { old, new, options: update_options })
    }
}

/// The objects of a revision on record. Where it names one twice, the last one counts.
pub(super) async fn recorded(cx: Context<'_>, release: &Release, which: &str) -> Result<Vec<Object>, Error> {
    let doing = format!("unable to build kubernetes objects from {which} release manifest");
    let placed = build(cx.cluster, &release.manifest, &release.namespace, Check::Recorded).await;
    let placed = unique(placed.map_err(|error| error.during(doing))?, true)?;
    Ok(placed.into_iter().map(|placed| placed.object).collect())
}

/// How far an upgrade came.
#[derive(Default)]
pub(super) struct Done {
    created: Vec<ObjectId>,
    pub(super) touched: Vec<ObjectId>,
}

async fn perform(
    cx: Context<'_>,
    options: &UpgradeOptions,
    release: &mut Release,
    steps: &Steps,
    done: &mut Done,
) -> Result<(), Error> {
    let hook_options = HookOptions { wait: options.wait, server_side: steps.options.server_side };
    if !options.no_hooks {
        hooks::run(cx, release, "pre-upgrade", hook_options)
            .await
            .map_err(|error| error.during("pre-upgrade hooks failed"))?;
    }
    let (executed, result) = update(cx, &steps.new, &steps.old, &steps.options).await;
    done.created.clone_from(&executed.created);
    done.touched.clone_from(&executed.touched);
    result?;
    if options.recreate_pods {
        recreate::pods(cx, &executed).await;
    }
    waiting::ready(cx, &executed.live, options.wait).await?;
    if !options.no_hooks {
        hooks::run(cx, release, "post-upgrade", hook_options)
            .await
            .map_err(|error| error.during("post-upgrade hooks failed"))?;
    }
    Ok(())
}

async fn conclude(cx: Context<'_>, options: &UpgradeOptions, release: &mut Release, mut last: Release) -> Result<(), Error> {
    last.info.status = Status::Superseded;
    cx.record(&last).await;
    let description = if options.description.is_empty() { "Upgrade complete" } else { &options.description };
    revision::set_status(release, Status::Deployed, description);
    revision::conclude(cx, release).await
}

async fn fail(
    cx: Context<'_>,
    options: &UpgradeOptions,
    release: &mut Release,
    before: &Before,
    done: Done,
    error: Error,
) -> Error {
    let name = release.name.clone();
    cx.warn("upgrade failed", vec![("name", name.clone()), ("error", error.to_string())]);
    revision::set_status(release, Status::Failed, format!("Upgrade {name:?} failed: {error}"));
    cx.record(release).await;
    if options.cleanup_on_fail
        && let Err(second) = clean_up(cx, &done.created).await
    {
        let words = "an error occurred while cleaning up resources. original upgrade error";
        return Error::Several(format!("{words}: {error}: {second}"));
    }
    if !options.rollback_on_failure {
        return error;
    }
    undo::undo(cx, options, before, done, error).await
}

/// Deletes what was created, all that is possible.
pub(super) async fn clean_up(cx: Context<'_>, created: &[ObjectId]) -> Result<(), Error> {
    let results = cx.cluster.delete(created, Cascade::Background).await;
    let failures: Vec<_> = results.into_iter().filter_map(|result| result.err().map(|error| error.to_string())).collect();
    if failures.is_empty() {
        return Ok(());
    }
    Err(Error::Apply(format!("unable to cleanup resources: {}", failures.join(", "))))
}
