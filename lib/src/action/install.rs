//! Installing: the first revision of a release.
//!
//! ```text
//! name → crds/ → render → ownership → record pending → hooks → apply → wait → hooks → record deployed
//! ```
//! Whatever fails before the record leaves no trace; whatever fails after it is recorded as failed.

use super::cancel::Cancellation;
use super::context::Context;
use super::crds::{self, Crds};
use super::error::Error;
use super::execute::{Executed, Mode, creation, execute};
use super::existing::existing;
use super::hooks::{self, HookOptions};
use super::objects::{Check, build, unique};
use super::pipeline::Pipelines;
use super::revision::{self, DryRun};
use super::source::{Facts, Source};
use super::uninstall::{UninstallOptions, uninstall};
use super::update::{UpdateOptions, update};
use super::waiting::{self, WaitOptions};
use crate::cluster::Write;
use crate::log::Level;
use crate::plan::Object;
use crate::postrender::Identity;
use crate::release::{Info, Release, Status, name};
use crate::store::{Head, StoreError};
use serde_json::json;
use std::collections::BTreeMap;

/// How to install.
#[derive(Clone, Debug, Default)]
pub struct InstallOptions {
    /// The release's name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Do nothing, only say what would be done.
    pub dry_run: DryRun,
    /// Make the namespace first.
    pub create_namespace: bool,
    /// Take the name over from a release that was uninstalled or failed.
    pub replace: bool,
    /// Said of the revision when all went well, instead of Helm's words.
    pub description: String,
    /// Labels of the record.
    pub labels: BTreeMap<String, String>,
    /// Run no hooks.
    pub no_hooks: bool,
    /// What is done with `crds/`.
    pub crds: Crds,
    /// How to wait.
    pub wait: WaitOptions,
    /// Undo everything when something fails.
    pub rollback_on_failure: bool,
    /// Apply objects by patches made here.
    pub client_side: bool,
    /// Take fields over from other managers.
    pub force_conflicts: bool,
    /// Replace objects that are there.
    pub force_replace: bool,
    /// Take objects over whoever they belong to.
    pub take_ownership: bool,
    /// Do not show Secrets; only without doing anything.
    pub hide_secret: bool,
    /// Of an object that is defined twice, the last one counts.
    pub last_wins: bool,
}

/// Installs a release; with a dry run the release that it would be.
///
/// # Errors
/// Whatever stopped it. A release is on record, as failed, unless the error came before.
pub async fn install(cx: Context<'_>, options: &InstallOptions, source: &dyn Source) -> Result<Release, Error> {
    let options = &InstallOptions { wait: options.wait.for_rollback(options.rollback_on_failure), ..options.clone() };
    let history = check(cx, options).await?;
    if options.dry_run != DryRun::Client && options.crds != Crds::Skip {
        install_crds(cx, options, source, history.as_ref().err()).await?;
    }
    let mut release = render(cx, options, source).await?;
    let mut objects = Vec::new();
    let mut adopted = Vec::new();
    if options.dry_run != DryRun::Client {
        objects = build_objects(cx, options, &release).await?;
        let owner = revision::owner(&release);
        let owner = (!options.take_ownership).then_some(&owner);
        let there =
            existing(cx.cluster, &objects, owner).await.map_err(|error| error.during("unable to continue with install"))?;
        adopted = there.into_iter().map(|at| objects[at].clone()).collect();
    }
    if options.dry_run != DryRun::None {
        "Dry run complete".clone_into(&mut release.info.description);
        return Ok(release);
    }
    // Only now: what the checks before have to say is worth more than that the history cannot be read.
    let history = history.map_err(|error| refuse_name(cx, error))?;
    if options.create_namespace {
        create_namespace(cx, options).await?;
    }
    if options.replace {
        replace(cx, &mut release, &history).await?;
    }
    let pipeline = source.pipeline(&Identity::default()).map_err(Error::Render)?;
    let pipelines = match history.is_empty() {
        true => Pipelines::default(),
        false => Pipelines::read(cx.store, &options.namespace, &options.name, &history).await?,
    };
    pipelines.create(cx, &release, pipeline, String::new()).await?;
    let done = cx.cancellation.race(perform(cx, options, &mut release, &objects, &adopted)).await;
    match done {
        Ok(()) => {
            revision::conclude(cx, &release).await?;
            Ok(release)
        }
        Err(error) => Err(fail(cx, options, &mut release, error).await),
    }
}

