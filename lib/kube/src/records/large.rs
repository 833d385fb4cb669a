//! Records in chunks: written chunks first and index last, read whole or not at all, chunks removed when nothing needs them.

use super::item::{self, Metadata};
use super::{Kind, KubeDriver, Write, is, told, version};
use crate::chunks::{self, Index, LABEL};
use crate::client::{Call, segment};
use futures_util::StreamExt;
use futures_util::stream;
use http::Method;
use rhelm_lib::cluster::ClusterError;
use rhelm_lib::store::{Record, RecordId, StoreError, Stray};
use serde_json::{Value as Json, json};

/// Chunks are a megabyte each: no more of them are on their way at once.
const AT_ONCE: usize = 4;
/// The label whose value says which record a chunk belongs to; keys are too long for it.
const OWN_LABEL: &str = "rhelm-record";
/// The same as an annotation, in full.
const OWN_KEY: &str = "rhelm/record";

fn own_label(key: &str) -> String {
    chunks::digest(key.as_bytes())[..32].to_owned()
}

fn name_of(metadata: &Metadata) -> RecordId {
    RecordId { namespace: metadata.namespace.clone(), key: metadata.name.clone() }
}

impl KubeDriver {
    /// Writes chunks, then the index, then the chunks' owner, by which they go when Helm deletes the record.
    pub(super) async fn write_large(&self, record: &Record, write: Write) -> Result<String, StoreError> {
        let id = &record.head.id;
        let index = Index::of(&record.body);
        // Chunks that know their owner from the beginning need not be written again.
        let owner = match write {
            Write::Create => Json::Null,
            Write::Replace => self.owner(id).await.unwrap_or_default(),
        };
        if let Err(error) = self.write_chunks(record, &index, &owner).await {
            self.give_up(id, &index).await;
            return Err(error);
        }
        let object = self.index_object(record, &index);
        let written = match write {
            Write::Create => self.create_object(id, object).await,
            Write::Replace => self.replace_object(id, &object).await,
        };
        let answer = match written {
            Ok(answer) => answer,
            Err(error) => {
                self.give_up(id, &index).await;
                return Err(error);
            }
        };
        // The record is safe. What follows keeps the namespace tidy; what it misses, `check` finds.
        let uid = answer.pointer("/metadata/uid").and_then(Json::as_str).unwrap_or_default();
        if owner["uid"] != uid {
            self.own_chunks(id, &index, uid).await;
        }
        if write == Write::Replace {
            let _ = self.remove_chunks(id, Some(&index)).await;
        }
        Ok(version(&answer))
    }

    fn index_object(&self, record: &Record, index: &Index) -> Json {
        let small = Record { head: record.head.clone(), body: chunks::stand_in(&record.body, index) };
        let mut object = self.object(&small);
        object["metadata"]["labels"][LABEL] = index.short().into();
        let key = "chunks";
        let text = self.holding(key, index.text().as_bytes());
        object["data"][key] = text["data"][key].clone();
        object
    }

    async fn write_chunks(&self, record: &Record, index: &Index, owner: &Json) -> Result<(), StoreError> {
        let names = index.names(&record.head.id.key);
        let writes: Vec<_> = names
            .iter()
            .zip(chunks::split(&record.body))
            .map(|(name, chunk)| self.write_chunk(record, index, owner, name, chunk))
            .collect();
        let results: Vec<_> = stream::iter(writes).buffer_unordered(AT_ONCE).collect().await;
        results.into_iter().collect()
    }

