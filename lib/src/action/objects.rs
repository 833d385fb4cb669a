//! From manifests to objects: read, placed in the cluster, and checked for whose they are.

use super::Context;
use crate::cluster::{Cluster, ClusterError, Detail, ObjectId};
use crate::manifest::Manifest;
use crate::plan::{Object, Owner};
use serde_json::Value as Json;

/// Why manifests are no objects of this cluster; the texts are Helm's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// A document is no YAML.
    #[error("error parsing {source_name}: {cause}")]
    Yaml {
        /// The file.
        source_name: String,
        /// In Go's words.
        cause: String,
    },
    /// A document lacks what every object has.
    #[error("error validating \"\": error validating data: {0}")]
    Incomplete(String),
    /// The server serves no such kind.
    #[error(
        "resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \"\": {cause}\nensure CRDs are installed first"
    )]
    NoMatch {
        /// The object's name.
        name: String,
        /// The namespace that it asks for.
        namespace: String,
        /// The kind.
        cause: ClusterError,
    },
    /// The server did not tell its kinds.
    #[error("{0}")]
    Cluster(ClusterError),
    /// Two documents are one object. Helm applies both, and chance decides.
    #[error("{object} is in both {first} and {second}")]
    Twice {
        /// The object.
        object: String,
        /// The file of the first.
        first: String,
        /// The file of the second.
        second: String,
    },
}

/// The objects of documents, in their order; those that name no namespace are placed in `namespace`.
pub(super) async fn build(context: Context<'_>, manifests: &[Manifest], namespace: &str) -> Result<Vec<Object>, BuildError> {
    let mut contents = Vec::new();
    let mut sources = Vec::new();
    for manifest in manifests {
        for content in read(manifest)? {
            contents.push(content);
            sources.push(manifest.source.as_str());
        }
    }
    let asked: Vec<ObjectId> = contents.iter().map(ObjectId::of).collect();
    let resolved = context.cluster.resolve(&mut contents, namespace).await;
    let mut objects: Vec<Object> = Vec::with_capacity(contents.len());
    for ((content, id), asked) in contents.into_iter().zip(resolved).zip(asked) {
        let id = id.map_err(|error| not_resolved(asked, error))?;
        if let Some(first) = objects.iter().position(|object| !id.name.is_empty() && object.id.is_same(&id)) {
            let (first, second) = (sources[first].to_owned(), sources[objects.len()].to_owned());
            return Err(BuildError::Twice { object: id.to_string(), first, second });
        }
        objects.push(Object { id, content });
    }
    Ok(objects)
}

/// The objects of a record's documents, in their order, even what is in it twice.
pub(super) async fn recorded(
    cluster: &dyn Cluster,
    manifests: &[Manifest],
    namespace: &str,
) -> Result<Vec<Object>, BuildError> {
    let mut contents = Vec::new();
    for manifest in manifests {
        contents.extend(read(manifest)?);
    }
    let asked: Vec<ObjectId> = contents.iter().map(ObjectId::of).collect();
    let resolved = cluster.resolve(&mut contents, namespace).await;
    let placed = contents.into_iter().zip(resolved).zip(asked);
    placed
        .map(|((content, id), asked)| Ok(Object { id: id.map_err(|error| not_resolved(asked, error))?, content }))
        .collect()
}

fn not_resolved(asked: ObjectId, error: ClusterError) -> BuildError {
    match error {
        cause @ ClusterError::NoMatch { .. } => BuildError::NoMatch { name: asked.name, namespace: asked.namespace, cause },
        other => BuildError::Cluster(other),
    }
}

/// The objects of one document: none of a blank one, those of a list one by one.
fn read(manifest: &Manifest) -> Result<Vec<Json>, BuildError> {
    let failed = |cause: String| BuildError::Yaml { source_name: manifest.source.clone(), cause };
    let value = goyaml::decode(&manifest.content).map_err(|error| failed(error.to_string()))?;
    let text = goyaml::json::write_raw(&value).map_err(|error| failed(error.to_string()))?;
    let mut objects = Vec::new();
    flatten(serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?, &mut objects)?;
    Ok(objects)
}

fn flatten(content: Json, objects: &mut Vec<Json>) -> Result<(), BuildError> {
    if content.is_null() {
        return Ok(());
    }
    check(&content)?;
    match content {
        Json::Object(mut list) if list.get("items").is_some_and(Json::is_array) => {
            let Some(Json::Array(items)) = list.remove("items") else { return Ok(()) };
            items.into_iter().try_for_each(|item| flatten(item, objects))
        }
        object => {
            objects.push(object);
            Ok(())
        }
    }
}

fn check(content: &Json) -> Result<(), BuildError> {
    let lacks = |key: &str| content.get(key).and_then(Json::as_str).is_none_or(str::is_empty);
    let missing: Vec<&str> = [("apiVersion", "apiVersion not set"), ("kind", "kind not set")]
        .into_iter()
        .filter(|(key, _)| lacks(key))
        .map(|(_, problem)| problem)
        .collect();
    match missing.as_slice() {
        [] => Ok(()),
        [one] => Err(BuildError::Incomplete((*one).to_owned())),
        all => Err(BuildError::Incomplete(format!("[{}]", all.join(", ")))),
    }
}

/// Why objects cannot be taken into a release.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AdoptError {
    /// An object belongs to somebody else.
    #[error("{id} exists and cannot be imported into the current release: {cause}")]
    NotOwned {
        /// The object.
        id: ObjectId,
        /// Its marks.
        cause: crate::plan::NotOwned,
    },
    /// It cannot be told whose an object is.
    #[error("could not get information about the resource {id}: {cause}")]
    Unknown {
        /// The object.
        id: ObjectId,
        /// What the server said.
        cause: ClusterError,
    },
    /// An object has both.
    #[error("metadata.name and metadata.generateName cannot both be set")]
    TwoNames,
}

/// What is there already, object by object. Everything there must be of `owner`, where one is given.
pub(super) async fn adoptable(
    context: Context<'_>,
    objects: &[Object],
    owner: Option<&Owner>,
) -> Result<Vec<Option<Json>>, AdoptError> {
    let is_generated = |object: &Object| object.content.pointer("/metadata/generateName").is_some();
    if objects.iter().any(|object| is_generated(object) && !object.id.name.is_empty()) {
        return Err(AdoptError::TwoNames);
    }
    let named: Vec<ObjectId> =
        objects.iter().filter(|object| !is_generated(object)).map(|object| object.id.clone()).collect();
    if let Some(id) = named.iter().find(|id| id.name.is_empty()) {
        let message = "resource name may not be empty".to_owned();
        let cause = ClusterError::Api { code: 0, reason: String::new(), message };
        return Err(AdoptError::Unknown { id: id.clone(), cause });
    }
    let mut found = context.cluster.find(&named, Detail::Whole).await.into_iter();
    let mut live = Vec::with_capacity(objects.len());
    for object in objects {
        let answer = if is_generated(object) { Ok(None) } else { found.next().unwrap_or(Ok(None)) };
        let there = answer.map_err(|cause| AdoptError::Unknown { id: object.id.clone(), cause })?;
        if let (Some(there), Some(owner)) = (&there, owner) {
            owner.check(there).map_err(|cause| AdoptError::NotOwned { id: object.id.clone(), cause })?;
        }
        live.push(there);
    }
    Ok(live)
}
