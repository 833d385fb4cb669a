//! Release records as Secrets or ConfigMaps, exactly as Helm keeps them: one for each revision, found by labels.
//!
//! ```text
//! Record ⇄ Secret sh.helm.release.v1.NAME.vREVISION of type helm.sh/release.v1, or ConfigMap of the same name
//! ```
//! Heads are read as metadata alone, bodies by name, many of them by lists. What was not written is never reported as written, and
//! what somebody else changed meanwhile is not overwritten. What is too large for one object is kept in several: see [`crate::chunks`].

mod companions;
mod item;
mod large;
mod many;

use crate::KubeCluster;
use crate::chunks;
use crate::client::{Call, Connection, segment};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream;
use http::Method;
use item::{Item, List, Metadata};
use k8s_openapi::ByteString;
use rhelm_lib::cluster::ClusterError;
use rhelm_lib::store::{Companion, Driver, Head, Query, Record, RecordId, StoreError, Stray};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What the label `owner` says of records.
const OWNER: &str = "helm";
/// How many heads come in one answer.
const PAGE: usize = 5000;
/// How many records are asked for at once.
const AT_ONCE: usize = 16;

/// What holds a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Secret,
    ConfigMap,
}

/// Whether a record is new.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Write {
    Create,
    Replace,
}

/// Keeps records in the namespaces of their releases.
pub struct KubeDriver {
    connection: Connection,
    kind: Kind,
    namespace: String,
    /// Records that were seen to be in chunks.
    large: Mutex<BTreeSet<RecordId>>,
    /// Releases that were seen to have nothing beside their records, by namespace and name.
    alone: Mutex<BTreeSet<(String, String)>>,
}

impl KubeDriver {
    /// Records as Secrets; `namespace` is where records go whose id names none.
    #[must_use]
    pub fn secrets(cluster: &KubeCluster, namespace: &str) -> Self {
        Self {
            connection: cluster.connection().clone(),
            kind: Kind::Secret,
            namespace: namespace.to_owned(),
            large: Mutex::default(),
            alone: Mutex::default(),
        }
    }

    /// Records as ConfigMaps; `namespace` is where records go whose id names none.
    #[must_use]
    pub fn config_maps(cluster: &KubeCluster, namespace: &str) -> Self {
        Self { kind: Kind::ConfigMap, ..Self::secrets(cluster, namespace) }
    }

