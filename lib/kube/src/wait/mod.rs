//! Waiting for objects: by watching ([`watch`]) or, by Helm 3's rules, by asking every two seconds ([`poll`]). Whoever looks on is
//! shown how it stands ([`show`]) and why ([`reasons`]).

mod board;
mod definitions;
mod poll;
mod reasons;
mod show;
mod watch;

use crate::cluster::KubeCluster;
use rhelm_lib::cluster::readiness::{Goal, Unready};
use rhelm_lib::cluster::{ObjectId, Wait};
use show::Seen;
use std::time::Duration;

/// What a timeout of zero means to Helm's watcher.
const DEFAULT: Duration = Duration::from_secs(30);

pub(crate) async fn wait(cluster: &KubeCluster, wait: Wait<'_>) -> Result<(), Unready> {
    let objects: Vec<ObjectId> = wait.objects.iter().filter(|id| is_waited_for(id, wait.goal)).cloned().collect();
    if objects.is_empty() {
        return Ok(());
    }
    let timeout = match wait.goal {
        Goal::Ready { legacy: true, .. } | Goal::Gone { legacy: true } => wait.timeout,
        _ if wait.timeout.is_zero() => DEFAULT,
        _ => wait.timeout,
    };
    let Some(on_progress) = cluster.on_progress() else {
        return decide(cluster, &objects, wait.goal, timeout, &Seen::default()).await;
    };
    let seen = Seen::of(&objects);
    tokio::select! {
        result = decide(cluster, &objects, wait.goal, timeout, &seen) => result,
        never = show::show(cluster, &seen, wait.goal, timeout, on_progress) => match never {},
    }
}

async fn decide(
    cluster: &KubeCluster,
    objects: &[ObjectId],
    goal: Goal,
    timeout: Duration,
    seen: &Seen,
) -> Result<(), Unready> {
    match goal {
        Goal::Ready { legacy: true, jobs } => poll::ready(cluster, objects, jobs, timeout, seen).await,
        Goal::Gone { legacy: true } => poll::gone(cluster, objects, timeout, seen).await,
        goal => watch::wait(cluster, objects.to_vec(), goal, timeout, seen).await,
    }?;
    if matches!(goal, Goal::Ready { .. }) {
        definitions::named(cluster, objects).await;
    }
    Ok(())
}

/// Of hooks, only Jobs and Pods finish; the others are there already.
fn is_waited_for(id: &ObjectId, goal: Goal) -> bool {
    let finishes = matches!((id.group(), id.kind.as_str()), ("batch", "Job") | ("", "Pod"));
    finishes || !matches!(goal, Goal::Finished { .. })
}
