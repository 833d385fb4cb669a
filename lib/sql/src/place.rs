//! Which database this is, however it was reached.

use crate::error::Cause;
use crate::session::Dialect;
use crate::transaction::Turn;
use rhelm_lib::store::StoreError;

/// The cluster of databases, the database (one that is made anew under the same name is another one), and the schema.
const POSTGRES: &str = "\
SELECT 'postgresql:' || s.system_identifier || '/' || d.oid || '/' || d.datname || '/' || coalesce(current_schema(), '')
  FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()";

#[cfg(feature = "sqlite")]
const SQLITE: &str = "SELECT 'sqlite:' || file FROM pragma_database_list WHERE name = 'main'";

impl Turn<'_> {
    /// What tells this database from others; empty where the server does not say.
    pub(crate) async fn place(&mut self) -> Result<String, StoreError> {
        let sql = match self.dialect() {
            Dialect::Postgres => POSTGRES,
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => SQLITE,
        };
        match self.ask(sql, &[]).await {
            Ok(mut rows) => Ok(rows.first_mut().map(|row| row.text(0)).unwrap_or_default()),
            Err(error) if error.cause == Cause::Denied => Ok(String::new()),
            Err(error) => Err(error.into()),
        }
    }
}
