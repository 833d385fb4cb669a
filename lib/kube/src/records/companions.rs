//! What is kept beside records: in an object of its own, which Helm does not look for and which goes with the record.
//!
//! ```text
//! Secret sh.helm.release.v1.NAME.vREVISION ← owner of ← Secret rhelm.release.v1.NAME.vREVISION
//! ```

use super::item::{self, Item};
use super::{Kind, KubeDriver, is};
use crate::client::{Call, segment};
use http::Method;
use rhelm_lib::store::{Companion, RecordId, StoreError};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// What the label `owner` says of companions.
pub(super) const OWNER: &str = "rhelm";
/// The annotation that names the record.
const RECORD: &str = "rhelm/record";
const KEY: &str = "pipeline";

/// Helm takes everything for a record whose name begins as theirs do.
fn name_of(id: &RecordId) -> String {
    format!("rhelm.{}", id.key.strip_prefix("sh.helm.").unwrap_or(&id.key))
}

/// Whether a companion can have this name as its label.
fn is_label(name: &str) -> bool {
    name.len() <= 63
}

fn companion(item: Item) -> Result<Companion, StoreError> {
    let Item { metadata, mut data } = item;
    let key = metadata.annotations.get(RECORD).cloned().unwrap_or_default();
    let content = data.remove(KEY).unwrap_or_default();
    let content = String::from_utf8(content).map_err(|error| StoreError::Corrupt(format!("{}: {error}", metadata.name)))?;
    Ok(Companion { id: RecordId { namespace: metadata.namespace, key }, content })
}

impl KubeDriver {
    pub(super) async fn list_companions(&self, namespace: &str, name: &str) -> Result<Vec<Companion>, StoreError> {
        self.selected_companions(&self.folder(namespace), &format!("name={name},owner={OWNER}")).await
    }

    /// Those of many records, by one list of all revisions of their releases.
    pub(super) async fn list_companions_of(&self, ids: &[RecordId]) -> Result<Vec<Companion>, StoreError> {
        let names: BTreeSet<_> = ids.iter().filter_map(|id| Some(id.parts()?.0)).filter(|name| is_label(name)).collect();
        let Some(first) = ids.first().filter(|_| !names.is_empty()) else { return Ok(Vec::new()) };
        let folder = match ids.iter().all(|id| id.namespace == first.namespace) {
            true => self.folder(&first.namespace),
            false => format!("/api/v1/{}", self.resource()),
        };
        let names = names.into_iter().collect::<Vec<_>>().join(",");
        let mut companions = self.selected_companions(&folder, &format!("name in ({names}),owner={OWNER}")).await?;
        let wanted: BTreeSet<_> = ids.iter().collect();
        companions.retain(|companion| wanted.contains(&companion.id));
        Ok(companions)
    }

    async fn selected_companions(&self, folder: &str, selector: &str) -> Result<Vec<Companion>, StoreError> {
        let list = self.list(format!("{folder}?labelSelector={}", segment(selector)), item::WHOLE).await;
        let list = list.map_err(|error| self.error("query: failed to query with labels", &error))?;
        list.items.into_iter().map(companion).collect()
    }

    pub(super) async fn put_companion(&self, companion: &Companion) -> Result<(), StoreError> {
        let Companion { id, content } = companion;
        let place = RecordId { namespace: id.namespace.clone(), key: name_of(id) };
        let mut object = self.holding(KEY, content.as_bytes());
        if self.kind == Kind::Secret {
            object["type"] = "rhelm/companion.v1".into();
        }
        object["metadata"] = json!({
            "name": place.key,
            "labels": {"name": id.parts().map(|(name, _)| name).unwrap_or_default(), "owner": OWNER},
            "annotations": {RECORD: id.key},
            "ownerReferences": [self.owner(id).await?],
        });
        match self.create_object(&place, object.clone()).await {
            // That of an earlier release of this name, which has not been cleaned away yet.
            Err(StoreError::Exists) => self.replace_object(&place, &object).await.map(drop),
            result => result.map(drop),
        }
    }

    /// The reference by which the server removes what belongs to a record with the record.
    pub(super) async fn owner(&self, id: &RecordId) -> Result<Json, StoreError> {
        let answer = self.connection.json(Call::new(Method::GET, self.path(id)).accept(item::HEAD)).await;
        let record = answer.map_err(|error| match is(&error, 404) {
            true => StoreError::NotFound,
            false => self.error(&format!("get: failed to get \"{}\"", id.key), &error),
        })?;
        let kind = match self.kind {
            Kind::Secret => "Secret",
            Kind::ConfigMap => "ConfigMap",
        };
        Ok(json!({"apiVersion": "v1", "kind": kind, "name": id.key, "uid": record["metadata"]["uid"]}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companion_does_not_look_like_a_record() {
        assert_eq!(name_of(&RecordId::new("n", "web", 3)), "rhelm.release.v1.web.v3");
    }
}
