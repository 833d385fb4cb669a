//! What containers wrote.

use crate::client::{Call, segment};
use crate::cluster::{KubeCluster, text};
use crate::write::part;
use rhelm_lib::cluster::{ClusterError, ContainerLog, Pods};
use serde_json::Value as Json;

pub(crate) async fn logs(cluster: &KubeCluster, namespace: &str, pods: Pods<'_>) -> Result<Vec<ContainerLog>, ClusterError> {
    let collection = format!("/api/v1/namespaces/{}/pods", segment(namespace));
    let (pods, init) = match pods {
        Pods::Named { name, init } => {
            (vec![cluster.connection().json(Call::get(format!("{collection}/{}", segment(name)))).await?], init)
        }
        Pods::OfJob(name) => {
            let path = format!("{collection}?labelSelector={}", segment(&format!("job-name={name}")));
            let mut list = cluster.connection().json(Call::get(path)).await?;
            let items = list.get_mut("items").map(Json::take).unwrap_or_default();
            (items.as_array().cloned().unwrap_or_default(), false)
        }
    };
    let mut logs = Vec::new();
    for pod in &pods {
        for container in containers(pod, init) {
            logs.push(log(cluster, &collection, text(pod, "/metadata/name"), container).await);
        }
    }
    Ok(logs)
}

fn containers(pod: &Json, init: bool) -> impl Iterator<Item = &str> {
    let paths = if init { &["/spec/initContainers", "/spec/containers"][..] } else { &["/spec/containers"] };
    let all = paths.iter().filter_map(|path| pod.pointer(path)?.as_array()).flatten();
    all.map(|container| text(container, "/name"))
}

async fn log(cluster: &KubeCluster, collection: &str, pod: &str, container: &str) -> ContainerLog {
    let path = part(&format!("{collection}/{}", segment(pod)), "log", &[("container", container)]);
    let bytes = cluster.connection().bytes(Call::get(path).accept("text/plain,*/*")).await;
    let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| error.to_string());
    ContainerLog { pod: pod.to_owned(), container: container.to_owned(), text }
}
