//! Waiting as Helm 3 does: everything is read anew every two seconds.

use super::show::Seen;
use crate::client::{Call, segment};
use crate::cluster::{KubeCluster, text};
use crate::find;
use rhelm_lib::cluster::readiness::{DEADLINE, State, Status, Unready, legacy};
use rhelm_lib::cluster::{ClusterError, Detail, ObjectId};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const INTERVAL: Duration = Duration::from_secs(2);
/// How often in a row a failure that may pass is put up with, for each object.
const PATIENCE: u32 = 30;

type States = Vec<(ObjectId, State)>;

pub(super) async fn ready(
    cluster: &KubeCluster,
    ids: &[ObjectId],
    jobs: bool,
    timeout: Duration,
    seen: &Seen,
) -> Result<(), Unready> {
    let mut failures = BTreeMap::new();
    let mut polls = Polls::new(timeout, false);
    loop {
        let missing = unready(cluster, ids, jobs, &mut failures).await?;
        show(seen, ids, &missing, Status::Current);
        if polls.is_done(missing).await? {
            return Ok(());
        }
    }
}

pub(super) async fn gone(cluster: &KubeCluster, ids: &[ObjectId], timeout: Duration, seen: &Seen) -> Result<(), Unready> {
    let mut polls = Polls::new(timeout, true);
    loop {
        let left = left(ids, find::find(cluster, ids, Detail::Metadata).await)?;
        show(seen, ids, &left, Status::NotFound);
        if polls.is_done(left).await? {
            return Ok(());
        }
    }
}

/// Tells whoever looks on how the objects stand: those that are not missing are done.
fn show(seen: &Seen, ids: &[ObjectId], missing: &States, done: Status) {
    let row = |id: &ObjectId| {
        let state = missing.iter().find(|(other, _)| other == id).map(|(_, state)| state.clone());
        (id.clone(), state.clone().unwrap_or(State::new(done, "")), state.is_none())
    };
    seen.set(|| ids.iter().map(row).collect());
}

/// Looks every two seconds until nothing is missing or time is up; a timeout of zero never is.
struct Polls {
    end: Option<Instant>,
    gone: bool,
}

impl Polls {
    fn new(timeout: Duration, gone: bool) -> Self {
        Self { end: (!timeout.is_zero()).then(|| Instant::now() + timeout), gone }
    }

    /// Whether nothing is missing; else it is time for another look.
    async fn is_done(&mut self, missing: States) -> Result<bool, Unready> {
        if missing.is_empty() {
            return Ok(true);
        }
        let left = self.end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        sleep(left.min(INTERVAL)).await;
        if left < INTERVAL {
            return Err(Unready::Objects { objects: missing, gone: self.gone, timed_out: Some(DEADLINE) });
        }
        Ok(false)
    }
}

async fn unready(
    cluster: &KubeCluster,
    ids: &[ObjectId],
    jobs: bool,
    failures: &mut BTreeMap<ObjectId, u32>,
) -> Result<States, Unready> {
    let mut missing = States::new();
    for (id, found) in ids.iter().zip(find::find(cluster, ids, Detail::Whole).await) {
        let state = match judge(cluster, id, found, jobs).await {
            Ok(state) => {
                failures.remove(id);
                state
            }
            Err(error) => tolerate(failures, id, error)?,
        };
        match state.status {
            Status::Current => {}
            Status::Failed => {
                return Err(Unready::Objects { objects: vec![(id.clone(), state)], gone: false, timed_out: None });
            }
            _ => missing.push((id.clone(), state)),
        }
    }
    Ok(missing)
}

fn left(ids: &[ObjectId], found: Vec<Result<Option<Json>, ClusterError>>) -> Result<States, Unready> {
    let mut left = States::new();
    for (id, found) in ids.iter().zip(found) {
        match found {
            Ok(None) => {}
            Ok(Some(object)) if object.pointer("/metadata/deletionTimestamp").is_some() => {
                left.push((id.clone(), State::new(Status::Terminating, "Resource scheduled for deletion")));
            }
            Ok(Some(_)) => left.push((id.clone(), State::new(Status::Current, "Resource is current"))),
            Err(error) => return Err(Unready::Refused(error.to_string())),
        }
    }
    Ok(left)
}

async fn judge(
    cluster: &KubeCluster,
    id: &ObjectId,
    found: Result<Option<Json>, ClusterError>,
    jobs: bool,
) -> Result<State, ClusterError> {
    let Some(object) = found? else {
        let message = format!("{id} not found");
        return Err(ClusterError::Api { code: 404, reason: "NotFound".to_owned(), message });
    };
    let parts = match legacy::need(&object) {
        legacy::Need::Nothing => Vec::new(),
        legacy::Need::ReplicaSets => selected(cluster, &object, "/apis/apps/v1", "replicasets").await?,
        legacy::Need::Pods => selected(cluster, &object, "/api/v1", "pods").await?,
    };
    Ok(legacy::judge(&object, jobs, &parts))
}

/// The objects that a controller selects.
async fn selected(cluster: &KubeCluster, owner: &Json, root: &str, plural: &str) -> Result<Vec<Json>, ClusterError> {
    let of = |path| owner.pointer(path).and_then(Json::as_object);
    let labels = of("/spec/selector/matchLabels").or_else(|| of("/spec/selector")).into_iter().flatten();
    let labels: Vec<_> = labels.filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?))).collect();
    let (namespace, selector) = (segment(text(owner, "/metadata/namespace")), segment(&labels.join(",")));
    let path = format!("{root}/namespaces/{namespace}/{plural}?labelSelector={selector}");
    let mut list = cluster.connection().json(Call::get(path)).await?;
    Ok(list.get_mut("items").and_then(Json::as_array_mut).map(std::mem::take).unwrap_or_default())
}

/// An error that may pass is a reason to wait, for a while.
fn tolerate(failures: &mut BTreeMap<ObjectId, u32>, id: &ObjectId, error: ClusterError) -> Result<State, Unready> {
    let passes = matches!(error, ClusterError::Api { code: 0 | 429 | 500 | 502.., .. });
    let count = failures.entry(id.clone()).or_default();
    *count += 1;
    if passes && *count <= PATIENCE {
        return Ok(State::new(Status::Unknown, error.to_string()));
    }
    Err(Unready::Refused(error.to_string()))
}
