//! New definitions of kinds: the server names them in discovery some time after it has established them, and until then nothing
//! of these kinds can be placed.

use crate::cluster::{KubeCluster, text};
use rhelm_lib::cluster::{Cluster, Detail, ObjectId};
use serde_json::Value as Json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long discovery may lag behind.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until discovery names the kinds of all definitions among the objects. Whoever needs one that does not come will say so.
pub(super) async fn named(cluster: &KubeCluster, objects: &[ObjectId]) {
    let ids: Vec<_> = objects.iter().filter(|id| id.kind == "CustomResourceDefinition").cloned().collect();
    let found = cluster.find(&ids, Detail::Whole).await;
    let mut kinds: Vec<_> = found.iter().flatten().flatten().flat_map(defined).collect();
    let deadline = Instant::now() + PATIENCE;
    while !kinds.is_empty() && Instant::now() < deadline {
        let Ok(served) = cluster.rediscover().await else { return };
        kinds.retain(|(api_version, kind)| served.resource(api_version, kind).is_none());
        if !kinds.is_empty() {
            sleep(PAUSE).await;
        }
    }
}

/// The kinds of a definition, by the versions that are served.
fn defined(definition: &Json) -> Vec<(String, String)> {
    let (group, kind) = (text(definition, "/spec/group"), text(definition, "/spec/names/kind"));
    let versions = definition.pointer("/spec/versions").and_then(Json::as_array).into_iter().flatten();
    let served = versions.filter(|version| version["served"] == true);
    served.map(|version| (format!("{group}/{}", text(version, "/name")), kind.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_definition_has_a_kind_for_each_version_that_is_served() {
        let definition = json!({"spec": {
            "group": "example.com",
            "names": {"kind": "Tea"},
            "versions": [{"name": "v1", "served": true}, {"name": "v0", "served": false}, {"name": "v2", "served": true}],
        }});
        let kind = |version: &str| (format!("example.com/{version}"), "Tea".to_owned());
        assert_eq!(defined(&definition), [kind("v1"), kind("v2")]);
        assert_eq!(defined(&json!({})), []);
    }
}