    fn resource(&self) -> &'static str {
        match self.kind {
            Kind::Secret => "secrets",
            Kind::ConfigMap => "configmaps",
        }
    }

    /// The path of all records of a namespace.
    fn folder(&self, namespace: &str) -> String {
        let namespace = if namespace.is_empty() { self.namespace.as_str() } else { namespace };
        format!("/api/v1/namespaces/{}/{}", segment(namespace), self.resource())
    }

    /// The path of all records of a namespace; empty for all.
    fn folder_or_all(&self, namespace: &str) -> String {
        if namespace.is_empty() { format!("/api/v1/{}", self.resource()) } else { self.folder(namespace) }
    }

    fn path(&self, id: &RecordId) -> String {
        format!("{}/{}", self.folder(&id.namespace), segment(&id.key))
    }

    /// The record in one object.
    fn object(&self, record: &Record) -> Json {
        let head = &record.head;
        let mut metadata = json!({"name": head.id.key, "labels": head.labels});
        if !head.version.is_empty() {
            metadata["resourceVersion"] = head.version.as_str().into();
        }
        let mut object = self.holding("release", &record.body);
        object["metadata"] = metadata;
        if self.kind == Kind::Secret {
            object["type"] = "helm.sh/release.v1".into();
        }
        object
    }

    /// An object with data under one key.
    fn holding(&self, key: &str, bytes: &[u8]) -> Json {
        let encoded = || ByteString(bytes.to_vec());
        match (self.kind, std::str::from_utf8(bytes)) {
            (Kind::Secret, _) => json!({"apiVersion": "v1", "kind": "Secret", "data": {key: encoded()}}),
            (Kind::ConfigMap, Ok(text)) => json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {key: text}}),
            // No payload text, but to be kept as it is.
            (Kind::ConfigMap, Err(_)) => json!({"apiVersion": "v1", "kind": "ConfigMap", "binaryData": {key: encoded()}}),
        }
    }

    async fn record(&self, item: Item) -> Result<Record, StoreError> {
        let Item { metadata, mut data } = item;
        let was_large = metadata.labels.contains_key(chunks::LABEL);
        let head = self.head(metadata);
        let body = data.remove("release").unwrap_or_default();
        let body = match data.remove("chunks") {
            Some(index) => self.whole(&head.id, &index).await?,
            None if was_large => self.whole_as_rewritten(&head.id, body).await?,
            None => body,
        };
        Ok(Record { head, body })
    }

    fn head(&self, metadata: Metadata) -> Head {
        let id = RecordId { namespace: metadata.namespace, key: metadata.name };
        let mut labels = metadata.labels;
        if labels.remove(chunks::LABEL).is_some() {
            self.large.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        }
        Head { id, labels, version: metadata.resource_version }
    }

    fn was_large(&self, id: &RecordId) -> bool {
        self.large.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    async fn get(&self, id: &RecordId) -> Result<Record, StoreError> {
        let doing = || format!("get: failed to get \"{}\"", id.key);
        let answer = self.connection.bytes(Call::get(self.path(id)).accept(item::WHOLE)).await;
        let answer =
            answer.map_err(|error| if is(&error, 404) { StoreError::NotFound } else { self.error(&doing(), &error) })?;
        let item = item::read(self.kind, answer);
        self.record(item.map_err(|error| StoreError::Corrupt(format!("{}: {error}", doing())))?).await
    }

    /// Reads what may not be got one by one: some are allowed to list only.
    async fn read_by_list(&self, id: &RecordId) -> Result<Record, StoreError> {
        let name = id.parts().map(|(name, _)| name.to_owned());
        let list = self.folder(&id.namespace) + "?labelSelector=" + &segment(&selector(name.as_deref()));
        let doing = "query: failed to query with labels";
        let list = self.list(list, item::WHOLE).await.map_err(|error| self.error(doing, &error))?;
        let item = list.items.into_iter().find(|item| item.metadata.name == id.key);
        self.record(item.ok_or(StoreError::NotFound)?).await
    }

    async fn read_one(&self, id: &RecordId) -> Result<Record, StoreError> {
        let result = match self.get(id).await {
            // Its chunks may have been replaced while they were read: then the index is another one by now.
            Err(StoreError::Corrupt(_)) if self.was_large(id) => self.get(id).await,
            result => result,
        };
        match result {
            Err(denied @ StoreError::Denied(_)) => self.read_by_list(id).await.map_err(|_| denied),
            result => result,
        }
    }

    async fn list(&self, path: String, accept: &str) -> Result<List, ClusterError> {
        let answer = self.connection.bytes(Call::get(path).accept(accept)).await?;
        item::read_list(self.kind, answer).map_err(|error| ClusterError::Api {
            code: 200,
            reason: String::new(),
            message: format!("the list of records cannot be read: {error}"),
        })
    }

    async fn page(&self, list: &str, next: &str) -> Result<List, ClusterError> {
        let path = if next.is_empty() { list.to_owned() } else { format!("{list}&continue={}", segment(next)) };
        self.list(path, item::HEADS).await
    }

    /// All pages of a list. Where the pages' state is too old to go on with, everything is asked for at once.
    async fn pages(&self, list: &str) -> Result<Vec<Head>, ClusterError> {
        let first = format!("{list}&limit={PAGE}");
        let mut heads = Vec::new();
        let mut next = String::new();
        loop {
            let page = match self.page(&first, &next).await {
                Err(error) if is(&error, 410) => {
                    let all = self.page(list, "").await?;
                    return Ok(all.items.into_iter().map(|item| self.head(item.metadata)).collect());
                }
                page => page?,
            };
            heads.extend(page.items.into_iter().map(|item| self.head(item.metadata)));
            next = page.next;
            if next.is_empty() {
                return Ok(heads);
            }
        }
    }

    /// What tells this cluster from others, however it was reached; empty for those who may not see it.
    async fn cluster(&self) -> Result<String, StoreError> {
        match self.connection.json(Call::get("/api/v1/namespaces/kube-system".to_owned()).accept(item::HEAD)).await {
            Ok(answer) => Ok(answer["metadata"]["uid"].as_str().map(|uid| format!("cluster:{uid}")).unwrap_or_default()),
            Err(ClusterError::Api { code: 401..=404, .. }) => Ok(String::new()),
            Err(error) => Err(told("", &error)),
        }
    }

    async fn create_object(&self, id: &RecordId, mut object: Json) -> Result<Json, StoreError> {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("resourceVersion");
        }
        // Helm names no manager, so that the server takes it from the user agent; this is what it then writes.
        let path = format!("{}?fieldManager=Helm", self.folder(&id.namespace));
        match self.connection.json(Call::new(Method::POST, path).accept(item::HEAD).body(&object)).await {
            Ok(answer) => Ok(answer),
            Err(ClusterError::Api { reason, .. }) if reason == "AlreadyExists" => Err(StoreError::Exists),
            Err(error) => Err(self.error("create: failed to create", &error)),
        }
    }

    async fn replace_object(&self, id: &RecordId, object: &Json) -> Result<Json, StoreError> {
        let path = format!("{}?fieldManager=Helm", self.path(id));
        match self.connection.json(Call::new(Method::PUT, path).accept(item::HEAD).body(object)).await {
            Ok(answer) => Ok(answer),
            Err(error) if is(&error, 404) => Err(StoreError::NotFound),
            Err(error) => Err(self.error("update: failed to update", &error)),
        }
    }

    async fn delete_object(&self, path: &str) -> Result<(), StoreError> {
        match self.connection.bytes(Call::new(Method::DELETE, path)).await {
            Ok(_) => Ok(()),
            Err(error) if is(&error, 404) => Err(StoreError::NotFound),
            Err(error) => Err(told("", &error)),
        }
    }

    fn error(&self, doing: &str, error: &ClusterError) -> StoreError {
        told(&self.context(doing), error)
    }
}

