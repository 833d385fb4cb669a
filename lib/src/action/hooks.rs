//! Running the hooks of an event: one after the other by weight and name, each on record while it runs.
//!
//! ```text
//! delete what an earlier run left → record Running → create → wait → logs → delete by policy
//! ```

use super::context::Context;
use super::error::Error;
use super::execute::words;
use super::objects::{Check, Placed, build};
use super::waiting::{self, WaitOptions};
use crate::cluster::readiness::Unready;
use crate::cluster::{Cascade, ClusterError, Deleted, Pods};
use crate::log::Level;
use crate::plan::Write;
use crate::release::Release;

const BEFORE_CREATION: &str = "before-hook-creation";
const SUCCEEDED: &str = "hook-succeeded";
const FAILED: &str = "hook-failed";

/// How hooks are run.
#[derive(Clone, Copy, Debug)]
pub(super) struct HookOptions {
    pub(super) wait: WaitOptions,
    pub(super) server_side: bool,
}

/// What is left to do when the hooks of an event have run: deletions by policy. Logs can be read before.
#[derive(Debug, Default)]
pub(super) struct Afterwards {
    /// Hooks that ran well, in the order in which they ran.
    succeeded: Vec<usize>,
    /// The one that did not.
    failed: Option<usize>,
}

/// Runs the hooks of an event and cleans up after them.
pub(super) async fn run(cx: Context<'_>, release: &mut Release, event: &str, options: HookOptions) -> Result<(), Error> {
    let (result, afterwards) = start(cx, release, event, 0, options).await;
    let cleaned = clean_up(cx, release, afterwards, options).await;
    cleaned.and(result)
}

/// Runs the hooks of an event, but for the release's first ones, and leaves them where they are.
pub(super) async fn start(
    cx: Context<'_>,
    release: &mut Release,
    event: &str,
    first: usize,
    options: HookOptions,
) -> (Result<(), Error>, Afterwards) {
    let mut afterwards = Afterwards::default();
    for hook in in_order(release, event).into_iter().filter(|at| *at >= first) {
        match run_one(cx, release, hook, event, options).await {
            Ok(()) => afterwards.succeeded.push(hook),
            Err(Failure::Early(error)) => return (Err(error), Afterwards::default()),
            Err(Failure::Unready(error)) => {
                afterwards.failed = Some(hook);
                return (Err(error.into()), afterwards);
            }
        }
    }
    (Ok(()), afterwards)
}

/// Why a hook failed.
enum Failure {
    /// Before it could run: nothing is cleaned up.
    Early(Error),
    /// It ran, and failed or did not end.
    Unready(Unready),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Early(error)
    }
}

/// The hooks of an event, by weight and then by name.
fn in_order(release: &Release, event: &str) -> Vec<usize> {
    let times = |at: usize| release.hooks[at].hook.events.iter().filter(|named| *named == event).map(move |_| at);
    let mut hooks: Vec<usize> = (0..release.hooks.len()).flat_map(times).collect();
    hooks.sort_by_key(|at| {
        let hook = &release.hooks[*at].hook;
        (hook.weight, hook.manifest.head.name.clone())
    });
    hooks
}

async fn run_one(
    cx: Context<'_>,
    release: &mut Release,
    at: usize,
    event: &str,
    options: HookOptions,
) -> Result<(), Failure> {
    if release.hooks[at].hook.delete_policies.is_empty() {
        release.hooks[at].hook.delete_policies.push(BEFORE_CREATION.to_owned());
    }
    delete_before(cx, release, at, options).await?;
    let hook = &release.hooks[at].hook;
    let path = hook.manifest.source.clone();
    let objects = build(cx.cluster, &hook.manifest.content, &release.namespace, Check::New)
        .await
        .map_err(|error| error.during(format!("unable to build kubernetes object for {event} hook {path}")))?;
    mark(release, at, "Running", &(cx.now)(), "");
    cx.record(release).await;
    release.hooks[at].phase = "Unknown".to_owned();
    let created = create(cx, &objects, options.server_side).await;
    if let Err(error) = created {
        finish(cx, release, at, "Failed");
        return Err(error.during(format!("warning: Hook {event} {path} failed")).into());
    }
    let ids: Vec<_> = objects.iter().map(|placed| placed.object.id.clone()).collect();
    let ended = waiting::finished(cx, &ids, options.wait).await;
    finish(cx, release, at, if ended.is_ok() { "Succeeded" } else { "Failed" });
    ended.map_err(|error| {
        tell(cx, &error);
        Failure::Unready(error)
    })
}

fn mark(release: &mut Release, at: usize, phase: &str, started: &str, completed: &str) {
    let hook = &mut release.hooks[at];
    hook.phase = phase.to_owned();
    hook.started_at = started.to_owned();
    hook.completed_at = completed.to_owned();
}

fn finish(cx: Context<'_>, release: &mut Release, at: usize, phase: &str) {
    let started = release.hooks[at].started_at.clone();
    mark(release, at, phase, &started, &(cx.now)());
}

/// Helm 3's waiter says twice that something failed.
fn tell(cx: Context<'_>, error: &Unready) {
    match error {
        Unready::JobFailed { name, reason } => {
            cx.say(Level::Error, "job failed", vec![("job", name.clone()), ("reason", reason.clone())]);
        }
        Unready::PodFailed { name } => cx.say(Level::Error, "pod failed", vec![("pod", name.clone())]),
        _ => {}
    }
}

