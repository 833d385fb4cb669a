//! Helm's tables, made as Helm makes them, and noted as made where Helm looks for it.

use crate::companions;
use crate::error::{Cause, SqlError};
use crate::session::{Dialect, Param, Session};

/// A step, with the name it is noted under.
struct Migration {
    id: &'static str,
    postgres: &'static str,
    #[cfg(feature = "sqlite")]
    sqlite: &'static str,
}

/// In the order in which Helm's library applies them: that of their names.
const MIGRATIONS: [Migration; 2] = [
    Migration {
        id: "custom_labels",
        postgres: "\
CREATE TABLE custom_labels_v1 (releaseKey VARCHAR(64), releaseNamespace VARCHAR(67), key VARCHAR(317), value VARCHAR(63));
CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
GRANT ALL ON custom_labels_v1 TO PUBLIC;
ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY;",
        #[cfg(feature = "sqlite")]
        sqlite: "\
CREATE TABLE custom_labels_v1 (releasekey VARCHAR(64), releasenamespace VARCHAR(67), key VARCHAR(317), value VARCHAR(63));
CREATE INDEX custom_labels_v1_releasekey_releasenamespace_idx ON custom_labels_v1 (releasekey, releasenamespace);",
    },
    Migration {
        id: "init",
        postgres: "\
CREATE TABLE releases_v1 (key VARCHAR(90), type VARCHAR(64) NOT NULL, body TEXT NOT NULL, name VARCHAR(64) NOT NULL,
  namespace VARCHAR(64) NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,
  createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(key, namespace));
CREATE INDEX ON releases_v1 (key, namespace);
CREATE INDEX ON releases_v1 (version);
CREATE INDEX ON releases_v1 (status);
CREATE INDEX ON releases_v1 (owner);
CREATE INDEX ON releases_v1 (createdAt);
CREATE INDEX ON releases_v1 (modifiedAt);
GRANT ALL ON releases_v1 TO PUBLIC;
ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY;",
        // PostgreSQL's xmin, by hand: it tells one write from the next.
        #[cfg(feature = "sqlite")]
        sqlite: "\
CREATE TABLE releases_v1 (key VARCHAR(90) NOT NULL, type VARCHAR(64) NOT NULL, body TEXT NOT NULL, name VARCHAR(64) NOT NULL,
  namespace VARCHAR(64) NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,
  createdat INTEGER NOT NULL, modifiedat INTEGER NOT NULL DEFAULT 0, xmin INTEGER NOT NULL DEFAULT (random()),
  PRIMARY KEY(key, namespace));
CREATE INDEX releases_v1_version_idx ON releases_v1 (version);
CREATE INDEX releases_v1_status_idx ON releases_v1 (status);
CREATE INDEX releases_v1_owner_idx ON releases_v1 (owner);
CREATE INDEX releases_v1_createdat_idx ON releases_v1 (createdat);
CREATE INDEX releases_v1_modifiedat_idx ON releases_v1 (modifiedat);
CREATE TRIGGER releases_v1_xmin AFTER UPDATE OF body ON releases_v1 BEGIN
  UPDATE releases_v1 SET xmin = random() WHERE rowid = NEW.rowid;
END;",
    },
];

const NOTES: &str = r#"create table if not exists "gorp_migrations" ("id" text not null primary key, "applied_at" timestamp with time zone) ;"#;

/// Makes what is missing of Helm's tables, and then ours beside them. Where all of Helm's is there, nothing is written, so that no more than reading must be allowed.
pub(crate) async fn migrate(session: &dyn Session) -> Result<(), SqlError> {
    if missing(session).await.is_ok_and(|missing| missing.is_empty()) {
        return Ok(());
    }
    session.batch(NOTES).await.or_else(made_by_another)?;
    for migration in missing(session).await? {
        match apply(session, migration).await {
            Ok(()) => {}
            Err(error) => {
                // Where even this fails, so does the next question.
                session.batch("ROLLBACK").await.ok();
                // Somebody else may have been faster.
                if missing(session).await?.iter().any(|still| still.id == migration.id) {
                    return Err(error);
                }
            }
        }
    }
    companions::make(session).await
}

/// Whether Helm's tables are there.
pub(crate) async fn is_made(session: &dyn Session) -> Result<bool, SqlError> {
    let missing = match missing(session).await {
        Err(error) if error.cause == Cause::Schema => return Ok(false),
        missing => missing?.len(),
    };
    if (1..MIGRATIONS.len()).contains(&missing) {
        return Err(SqlError::new(Cause::Other, "some of Helm's tables are missing: `rhelm-store-sql init` makes them"));
    }
    Ok(missing == 0)
}

/// Two clients that make the same table at the same time get this error instead of "if not exists".
pub(crate) fn made_by_another(error: SqlError) -> Result<(), SqlError> {
    // 42710: the type that belongs to the table.
    let is_there = matches!(error.cause, Cause::Duplicate | Cause::Schema) || error.text.contains("42710");
    if is_there && !error.text.contains("3F000") { Ok(()) } else { Err(error) }
}

async fn missing(session: &dyn Session) -> Result<Vec<&'static Migration>, SqlError> {
    let mut rows = session.query(r#"SELECT "id" FROM "gorp_migrations" ORDER BY "id" ASC"#, &[]).await?;
    let ids: Vec<String> = rows.iter_mut().map(|row| row.text(0)).collect();
    Ok(MIGRATIONS.iter().filter(|migration| !ids.iter().any(|id| id == migration.id)).collect())
}

async fn apply(session: &dyn Session, migration: &Migration) -> Result<(), SqlError> {
    let (begin, statements) = match session.dialect() {
        Dialect::Postgres => ("BEGIN READ WRITE", migration.postgres),
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => ("BEGIN IMMEDIATE", migration.sqlite),
    };
    session.batch(begin).await?;
    session.batch(statements).await?;
    let note = r#"INSERT INTO "gorp_migrations" ("id", "applied_at") VALUES ($1, CURRENT_TIMESTAMP)"#;
    session.execute(note, &[Param::Text(migration.id)]).await?;
    session.batch("COMMIT").await
}
