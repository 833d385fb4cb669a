//! Objects as the server shows them to people: whole, or as tables with the columns of their kind.

use crate::client::{Call, segment};
use crate::cluster::{KubeCluster, collection, text};
use crate::find::{OTHERS, WORTH_A_LIST};
use crate::in_flight::InFlight;
use rhelm_lib::cluster::{ClusterError, ObjectId};
use serde_json::Value as Json;
use std::collections::BTreeMap;

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
    /// The live objects, in the order of `ids`: tables of a kind by one list where several are wanted, everything else by a request
    /// of its own. One that is absent is an error of 404.
    pub async fn show(&self, ids: &[ObjectId], form: Form) -> Vec<Result<Json, ClusterError>> {
        let mut rows = if form == Form::Table { self.listed_rows(ids).await } else { BTreeMap::new() };
        let mut answers = InFlight::new();
        for id in ids {
            answers.push(self.row_or_one(rows.remove(id), id, form)).await;
        }
        answers.finish().await
    }

    async fn row_or_one(&self, row: Option<Json>, id: &ObjectId, form: Form) -> Result<Json, ClusterError> {
        match row {
            Some(row) => Ok(row),
            None => self.show_one(id, form).await,
        }
    }

    /// Tables of one row each, for objects that lists show.
    async fn listed_rows(&self, ids: &[ObjectId]) -> BTreeMap<ObjectId, Json> {
        let mut groups: BTreeMap<(&str, &str, &str), Vec<&ObjectId>> = BTreeMap::new();
        for id in ids {
            groups.entry((&id.api_version, &id.kind, &id.namespace)).or_default().push(id);
        }
        let mut lists = InFlight::new();
        for group in groups.into_values().filter(|group| group.len() >= WORTH_A_LIST) {
            lists.push(self.list_rows(group)).await;
        }
        lists.finish().await.into_iter().flatten().collect()
    }

    async fn list_rows(&self, ids: Vec<&ObjectId>) -> BTreeMap<ObjectId, Json> {
        let list = async {
            let resource = self.resource(&ids[0].api_version, &ids[0].kind).await?;
            let path = collection(&ids[0].api_version, &resource, &ids[0].namespace);
            let path = format!("{path}?limit={}", ids.len() + OTHERS);
            self.connection().json(Call::get(path).accept(Form::Table.accept())).await
        };
        // Whoever may not list may see each by its name.
        let Ok(mut table) = list.await else { return BTreeMap::new() };
        let rows = table.get_mut("rows").map(Json::take).unwrap_or_default();
        let rows = if let Json::Array(rows) = rows { rows } else { Vec::new() };
        let wanted: BTreeMap<&str, &ObjectId> = ids.iter().map(|id| (id.name.as_str(), *id)).collect();
        let mut found = BTreeMap::new();
        for row in rows {
            let Some(id) = wanted.get(text(&row, "/object/metadata/name")) else { continue };
            let mut one = table.clone();
            one["rows"] = vec![row].into();
            found.insert((*id).clone(), one);
        }
        found
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
