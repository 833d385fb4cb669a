//! What is kept beside records: a table of our own, made when the first row is written, whose rows go with their records.

use crate::error::{Cause, SqlError};
use crate::rows::{any_of, namespace, places};
use crate::session::{Dialect, Param, Row};
use crate::transaction::Turn;
use rhelm_lib::store::{Companion, RecordId, StoreError};

/// Whoever may see a record may see what is beside it.
const POSTGRES: &str = "\
CREATE TABLE IF NOT EXISTS rhelm_companions_v1 (key VARCHAR(90) NOT NULL, namespace VARCHAR(64) NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (key, namespace),
  FOREIGN KEY (key, namespace) REFERENCES releases_v1 (key, namespace) ON DELETE CASCADE ON UPDATE CASCADE);
GRANT ALL ON rhelm_companions_v1 TO PUBLIC;
ALTER TABLE rhelm_companions_v1 ENABLE ROW LEVEL SECURITY;
CREATE POLICY rhelm_with_its_record ON rhelm_companions_v1 USING (EXISTS (SELECT 1 FROM releases_v1 r
  WHERE r.key = rhelm_companions_v1.key AND r.namespace = rhelm_companions_v1.namespace));";

#[cfg(feature = "sqlite")]
const SQLITE: &str = "\
CREATE TABLE IF NOT EXISTS rhelm_companions_v1 (key VARCHAR(90) NOT NULL, namespace VARCHAR(64) NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (key, namespace),
  FOREIGN KEY (key, namespace) REFERENCES releases_v1 (key, namespace) ON DELETE CASCADE ON UPDATE CASCADE);";

impl Turn<'_> {
    /// Those of a release; none where there is no table yet.
    pub(crate) async fn companions(&mut self, namespace: &str, name: &str) -> Result<Vec<Companion>, StoreError> {
        let sql = "SELECT c.key, c.namespace, c.content FROM rhelm_companions_v1 c \
                   JOIN releases_v1 r ON r.key = c.key AND r.namespace = c.namespace WHERE r.namespace = $1 AND r.name = $2";
        self.ask_for_companions(sql, &[Param::Text(namespace), Param::Text(name)]).await
    }

    /// Those of some records.
    pub(crate) async fn companions_of(&mut self, ids: &[RecordId]) -> Result<Vec<Companion>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places = places(ids);
        let (filter, params) = any_of(ids, &places, "key", "namespace");
        let sql = format!("SELECT key, namespace, content FROM rhelm_companions_v1 WHERE {filter}");
        self.ask_for_companions(&sql, &params).await
    }

    async fn ask_for_companions(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Companion>, StoreError> {
        let mut rows = match self.ask(sql, params).await {
            Err(error) if error.cause == Cause::Schema => return Ok(Vec::new()),
            rows => rows?,
        };
        let companion = |row: &mut Row| {
            let id = RecordId { key: row.text(0), namespace: row.text(1) };
            Companion { id, content: row.text(2) }
        };
        Ok(rows.iter_mut().map(companion).collect())
    }

    /// Makes the table where it is missing.
    pub(crate) async fn make_companions(&mut self) -> Result<(), SqlError> {
        let there = self.ask("SELECT content FROM rhelm_companions_v1 WHERE key = ''", &[]).await;
        match there {
            Err(error) if error.cause == Cause::Schema => {}
            result => return result.map(drop),
        }
        let made = self.batch(match self.dialect() {
            Dialect::Postgres => POSTGRES,
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => SQLITE,
        });
        match made.await {
            // Somebody else was faster: of two who make a table at once, one gets this in spite of "if not exists".
            Err(error) if matches!(error.cause, Cause::Duplicate | Cause::Schema) => Ok(()),
            Err(error) if error.text.contains("42710") => Ok(()),
            made => made,
        }
    }

    pub(crate) async fn put_companion(&self, companion: &Companion) -> Result<(), StoreError> {
        let Companion { id, content } = companion;
        let sql = "INSERT INTO rhelm_companions_v1 (key, namespace, content) VALUES ($1, $2, $3) \
                   ON CONFLICT (key, namespace) DO UPDATE SET content = excluded.content";
        let params = [Param::Text(&id.key), Param::Text(namespace(id)), Param::Text(content)];
        match self.execute(sql, &params).await {
            Ok(1) => Ok(()),
            Ok(_) => Err(StoreError::Denied(format!("a policy of table \"rhelm_companions_v1\" protects {}", id.key))),
            Err(error) if error.cause == Cause::NoOwner => Err(StoreError::NotFound),
            Err(error) => Err(error.into()),
        }
    }
}