/// What can be refused at once. Inside, the records of the name, or why they cannot be read.
async fn check(cx: Context<'_>, options: &InstallOptions) -> Result<Result<Vec<Head>, Error>, Error> {
    if options.dry_run != DryRun::Client
        && let Err(error) = revision::reach(cx).await
    {
        cx.say(Level::Error, format!("cluster reachability check failed: {error}"), Vec::new());
        return Err(Error::from(error).during("cluster reachability check failed"));
    }
    revision::check_hidden(options.hide_secret, options.dry_run).inspect_err(|error| {
        cx.say(Level::Error, error.to_string(), Vec::new());
    })?;
    name::check(&options.name)
        .map_err(|cause| refuse_name(cx, Error::Name(format!("release name {:?}: {cause}", options.name))))?;
    if options.dry_run != DryRun::None {
        return Ok(Ok(Vec::new()));
    }
    match free(cx, options).await {
        Err(Error::NameInUse) => Err(refuse_name(cx, Error::NameInUse)),
        history => Ok(history),
    }
}

fn refuse_name(cx: Context<'_>, error: Error) -> Error {
    cx.say(Level::Error, "release name check failed", vec![("error", error.to_string())]);
    error.during("release name check failed")
}

/// The records of a name that may be used.
async fn free(cx: Context<'_>, options: &InstallOptions) -> Result<Vec<Head>, Error> {
    let heads = cx.store.heads(&options.namespace, Some(&options.name)).await?;
    if heads.is_empty() {
        return Ok(heads);
    }
    let status = cx.newest(&heads, &options.name).await.map(|newest| newest.info.status);
    match status {
        Ok(Status::Uninstalled | Status::Failed) if options.replace => Ok(heads),
        Ok(_) | Err(StoreError::Corrupt(_)) => Err(Error::NameInUse),
        Err(error) => Err(error.into()),
    }
}

async fn install_crds(
    cx: Context<'_>,
    options: &InstallOptions,
    source: &dyn Source,
    unknown_name: Option<&Error>,
) -> Result<(), Error> {
    let files = source.crds().map_err(Error::Render)?;
    if files.is_empty() {
        return Ok(());
    }
    let is_upgrade = options.crds == Crds::Upgrade;
    if options.dry_run == DryRun::Server {
        if is_upgrade {
            crds::upgrade(cx, &files, &options.namespace, true).await?;
        }
        cx.warn("This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.", Vec::new());
        return Ok(());
    }
    if let Some(error) = unknown_name {
        return Err(refuse_name(cx, error.clone()));
    }
    match is_upgrade {
        true => crds::upgrade(cx, &files, &options.namespace, false).await,
        false => crds::install(cx, &files, &options.namespace, !options.client_side).await,
    }
}

async fn render(cx: Context<'_>, options: &InstallOptions, source: &dyn Source) -> Result<Release, Error> {
    let server = match options.dry_run {
        DryRun::Client => None,
        _ => Some(revision::server_info(cx).await?),
    };
    let now = (cx.now)();
    revision::check_labels(&options.labels)?;
    let facts = Facts {
        name: options.name.clone(),
        namespace: options.namespace.clone(),
        revision: 1,
        is_upgrade: false,
        server,
        config: source.values(),
        ..Facts::default()
    };
    let rendered = source.render(&facts).map_err(Error::Render)?;
    let mut release = Release {
        name: options.name.clone(),
        namespace: options.namespace.clone(),
        revision: 1,
        info: Info { first_deployed: now.clone(), last_deployed: now, ..Info::default() },
        labels: options.labels.clone(),
        apply_method: revision::apply_method(!options.client_side),
        ..Release::default()
    };
    revision::fill(&mut release, rendered, options.hide_secret);
    revision::set_status(&mut release, Status::PendingInstall, "Initial install underway");
    Ok(release)
}

