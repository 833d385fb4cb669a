//! A cluster without a server: objects in a map, for tests and for trying things out.
//!
//! It knows the built-in kinds that charts use, and custom kinds once their definitions are applied. Objects are what they
//! will become at once ([`controllers`]), so that nothing here ever waits. Refusals can be ordered, and every call is noted.

mod controllers;
mod kinds;

use super::readiness::{DEADLINE, Goal, State, Status, Unready, kstatus};
use super::{
    Cascade, Cluster, ClusterError, ContainerLog, Deleted, Detail, ObjectId, Patch, PatchKind, Pods, ServerInfo, Wait, Write,
};
use async_trait::async_trait;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Objects in memory.
#[derive(Default)]
pub struct MemoryCluster {
    state: Mutex<Objects>,
}

#[derive(Default)]
struct Objects {
    objects: BTreeMap<ObjectId, Json>,
    calls: Vec<String>,
    refusals: Vec<(String, ClusterError)>,
    version: u64,
}

impl MemoryCluster {
    /// An empty cluster.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The objects that are there.
    #[must_use]
    pub fn objects(&self) -> Vec<Json> {
        self.lock().objects.values().cloned().collect()
    }

    /// Puts an object there, as somebody else would.
    pub fn put(&self, object: Json) {
        let mut state = self.lock();
        let object = state.versioned(object);
        state.objects.insert(ObjectId::of(&object), object);
    }

    /// Takes an object away, as somebody else would.
    pub fn remove(&self, id: &ObjectId) {
        self.lock().objects.remove(id);
    }

    /// Answers every later call whose note is `call` with an error: `apply ConfigMap/w/a`.
    pub fn refuse(&self, call: &str, error: ClusterError) {
        self.lock().refusals.push((call.to_owned(), error));
    }

    /// Answers everything again.
    pub fn refuse_nothing(&self) {
        self.lock().refusals.clear();
    }

    /// The calls so far, as `VERB KIND/NAMESPACE/NAME`, and forgets them.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().calls)
    }

    fn lock(&self) -> MutexGuard<'_, Objects> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Objects {
    fn note(&mut self, verb: &str, id: &ObjectId) -> Result<(), ClusterError> {
        let call = format!("{verb} {}/{}/{}", id.kind, id.namespace, id.name);
        let refusal = self.refusals.iter().find(|(refused, _)| *refused == call).map(|(_, error)| error.clone());
        self.calls.push(call);
        refusal.map_or(Ok(()), Err)
    }

    fn versioned(&mut self, mut object: Json) -> Json {
        self.version += 1;
        if !object["metadata"].is_object() {
            object["metadata"] = json!({});
        }
        object["metadata"]["resourceVersion"] = self.version.to_string().into();
        object
    }

    fn read(&mut self, id: &ObjectId) -> Result<Option<Json>, ClusterError> {
        self.note("get", id)?;
        let found = self.objects.iter().find(|(known, _)| known.is_same(id));
        Ok(found.map(|(_, object)| object.clone()))
    }

    fn write(&mut self, write: &Write) -> Result<Json, ClusterError> {
        let id = write.id();
        if id.name.is_empty() {
            return Err(refusal(0, "", "resource name may not be empty".to_owned()));
        }
        let (verb, is_there) = (verb(write), self.objects.contains_key(&id));
        self.note(verb, &id)?;
        let object = match write {
            Write::Apply { object, dry_run: true, .. } => return Ok(object.clone()),
            Write::Apply { object, .. } => self.applied(&id, object),
            Write::Create { .. } if is_there => return Err(already_exists(&id)),
            Write::Create { object } | Write::Replace { object } => object.clone(),
            Write::Patch { patch, .. } if is_there => merged(self.objects.get(&id), &patched(patch)),
            Write::Patch { .. } => return Err(not_found(&id)),
        };
        let object = controllers::settle(self.versioned(object));
        self.objects.insert(id, object.clone());
        Ok(object)
    }

    fn applied(&self, id: &ObjectId, object: &Json) -> Json {
        let mut result = merged(self.objects.get(id), object);
        let entry = json!({
            "manager": "helm", "operation": "Apply", "apiVersion": id.api_version, "fieldsType": "FieldsV1",
            "fieldsV1": fields(object, true),
        });
        result["metadata"]["managedFields"] = json!([entry]);
        result
    }

    fn delete(&mut self, id: &ObjectId) -> Result<Deleted, ClusterError> {
        self.note("delete", id)?;
        let held =
            |object: &Json| object.pointer("/metadata/finalizers").and_then(Json::as_array).is_some_and(|f| !f.is_empty());
        match self.objects.get_mut(id) {
            Some(object) if held(object) => {
                object["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
                Ok(Deleted::Going)
            }
            _ => Ok(self.objects.remove(id).map_or(Deleted::Absent, |_| Deleted::Gone)),
        }
    }

    fn judge(&self, id: &ObjectId, goal: Goal) -> State {
        match self.objects.get(id) {
            Some(object) => kstatus::judge(object, goal, Duration::ZERO),
            None => State::default(),
        }
    }
}

fn verb(write: &Write) -> &'static str {
    match write {
        Write::Apply { .. } => "apply",
        Write::Create { .. } => "create",
        Write::Patch { .. } => "patch",
        Write::Replace { .. } => "replace",
    }
}

