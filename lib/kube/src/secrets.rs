//! Release records as Secrets, exactly as Helm keeps them: one for each revision, found by labels.
//!
//! ```text
//! Release → payload text → Secret sh.helm.release.v1.NAME.vREVISION of type helm.sh/release.v1
//! ```
//! Every failure of a write is returned: what was not recorded is never reported as recorded.

use crate::KubeCluster;
use crate::client::{Call, Connection, segment};
use async_trait::async_trait;
use http::Method;
use k8s_openapi::ByteString;
use rhelm_lib::cluster::ClusterError;
use rhelm_lib::release::{Release, record};
use rhelm_lib::store::{Driver, StoreError};
use serde_json::{Map, Value as Json, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Labels that are Helm's own; the others of a record are the user's.
const SYSTEM_LABELS: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/// Keeps records as Secrets in the namespaces of their releases.
pub struct SecretDriver {
    connection: Connection,
    namespace: String,
}

impl SecretDriver {
    /// A driver on a cluster; `namespace` is where releases go that name none.
    #[must_use]
    pub fn new(cluster: &KubeCluster, namespace: &str) -> Self {
        Self { connection: cluster.connection().clone(), namespace: namespace.to_owned() }
    }

    fn path(&self, namespace: &str) -> String {
        let namespace = if namespace.is_empty() { self.namespace.as_str() } else { namespace };
        format!("/api/v1/namespaces/{}/secrets", segment(namespace))
    }

    fn secret(&self, release: &Release, time_label: &str) -> Result<Json, String> {
        let payload =
            record::encode(release).map_err(|error| format!("failed to encode release \"{}\": {error}", release.name))?;
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": key(&release.name, release.revision), "labels": labels(release, time_label)},
            "type": "helm.sh/release.v1",
            "data": {"release": ByteString(payload.into_bytes())},
        }))
    }

    async fn query(&self, path: String, selector: &str) -> Result<Vec<Release>, ClusterError> {
        let path = format!("{path}?labelSelector={}", segment(selector));
        let answer = self.connection.json(Call::get(path)).await?;
        let items = answer.get("items").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        // Like Helm: what cannot be read is no release, and must not hide those that can.
        let mut releases: Vec<_> = items.iter().filter_map(|item| read(item).ok()).collect();
        releases.sort_by(|a, b| (&a.name, &a.namespace, a.revision).cmp(&(&b.name, &b.namespace, b.revision)));
        Ok(releases)
    }
}

fn read(secret: &Json) -> Result<Release, String> {
    let data = secret.pointer("/data/release").cloned().ok_or("no data")?;
    let ByteString(payload) = serde_json::from_value(data).map_err(|error| error.to_string())?;
    let mut release = record::decode(&payload).map_err(|error| error.to_string())?;
    let labels = secret.pointer("/metadata/labels").and_then(Json::as_object).into_iter().flatten();
    release.labels = labels
        .filter(|(name, _)| !SYSTEM_LABELS.contains(&name.as_str()))
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    Ok(release)
}

/// The name of a record.
fn key(name: &str, revision: u32) -> String {
    format!("sh.helm.release.v1.{name}.v{revision}")
}

fn labels(release: &Release, time_label: &str) -> Map<String, Json> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let mut labels = Map::new();
    labels.insert(time_label.to_owned(), seconds.to_string().into());
    labels.extend(release.labels.iter().map(|(name, value)| (name.clone(), value.as_str().into())));
    let own = [
        ("name", release.name.clone()),
        ("owner", "helm".to_owned()),
        ("status", release.info.status.name().to_owned()),
        ("version", release.revision.to_string()),
    ];
    labels.extend(own.map(|(name, value)| (name.to_owned(), value.into())));
    labels
}

fn failed(what: &str, error: &impl ToString) -> StoreError {
    StoreError::Failed(format!("{what}: {}", error.to_string()))
}

fn is(error: &ClusterError, wanted: u16) -> bool {
    matches!(error, ClusterError::Api { code, .. } if *code == wanted)
}

#[async_trait]
impl Driver for SecretDriver {
    fn name(&self) -> &'static str {
        "secret"
    }

    async fn create(&self, release: &Release) -> Result<(), StoreError> {
        let secret = self.secret(release, "createdAt").map_err(|error| failed("create", &error))?;
        // Helm names no manager, so that the server takes it from the user agent; this is what it then writes.
        let path = format!("{}?fieldManager=Helm", self.path(&release.namespace));
        match self.connection.json(Call::new(Method::POST, path).body(&secret)).await {
            Ok(_) => Ok(()),
            Err(ClusterError::Api { reason, .. }) if reason == "AlreadyExists" => Err(StoreError::Exists),
            Err(error) => Err(failed("create: failed to create", &error)),
        }
    }

    async fn update(&self, release: &Release) -> Result<(), StoreError> {
        let secret = self.secret(release, "modifiedAt").map_err(|error| failed("update", &error))?;
        let name = segment(&key(&release.name, release.revision));
        let path = format!("{}/{name}?fieldManager=Helm", self.path(&release.namespace));
        match self.connection.json(Call::new(Method::PUT, path).body(&secret)).await {
            Ok(_) => Ok(()),
            Err(error) if is(&error, 404) => Err(StoreError::NotFound),
            Err(error) => Err(failed("update: failed to update", &error)),
        }
    }

    async fn delete(&self, namespace: &str, name: &str, revision: u32) -> Result<(), StoreError> {
        let path = format!("{}/{}", self.path(namespace), segment(&key(name, revision)));
        match self.connection.bytes(Call::new(Method::DELETE, path)).await {
            Ok(_) => Ok(()),
            Err(error) if is(&error, 404) => Err(StoreError::NotFound),
            Err(error) => Err(StoreError::Failed(error.to_string())),
        }
    }

    async fn history(&self, namespace: &str, name: &str) -> Result<Vec<Release>, StoreError> {
        let selector = format!("name={name},owner=helm");
        let releases = self.query(self.path(namespace), &selector).await;
        releases.map_err(|error| failed("query: failed to query with labels", &error))
    }

    async fn list(&self, namespace: &str) -> Result<Vec<Release>, StoreError> {
        let path = if namespace.is_empty() { "/api/v1/secrets".to_owned() } else { self.path(namespace) };
        self.query(path, "owner=helm").await.map_err(|error| failed("list: failed to list", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhelm_lib::release::Status;

    #[test]
    fn labels_are_helms_and_the_users() {
        let mut release = Release { name: "web".into(), revision: 3, ..Release::default() };
        release.info.status = Status::PendingUpgrade;
        release.labels.insert("team".into(), "a".into());
        release.labels.insert("name".into(), "forged".into());
        let mut labels = labels(&release, "createdAt");
        assert!(labels.remove("createdAt").is_some());
        let expected = json!({"name": "web", "owner": "helm", "status": "pending-upgrade", "version": "3", "team": "a"});
        assert_eq!(Json::Object(labels), expected);
        assert_eq!(key(&release.name, release.revision), "sh.helm.release.v1.web.v3");
    }
}