async fn build_objects(cx: Context<'_>, options: &InstallOptions, release: &Release) -> Result<Vec<Object>, Error> {
    let doing = "unable to build kubernetes objects from release manifest";
    let placed =
        build(cx.cluster, &release.manifest, &release.namespace, Check::New).await.map_err(|error| error.during(doing))?;
    let placed = unique(placed, options.last_wins).map_err(|error| error.during(doing))?;
    let mut objects: Vec<_> = placed.into_iter().map(|placed| placed.object).collect();
    revision::mark(release, &mut objects);
    Ok(objects)
}

/// An existing namespace gains the label that Helm gives its own.
async fn create_namespace(cx: Context<'_>, options: &InstallOptions) -> Result<(), Error> {
    let name = &options.namespace;
    let content = json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"name": name}}, "spec": {}, "status": {},
    });
    let write = Write::creation(content, !options.client_side);
    match cx.cluster.write(std::slice::from_ref(&write)).await.pop() {
        Some(Err(error)) if !error.is_already_exists() => Err(Error::Apply(super::execute::words(&write, &error))),
        _ => Ok(()),
    }
}

/// Takes the next number, and tells the last revision that its time is over.
async fn replace(cx: Context<'_>, release: &mut Release, history: &[Head]) -> Result<(), Error> {
    let Some(newest) = history.last() else { return Ok(()) };
    release.revision = newest.revision().saturating_add(1);
    let mut last = cx.newest(history, &release.name).await?;
    if last.info.status == Status::Failed {
        return Ok(());
    }
    revision::set_status(&mut last, Status::Superseded, "superseded by new release");
    Ok(cx.store.update(&last).await?)
}

async fn perform(
    cx: Context<'_>,
    options: &InstallOptions,
    release: &mut Release,
    objects: &[Object],
    adopted: &[Object],
) -> Result<(), Error> {
    let hook_options = HookOptions { wait: options.wait, server_side: !options.client_side };
    if !options.no_hooks {
        hooks::run(cx, release, "pre-install", hook_options).await.map_err(|error| error.during("failed pre-install"))?;
    }
    let (executed, result) = apply(cx, options, objects, adopted).await;
    result?;
    waiting::ready(cx, &executed.live, options.wait).await?;
    if !options.no_hooks {
        hooks::run(cx, release, "post-install", hook_options).await.map_err(|error| error.during("failed post-install"))?;
    }
    let description = if options.description.is_empty() { "Install complete" } else { &options.description };
    revision::set_status(release, Status::Deployed, description);
    Ok(())
}

async fn apply(
    cx: Context<'_>,
    options: &InstallOptions,
    objects: &[Object],
    adopted: &[Object],
) -> (Executed, Result<(), Error>) {
    if adopted.is_empty() {
        return execute(cx, creation(objects, !options.client_side), Mode::Create).await;
    }
    let update_options = UpdateOptions {
        server_side: !options.client_side,
        force_conflicts: options.force_conflicts,
        force_replace: options.force_replace,
        adopt: true,
        live_custom: options.take_ownership && options.client_side,
        ..UpdateOptions::default()
    };
    update(cx, objects, adopted, &update_options).await
}

async fn fail(cx: Context<'_>, options: &InstallOptions, release: &mut Release, error: Error) -> Error {
    let words = format!("Release \"{}\" failed: {error}", release.name);
    revision::set_status(release, Status::Failed, words);
    if !options.rollback_on_failure {
        cx.record(release).await;
        return error;
    }
    let uninstall_options =
        UninstallOptions { no_hooks: options.no_hooks, wait: options.wait, ..UninstallOptions::default() };
    // What was cancelled is undone all the same.
    let undisturbed = Cancellation::default();
    let undo = Context { cancellation: &undisturbed, ..cx };
    match uninstall(undo, &release.namespace, &release.name, &uninstall_options).await {
        Ok(_) => {
            let name = &release.name;
            error.during(format!("release {name} failed, and has been uninstalled due to rollback-on-failure being set"))
        }
        Err(second) => {
            cx.record(release).await;
            let words = "an error occurred while uninstalling the release. original install error";
            Error::Several(format!("{words}: {error}: {second}"))
        }
    }
}