fn refusal(code: u16, reason: &str, message: String) -> ClusterError {
    ClusterError::Api { code, reason: reason.to_owned(), message }
}

fn not_found(id: &ObjectId) -> ClusterError {
    refusal(404, "NotFound", format!("{} \"{}\" not found", kinds::plural(&id.kind), id.name))
}

fn already_exists(id: &ObjectId) -> ClusterError {
    refusal(409, "AlreadyExists", format!("{} \"{}\" already exists", kinds::plural(&id.kind), id.name))
}

/// All patches are merged here: nothing in this module knows the keys of lists.
fn patched(patch: &Patch) -> Json {
    match patch.kind {
        PatchKind::Json => json!({}),
        PatchKind::Merge | PatchKind::Strategic => patch.body.clone(),
    }
}

/// RFC 7386.
fn merged(live: Option<&Json>, patch: &Json) -> Json {
    let Json::Object(changes) = patch else { return patch.clone() };
    let mut result = live.and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, value) in changes {
        if value.is_null() {
            result.remove(key);
        } else {
            let value = merged(result.get(key), value);
            result.insert(key.clone(), value);
        }
    }
    Json::Object(result)
}

/// The set of an object's fields as `managedFields` holds it, with lists as single values.
fn fields(object: &Json, is_root: bool) -> Json {
    let Json::Object(map) = object else { return json!({}) };
    let is_identity = |key: &str| is_root && matches!(key, "apiVersion" | "kind");
    let owned = map.iter().filter(|(key, _)| !is_identity(key)).map(|(key, value)| {
        let mut value = value.clone();
        if let (true, "metadata", Some(metadata)) = (is_root, key.as_str(), value.as_object_mut()) {
            metadata.retain(|key, _| matches!(key.as_str(), "labels" | "annotations" | "finalizers"));
        }
        (format!("f:{key}"), fields(&value, false))
    });
    Json::Object(owned.collect())
}

#[async_trait]
impl Cluster for MemoryCluster {
    async fn version(&self) -> Result<ServerInfo, ClusterError> {
        let id = ObjectId { kind: "Version".into(), ..ObjectId::default() };
        self.lock().note("get", &id)?;
        Ok(ServerInfo { git_version: "v1.37.0".into(), major: "1".into(), minor: "37".into(), api_versions: Vec::new() })
    }

    async fn capabilities(&self) -> Result<ServerInfo, ClusterError> {
        let info = self.version().await?;
        Ok(ServerInfo { api_versions: kinds::served(), ..info })
    }

    async fn resolve(&self, objects: &mut [Json], namespace: &str) -> Vec<Result<ObjectId, ClusterError>> {
        let state = self.lock();
        objects.iter_mut().map(|object| kinds::resolve(&state.objects, object, namespace)).collect()
    }

    async fn get(&self, id: &ObjectId) -> Result<Option<Json>, ClusterError> {
        self.lock().read(id)
    }

    async fn find(&self, ids: &[ObjectId], _: Detail) -> Vec<Result<Option<Json>, ClusterError>> {
        let mut state = self.lock();
        ids.iter().map(|id| state.read(id)).collect()
    }

    async fn write(&self, writes: &[Write]) -> Vec<Result<Json, ClusterError>> {
        let mut state = self.lock();
        writes.iter().map(|write| state.write(write)).collect()
    }

    async fn delete(&self, ids: &[ObjectId], _: Cascade) -> Vec<Result<Deleted, ClusterError>> {
        let mut state = self.lock();
        ids.iter().map(|id| state.delete(id)).collect()
    }

    async fn list(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Json, ClusterError> {
        let state = self.lock();
        let wanted = |id: &&ObjectId| id.api_version == api_version && id.kind == kind;
        let here = |id: &&ObjectId| namespace.is_empty() || id.namespace == namespace;
        let items: Vec<_> = state.objects.keys().filter(wanted).filter(here).map(|id| state.objects[id].clone()).collect();
        Ok(json!({"apiVersion": api_version, "kind": format!("{kind}List"), "items": items}))
    }

    async fn wait(&self, wait: Wait<'_>) -> Result<(), Unready> {
        let state = self.lock();
        let gone = matches!(wait.goal, Goal::Gone { .. });
        let reached = |judged: &State| match judged.status {
            Status::NotFound | Status::Unknown => gone,
            Status::Current => !gone,
            _ => false,
        };
        let judged = wait.objects.iter().map(|id| (id.clone(), state.judge(id, wait.goal)));
        let objects: Vec<_> = judged.filter(|(_, judged)| !reached(judged)).collect();
        if objects.is_empty() {
            return Ok(());
        }
        let is_final = !gone && objects.iter().all(|(_, judged)| judged.status == Status::Failed);
        Err(Unready::Objects { objects, gone, timed_out: (!is_final).then_some(DEADLINE) })
    }

    async fn logs(&self, namespace: &str, pods: Pods<'_>) -> Result<Vec<ContainerLog>, ClusterError> {
        let (Pods::Named { name, .. } | Pods::OfJob(name)) = pods;
        let (kind, name) = ("Pod".to_owned(), name.to_owned());
        self.lock()
            .note("logs", &ObjectId { kind, namespace: namespace.to_owned(), name: name.clone(), ..ObjectId::default() })?;
        let text = Ok(format!("log of {name}\n"));
        Ok(vec![ContainerLog { pod: name, container: "main".into(), text }])
    }
}
