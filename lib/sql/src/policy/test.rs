//! Whether a database grants what it is to grant: tried as each role, and undone.

use super::{Grants, RULES, Verb, identifier};
use crate::error::{Cause, SqlError};
use crate::postgres;
use crate::session::{Param, Session};
use crate::settings::Database;
use rhelm_lib::store::StoreError;
use std::collections::BTreeSet;

/// Something that a role tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// The role.
    pub role: String,
    /// What it tried: `create in default`.
    pub what: String,
    /// Whether it may.
    pub granted: bool,
    /// Whether it could.
    pub succeeded: bool,
}

const NAME: &str = "rhelm-policy-test";
/// A namespace that no grant can name.
const ELSEWHERE: &str = "_";

/// Tries everything as every role; nothing of it stays. The connection must be one that may act as these roles, and write all
/// rows: the owner's, who is a superuser or a member of them.
///
/// # Errors
/// When the database cannot be reached, is no PostgreSQL, or lets this user not act as one of the roles.
pub async fn test(database: &Database, grants: &Grants) -> Result<Vec<Attempt>, StoreError> {
    let Database::Postgres(settings) = database else {
        return Err(StoreError::Failed("only PostgreSQL has roles and policies".to_owned()));
    };
    let session = postgres::connect(settings).await?;
    let mut attempts = Vec::new();
    for (role, namespaces) in &grants.0 {
        let named: BTreeSet<&str> = grants.0.values().flatten().map(|(name, _)| name.as_str()).collect();
        let places = named.into_iter().filter(|name| *name != "*").chain([ELSEWHERE]);
        for namespace in places {
            for (subject, statements) in [("", &RECORDS), ("pipelines ", &PIPELINES)] {
                for verb in Verb::ALL {
                    // What cannot be seen cannot be changed or deleted: both name the row.
                    let needs_read = matches!(verb, Verb::Update | Verb::Delete);
                    let may = |verb| grants.allow(role, namespace, verb);
                    attempts.push(Attempt {
                        role: role.clone(),
                        what: format!("{} {subject}in {namespace}", verb.name()),
                        granted: may(verb) && (!needs_read || may(Verb::Read)),
                        succeeded: attempt(&session, role, namespace, statements, verb).await?,
                    });
                }
            }
        }
        for (table, _, _) in RULES {
            let truncated = as_role(&session, role, &format!("TRUNCATE {table} CASCADE"), &[]).await?;
            let (what, succeeded) = (format!("truncate {table}"), truncated.is_some());
            attempts.push(Attempt { role: role.clone(), what, granted: false, succeeded });
        }
        let what = "read the list of migrations".to_owned();
        let succeeded = as_role(&session, role, "SELECT id FROM gorp_migrations", &[]).await?.is_some();
        attempts.push(Attempt { role: role.clone(), what, granted: !namespaces.is_empty(), succeeded });
    }
    Ok(attempts)
}

/// Statements about one row, each with key and namespace as its values.
struct Statements {
    /// What has to be there before.
    needed: &'static [&'static str],
    insert: &'static str,
    select: &'static str,
    update: &'static str,
    delete: &'static str,
}

const RECORDS: Statements = Statements {
    needed: &[],
    insert: "INSERT INTO releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt) \
             VALUES ($1, 'helm.sh/release.v1', '', 'x', $2, 1, 'unknown', 'test', 1)",
    select: "SELECT key FROM releases_v1 WHERE key = $1 AND namespace = $2",
    update: "UPDATE releases_v1 SET status = 'failed' WHERE key = $1 AND namespace = $2",
    delete: "DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2",
};

const PIPELINES: Statements = Statements {
    needed: &[RECORDS.insert],
    insert: "INSERT INTO rhelm_companions_v1 (key, namespace, content) VALUES ($1, $2, '')",
    select: "SELECT key FROM rhelm_companions_v1 WHERE key = $1 AND namespace = $2",
    update: "UPDATE rhelm_companions_v1 SET content = 'x' WHERE key = $1 AND namespace = $2",
    delete: "DELETE FROM rhelm_companions_v1 WHERE key = $1 AND namespace = $2",
};

impl Statements {
    fn of(&self, verb: Verb) -> &'static str {
        match verb {
            Verb::Read => self.select,
            Verb::Create => self.insert,
            Verb::Update => self.update,
            Verb::Delete => self.delete,
        }
    }

    /// What the administrator does before a role tries something.
    fn before(&self, verb: Verb) -> impl Iterator<Item = &'static str> {
        self.needed.iter().copied().chain((verb != Verb::Create).then_some(self.insert))
    }
}

async fn attempt(
    session: &dyn Session,
    role: &str,
    namespace: &str,
    statements: &Statements,
    verb: Verb,
) -> Result<bool, StoreError> {
    let place = [Param::Text(NAME), Param::Text(namespace)];
    session.batch("BEGIN").await?;
    let result = async {
        for statement in statements.before(verb) {
            session.execute(statement, &place).await?;
        }
        tried(session, role, statements.of(verb), &place).await
    };
    let result = result.await;
    session.batch("ROLLBACK").await?;
    Ok(result? == Some(1))
}

/// How many rows a statement changed or found; `None` when it was denied.
async fn as_role(session: &dyn Session, role: &str, sql: &str, params: &[Param<'_>]) -> Result<Option<u64>, SqlError> {
    session.batch("BEGIN").await?;
    let result = tried(session, role, sql, params).await;
    session.batch("ROLLBACK").await?;
    result
}

async fn tried(session: &dyn Session, role: &str, sql: &str, params: &[Param<'_>]) -> Result<Option<u64>, SqlError> {
    session.batch(&format!("SET LOCAL ROLE {}", identifier(role))).await?;
    match session.execute(sql, params).await {
        Ok(rows) => Ok(Some(rows)),
        Err(error) if error.cause == Cause::Denied => Ok(None),
        Err(error) => Err(error),
    }
}
