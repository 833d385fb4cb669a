//! Many live objects by few requests: one list for each kind and namespace of which several are wanted, else one request each.
//!
//! A list asks for no more than it can use: `metadata` where that is enough, objects that carry Helm's label where whole ones
//! are wanted, and one page. What a list does not show is asked for by name, and so is everything when lists are refused.

use crate::client::{Call, segment};
use crate::cluster::{KubeCluster, absent, collection, text};
use crate::in_flight::InFlight;
use rhelm_lib::cluster::{ClusterError, Detail, ObjectId};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// From how many objects on a list is cheaper than asking for each.
pub(crate) const WORTH_A_LIST: usize = 3;
/// A list in which more other objects than this come before those that are wanted is no gain.
pub(crate) const OTHERS: usize = 500;
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const HELMS_LABEL: &str = "app.kubernetes.io/managed-by=Helm";

type Found = BTreeMap<usize, Result<Option<Json>, ClusterError>>;

pub(crate) async fn find(
    cluster: &KubeCluster,
    ids: &[ObjectId],
    detail: Detail,
) -> Vec<Result<Option<Json>, ClusterError>> {
    let mut groups: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (at, id) in ids.iter().enumerate() {
        groups.entry((&id.api_version, &id.kind, &id.namespace)).or_default().push(at);
    }
    let mut all = InFlight::new();
    for wanted in groups.into_values() {
        all.push(find_group(cluster, ids, wanted, detail)).await;
    }
    let found: Vec<Found> = all.finish().await;
    found.into_iter().flatten().collect::<Found>().into_values().collect()
}

/// The objects of one kind and namespace.
async fn find_group(cluster: &KubeCluster, ids: &[ObjectId], mut wanted: Vec<usize>, detail: Detail) -> Found {
    let mut found = Found::new();
    if detail == Detail::Whole && wanted.len() >= WORTH_A_LIST {
        let mut listed = list(cluster, ids, &wanted, Some(HELMS_LABEL)).await;
        wanted.retain(|at| match listed.objects.remove(&ids[*at].name) {
            Some(object) => found.insert(*at, Ok(Some(object))).is_some(),
            None => true,
        });
    }
    if wanted.len() >= WORTH_A_LIST {
        let mut listed = list(cluster, ids, &wanted, None).await;
        wanted.retain(|at| match listed.objects.remove(&ids[*at].name) {
            Some(_) if detail == Detail::Whole => true,
            Some(object) => found.insert(*at, Ok(Some(object))).is_some(),
            // An object without a name is not looked for; asking for it says so.
            None if listed.is_complete && !ids[*at].name.is_empty() => found.insert(*at, Ok(None)).is_some(),
            None => true,
        });
    }
    let mut gets = InFlight::new();
    for at in &wanted {
        gets.push(get(cluster, &ids[*at])).await;
    }
    found.extend(wanted.into_iter().zip(gets.finish().await));
    found
}

/// What a list showed, by name.
#[derive(Default)]
struct Listed {
    objects: BTreeMap<String, Json>,
    /// What is not in it is not there.
    is_complete: bool,
}

/// One page of a kind; whole objects where a label narrows it, else metadata. Nothing where the list is refused.
async fn list(cluster: &KubeCluster, ids: &[ObjectId], wanted: &[usize], label: Option<&str>) -> Listed {
    let Some(id) = wanted.first().map(|at| &ids[*at]) else { return Listed::default() };
    let Ok(resource) = cluster.resource(&id.api_version, &id.kind).await else { return Listed::default() };
    let path = format!("{}?limit={}", collection(&id.api_version, &resource, &id.namespace), wanted.len() + OTHERS);
    let call = match label {
        Some(label) => Call::get(format!("{path}&labelSelector={}", segment(label))),
        None => Call::get(path).accept(METADATA),
    };
    let Ok(mut answer) = cluster.connection().json(call).await else { return Listed::default() };
    let is_complete = text(&answer, "/metadata/continue").is_empty() && label.is_none();
    let items = answer.get_mut("items").map(Json::take).unwrap_or_default();
    let items = if let Json::Array(items) = items { items } else { Vec::new() };
    let objects = items.into_iter().map(|item| (text(&item, "/metadata/name").to_owned(), typed(item, id))).collect();
    Listed { objects, is_complete }
}

/// Items of a list do not say what they are.
fn typed(mut object: Json, id: &ObjectId) -> Json {
    object["apiVersion"] = id.api_version.as_str().into();
    object["kind"] = id.kind.as_str().into();
    object
}

async fn get(cluster: &KubeCluster, id: &ObjectId) -> Result<Option<Json>, ClusterError> {
    absent(cluster.connection().json(Call::get(cluster.path(id).await?)).await)
}
