//! What all operations have in common that make a revision: its documents, its labels, its guard.

use super::context::Context;
use super::error::Error;
use super::template::Rendered;
use crate::cluster::{ClusterError, ServerInfo};
use crate::log::Level;
use crate::manifest::stream;
use crate::plan::{Object, Owner};
use crate::release::{RecordedHook, Release, Status};
use crate::store::{Head, labels};
use std::collections::BTreeMap;

const HIDDEN: &str = "# HIDDEN: The Secret output has been suppressed";

/// Whether anything is done.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum DryRun {
    /// Everything is done.
    #[default]
    None,
    /// Nothing is, and no server is asked.
    Client,
    /// Nothing is, but the server is asked what it would take.
    Server,
}

/// How objects are applied, where a release may decide by what it did before.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ServerSide {
    /// As with the revision before.
    #[default]
    Auto,
    /// By the server.
    On,
    /// By patches made here.
    Off,
}

impl ServerSide {
    pub(super) fn decide(self, before: &Release) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Auto => before.apply_method == SERVER_SIDE,
        }
    }
}

const SERVER_SIDE: &str = "ssa";
const CLIENT_SIDE: &str = "csa";

/// What a record calls a way of applying.
pub(super) fn apply_method(server_side: bool) -> String {
    if server_side { SERVER_SIDE } else { CLIENT_SIDE }.to_owned()
}

/// Whether a revision was applied by patches; Helm 3 did not say.
pub(super) fn is_client_side(release: &Release) -> bool {
    release.apply_method.is_empty() || release.apply_method == CLIENT_SIDE
}

/// Proves that the server answers.
pub(super) async fn reach(cx: Context<'_>) -> Result<(), ClusterError> {
    cx.cluster.version().await.map(drop)
}

/// What the server serves.
pub(super) async fn server_info(cx: Context<'_>) -> Result<ServerInfo, Error> {
    cx.cluster.capabilities().await.map_err(|error| match error {
        ClusterError::Unreachable(_) => error.into(),
        error => {
            let doing = "could not get apiVersions from Kubernetes";
            Error::from(error).during(doing).during(doing)
        }
    })
}

/// The number of the revision after all that are on record.
pub(super) fn next(heads: &[Head], newest: &Release) -> u32 {
    heads.last().map_or(0, Head::revision).max(newest.revision).saturating_add(1)
}

/// Makes room for one more record where there may be only so many.
pub(super) async fn make_room(cx: Context<'_>, heads: &[Head], history_max: usize) -> Result<(), Error> {
    match history_max.checked_sub(1) {
        Some(keep) => Ok(cx.store.prune(heads, keep).await?),
        None => Ok(()),
    }
}

/// Refuses to show what is not only shown.
pub(super) fn check_hidden(hide_secret: bool, dry_run: DryRun) -> Result<(), Error> {
    if hide_secret && dry_run == DryRun::None {
        return Err(Error::Option("hiding Kubernetes secrets requires a dry-run mode".to_owned()));
    }
    Ok(())
}

/// Refuses labels that are Helm's own.
pub(super) fn check_labels(given: &BTreeMap<String, String>) -> Result<(), Error> {
    if !given.keys().any(|name| labels::is_system(name)) {
        return Ok(());
    }
    let words = "user supplied labels contains system reserved label name. System labels: [name owner status version createdAt modifiedAt]";
    Err(Error::Option(words.to_owned()))
}

/// Puts what was rendered into a release.
pub(super) fn fill(release: &mut Release, mut rendered: Rendered, hide_secret: bool) {
    if hide_secret {
        let hooks = rendered.manifests.hooks.iter_mut().map(|hook| &mut hook.manifest);
        let all = rendered.manifests.resources.iter_mut().chain(hooks);
        for manifest in all.filter(|manifest| manifest.head.kind == "Secret" && manifest.head.api_version == "v1") {
            HIDDEN.clone_into(&mut manifest.content);
        }
    }
    release.manifest = stream::resources(&rendered.manifests);
    release.hooks =
        rendered.manifests.hooks.into_iter().map(|hook| RecordedHook { hook, ..RecordedHook::default() }).collect();
    release.info.notes = rendered.notes;
    release.chart = rendered.chart;
    release.config = rendered.config;
}

/// The owner that a release's objects are marked with.
pub(super) fn owner(release: &Release) -> Owner {
    Owner { name: release.name.clone(), namespace: release.namespace.clone() }
}

/// Marks objects as a release's own.
pub(super) fn mark(release: &Release, objects: &mut [Object]) {
    let owner = owner(release);
    objects.iter_mut().for_each(|object| owner.mark(&mut object.content));
}

pub(super) fn set_status(release: &mut Release, status: Status, description: impl Into<String>) {
    release.info.status = status;
    release.info.description = description.into();
}

/// Says that a revision is deployed; what cannot be recorded is an error, though everything else went well.
pub(super) async fn conclude(cx: Context<'_>, release: &Release) -> Result<(), Error> {
    cx.record_end(release).await.map_err(|cause| {
        cx.say(Level::Error, "failed to record the release", vec![("error", cause.to_string())]);
        Error::Unrecorded { name: release.name.clone(), status: release.info.status.name(), cause }
    })
}
