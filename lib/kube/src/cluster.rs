//! The library's [`Cluster`] over one connection: objects in, requests out, the server's answers back.

use crate::client::{Call, Connection, segment};
use crate::config::ConnectOptions;
use crate::discovery::{Resource, Served, discover};
use async_trait::async_trait;
use http::Method;
use rhelm_lib::cluster::{ApplyOptions, Cluster, ClusterError, ObjectId, ServerInfo};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};

/// A Kubernetes cluster, with what it serves remembered for as long as this lives.
pub struct KubeCluster {
    connection: Connection,
    served: Mutex<Option<Arc<Served>>>,
}

/// Prepares a connection to the cluster that the options and kubeconfig name. Nothing is sent yet.
///
/// # Errors
/// [`ClusterError::Unreachable`] when the kubeconfig cannot be read or lacks what is asked for.
pub async fn connect(options: &ConnectOptions) -> Result<KubeCluster, ClusterError> {
    Ok(KubeCluster { connection: Connection::new(options).await?, served: Mutex::new(None) })
}

impl KubeCluster {
    /// The namespace of the options or the context, else `default`.
    #[must_use]
    pub fn default_namespace(&self) -> &str {
        self.connection.default_namespace()
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    async fn served(&self) -> Result<Arc<Served>, ClusterError> {
        if let Some(served) = self.served.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(served);
        }
        self.rediscover().await
    }

    async fn rediscover(&self) -> Result<Arc<Served>, ClusterError> {
        let served = Arc::new(discover(&self.connection).await?);
        *self.served.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&served));
        Ok(served)
    }

    /// The kind's place. A kind that is not known is looked for once more: its definition may be new.
    async fn resource(&self, api_version: &str, kind: &str) -> Result<Resource, ClusterError> {
        if let Some(resource) = self.served().await?.resource(api_version, kind) {
            return Ok(resource.clone());
        }
        let no_match = || ClusterError::NoMatch { api_version: api_version.to_owned(), kind: kind.to_owned() };
        self.rediscover().await?.resource(api_version, kind).cloned().ok_or_else(no_match)
    }

    async fn path(&self, id: &ObjectId) -> Result<String, ClusterError> {
        if id.name.is_empty() {
            return Err(invalid("resource name may not be empty".to_owned()));
        }
        let resource = self.resource(&id.api_version, &id.kind).await?;
        Ok(format!("{}/{}", collection(&id.api_version, &resource, &id.namespace), segment(&id.name)))
    }
}

fn invalid(message: String) -> ClusterError {
    ClusterError::Api { code: 0, reason: String::new(), message }
}

/// The path of all objects of a kind in a namespace, or everywhere.
fn collection(api_version: &str, resource: &Resource, namespace: &str) -> String {
    let root = if api_version.contains('/') { "/apis" } else { "/api" };
    let place = match resource.namespaced && !namespace.is_empty() {
        true => format!("/namespaces/{}", segment(namespace)),
        false => String::new(),
    };
    format!("{root}/{api_version}{place}/{}", resource.plural)
}

fn text<'a>(object: &'a Json, path: &str) -> &'a str {
    object.pointer(path).and_then(Json::as_str).unwrap_or_default()
}

fn id_of(object: &Json) -> ObjectId {
    ObjectId {
        api_version: text(object, "/apiVersion").to_owned(),
        kind: text(object, "/kind").to_owned(),
        namespace: text(object, "/metadata/namespace").to_owned(),
        name: text(object, "/metadata/name").to_owned(),
    }
}

/// An object that is not there is an answer, not a failure.
fn absent<T>(answer: Result<T, ClusterError>) -> Result<Option<T>, ClusterError> {
    match answer {
        Ok(object) => Ok(Some(object)),
        Err(ClusterError::Api { code: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl Cluster for KubeCluster {
    async fn version(&self) -> Result<ServerInfo, ClusterError> {
        let answer = self.connection.json(Call::get("/version")).await.map_err(|error| match error {
            ClusterError::Api { message, .. } => ClusterError::Unreachable(message),
            error => error,
        })?;
        Ok(ServerInfo {
            git_version: text(&answer, "/gitVersion").to_owned(),
            major: text(&answer, "/major").to_owned(),
            minor: text(&answer, "/minor").to_owned(),
            api_versions: Vec::new(),
        })
    }

    async fn capabilities(&self) -> Result<ServerInfo, ClusterError> {
        let info = self.version().await?;
        Ok(ServerInfo { api_versions: self.served().await?.api_versions(), ..info })
    }

    async fn resolve(&self, objects: &mut [Json], namespace: &str) -> Result<Vec<ObjectId>, ClusterError> {
        let mut ids = Vec::with_capacity(objects.len());
        for object in objects {
            let mut id = id_of(object);
            let resource = self.resource(&id.api_version, &id.kind).await?;
            if !resource.namespaced {
                id.namespace = String::new();
            } else if id.namespace.is_empty() {
                id.namespace = namespace.to_owned();
                if let Some(metadata) = object.pointer_mut("/metadata").and_then(Json::as_object_mut) {
                    metadata.insert("namespace".to_owned(), namespace.into());
                }
            }
            ids.push(id);
        }
        Ok(ids)
    }

    async fn get(&self, id: &ObjectId) -> Result<Option<Json>, ClusterError> {
        let path = self.path(id).await?;
        absent(self.connection.json(Call::get(path)).await)
    }

    async fn apply(&self, object: &Json, options: ApplyOptions) -> Result<Json, ClusterError> {
        let path = self.path(&id_of(object)).await?;
        let dry_run = if options.dry_run { "&dryRun=All" } else { "" };
        let force = options.force_conflicts;
        let path = format!("{path}?fieldManager=helm&fieldValidation=Strict&force={force}{dry_run}");
        let call = Call::new(Method::PATCH, path).content_type("application/apply-patch+yaml").body(object);
        self.connection.json(call).await
    }

    async fn delete(&self, id: &ObjectId) -> Result<bool, ClusterError> {
        let call = Call::new(Method::DELETE, self.path(id).await?).body(&json!({"propagationPolicy": "Background"}));
        Ok(absent(self.connection.bytes(call).await)?.is_some())
    }

    async fn list(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Json, ClusterError> {
        let resource = self.resource(api_version, kind).await?;
        self.connection.json(Call::get(collection(api_version, &resource, namespace))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_group_and_scope() {
        let deployments = Resource { plural: "deployments".into(), namespaced: true };
        assert_eq!(collection("apps/v1", &deployments, "team"), "/apis/apps/v1/namespaces/team/deployments");
        assert_eq!(collection("apps/v1", &deployments, ""), "/apis/apps/v1/deployments");
        let nodes = Resource { plural: "nodes".into(), namespaced: false };
        assert_eq!(collection("v1", &nodes, "team"), "/api/v1/nodes");
    }
}
