//! Installing: the first revision of a release.
//!
//! ```text
//! begin (reach, name) → crds → [render, post-render] → install: build, adopt, record, hooks, apply, wait, record
//! ```

use super::hooks::{self, HookOptions};
use super::objects::{self, AdoptError, BuildError};
use super::uninstall::{self, UninstallOptions};
use super::{Context, WaitOptions, WaitStrategy, apply};
use crate::chart::Chart;
use crate::cluster::readiness::Goal;
use crate::cluster::{ClusterError, ObjectId, Wait, Write};
use crate::log::Level;
use crate::manifest::{Manifest, Manifests, sort, stream};
use crate::plan::{self, Method, Object, Owner};
use crate::release::{Info, RecordedHook, Release, Status, name};
use crate::store::{StoreError, labels};
use goyaml::Map;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How to install.
#[derive(Clone, Debug)]
pub struct InstallOptions {
    /// The release's name.
    pub name: String,
    /// Where it lives, and its objects that name no other place.
    pub namespace: String,
    /// Make the namespace first.
    pub create_namespace: bool,
    /// Change nothing: end before the record is written.
    pub dry_run: bool,
    /// Take over a name whose newest revision is uninstalled or failed.
    pub replace: bool,
    /// Take objects over that belong to nobody or to somebody else.
    pub take_ownership: bool,
    /// By server-side apply.
    pub server_side: bool,
    /// Take fields over from other managers.
    pub force_conflicts: bool,
    /// Put objects in the place of those that are there.
    pub force_replace: bool,
    /// Run no hooks.
    pub no_hooks: bool,
    /// Uninstall what could not be installed.
    pub rollback_on_failure: bool,
    /// What is recorded in the place of `Install complete`.
    pub description: String,
    /// The user's labels of the record.
    pub labels: BTreeMap<String, String>,
    /// How to wait.
    pub wait: WaitOptions,
}

impl Default for InstallOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            namespace: "default".to_owned(),
            create_namespace: false,
            dry_run: false,
            replace: false,
            take_ownership: false,
            server_side: true,
            force_conflicts: false,
            force_replace: false,
            no_hooks: false,
            rollback_on_failure: false,
            description: String::new(),
            labels: BTreeMap::new(),
            wait: WaitOptions { timeout: Duration::from_secs(300), ..WaitOptions::default() },
        }
    }
}

/// What is installed.
#[derive(Clone, Debug, Default)]
pub struct InstallInput {
    /// The chart that is recorded.
    pub chart: Chart,
    /// The values that the user gave.
    pub config: Map,
    /// The documents.
    pub manifests: Manifests,
    /// The rendered notes.
    pub notes: String,
}

/// Why nothing was installed, or not all; the texts are Helm's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InstallError {
    /// The cluster does not answer.
    #[error("cluster reachability check failed: {0}")]
    Unreachable(ClusterError),
    /// No release can have this name.
    #[error("release name check failed: release name {0:?}: {1}")]
    Name(String, name::NameError),
    /// A release has this name.
    #[error("release name check failed: cannot reuse a name that is still in use")]
    InUse,
    /// It cannot be told whether a release has this name. Helm goes on then.
    #[error("release name check failed: {0}")]
    Unknown(StoreError),
    /// A label of the user's has a name of Helm's.
    #[error("user supplied labels contains system reserved label name. System labels: [{}]", labels::SYSTEM.join(" "))]
    Labels,
    /// A file of `crds/` cannot be applied.
    #[error("failed to install CRD {0}: {1}")]
    Crd(String, String),
    /// A document is no object of this cluster.
    #[error("unable to build kubernetes objects from release manifest: {0}")]
    Build(BuildError),
    /// An object is there that the release must not take.
    #[error("unable to continue with install: {0}")]
    Adopt(Box<AdoptError>),
    /// Options that exclude each other.
    #[error("{0}")]
    Options(&'static str),
    /// The namespace cannot be made.
    #[error("{0}")]
    Namespace(String),
    /// The record cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The release was recorded, and failed later.
    #[error("{0}")]
    Failed(String),
}

