//! Waiting for objects: by watching ([`watch`]) or, by Helm 3's rules, by asking every two seconds ([`poll`]).

mod board;
mod poll;
mod watch;

use crate::cluster::KubeCluster;
use rhelm_lib::cluster::readiness::{Goal, Unready};
use rhelm_lib::cluster::{ObjectId, Wait};
use std::time::Duration;

/// What a timeout of zero means to Helm's watcher.
const DEFAULT: Duration = Duration::from_secs(30);

pub(crate) async fn wait(cluster: &KubeCluster, wait: Wait<'_>) -> Result<(), Unready> {
    let objects: Vec<ObjectId> = wait.objects.iter().filter(|id| is_waited_for(id, wait.goal)).cloned().collect();
    if objects.is_empty() {
        return Ok(());
    }
    match wait.goal {
        Goal::Ready { legacy: true, jobs } => poll::ready(cluster, &objects, jobs, wait.timeout).await,
        Goal::Gone { legacy: true } => poll::gone(cluster, &objects, wait.timeout).await,
        goal => watch::wait(cluster, objects, goal, if wait.timeout.is_zero() { DEFAULT } else { wait.timeout }).await,
    }
}

/// Of hooks, only Jobs and Pods finish; the others are there already.
fn is_waited_for(id: &ObjectId, goal: Goal) -> bool {
    let finishes = matches!((id.group(), id.kind.as_str()), ("batch", "Job") | ("", "Pod"));
    finishes || !matches!(goal, Goal::Finished { .. })
}
