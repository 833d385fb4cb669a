//! Where objects keep their pod templates.

use super::object::Object;
use super::select::KindPattern;
use super::tree::{Kind, NodeId, Tree};

/// Kubernetes' own workloads: group, kind, path.
const OWN: &[(&str, &str, &str)] = &[
    ("", "Pod", ""),
    ("", "PodTemplate", "template"),
    ("", "ReplicationController", "spec.template"),
    ("apps", "Deployment", "spec.template"),
    ("apps", "ReplicaSet", "spec.template"),
    ("apps", "StatefulSet", "spec.template"),
    ("apps", "DaemonSet", "spec.template"),
    ("extensions", "Deployment", "spec.template"),
    ("extensions", "ReplicaSet", "spec.template"),
    ("extensions", "DaemonSet", "spec.template"),
    ("batch", "Job", "spec.template"),
    ("batch", "CronJob", "spec.jobTemplate.spec.template"),
];

/// A further kind of workload: `KIND[.GROUP]=PATH`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Workload {
    kind: KindPattern,
    path: String,
}

/// A kind of workload that cannot be understood.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("must be KIND=PATH or KIND.GROUP=PATH, such as Rollout.argoproj.io=spec.template")]
pub struct WorkloadError;

impl std::str::FromStr for Workload {
    type Err = WorkloadError;

    fn from_str(text: &str) -> Result<Self, WorkloadError> {
        let (kind, path) = text.split_once('=').ok_or(WorkloadError)?;
        let steps = path.split('.').all(|step| !step.trim_end_matches("[]").is_empty());
        let kind = kind.parse().map_err(|_| WorkloadError)?;
        if steps { Ok(Self { kind, path: path.to_owned() }) } else { Err(WorkloadError) }
    }
}

/// The pod templates of an object; a pod is its own.
#[must_use]
pub fn pod_templates(tree: &Tree, object: &Object, further: &[Workload]) -> Vec<NodeId> {
    let group = object.group();
    let own = OWN.iter().filter(|&&(of, kind, _)| kind == object.kind && of == group).map(|(.., path)| *path);
    let further = further.iter().filter(|workload| workload.kind.matches(object)).map(|workload| workload.path.as_str());
    own.chain(further).flat_map(|path| at(tree, object.node, path)).collect()
}

/// The nodes at a path such as `spec.tasks[].template`, where `[]` stands for every item of a list.
fn at(tree: &Tree, from: NodeId, path: &str) -> Vec<NodeId> {
    let mut nodes = vec![from];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let key = if step.ends_with(']') { step.trim_end_matches("[]") } else { step };
        nodes.retain_mut(|node| tree.get(*node, key).map(|value| *node = value).is_some());
        if key.len() < step.len() {
            nodes = nodes.into_iter().flat_map(|list| tree.children(tree.resolve(list))).collect();
        }
    }
    nodes.retain(|&node| tree.kind(tree.resolve(node)) == Kind::Mapping);
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postrender::object::objects;

    fn paths(document: &str, further: &[&str]) -> Vec<String> {
        let tree = Tree::read(document).expect("a document");
        let further: Vec<_> = further.iter().map(|text| text.parse().expect("a workload")).collect();
        let objects = objects(&tree);
        objects.iter().flat_map(|object| pod_templates(&tree, object, &further)).map(|node| tree.path(node)).collect()
    }

    #[test]
    fn each_workload_has_its_path() {
        let cron =
            "apiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec: {}\n";
        assert_eq!(paths(cron, &[]), ["spec.jobTemplate.spec.template"]);
        assert_eq!(paths("apiVersion: v1\nkind: Pod\nspec: {}\n", &[]), ["the document"]);
        let knative = "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template: {}\n";
        assert_eq!(paths(knative, &[]), [""; 0]);
        assert_eq!(paths(knative, &["Service.serving.knative.dev=spec.template"]), ["spec.template"]);
        let tasks =
            "apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nspec:\n  tasks:\n  - template: {}\n  - {template: {}}\n";
        assert_eq!(paths(tasks, &["job=spec.tasks[].template"]), ["spec.tasks[0].template", "spec.tasks[1].template"]);
    }

    #[test]
    fn a_workload_needs_kind_and_path() {
        for wrong in ["Rollout", "=spec", "Rollout=", "Rollout=a..b", "Rollout=[]"] {
            assert_eq!(wrong.parse::<Workload>(), Err(WorkloadError), "{wrong}");
        }
    }
}