/// Checks that the cluster answers and that the name is free.
///
/// # Errors
/// [`InstallError`]; an error of the look-up is one too.
pub async fn begin(context: Context<'_>, options: &InstallOptions) -> Result<(), InstallError> {
    context.cluster.version().await.map_err(InstallError::Unreachable).inspect_err(|error| {
        context.tell(Level::Error, error.to_string(), &[]);
    })?;
    check_name(context, options).await.inspect_err(|error| {
        let text = error.to_string();
        let cause = text.strip_prefix("release name check failed: ").unwrap_or(&text);
        context.tell(Level::Error, "release name check failed", &[("error", cause)]);
    })
}

async fn check_name(context: Context<'_>, options: &InstallOptions) -> Result<(), InstallError> {
    name::check(&options.name).map_err(|error| InstallError::Name(options.name.clone(), error))?;
    if options.dry_run {
        return Ok(());
    }
    let heads = context.store.heads(&options.namespace, Some(&options.name)).await.map_err(InstallError::Unknown)?;
    match heads.last().map(crate::store::Head::status) {
        None => Ok(()),
        Some(Status::Uninstalled | Status::Failed) if options.replace => Ok(()),
        Some(_) => Err(InstallError::InUse),
    }
}

/// How long the definitions of custom resources may take to be served.
const CRD_TIMEOUT: Duration = Duration::from_secs(60);

/// Applies the files of `crds/`, one at a time, and waits until their kinds are served.
///
/// # Errors
/// For the first file that cannot be applied.
pub async fn install_crds(context: Context<'_>, options: &InstallOptions, crds: &[Manifest]) -> Result<(), InstallError> {
    let mut all = Vec::new();
    for crd in crds {
        // Helm names the file within its chart.
        let name = crd.source.find("/crds/").map_or(crd.source.as_str(), |at| &crd.source[at + 1..]);
        let failed = |cause: String| InstallError::Crd(name.to_owned(), cause);
        let documents: Vec<Manifest> = crate::manifest::split::split(&crd.content)
            .into_iter()
            .map(|content| Manifest { content: content.to_owned(), ..Manifest::default() })
            .collect();
        let built = objects::build(context, &documents, &options.namespace).await;
        let built = built.map_err(|error| failed(error.to_string()))?;
        if built.is_empty() {
            return Err(failed("resources are empty".to_owned()));
        }
        let writes: Vec<Write> = built.iter().map(|object| creation(object, options)).collect();
        for (write, result) in writes.iter().zip(context.cluster.write(&writes).await) {
            match result {
                Ok(_) => {}
                Err(error) if error.is_already_exists() => {}
                Err(error) => return Err(failed(apply::explain(write, &error))),
            }
        }
        all.extend(built.into_iter().map(|object| object.id));
    }
    if all.is_empty() {
        return Ok(());
    }
    let goal = Goal::Ready { jobs: false, legacy: false };
    let wait = Wait { objects: &all, goal, timeout: CRD_TIMEOUT };
    context.cluster.wait(wait).await.map_err(|unready| InstallError::Failed(unready.to_string()))
}

fn creation(object: &Object, options: &InstallOptions) -> Write {
    let object = object.content.clone();
    if options.server_side {
        Write::Apply { object, force: false, dry_run: false, adopt: None }
    } else {
        Write::Create { object }
    }
}

