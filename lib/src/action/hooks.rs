//! Running the hooks of an event, one after the other, by weight and name.

use super::{Context, WaitOptions, WaitStrategy, apply, objects};
use crate::cluster::readiness::Goal;
use crate::cluster::{Cascade, Deleted, ObjectId, Pods, Write};
use crate::log::Level;
use crate::plan::Object;
use crate::release::{RecordedHook, Release};

const BEFORE_CREATION: &str = "before-hook-creation";
pub(super) const SUCCEEDED: &str = "hook-succeeded";
pub(super) const FAILED: &str = "hook-failed";

/// How hooks are run.
#[derive(Clone, Copy, Debug)]
pub(super) struct HookOptions {
    pub(super) wait: WaitOptions,
    /// Create them by server-side apply.
    pub(super) server_side: bool,
    pub(super) event: &'static str,
}

/// Runs the hooks of an event. The release is recorded anew before each of them.
pub(super) async fn run(context: Context<'_>, release: &mut Release, options: HookOptions) -> Result<(), String> {
    let places = in_order(release, options.event);
    for (position, place) in places.iter().copied().enumerate() {
        if let Err(stopped) = run_one(context, release, place, options).await {
            let error = match stopped {
                Stopped::Early(error) => return Err(error),
                Stopped::Failed(error) => error,
            };
            show_logs(context, release, place, FAILED).await?;
            clean_up(context, release, place, options, FAILED).await?;
            for earlier in &places[..position] {
                clean_up(context, release, *earlier, options, SUCCEEDED).await?;
            }
            return Err(error);
        }
    }
    for place in places.iter().rev() {
        show_logs(context, release, *place, SUCCEEDED).await?;
        clean_up(context, release, *place, options, SUCCEEDED).await?;
    }
    Ok(())
}

/// Where the hooks of an event are in the release, in the order in which they run.
pub(super) fn in_order(release: &Release, event: &str) -> Vec<usize> {
    let is_meant = |hook: &RecordedHook| hook.hook.events.iter().any(|known| known == event);
    let mut places: Vec<usize> = (0..release.hooks.len()).filter(|place| is_meant(&release.hooks[*place])).collect();
    let rank = |place: &usize| {
        let hook = &release.hooks[*place].hook;
        (hook.weight, hook.manifest.head.name.clone())
    };
    places.sort_by_key(rank);
    places
}

/// Why a hook did not succeed.
enum Stopped {
    /// It never ran.
    Early(String),
    /// It ran, and failed or took too long.
    Failed(String),
}

async fn run_one(context: Context<'_>, release: &mut Release, place: usize, options: HookOptions) -> Result<(), Stopped> {
    let built = prepare(context, release, place, options).await.map_err(Stopped::Early)?;
    let result = match create(context, &built, options).await {
        Ok(()) => {
            let ids: Vec<ObjectId> = built.into_iter().map(|object| object.id).collect();
            let goal = Goal::Finished { legacy: options.wait.is_legacy() };
            options.wait.reach(context, &ids, goal).await.map_err(Stopped::Failed)
        }
        Err(error) => {
            let path = &release.hooks[place].hook.manifest.source;
            Err(Stopped::Early(format!("warning: Hook {} {path} failed: {error}", options.event)))
        }
    };
    let hook = &mut release.hooks[place];
    hook.completed_at = (context.now)();
    hook.phase = if result.is_ok() { "Succeeded" } else { "Failed" }.to_owned();
    result
}

/// Makes room for a hook, and records that it runs.
async fn prepare(
    context: Context<'_>,
    release: &mut Release,
    place: usize,
    options: HookOptions,
) -> Result<Vec<Object>, String> {
    if release.hooks[place].hook.delete_policies.is_empty() {
        release.hooks[place].hook.delete_policies.push(BEFORE_CREATION.to_owned());
    }
    clean_up(context, release, place, options, BEFORE_CREATION).await?;
    let path = release.hooks[place].hook.manifest.source.clone();
    let event = options.event;
    let built = build(context, release, place).await;
    let built = built.map_err(|error| format!("unable to build kubernetes object for {event} hook {path}: {error}"))?;
    let hook = &mut release.hooks[place];
    hook.started_at = (context.now)();
    hook.completed_at = String::new();
    hook.phase = "Running".to_owned();
    context.store.update(release).await.map_err(|error| error.to_string())?;
    // What is recorded should nothing more become known.
    release.hooks[place].phase = "Unknown".to_owned();
    Ok(built)
}

async fn build(context: Context<'_>, release: &Release, place: usize) -> Result<Vec<Object>, objects::BuildError> {
    let manifest = std::slice::from_ref(&release.hooks[place].hook.manifest);
    objects::build(context, manifest, &release.namespace).await
}

async fn create(context: Context<'_>, built: &[Object], options: HookOptions) -> Result<(), String> {
    let write = |object: &Object| match options.server_side {
        true => Write::Apply { object: object.content.clone(), force: false, dry_run: false, adopt: None },
        false => Write::Create { object: object.content.clone() },
    };
    let writes: Vec<Write> = built.iter().map(write).collect();
    let results = context.cluster.write(&writes).await;
    let errors: Vec<String> =
        writes.iter().zip(results).filter_map(|(write, result)| Some(apply::explain(write, &result.err()?))).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
}

/// Deletes a hook's object where its policies say so.
pub(super) async fn clean_up(
    context: Context<'_>,
    release: &Release,
    place: usize,
    options: HookOptions,
    policy: &str,
) -> Result<(), String> {
    let hook = &release.hooks[place].hook;
    // Its objects, whosever they are, would go with it.
    if hook.manifest.head.kind == "CustomResourceDefinition" || !hook.delete_policies.iter().any(|known| known == policy) {
        return Ok(());
    }
    let path = &hook.manifest.source;
    let built = build(context, release, place).await;
    let built = built.map_err(|error| format!("unable to build kubernetes object for deleting hook {path}: {error}"))?;
    let ids: Vec<ObjectId> = built.into_iter().map(|object| object.id).collect();
    let mut going = Vec::new();
    for (id, result) in ids.iter().zip(context.cluster.delete(&ids, Cascade::Background).await) {
        match result {
            Ok(Deleted::Going) => going.push(id.clone()),
            Ok(Deleted::Absent | Deleted::Gone) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    // A new object of the name would be taken for the one that is about to go.
    if policy == BEFORE_CREATION || options.wait.strategy != WaitStrategy::HookOnly {
        return options.wait.reach(context, &going, Goal::Gone { legacy: options.wait.is_legacy() }).await;
    }
    Ok(())
}

/// Shows what a hook wrote where its policies say so.
async fn show_logs(context: Context<'_>, release: &Release, place: usize, policy: &str) -> Result<(), String> {
    let hook = &release.hooks[place].hook;
    let head = &hook.manifest.head;
    if !hook.output_log_policies.iter().any(|known| known == policy) {
        return Ok(());
    }
    let namespace = if head.namespace.is_empty() { &release.namespace } else { &head.namespace };
    let pods = match head.kind.as_str() {
        "Job" => Pods::OfJob(&head.name),
        "Pod" => Pods::Named { name: &head.name, init: false },
        _ => return Ok(()),
    };
    let logs = context.cluster.logs(namespace, pods).await.map_err(|error| error.to_string())?;
    for log in logs {
        match log.text {
            Ok(text) => context.tell(Level::Info, text.trim_end_matches('\n'), &[]),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
