//! Objects as the server shows them to people: whole, or as tables with the columns of their kind.

use crate::client::{Call, segment};
use crate::cluster::{IN_FLIGHT, KubeCluster};
use futures_util::{StreamExt, stream};
use rhelm_lib::cluster::{ClusterError, ObjectId};
use serde_json::Value as Json;

/// How objects are shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// As they are.
    Whole,
    /// As a `Table` of `meta.k8s.io/v1`.
    Table,
}

impl Form {
    fn accept(self) -> &'static str {
        match self {
            Self::Whole => "application/json",
            Self::Table => "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
        }
    }
}

impl KubeCluster {
    /// The live objects, in the order of `ids`, each by a request of its own. One that is absent is an error of 404.
    pub async fn show(&self, ids: &[ObjectId], form: Form) -> Vec<Result<Json, ClusterError>> {
        let answers: Vec<_> = ids.iter().map(|id| self.show_one(id, form)).collect();
        stream::iter(answers).buffered(IN_FLIGHT).collect().await
    }

    async fn show_one(&self, id: &ObjectId, form: Form) -> Result<Json, ClusterError> {
        self.connection().json(Call::get(self.path(id).await?).accept(form.accept())).await
    }

    /// The pods of a namespace that a label selector matches, as one list.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn show_pods(&self, namespace: &str, selector: &str, form: Form) -> Result<Json, ClusterError> {
        let path = format!("/api/v1/namespaces/{}/pods?labelSelector={}", segment(namespace), segment(selector));
        self.connection().json(Call::get(path).accept(form.accept())).await
    }
}