/// The release that an installation begins with. It is what a dry run without a cluster comes to.
#[must_use]
pub fn draft(context: Context<'_>, options: &InstallOptions, input: InstallInput) -> Release {
    let mut manifests = input.manifests;
    sort::sort_for_install(&mut manifests);
    let now = (context.now)();
    let description = if options.dry_run { "Dry run complete" } else { "Initial install underway" };
    let info = Info {
        first_deployed: now.clone(),
        last_deployed: now,
        description: description.to_owned(),
        status: Status::PendingInstall,
        notes: input.notes,
        ..Info::default()
    };
    Release {
        name: options.name.clone(),
        namespace: options.namespace.clone(),
        revision: 1,
        info,
        chart: input.chart,
        config: input.config,
        manifest: stream::resources(&manifests),
        hooks: manifests.hooks.into_iter().map(|hook| RecordedHook { hook, ..RecordedHook::default() }).collect(),
        apply_method: if options.server_side { "ssa" } else { "csa" }.to_owned(),
        labels: options.labels.clone(),
    }
}

/// Installs: the recorded release. After [`begin`].
///
/// # Errors
/// [`InstallError`]; after [`InstallError::Failed`] the release is recorded as failed, or gone again.
pub async fn install(context: Context<'_>, options: &InstallOptions, input: InstallInput) -> Result<Release, InstallError> {
    if options.labels.keys().any(|label| labels::is_system(label)) {
        return Err(InstallError::Labels);
    }
    let mut resources = input.manifests.resources.clone();
    resources.sort_by(|a, b| sort::install_rank(&a.head.kind).cmp(&sort::install_rank(&b.head.kind)));
    let mut release = draft(context, options, input);
    let built = objects::build(context, &resources, &options.namespace).await.map_err(InstallError::Build)?;
    let owner = Owner { name: options.name.clone(), namespace: options.namespace.clone() };
    let wanted = marked(context, options, built, &owner).await?;
    if options.dry_run {
        return Ok(release);
    }
    if options.create_namespace {
        create_namespace(context, options).await?;
    }
    if options.replace {
        replace(context, &mut release).await?;
    }
    context.store.create(&release).await?;
    match deploy(context, options, &mut release, wanted).await {
        Ok(()) => succeed(context, options, release).await,
        Err(error) => Err(fail(context, options, release, error).await),
    }
}

/// The objects with the marks of their owner, each with the live one where it may be taken.
async fn marked(
    context: Context<'_>,
    options: &InstallOptions,
    mut built: Vec<Object>,
    owner: &Owner,
) -> Result<Vec<(Object, Option<Json>)>, InstallError> {
    for object in &mut built {
        owner.mark(&mut object.content);
    }
    let checked = (!options.take_ownership).then_some(owner);
    let live = objects::adoptable(context, &built, checked).await.map_err(|error| InstallError::Adopt(Box::new(error)))?;
    Ok(built.into_iter().zip(live).collect())
}

async fn create_namespace(context: Context<'_>, options: &InstallOptions) -> Result<(), InstallError> {
    let name = &options.namespace;
    let content = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"name": name}}});
    let object = Object { id: ObjectId::of(&content), content };
    let write = creation(&object, options);
    match context.cluster.write(std::slice::from_ref(&write)).await.pop() {
        Some(Err(error)) if !error.is_already_exists() => Err(InstallError::Namespace(apply::explain(&write, &error))),
        _ => Ok(()),
    }
}