async fn create(cx: Context<'_>, objects: &[Placed], server_side: bool) -> Result<(), Error> {
    if objects.is_empty() {
        return Err(Error::Objects("no objects visited".to_owned()));
    }
    let write = |placed: &Placed| Write::creation(placed.object.content.clone(), server_side);
    let writes: Vec<_> = objects.iter().map(write).collect();
    let results = cx.cluster.write(&writes).await;
    let failures = writes.iter().zip(results).filter_map(|(write, result)| result.err().map(|error| words(write, &error)));
    let failures: Vec<_> = failures.collect();
    if failures.is_empty() { Ok(()) } else { Err(Error::Apply(failures.join("\n"))) }
}

/// Makes room for a hook. What is on its way out is waited for: created now, the new one would go with the old.
async fn delete_before(cx: Context<'_>, release: &Release, at: usize, options: HookOptions) -> Result<(), Error> {
    let going = delete(cx, release, at, BEFORE_CREATION).await?;
    if going.is_empty() {
        return Ok(());
    }
    Ok(waiting::gone(cx, &going, options.wait).await?)
}

/// Deletes a hook's objects if its policy says so; those that are still there.
async fn delete(
    cx: Context<'_>,
    release: &Release,
    at: usize,
    policy: &str,
) -> Result<Vec<crate::cluster::ObjectId>, Error> {
    let hook = &release.hooks[at].hook;
    // Deleting a definition would delete everything of its kind.
    let is_wanted = hook.delete_policies.iter().any(|named| named == policy);
    if !is_wanted || hook.manifest.head.kind == "CustomResourceDefinition" {
        return Ok(Vec::new());
    }
    let doing = || format!("unable to build kubernetes object for deleting hook {}", hook.manifest.source);
    let objects = build(cx.cluster, &hook.manifest.content, &release.namespace, Check::Recorded).await;
    let objects = objects.map_err(|error| error.during(doing()))?;
    if objects.is_empty() {
        return Err(Error::Objects("object not found, skipping delete: no objects visited".to_owned()));
    }
    let ids: Vec<_> = objects.into_iter().map(|placed| placed.object.id).collect();
    let mut going = Vec::new();
    let mut failures: Vec<String> = Vec::new();
    for (id, result) in ids.iter().zip(cx.cluster.delete(&ids, Cascade::Background).await) {
        match result {
            Ok(Deleted::Going) => going.push(id.clone()),
            Ok(_) => {}
            Err(error) => failures.push(error.to_string()),
        }
    }
    if failures.is_empty() { Ok(going) } else { Err(Error::Apply(failures.join("; "))) }
}

/// What the policies of the hooks ask for now that they have run.
pub(super) async fn clean_up(
    cx: Context<'_>,
    release: &Release,
    afterwards: Afterwards,
    options: HookOptions,
) -> Result<(), Error> {
    if let Some(failed) = afterwards.failed {
        show_logs(cx, release, failed, FAILED).await;
        if let Err(error) = delete_after(cx, release, failed, FAILED, options).await {
            cx.say(Level::Info, format!("error deleting the hook resource on hook failure: {error}"), Vec::new());
        }
        for hook in afterwards.succeeded {
            delete_after(cx, release, hook, SUCCEEDED, options).await?;
        }
        return Ok(());
    }
    for hook in afterwards.succeeded.into_iter().rev() {
        show_logs(cx, release, hook, SUCCEEDED).await;
        delete_after(cx, release, hook, SUCCEEDED, options).await?;
    }
    Ok(())
}

async fn delete_after(
    cx: Context<'_>,
    release: &Release,
    at: usize,
    policy: &str,
    options: HookOptions,
) -> Result<(), Error> {
    let going = delete(cx, release, at, policy).await?;
    // Nothing comes after it that it could stand in the way of.
    if going.is_empty() || options.wait.strategy == waiting::Strategy::HookOnly {
        return Ok(());
    }
    Ok(waiting::gone(cx, &going, options.wait).await?)
}

async fn show_logs(cx: Context<'_>, release: &Release, at: usize, policy: &str) {
    let hook = &release.hooks[at].hook;
    if !hook.output_log_policies.iter().any(|named| named == policy) {
        return;
    }
    let head = &hook.manifest.head;
    let pods = match head.kind.as_str() {
        "Job" => Pods::OfJob(&head.name),
        "Pod" => Pods::Named { name: &head.name, init: false },
        _ => return,
    };
    let namespace = namespace_of(&hook.manifest.content).unwrap_or_else(|| release.namespace.clone());
    match cx.cluster.logs(&namespace, pods).await {
        Ok(logs) => logs.into_iter().for_each(|log| match log.text {
            Ok(text) if text.is_empty() => {}
            Ok(text) => cx.say(Level::Info, text.strip_suffix('\n').unwrap_or(&text), Vec::new()),
            Err(_) => {
                let (pod, container) = (log.pod, log.container);
                let why = format!("failed to stream pod logs for pod: {pod}, container: {container}");
                cx.say(Level::Info, format!("error outputting logs for hook failure: {why}"), Vec::new());
            }
        }),
        Err(ClusterError::Api { code: 404, .. }) => {}
        Err(error) => cx.say(Level::Info, format!("error outputting logs for hook failure: {error}"), Vec::new()),
    }
}

fn namespace_of(manifest: &str) -> Option<String> {
    let object = super::objects::decode(manifest).ok()??;
    let namespace = object.pointer("/metadata/namespace")?.as_str()?.to_owned();
    (!namespace.is_empty()).then_some(namespace)
}
