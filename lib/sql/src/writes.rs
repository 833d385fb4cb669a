//! What is written within a transaction, each step checked.

use crate::error::{Cause, SqlError};
use crate::rows::{Columns, namespace};
use crate::session::Param;
use crate::transaction::Turn;
use rhelm_lib::store::labels::Labels;
use rhelm_lib::store::{Record, RecordId, StoreError};

const TYPE: &str = "helm.sh/release.v1";

/// A row that can be seen and was not changed.
pub(crate) fn protected(key: &str, table: &str) -> StoreError {
    StoreError::Denied(format!("pq: row-level security policy for table \"{table}\" protects {key} (42501)"))
}

impl Turn<'_> {
    /// The version of a record, or `None`.
    async fn version(&self, id: &RecordId) -> Result<Option<String>, SqlError> {
        let sql = "SELECT CAST(xmin AS text) FROM releases_v1 WHERE key = $1 AND namespace = $2";
        let mut rows = self.query(sql, &[Param::Text(&id.key), Param::Text(namespace(id))]).await?;
        Ok(rows.first_mut().map(|row| row.text(0)))
    }

    async fn written(&self, id: &RecordId) -> Result<String, StoreError> {
        // What cannot be seen afterwards has no version that could be compared.
        Ok(self.version(id).await?.unwrap_or_default())
    }

    async fn labels(&self, id: &RecordId) -> Result<(Labels, usize), SqlError> {
        let sql = "SELECT key, value FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2";
        let mut rows = self.query(sql, &[Param::Text(&id.key), Param::Text(namespace(id))]).await?;
        let count = rows.len();
        Ok((rows.iter_mut().map(|row| (row.text(0), row.text(1))).collect(), count))
    }

    /// Makes the labels of a record those of `wanted`, and touches nothing when they are.
    async fn set_labels(&self, id: &RecordId, wanted: &Labels) -> Result<(), StoreError> {
        let (current, count) = self.labels(id).await?;
        if current == *wanted && count == wanted.len() {
            return Ok(());
        }
        let place = [Param::Text(&id.key), Param::Text(namespace(id))];
        if count > 0 {
            let sql = "DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2";
            if self.execute(sql, &place).await? < count as u64 {
                return Err(protected(&id.key, "custom_labels_v1"));
            }
        }
        for (name, value) in wanted {
            let sql = "INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value) VALUES ($1, $2, $3, $4)";
            let [key, namespace] = place;
            self.execute(sql, &[key, namespace, Param::Text(name), Param::Text(value)]).await?;
        }
        Ok(())
    }

    async fn insert(&self, columns: &Columns<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt, modifiedAt) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let params = [
            Param::Text(columns.key),
            Param::Text(TYPE),
            Param::Text(columns.body),
            Param::Text(columns.name),
            Param::Text(columns.namespace),
            Param::Int(columns.version),
            Param::Text(columns.status),
            Param::Text(columns.owner),
            Param::Int(columns.created_at.unwrap_or(0)),
            Param::Int(columns.modified_at),
        ];
        match self.execute(sql, &params).await {
            Ok(_) => Ok(()),
            Err(error) if error.cause == Cause::Duplicate => Err(StoreError::Exists),
            Err(error) => Err(error.into()),
        }
    }

    async fn change(&self, columns: &Columns<'_>, version: &str) -> Result<u64, SqlError> {
        let sql = "UPDATE releases_v1 SET body = $1, name = $2, version = $3, status = $4, owner = $5, modifiedAt = $6, \
                   createdAt = CASE WHEN $7 < 0 THEN createdAt ELSE $7 END \
                   WHERE key = $8 AND namespace = $9 AND ($10 = '' OR CAST(xmin AS text) = $10)";
        let params = [
            Param::Text(columns.body),
            Param::Text(columns.name),
            Param::Int(columns.version),
            Param::Text(columns.status),
            Param::Text(columns.owner),
            Param::Int(columns.modified_at),
            // Like Helm: an update that says nothing of the creation leaves it.
            Param::Int(columns.created_at.unwrap_or(-1)),
            Param::Text(columns.key),
            Param::Text(columns.namespace),
            Param::Text(version),
        ];
        self.execute(sql, &params).await
    }

    pub(crate) async fn create(&self, id: &RecordId, columns: &Columns<'_>) -> Result<String, StoreError> {
        self.insert(columns).await?;
        // Labels that an earlier record of this key left behind would be taken for its own.
        self.set_labels(id, &columns.labels).await?;
        self.written(id).await
    }

    pub(crate) async fn replace(&self, record: &Record) -> Result<String, StoreError> {
        let (id, columns) = (&record.head.id, Columns::of(record)?);
        if self.change(&columns, &record.head.version).await? == 0 {
            return Err(match self.version(id).await? {
                None => StoreError::NotFound,
                Some(version) if record.head.version.is_empty() || version == record.head.version => {
                    protected(&id.key, "releases_v1")
                }
                Some(_) => StoreError::Conflict(format!("{} was changed by someone else meanwhile", id.key)),
            });
        }
        self.set_labels(id, &columns.labels).await?;
        self.written(id).await
    }

    pub(crate) async fn remove(&self, id: &RecordId) -> Result<(), StoreError> {
        let sql = "DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2";
        if self.execute(sql, &[Param::Text(&id.key), Param::Text(namespace(id))]).await? == 0 {
            let is_visible = self.version(id).await?.is_some();
            return Err(if is_visible { protected(&id.key, "releases_v1") } else { StoreError::NotFound });
        }
        self.set_labels(id, &Labels::new()).await
    }

    pub(crate) async fn remove_stray_labels(&self, id: &RecordId) -> Result<(), StoreError> {
        if self.version(id).await?.is_some() {
            return Err(StoreError::Conflict("the labels belong to a record by now".to_owned()));
        }
        if self.labels(id).await?.1 == 0 {
            return Err(StoreError::NotFound);
        }
        self.set_labels(id, &Labels::new()).await
    }
}