/// Takes the place of the newest revision.
async fn replace(context: Context<'_>, release: &mut Release) -> Result<(), InstallError> {
    let mut last = match context.store.last(&release.namespace, &release.name).await {
        Ok(last) => last,
        Err(StoreError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    release.revision = last.revision.saturating_add(1);
    if last.info.status == Status::Failed {
        return Ok(());
    }
    last.info.status = Status::Superseded;
    last.info.description = "superseded by new release".to_owned();
    Ok(context.store.update(&last).await?)
}

/// Everything between the first record and the last.
async fn deploy(
    context: Context<'_>,
    options: &InstallOptions,
    release: &mut Release,
    wanted: Vec<(Object, Option<Json>)>,
) -> Result<(), String> {
    run_hooks(context, options, release, "pre-install").await?;
    let ids: Vec<ObjectId> = wanted.iter().map(|(object, _)| object.id.clone()).collect();
    apply_all(context, options, wanted).await?;
    waiting(options).ready(context, &ids).await?;
    run_hooks(context, options, release, "post-install").await
}

async fn apply_all(
    context: Context<'_>,
    options: &InstallOptions,
    wanted: Vec<(Object, Option<Json>)>,
) -> Result<(), String> {
    let adopted: Vec<Object> = wanted.iter().filter(|(_, live)| live.is_some()).map(|(object, _)| object.clone()).collect();
    if adopted.is_empty() {
        let plan = plan::build(&wanted, &[], &[], creation_method(options), false);
        return apply::create(context, &plan).await.error.map_or(Ok(()), Err);
    }
    let plan = plan::build(&wanted, &adopted, &[], adoption_method(options)?, false);
    apply::change(context, &plan).await.error.map_or(Ok(()), Err)
}

fn creation_method(options: &InstallOptions) -> Method {
    if options.server_side {
        Method::ServerSide { force: false, adopt: false }
    } else {
        Method::ClientSide { live_custom: false }
    }
}

fn adoption_method(options: &InstallOptions) -> Result<Method, String> {
    match (options.server_side, options.force_conflicts, options.force_replace) {
        (true, _, true) => Err("invalid operation: cannot use server-side apply and force replace together".to_owned()),
        (false, true, _) => {
            Err("invalid client update option(s): forceConflicts enabled when serverSideApply disabled".to_owned())
        }
        (false, false, true) => Ok(Method::Replace),
        (true, force, false) => Ok(Method::ServerSide { force, adopt: true }),
        (false, false, false) => Ok(Method::ClientSide { live_custom: options.take_ownership }),
    }
}

/// Whoever wants a failure undone has to wait for it.
fn waiting(options: &InstallOptions) -> WaitOptions {
    let mut wait = options.wait;
    if options.rollback_on_failure && wait.strategy == WaitStrategy::HookOnly {
        wait.strategy = WaitStrategy::Watcher;
    }
    wait
}

async fn run_hooks(
    context: Context<'_>,
    options: &InstallOptions,
    release: &mut Release,
    event: &'static str,
) -> Result<(), String> {
    if options.no_hooks {
        return Ok(());
    }
    let hook_options = HookOptions { wait: waiting(options), server_side: options.server_side, event };
    let result = hooks::run(context, release, hook_options).await;
    result.map_err(|error| format!("failed {event}: {error}"))
}

async fn succeed(context: Context<'_>, options: &InstallOptions, mut release: Release) -> Result<Release, InstallError> {
    let description = Some(options.description.as_str()).filter(|text| !text.is_empty());
    release.info.status = Status::Deployed;
    release.info.description = description.unwrap_or("Install complete").to_owned();
    // Helm says that it is deployed even when that is not written.
    context.store.update(&release).await.map_err(|error| {
        InstallError::Failed(format!("release {} is installed, but that cannot be recorded: {error}", release.name))
    })?;
    Ok(release)
}

async fn fail(context: Context<'_>, options: &InstallOptions, mut release: Release, error: String) -> InstallError {
    let name = release.name.clone();
    release.info.status = Status::Failed;
    release.info.description = format!("Release {name:?} failed: {error}");
    if options.rollback_on_failure {
        return InstallError::Failed(undo(context, options, &name, error).await);
    }
    match context.store.update(&release).await {
        Ok(()) => InstallError::Failed(error),
        Err(store) => InstallError::Failed(format!("{error}; this cannot be recorded: {store}")),
    }
}

async fn undo(context: Context<'_>, options: &InstallOptions, name: &str, error: String) -> String {
    let uninstalling = UninstallOptions {
        namespace: options.namespace.clone(),
        no_hooks: options.no_hooks,
        wait: waiting(options),
        ..UninstallOptions::default()
    };
    match uninstall::uninstall(context, &uninstalling, name).await {
        Ok(_) => format!("release {name} failed, and has been uninstalled due to rollback-on-failure being set: {error}"),
        Err(second) => {
            format!("an error occurred while uninstalling the release. original install error: {error}: {second}")
        }
    }
}