fn told(context: &str, error: &ClusterError) -> StoreError {
    let text = format!("{context}{error}");
    match error {
        ClusterError::Unreachable(_) | ClusterError::Api { code: 0, .. } => StoreError::Unreachable(text),
        ClusterError::Api { code: 401 | 403, .. } => StoreError::Denied(text),
        ClusterError::Api { code: 409, .. } => StoreError::Conflict(text),
        ClusterError::Api { .. } | ClusterError::NoMatch { .. } => StoreError::Failed(text),
    }
}

fn selector(name: Option<&str>) -> String {
    name.map_or_else(|| format!("owner={OWNER}"), |name| selector_of(&format!("name={name}")))
}

/// Records of which more is wanted.
fn selector_of(wanted: &str) -> String {
    format!("{wanted},owner={OWNER}")
}

fn is(error: &ClusterError, wanted: u16) -> bool {
    matches!(error, ClusterError::Api { code, .. } if *code == wanted)
}

fn version(answer: &Json) -> String {
    answer.pointer("/metadata/resourceVersion").and_then(Json::as_str).unwrap_or_default().to_owned()
}

#[async_trait]
impl Driver for KubeDriver {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Secret => "Secret",
            Kind::ConfigMap => "ConfigMap",
        }
    }

    async fn place(&self) -> Result<String, StoreError> {
        self.cluster().await
    }

    fn context(&self, doing: &str) -> String {
        match self.kind {
            Kind::Secret => format!("{doing}: "),
            Kind::ConfigMap => String::new(),
        }
    }

    async fn heads(&self, query: &Query) -> Result<Vec<Head>, StoreError> {
        let folder = self.folder_or_all(&query.namespace);
        let wanted = match &query.name {
            // Companions come along, so that nobody has to ask for those that are not there.
            Some(name) => format!("name={name},owner in ({OWNER},{})", companions::OWNER),
            None => selector(None),
        };
        let list = format!("{folder}?labelSelector={}", segment(&wanted));
        let doing = if query.name.is_some() { "query: failed to query with labels" } else { "list: failed to list" };
        let mut heads = self.pages(&list).await.map_err(|error| self.error(doing, &error))?;
        let all = heads.len();
        heads.retain(Head::is_found);
        if let Some(name) = &query.name {
            let place = (query.namespace.clone(), name.clone());
            let mut alone = self.alone.lock().unwrap_or_else(PoisonError::into_inner);
            if heads.len() == all {
                alone.insert(place)
            } else {
                alone.remove(&place)
            };
        }
        Ok(heads)
    }

    async fn hidden(&self, namespace: &str) -> Result<Vec<Head>, StoreError> {
        let list = format!("{}?labelSelector={}", self.folder_or_all(namespace), segment(&format!("owner!={OWNER}")));
        let mut heads = self.pages(&list).await.map_err(|error| self.error("list: failed to list", &error))?;
        heads.retain(Head::is_hidden);
        Ok(heads)
    }

    async fn read(&self, ids: &[RecordId]) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        let mut found = self.read_by_lists(ids).await;
        let reads: Vec<_> = ids
            .iter()
            .map(|id| {
                let found = found.remove(id);
                async move {
                    match found {
                        Some(Ok(record)) => Ok(record),
                        _ => self.read_one(id).await,
                    }
                }
            })
            .collect();
        Ok(stream::iter(reads).buffered(AT_ONCE).collect().await)
    }

    async fn create(&self, record: &Record) -> Result<String, StoreError> {
        if record.body.len() > chunks::LARGEST {
            return self.write_large(record, Write::Create).await;
        }
        self.create_object(&record.head.id, self.object(record)).await.map(|answer| version(&answer))
    }

    async fn replace(&self, record: &Record) -> Result<String, StoreError> {
        if record.body.len() > chunks::LARGEST {
            return self.write_large(record, Write::Replace).await;
        }
        let answer = self.replace_object(&record.head.id, &self.object(record)).await?;
        if self.was_large(&record.head.id) {
            self.remove_chunks(&record.head.id, None).await?;
        }
        Ok(version(&answer))
    }

    async fn delete(&self, id: &RecordId) -> Result<(), StoreError> {
        self.delete_object(&self.path(id)).await?;
        if self.was_large(id) { self.remove_chunks(id, None).await } else { Ok(()) }
    }

    async fn delete_all(&self, ids: &[RecordId]) -> Vec<Result<(), StoreError>> {
        let deletions: Vec<_> = ids.iter().map(|id| self.delete(id)).collect();
        stream::iter(deletions).buffered(AT_ONCE).collect().await
    }

    fn keeps_companions(&self) -> bool {
        true
    }

    async fn companions(&self, namespace: &str, name: &str) -> Result<Vec<Companion>, StoreError> {
        let place = (namespace.to_owned(), name.to_owned());
        if self.alone.lock().unwrap_or_else(PoisonError::into_inner).remove(&place) {
            return Ok(Vec::new());
        }
        self.list_companions(namespace, name).await
    }

    async fn companions_of(&self, ids: &[RecordId]) -> Result<Vec<Companion>, StoreError> {
        self.list_companions_of(ids).await
    }

    async fn write_companion(&self, companion: &Companion) -> Result<(), StoreError> {
        self.put_companion(companion).await
    }

    async fn strays(&self, namespace: &str) -> Result<Vec<Stray>, StoreError> {
        self.stray_chunks(namespace).await
    }

    async fn remove_stray(&self, stray: &Stray) -> Result<(), StoreError> {
        self.remove_stray_chunk(stray).await
    }
}
