//! What a server serves: answers of `/api` and `/apis` in, kinds with their places in the URL space out.
//!
//! One pair of requests in the aggregated form; servers that do not know it are asked group by group. What was known before is
//! asked for again only as far as it has changed.

mod cache;

pub(crate) use cache::{Cache, Known};

use crate::client::{Call, Connection};
use http::header::ETAG;
use rhelm_lib::cluster::ClusterError;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/// A kind of object.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Resource {
    /// `deployments`.
    pub(crate) plural: String,
    pub(crate) namespaced: bool,
}

/// Everything that a server serves.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Served {
    /// By API version, then by kind.
    resources: BTreeMap<String, BTreeMap<String, Resource>>,
    /// `apps/v1` and `apps/v1/Deployment`, kinds of subresources included.
    names: BTreeSet<String>,
}

impl Served {
    pub(crate) fn resource(&self, api_version: &str, kind: &str) -> Option<&Resource> {
        self.resources.get(api_version)?.get(kind)
    }

    pub(crate) fn api_versions(&self) -> Vec<String> {
        self.names.iter().cloned().collect()
    }

    fn add_version(&mut self, api_version: &str) {
        self.names.insert(api_version.to_owned());
    }

    fn add_kind(&mut self, api_version: &str, kind: &str) {
        if !kind.is_empty() {
            self.names.insert(format!("{api_version}/{kind}"));
        }
    }

    fn add_resource(&mut self, api_version: &str, kind: &str, plural: &str, namespaced: bool) {
        self.add_kind(api_version, kind);
        let kinds = self.resources.entry(api_version.to_owned()).or_default();
        kinds.entry(kind.to_owned()).or_insert(Resource { plural: plural.to_owned(), namespaced });
    }

    fn add_aggregated(&mut self, groups: Vec<Group>) {
        for group in groups {
            for version in group.versions {
                let api_version = join(&group.metadata.name, &version.version);
                self.add_version(&api_version);
                for resource in &version.resources {
                    let kind = &resource.response_kind.as_ref().unwrap_or(&EMPTY_KIND).kind;
                    self.add_resource(&api_version, kind, &resource.resource, resource.scope == "Namespaced");
                    for sub in resource.subresources.iter().filter_map(|sub| sub.response_kind.as_ref()) {
                        self.add_kind(&api_version, &sub.kind);
                    }
                }
            }
        }
    }

    fn add_list(&mut self, list: ResourceList) {
        self.add_version(&list.group_version);
        for resource in list.resources {
            if resource.name.contains('/') {
                self.add_kind(&list.group_version, &resource.kind);
            } else {
                self.add_resource(&list.group_version, &resource.kind, &resource.name, resource.namespaced);
            }
        }
    }
}

