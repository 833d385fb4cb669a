//! Rows of Helm's tables and what they are: heads, labels, conditions.

use crate::session::{Param, Row};
use rhelm_lib::store::labels::{CREATED_AT, Labels, MODIFIED_AT, is_system, of_user};
use rhelm_lib::store::{Head, Record, RecordId, StoreError};
use std::collections::BTreeMap;

const DEFAULT_NAMESPACE: &str = "default";
/// How long a key may be that has labels.
const LONGEST_LABELLED_KEY: usize = 64;

/// Columns of a head, of the table `releases_v1 r`; `xmin` changes with every write.
pub(crate) const HEAD: &str =
    "r.key, r.namespace, r.name, r.version, r.status, r.owner, r.createdAt, r.modifiedAt, CAST(r.xmin AS text)";
pub(crate) const HEAD_COLUMNS: usize = 9;

/// What stands for `releases_v1 r` and its filter when records are left out for which there is a newer one. A column is believed where the key says
/// the same. Two passes over the table, and no sorting: comparing each row with the others takes seconds with 10,000.
pub(crate) fn newest(filter: &str) -> String {
    let is_right = "key = 'sh.helm.release.v1.' || name || '.v' || CAST(version AS text)";
    format!(
        "releases_v1 r JOIN (SELECT namespace AS place, name AS release, max(CASE WHEN {is_right} THEN version END) AS newest \
         FROM releases_v1{filter} GROUP BY namespace, name) n ON n.place = r.namespace AND n.release = r.name{filter} \
         AND (version >= newest OR NOT {is_right})"
    )
}

/// The columns of a record, from its labels.
pub(crate) struct Columns<'a> {
    pub(crate) key: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) body: &'a str,
    pub(crate) name: &'a str,
    pub(crate) version: i32,
    pub(crate) status: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) created_at: Option<i32>,
    pub(crate) modified_at: i32,
    pub(crate) labels: Labels,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(record: &'a Record) -> Result<Self, StoreError> {
        let head = &record.head;
        let id = &head.id;
        let cannot = |what: &str| StoreError::Failed(format!("{}: {what}", id.key));
        let label = |name: &str| head.labels.get(name).map_or("", String::as_str);
        let number = |name: &str| match head.labels.get(name) {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| cannot(&format!("label {name} is no number"))),
        };
        let columns = Self {
            key: &id.key,
            namespace: namespace(id),
            body: std::str::from_utf8(&record.body).map_err(|_| cannot("the body is no text"))?,
            name: label("name"),
            version: number("version")?.unwrap_or(0),
            status: label("status"),
            owner: label("owner"),
            created_at: number(CREATED_AT)?,
            modified_at: number(MODIFIED_AT)?.unwrap_or(0),
            labels: of_user(&head.labels),
        };
        if !columns.labels.is_empty() && id.key.len() > LONGEST_LABELLED_KEY {
            return Err(cannot("the key of a record with labels cannot be longer than 64 characters in this store"));
        }
        Ok(columns)
    }
}

pub(crate) fn namespace(id: &RecordId) -> &str {
    if id.namespace.is_empty() { DEFAULT_NAMESPACE } else { &id.namespace }
}

pub(crate) fn head(row: &mut Row) -> Head {
    let id = RecordId { key: row.text(0), namespace: row.text(1) };
    let mut labels = Labels::from([
        ("name".to_owned(), row.text(2)),
        ("version".to_owned(), row.int(3).to_string()),
        ("status".to_owned(), row.text(4)),
        ("owner".to_owned(), row.text(5)),
    ]);
    let times = [(CREATED_AT, row.int(6)), (MODIFIED_AT, row.int(7))];
    labels.extend(times.into_iter().filter(|(_, at)| *at != 0).map(|(name, at)| (name.to_owned(), at.to_string())));
    Head { id, labels, version: row.text(8) }
}

/// Gives heads the labels of the user; what would hide one of Helm's own is left out.
pub(crate) fn add_labels<'a>(heads: impl Iterator<Item = &'a mut Head>, mut rows: Vec<Row>) {
    let mut labels: BTreeMap<RecordId, Vec<(String, String)>> = BTreeMap::new();
    for row in &mut rows {
        let (id, label) = (RecordId { key: row.text(0), namespace: row.text(1) }, (row.text(2), row.text(3)));
        if !is_system(&label.0) {
            labels.entry(id).or_default().push(label);
        }
    }
    for head in heads {
        head.labels.extend(labels.get(&head.id).into_iter().flatten().cloned());
    }
}

/// ` WHERE a = $1 AND b = $2` for the conditions that are set.
pub(crate) fn conditions<'a>(wanted: &[(&str, Option<&'a str>)]) -> (String, Vec<Param<'a>>) {
    let (mut sql, mut params) = (String::new(), Vec::new());
    for (column, value) in wanted {
        let Some(value) = value else { continue };
        sql.push_str(if params.is_empty() { " WHERE " } else { " AND " });
        params.push(Param::Text(value));
        sql.push_str(&format!("{column} = ${}", params.len()));
    }
    (sql, params)
}

/// A filter of [`conditions`] with one more condition.
pub(crate) fn and(filter: &str, condition: &str) -> String {
    if filter.is_empty() { format!(" WHERE {condition}") } else { format!("{filter} AND {condition}") }
}

/// `namespace/key` of each id.
pub(crate) fn places(ids: &[RecordId]) -> Vec<String> {
    ids.iter().map(|id| format!("{}/{}", namespace(id), id.key)).collect()
}

/// The rows of these ids, in places: by key, which has an index, and of the same keys in other namespaces only what is wanted. Planning
/// a condition of its own for each id takes longer than answering.
pub(crate) fn any_of<'a>(ids: &'a [RecordId], places: &'a [String], key: &str, namespace: &str) -> (String, Vec<Param<'a>>) {
    let list = |first: usize| (0..ids.len()).map(|at| format!("${}", first + at)).collect::<Vec<_>>().join(",");
    let (keys, both) = (list(1), list(1 + ids.len()));
    let params = ids.iter().map(|id| id.key.as_str()).chain(places.iter().map(String::as_str)).map(Param::Text);
    (format!("{key} IN ({keys}) AND {namespace} || '/' || {key} IN ({both})"), params.collect())
}
