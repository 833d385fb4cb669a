//! Looking for objects that are there before a release makes them its own.

use super::error::Error;
use super::objects::{Check, build};
use crate::cluster::{Cluster, Detail};
use crate::manifest::{Manifests, stream};
use crate::plan::{Object, Owner};
use serde_json::Value as Json;

/// Says why a release could not be installed, as far as the cluster knows without a change.
///
/// # Errors
/// When manifests are no objects that the cluster serves, or an object is there that belongs to somebody else.
pub async fn check_installable(
    cluster: &dyn Cluster,
    manifests: &Manifests,
    name: &str,
    namespace: &str,
    take_ownership: bool,
) -> Result<(), Error> {
    let placed = build(cluster, &stream::resources(manifests), namespace, Check::New).await;
    let placed = placed.map_err(|error| error.during("unable to build kubernetes objects from release manifest"))?;
    let objects: Vec<_> = placed.into_iter().map(|placed| placed.object).collect();
    let owner = Owner { name: name.to_owned(), namespace: namespace.to_owned() };
    let owner = (!take_ownership).then_some(&owner);
    existing(cluster, &objects, owner).await.map(drop).map_err(|error| error.during("unable to continue with install"))
}

/// The objects that are there already, by their places among `objects`. Without an owner any of them may be taken.
pub(super) async fn existing(cluster: &dyn Cluster, objects: &[Object], owner: Option<&Owner>) -> Result<Vec<usize>, Error> {
    let mut named = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        let is_made_up =
            object.content.pointer("/metadata/generateName").and_then(Json::as_str).is_some_and(|n| !n.is_empty());
        if is_made_up && !object.id.name.is_empty() {
            return Err(Error::Ownership("metadata.name and metadata.generateName cannot both be set".to_owned()));
        }
        if !is_made_up {
            named.push(at);
        }
    }
    let ids: Vec<_> = named.iter().map(|at| objects[*at].id.clone()).collect();
    let mut there = Vec::new();
    for (at, found) in named.into_iter().zip(cluster.find(&ids, Detail::Metadata).await) {
        let id = &objects[at].id;
        let words = |cause: &dyn std::fmt::Display| format!("could not get information about the resource {id}: {cause}");
        let Some(live) = found.map_err(|error| Error::Ownership(words(&error)))? else { continue };
        if let Some(owner) = owner {
            let foreign = |cause| format!("{id} exists and cannot be imported into the current release: {cause}");
            owner.check(&live).map_err(|cause| Error::Ownership(foreign(cause)))?;
        }
        there.push(at);
    }
    Ok(there)
}
