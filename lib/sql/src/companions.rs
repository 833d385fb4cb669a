//! What is kept beside records: a table of our own, made together with Helm's, whose rows go with their records.

use crate::error::{Cause, SqlError};
use crate::migrate::made_by_another;
use crate::rows::{any_of, namespace, places};
use crate::session::{Dialect, Param, Row, Session};
use crate::transaction::Turn;
use crate::writes::protected;
use rhelm_lib::store::{Companion, RecordId, StoreError};

/// The table; where it is there already this does nothing.
pub(crate) const TABLE: &str = "\
CREATE TABLE IF NOT EXISTS rhelm_companions_v1 (key VARCHAR(90) NOT NULL, namespace VARCHAR(64) NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (key, namespace),
  FOREIGN KEY (key, namespace) REFERENCES releases_v1 (key, namespace) ON DELETE CASCADE ON UPDATE CASCADE);";

/// Until somebody grants more or less: whoever may see a record may see what is beside it, and whoever may change the record may change
/// that. Locking a row asks for the right to change it.
const RULES: &str = "\
ALTER TABLE rhelm_companions_v1 ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON rhelm_companions_v1 TO PUBLIC;
CREATE POLICY rhelm_default_select ON rhelm_companions_v1 FOR SELECT USING (EXISTS (SELECT 1 FROM releases_v1 r
  WHERE r.key = rhelm_companions_v1.key AND r.namespace = rhelm_companions_v1.namespace));
CREATE POLICY rhelm_default_insert ON rhelm_companions_v1 FOR INSERT WITH CHECK (EXISTS (SELECT 1 FROM releases_v1 r
  WHERE r.key = rhelm_companions_v1.key AND r.namespace = rhelm_companions_v1.namespace FOR UPDATE));
CREATE POLICY rhelm_default_update ON rhelm_companions_v1 FOR UPDATE USING (EXISTS (SELECT 1 FROM releases_v1 r
  WHERE r.key = rhelm_companions_v1.key AND r.namespace = rhelm_companions_v1.namespace FOR UPDATE));
CREATE POLICY rhelm_default_delete ON rhelm_companions_v1 FOR DELETE USING (EXISTS (SELECT 1 FROM releases_v1 r
  WHERE r.key = rhelm_companions_v1.key AND r.namespace = rhelm_companions_v1.namespace FOR UPDATE));";

/// Makes the table, after Helm's.
pub(crate) async fn make(session: &dyn Session) -> Result<(), SqlError> {
    let made = match session.dialect() {
        Dialect::Postgres => session.batch(&format!("{TABLE}\n{RULES}")).await,
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => session.batch(TABLE).await,
    };
    made.or_else(made_by_another)
}

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
        match self.ask("SELECT content FROM rhelm_companions_v1 WHERE key = ''", &[]).await {
            Err(error) if error.cause == Cause::Schema => make(self.session()).await,
            result => result.map(drop),
        }
    }

    pub(crate) async fn put_companion(&self, companion: &Companion) -> Result<(), StoreError> {
        let Companion { id, content } = companion;
        let sql = "INSERT INTO rhelm_companions_v1 (key, namespace, content) VALUES ($1, $2, $3) \
                   ON CONFLICT (key, namespace) DO UPDATE SET content = excluded.content";
        let params = [Param::Text(&id.key), Param::Text(namespace(id)), Param::Text(content)];
        match self.execute(sql, &params).await {
            Ok(1) => Ok(()),
            Ok(_) => Err(protected(&id.key, "rhelm_companions_v1")),
            Err(error) if error.cause == Cause::NoOwner => Err(StoreError::NotFound),
            Err(error) => Err(error.into()),
        }
    }
}
