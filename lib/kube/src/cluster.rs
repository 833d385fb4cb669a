//! The library's [`Cluster`] over one connection: objects in, requests out, the server's answers back.

use crate::client::{Call, Connection, OnWarning, segment};
use crate::config::ConnectOptions;
use crate::discovery::{Cache, Known, Resource, Served, discover};
use async_trait::async_trait;
use rhelm_lib::cluster::readiness::Unready;
use rhelm_lib::cluster::{
    Cascade, Cluster, ClusterError, ContainerLog, Deleted, Detail, ObjectId, OnProgress, Pods, ServerInfo, Wait, Write,
};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex, PoisonError};

/// A Kubernetes cluster, with what it serves remembered for as long as this lives.
pub struct KubeCluster {
    connection: Connection,
    served: Mutex<Option<Arc<Served>>>,
    /// What the server last said of itself.
    version: Mutex<Option<ServerInfo>>,
    cache: Option<Cache>,
    on_progress: Option<OnProgress>,
}

/// Prepares a connection to the cluster that the options and kubeconfig name. Nothing is sent yet.
///
/// # Errors
/// [`ClusterError::Unreachable`] when the kubeconfig cannot be read or lacks what is asked for.
pub async fn connect(options: &ConnectOptions) -> Result<KubeCluster, ClusterError> {
    let connection = Connection::new(options).await?;
    let cache = options.cache.as_deref().map(|folder| Cache::of(folder, connection.url()));
    Ok(KubeCluster { connection, served: Mutex::new(None), version: Mutex::new(None), cache, on_progress: None })
}

impl KubeCluster {
    /// The namespace of the options or the context, else `default`.
    #[must_use]
    pub fn default_namespace(&self) -> &str {
        self.connection.default_namespace()
    }

    /// Lets somebody know what the server warns of, as it comes in.
    #[must_use]
    pub fn warn_by(mut self, on_warning: OnWarning) -> Self {
        self.connection.warn_by(on_warning);
        self
    }

    /// Lets somebody know how waits stand, while they go on. Finding out the reasons takes requests of its own.
    #[must_use]
    pub fn tell_by(mut self, on_progress: OnProgress) -> Self {
        self.on_progress = Some(on_progress);
        self
    }

    pub(crate) fn on_progress(&self) -> Option<&OnProgress> {
        self.on_progress.as_ref()
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

    pub(crate) async fn rediscover(&self) -> Result<Arc<Served>, ClusterError> {
        let version = self.last_version().map(|info| info.git_version).unwrap_or_default();
        let cached = self.cache.as_ref().and_then(Cache::read);
        let before = cached.as_ref().map(Known::tags);
        let known = discover(&self.connection, &version, cached).await?;
        if before.as_ref() != Some(&known.tags())
            && let Some(cache) = &self.cache
        {
            cache.write(&known);
        }
        let served = Arc::new(known.into_served());
        *self.served.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&served));
        Ok(served)
    }

    fn last_version(&self) -> Option<ServerInfo> {
        self.version.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kind's place. A kind that is not known is looked for once more: its definition may be new.
    pub(crate) async fn resource(&self, api_version: &str, kind: &str) -> Result<Resource, ClusterError> {
        if let Some(resource) = self.served().await?.resource(api_version, kind) {
            return Ok(resource.clone());
        }
        let no_match = || ClusterError::NoMatch { api_version: api_version.to_owned(), kind: kind.to_owned() };
        self.rediscover().await?.resource(api_version, kind).cloned().ok_or_else(no_match)
    }

    pub(crate) async fn path(&self, id: &ObjectId) -> Result<String, ClusterError> {
        if id.name.is_empty() {
            let message = "resource name may not be empty".to_owned();
            return Err(ClusterError::Api { code: 0, reason: String::new(), message });
        }
        let resource = self.resource(&id.api_version, &id.kind).await?;
        Ok(format!("{}/{}", collection(&id.api_version, &resource, &id.namespace), segment(&id.name)))
    }
}

/// The path of all objects of a kind in a namespace, or everywhere.
pub(crate) fn collection(api_version: &str, resource: &Resource, namespace: &str) -> String {
    let root = if api_version.contains('/') { "/apis" } else { "/api" };
    let place = match resource.namespaced && !namespace.is_empty() {
        true => format!("/namespaces/{}", segment(namespace)),
        false => String::new(),
    };
    format!("{root}/{api_version}{place}/{}", resource.plural)
}

pub(crate) fn text<'a>(object: &'a Json, path: &str) -> &'a str {
    object.pointer(path).and_then(Json::as_str).unwrap_or_default()
}

/// An object that is not there is an answer, not a failure.
pub(crate) fn absent<T>(answer: Result<T, ClusterError>) -> Result<Option<T>, ClusterError> {
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
        let info = ServerInfo {
            git_version: text(&answer, "/gitVersion").to_owned(),
            major: text(&answer, "/major").to_owned(),
            minor: text(&answer, "/minor").to_owned(),
            api_versions: Vec::new(),
        };
        *self.version.lock().unwrap_or_else(PoisonError::into_inner) = Some(info.clone());
        Ok(info)
    }

    async fn capabilities(&self) -> Result<ServerInfo, ClusterError> {
        let info = match self.last_version() {
            Some(info) => info,
            None => self.version().await?,
        };
        Ok(ServerInfo { api_versions: self.served().await?.api_versions(), ..info })
    }

    async fn resolve(&self, objects: &mut [Json], namespace: &str) -> Vec<Result<ObjectId, ClusterError>> {
        let mut ids = Vec::with_capacity(objects.len());
        for object in objects {
            let id = ObjectId::of(object);
            let resource = self.resource(&id.api_version, &id.kind).await;
            ids.push(resource.map(|resource| place(object, id, resource.namespaced, namespace)));
        }
        ids
    }

    async fn get(&self, id: &ObjectId) -> Result<Option<Json>, ClusterError> {
        let path = self.path(id).await?;
        absent(self.connection.json(Call::get(path)).await)
    }

    async fn find(&self, ids: &[ObjectId], detail: Detail) -> Vec<Result<Option<Json>, ClusterError>> {
        crate::find::find(self, ids, detail).await
    }

    async fn write(&self, writes: &[Write]) -> Vec<Result<Json, ClusterError>> {
        crate::write::write(self, writes).await
    }

    async fn delete(&self, ids: &[ObjectId], cascade: Cascade) -> Vec<Result<Deleted, ClusterError>> {
        crate::write::delete(self, ids, cascade).await
    }

    async fn list(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Json, ClusterError> {
        let resource = self.resource(api_version, kind).await?;
        self.connection.json(Call::get(collection(api_version, &resource, namespace))).await
    }

    async fn wait(&self, wait: Wait<'_>) -> Result<(), Unready> {
        crate::wait::wait(self, wait).await
    }

    async fn logs(&self, namespace: &str, pods: Pods<'_>) -> Result<Vec<ContainerLog>, ClusterError> {
        crate::logs::logs(self, namespace, pods).await
    }
}

/// Sets the namespace of an object where its kind has one and it says nothing.
fn place(object: &mut Json, mut id: ObjectId, namespaced: bool, namespace: &str) -> ObjectId {
    if !namespaced {
        id.namespace = String::new();
    } else if id.namespace.is_empty() {
        id.namespace = namespace.to_owned();
        if let Some(metadata) = object.pointer_mut("/metadata").and_then(Json::as_object_mut) {
            metadata.insert("namespace".to_owned(), namespace.into());
        }
    }
    id
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