fn join(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

impl Known {
    pub(crate) fn into_served(self) -> Served {
        let mut all = self.groups;
        all.resources.extend(self.core.resources);
        all.names.extend(self.core.names);
        all
    }
}

/// Asks the server of this version (empty: of any) what it serves, as far as that is not known.
pub(crate) async fn discover(connection: &Connection, version: &str, known: Option<Known>) -> Result<Known, ClusterError> {
    let mut known = known.unwrap_or_default();
    if version.is_empty() || known.version != version {
        (known.core, _) = ask(connection, "/api", "").await?.unwrap_or_default();
        version.clone_into(&mut known.version);
    }
    if let Some((groups, etag)) = ask(connection, "/apis", &known.etag).await? {
        (known.groups, known.etag) = (groups, etag);
    }
    Ok(known)
}

/// What is served below a root, with its tag; `None` where it still has the tag that is known.
async fn ask(connection: &Connection, root: &str, known: &str) -> Result<Option<(Served, String)>, ClusterError> {
    let call = Call::get(root).accept(AGGREGATED).unless(known);
    let Some((headers, body)) = connection.changed(call).await? else { return Ok(None) };
    let mut served = Served::default();
    match parse(body)? {
        Answer::Aggregated(list) => {
            served.add_aggregated(list.items);
            let etag = headers.get(ETAG).and_then(|value| value.to_str().ok()).unwrap_or_default();
            return Ok(Some((served, etag.to_owned())));
        }
        Answer::Core(core) => {
            for version in core.versions {
                add_group_version(connection, &mut served, &format!("/api/{version}")).await?;
            }
        }
        Answer::Groups(list) => {
            for version in list.groups.iter().flat_map(|group| &group.versions) {
                add_group_version(connection, &mut served, &format!("/apis/{}", version.group_version)).await?;
            }
        }
    }
    Ok(Some((served, String::new())))
}

async fn add_group_version(connection: &Connection, served: &mut Served, path: &str) -> Result<(), ClusterError> {
    let answer = connection.json(Call::get(path)).await;
    match answer {
        Ok(answer) => served.add_list(serde_json::from_value(answer).map_err(|error| unreadable(&error))?),
        // An extension server that is down takes only its own kinds away.
        Err(ClusterError::Api { code: 503 | 404, .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

fn parse(body: Vec<u8>) -> Result<Answer, ClusterError> {
    serde_json::from_slice(&body).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> ClusterError {
    ClusterError::Api { code: 0, reason: String::new(), message: format!("unreadable discovery document: {error}") }
}

#[derive(Deserialize)]
#[serde(tag = "kind")]
enum Answer {
    #[serde(rename = "APIGroupDiscoveryList")]
    Aggregated(GroupList),
    #[serde(rename = "APIVersions")]
    Core(CoreVersions),
    #[serde(rename = "APIGroupList")]
    Groups(OldGroupList),
}

#[derive(Deserialize)]
struct GroupList {
    #[serde(default)]
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    #[serde(default)]
    resources: Vec<AggregatedResource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AggregatedResource {
    resource: String,
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    subresources: Vec<Subresource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subresource {
    response_kind: Option<ResponseKind>,
}

#[derive(Deserialize)]
struct ResponseKind {
    #[serde(default)]
    kind: String,
}

static EMPTY_KIND: ResponseKind = ResponseKind { kind: String::new() };

#[derive(Deserialize)]
struct CoreVersions {
    versions: Vec<String>,
}

#[derive(Deserialize)]
struct OldGroupList {
    groups: Vec<OldGroup>,
}

#[derive(Deserialize)]
struct OldGroup {
    versions: Vec<OldVersion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldVersion {
    group_version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceList {
    group_version: String,
    #[serde(default)]
    resources: Vec<OldResource>,
}

#[derive(Deserialize)]
struct OldResource {
    name: String,
    kind: String,
    #[serde(default)]
    namespaced: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_answer_say_the_same() {
        let aggregated = br#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1",
            "resources":[{"resource":"deployments","responseKind":{"group":"","version":"","kind":"Deployment"},"scope":"Namespaced",
            "subresources":[{"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"}}]}]}]}]}"#;
        let Answer::Aggregated(list) = parse(aggregated.to_vec()).expect("valid") else { panic!("the new form") };
        let mut new = Served::default();
        new.add_aggregated(list.items);
        let list = r#"{"groupVersion":"apps/v1","resources":[{"name":"deployments","namespaced":true,"kind":"Deployment"},
            {"name":"deployments/scale","namespaced":true,"kind":"Scale"}]}"#;
        let mut old = Served::default();
        old.add_list(serde_json::from_str(list).expect("valid"));
        assert_eq!(new.api_versions(), ["apps/v1", "apps/v1/Deployment", "apps/v1/Scale"]);
        assert_eq!(new.api_versions(), old.api_versions());
        let deployments = Resource { plural: "deployments".into(), namespaced: true };
        assert_eq!(new.resource("apps/v1", "Deployment"), Some(&deployments));
        assert_eq!(old.resource("apps/v1", "Deployment"), Some(&deployments));
        assert_eq!(new.resource("apps/v1", "Scale"), None);
    }
}
