//! Writing and deleting: one request for each object, many of them in flight.
//!
//! Conflicts are tried again where that is safe: a quota that somebody else changed, an object that was to be replaced, fields
//! whose manager was to be renamed. A conflict with another field manager is an answer.

use crate::client::{Call, segment};
use crate::cluster::{KubeCluster, absent, collection};
use crate::in_flight::InFlight;
use crate::retry::jittered;
use http::Method;
use rhelm_lib::cluster::{Cascade, ClusterError, Deleted, ObjectId, Patch, PatchKind, Write};
use rhelm_lib::plan::managed;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// How often a conflict is tried, and how long the pauses are: as with client-go.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(10);

/// What Helm calls itself in `managedFields`.
const MANAGER: &str = "fieldManager=helm";

pub(crate) async fn write(cluster: &KubeCluster, writes: &[Write]) -> Vec<Result<Json, ClusterError>> {
    let mut all = InFlight::new();
    for write in writes {
        all.push(one(cluster, write)).await;
    }
    all.finish().await
}

async fn one(cluster: &KubeCluster, write: &Write) -> Result<Json, ClusterError> {
    if let Write::Apply { adopt: Some(patch), .. } = write {
        adopt_fields(cluster, &write.id(), patch).await?;
    }
    let mut tries = Tries::default();
    loop {
        match once(cluster, write).await {
            Err(error) if passes(write, &error) && tries.again().await => {}
            result => return result,
        }
    }
}

async fn once(cluster: &KubeCluster, write: &Write) -> Result<Json, ClusterError> {
    match write {
        Write::Apply { object, force, dry_run, .. } => apply(cluster, object, *force, *dry_run).await,
        Write::Create { object } => create(cluster, object).await,
        Write::Patch { id, patch } => send_patch(cluster, id, patch).await,
        Write::Replace { object } => replace(cluster, object).await,
    }
}

/// Whether an error may be another one, or none, the next time.
fn passes(write: &Write, error: &ClusterError) -> bool {
    match write {
        Write::Apply { .. } => is_race(error),
        Write::Create { .. } | Write::Patch { .. } => error.is_conflict(),
        // Has tried already.
        Write::Replace { .. } => false,
    }
}

/// Counts attempts, with a pause before each but the first.
#[derive(Default)]
struct Tries(u32);

impl Tries {
    async fn again(&mut self) -> bool {
        self.0 += 1;
        if self.0 == TRIES {
            return false;
        }
        tokio::time::sleep(jittered(PAUSE * (1 << self.0))).await;
        true
    }
}

/// Whether somebody else changed the object meanwhile, or the quota that counts it. Fields that belong to somebody else are another
/// conflict, which stays.
fn is_race(error: &ClusterError) -> bool {
    error.is_conflict() && error.to_string().contains("has been modified")
}

async fn apply(cluster: &KubeCluster, object: &Json, force: bool, dry_run: bool) -> Result<Json, ClusterError> {
    let path = cluster.path(&ObjectId::of(object)).await?;
    let dry_run = if dry_run { "&dryRun=All" } else { "" };
    let path = format!("{path}?{MANAGER}&fieldValidation=Strict&force={force}{dry_run}");
    let mut call = Call::new(Method::PATCH, path).content_type("application/apply-patch+yaml");
    call.body = as_yaml(object.to_string()).into_bytes();
    cluster.connection().json(call).await
}

/// JSON that is read as YAML: line breaks of Unicode would be folded there, with the blanks beside them, and controls refused.
fn as_yaml(json: String) -> String {
    let is_safe =
        |c: char| !matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    if json.chars().all(is_safe) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_safe(c) { text.push(c) } else { text.push_str(&format!("\\u{:04x}", u32::from(c))) }
    }
    text
}

async fn create(cluster: &KubeCluster, object: &Json) -> Result<Json, ClusterError> {
    let id = ObjectId::of(object);
    let resource = cluster.resource(&id.api_version, &id.kind).await?;
    let path = format!("{}?{MANAGER}", collection(&id.api_version, &resource, &id.namespace));
    let mut object = object.clone();
    // What was exported says which version it had there; client-go leaves that out, too.
    if let Some(metadata) = object.get_mut("metadata").and_then(Json::as_object_mut) {
        metadata.remove("resourceVersion");
    }
    cluster.connection().json(Call::new(Method::POST, path).body(&object)).await
}