    async fn write_chunk(
        &self,
        record: &Record,
        index: &Index,
        owner: &Json,
        name: &str,
        chunk: &[u8],
    ) -> Result<(), StoreError> {
        let id = &record.head.id;
        let owners: Vec<_> = Some(owner).filter(|owner| owner.is_object()).into_iter().collect();
        let mut object = self.holding("release", chunk);
        object["metadata"] = json!({
            "name": name,
            "labels": {"owner": "rhelm", OWN_LABEL: own_label(&id.key), LABEL: index.short()},
            "annotations": {OWN_KEY: id.key},
            "ownerReferences": owners,
        });
        if self.kind == Kind::Secret {
            object["type"] = "rhelm/release-chunk.v1".into();
        }
        match self.create_object(id, object).await {
            // Of an earlier attempt, or of another writer of the same: the name says what it holds, reading proves it.
            Ok(_) | Err(StoreError::Exists) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes chunks that were written for nothing, unless the record that is there has the same ones.
    async fn give_up(&self, id: &RecordId, index: &Index) {
        let is_needed = match self.label(id).await {
            Ok(label) => label.is_some_and(|label| label == index.short()),
            Err(error) => error != StoreError::NotFound,
        };
        if !is_needed {
            let chunk = |name| RecordId { key: name, namespace: id.namespace.clone() };
            let deletions: Vec<_> = index.names(&id.key).into_iter().map(chunk).map(|id| self.delete_chunk(id)).collect();
            let _: Vec<_> = stream::iter(deletions).buffer_unordered(AT_ONCE).collect().await;
        }
    }

    async fn own_chunks(&self, id: &RecordId, index: &Index, uid: &str) {
        let kind = if self.kind == Kind::Secret { "Secret" } else { "ConfigMap" };
        let owner = json!({"apiVersion": "v1", "kind": kind, "name": id.key, "uid": uid});
        let patch = json!({"metadata": {"ownerReferences": [owner]}});
        let patches = index.names(&id.key).into_iter().map(|name| {
            let path = self.path(&RecordId { key: name, namespace: id.namespace.clone() });
            let call = Call::new(Method::PATCH, path).content_type("application/merge-patch+json").body(&patch);
            self.connection.bytes(call.accept(item::HEAD))
        });
        let patches: Vec<_> = patches.collect();
        let _: Vec<_> = stream::iter(patches).buffer_unordered(AT_ONCE).collect().await;
    }

    /// The heads of all chunks of a namespace, or of one record.
    async fn chunk_heads(&self, namespace: &str, key: Option<&str>) -> Result<Vec<Metadata>, ClusterError> {
        let folder = self.folder_or_all(namespace);
        let of_record = key.map(|key| format!(",{OWN_LABEL}={}", own_label(key))).unwrap_or_default();
        let selector = format!("owner=rhelm,{LABEL}{of_record}");
        let path = format!("{folder}?labelSelector={}", segment(&selector));
        let list = self.list(path, item::HEADS).await?;
        Ok(list.items.into_iter().map(|item| item.metadata).collect())
    }

    /// Removes the chunks of a record, except those of `kept`.
    pub(super) async fn remove_chunks(&self, id: &RecordId, kept: Option<&Index>) -> Result<(), StoreError> {
        let namespace = if id.namespace.is_empty() { self.namespace.as_str() } else { &id.namespace };
        let chunks = self.chunk_heads(namespace, Some(&id.key)).await.map_err(|error| told("", &error))?;
        let kept = kept.map(|index| index.short().to_owned());
        let old = chunks.iter().filter(|chunk| chunk.labels.get(LABEL) != kept.as_ref());
        let deletions: Vec<_> = old.map(|chunk| self.delete_chunk(name_of(chunk))).collect();
        let results: Vec<_> = stream::iter(deletions).buffer_unordered(AT_ONCE).collect().await;
        results.into_iter().collect()
    }

    async fn delete_chunk(&self, id: RecordId) -> Result<(), StoreError> {
        match self.delete_object(&self.path(&id)).await {
            // The server was faster: it removes what is owned by something that is gone.
            Err(StoreError::NotFound) => Ok(()),
            result => result,
        }
    }

    /// The body that an index tells of.
    pub(super) async fn whole(&self, id: &RecordId, index: &[u8]) -> Result<Vec<u8>, StoreError> {
        let text = String::from_utf8_lossy(index);
        self.joined(id, &Index::parse(&text)?).await
    }

    async fn joined(&self, id: &RecordId, index: &Index) -> Result<Vec<u8>, StoreError> {
        let names = index.names(&id.key);
        let reads: Vec<_> = names.into_iter().map(|name| self.chunk(id, name)).collect();
        let chunks: Vec<_> = stream::iter(reads).buffered(AT_ONCE).collect().await;
        index.join(chunks.into_iter().collect::<Result<_, _>>()?)
    }

    async fn chunk(&self, id: &RecordId, name: String) -> Result<Vec<u8>, StoreError> {
        let path = self.path(&RecordId { key: name, namespace: id.namespace.clone() });
        let answer =
            self.connection.bytes(Call::get(path).accept(item::WHOLE)).await.map_err(|error| match is(&error, 404) {
                true => StoreError::Corrupt("one of its chunks is missing".to_owned()),
                false => told("", &error),
            })?;
        let mut item = item::read(self.kind, answer).map_err(StoreError::Corrupt)?;
        Ok(item.data.remove("release").unwrap_or_default())
    }

    /// The body of a record whose index Helm has written anew; any other body as it is.
    pub(super) async fn whole_as_rewritten(&self, id: &RecordId, body: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        match chunks::rewritten(&body) {
            Some((index, changed)) => chunks::merged(&self.joined(id, &index).await?, changed),
            None => Ok(body),
        }
    }

    /// Chunks that no index asks for.
    pub(super) async fn stray_chunks(&self, namespace: &str) -> Result<Vec<Stray>, StoreError> {
        let chunks = self.chunk_heads(namespace, None).await.map_err(|error| told("", &error))?;
        let mut strays = Vec::new();
        for chunk in chunks {
            let key = chunk.annotations.get(OWN_KEY).cloned().unwrap_or_else(|| chunk.name.clone());
            let id = RecordId { namespace: chunk.namespace.clone(), key };
            if self.is_needed(&id, &chunk).await? {
                continue;
            }
            let path = self.path(&name_of(&chunk));
            match self.connection.json(Call::get(path)).await {
                Ok(content) => {
                    strays.push(Stray { id, what: "a chunk of no record".to_owned(), content: content.to_string() })
                }
                Err(error) if is(&error, 404) => {}
                Err(error) => return Err(told("", &error)),
            }
        }
        Ok(strays)
    }

    async fn is_needed(&self, id: &RecordId, chunk: &Metadata) -> Result<bool, StoreError> {
        match self.label(id).await {
            Ok(label) => Ok(label.as_ref() == chunk.labels.get(LABEL)),
            Err(StoreError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The label by which a record tells its chunks.
    async fn label(&self, id: &RecordId) -> Result<Option<String>, StoreError> {
        let head = self.connection.bytes(Call::get(self.path(id)).accept(item::HEAD)).await;
        let head = head.map_err(|error| if is(&error, 404) { StoreError::NotFound } else { told("", &error) })?;
        Ok(item::read(self.kind, head).map_err(StoreError::Corrupt)?.metadata.labels.remove(LABEL))
    }

    pub(super) async fn remove_stray_chunk(&self, stray: &Stray) -> Result<(), StoreError> {
        let item = item::read(self.kind, stray.content.clone().into_bytes()).map_err(StoreError::Failed)?;
        if self.is_needed(&stray.id, &item.metadata).await? {
            return Err(StoreError::Conflict("the chunk belongs to a record by now".to_owned()));
        }
        self.delete_object(&self.path(&name_of(&item.metadata))).await
    }
}