async fn send_patch(cluster: &KubeCluster, id: &ObjectId, patch: &Patch) -> Result<Json, ClusterError> {
    let content_type = match patch.kind {
        PatchKind::Json => "application/json-patch+json",
        PatchKind::Merge => "application/merge-patch+json",
        PatchKind::Strategic => "application/strategic-merge-patch+json",
    };
    let path = format!("{}?{MANAGER}", cluster.path(id).await?);
    cluster.connection().json(Call::new(Method::PATCH, path).content_type(content_type).body(&patch.body)).await
}

/// The patch holds the version that it was made for; when that has gone by, a new one is made.
async fn adopt_fields(cluster: &KubeCluster, id: &ObjectId, patch: &Patch) -> Result<(), ClusterError> {
    let mut result = send_patch(cluster, id, patch).await;
    for _ in 1..TRIES {
        if !result.as_ref().is_err_and(ClusterError::is_conflict) {
            break;
        }
        let live = read(cluster, id).await?;
        match live.as_ref().and_then(managed::adopt) {
            Some(patch) => result = send_patch(cluster, id, &patch).await,
            None => return Ok(()),
        }
    }
    let words = |message| format!("failed to patch object to upgrade CSA field manager {}: {message}", id.in_go());
    result.map(drop).map_err(|error| match error {
        ClusterError::Api { code, reason, message } if code != 409 => {
            ClusterError::Api { code, reason, message: words(message) }
        }
        error => error,
    })
}

async fn read(cluster: &KubeCluster, id: &ObjectId) -> Result<Option<Json>, ClusterError> {
    absent(cluster.connection().json(Call::get(cluster.path(id).await?)).await)
}

/// Whatever version is there now is the one to replace.
async fn replace(cluster: &KubeCluster, object: &Json) -> Result<Json, ClusterError> {
    let id = ObjectId::of(object);
    let path = format!("{}?{MANAGER}&fieldValidation=Strict", cluster.path(&id).await?);
    let mut object = object.clone();
    let mut tries = 1;
    loop {
        let result = cluster.connection().json(Call::new(Method::PUT, path.clone()).body(&object)).await;
        if tries == TRIES || !result.as_ref().is_err_and(ClusterError::is_conflict) {
            return result;
        }
        tries += 1;
        let live = read(cluster, &id).await?;
        object["metadata"]["resourceVersion"] = live.map_or(Json::Null, |live| live["metadata"]["resourceVersion"].clone());
    }
}

pub(crate) async fn delete(cluster: &KubeCluster, ids: &[ObjectId], cascade: Cascade) -> Vec<Result<Deleted, ClusterError>> {
    let mut all = InFlight::new();
    for id in ids {
        all.push(delete_patiently(cluster, id, cascade)).await;
    }
    all.finish().await
}

async fn delete_patiently(cluster: &KubeCluster, id: &ObjectId, cascade: Cascade) -> Result<Deleted, ClusterError> {
    let mut tries = Tries::default();
    loop {
        match delete_one(cluster, id, cascade).await {
            Err(error) if error.is_conflict() && tries.again().await => {}
            result => return result,
        }
    }
}

async fn delete_one(cluster: &KubeCluster, id: &ObjectId, cascade: Cascade) -> Result<Deleted, ClusterError> {
    let body = json!({"propagationPolicy": cascade.policy()});
    let call = Call::new(Method::DELETE, cluster.path(id).await?).body(&body);
    let answer = absent(cluster.connection().json(call).await)?;
    // A Status when the object is gone, else the object as it still is.
    Ok(match answer {
        None => Deleted::Absent,
        Some(answer) if answer.pointer("/metadata/deletionTimestamp").is_some() => Deleted::Going,
        Some(_) => Deleted::Gone,
    })
}

/// The path of a part of an object: `…/pods/NAME/log`.
pub(crate) fn part(object: &str, part: &str, query: &[(&str, &str)]) -> String {
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={}", segment(value))).collect();
    format!("{object}/{part}?{}", query.join("&"))
}
