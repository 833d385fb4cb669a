//! Statements of one caller: questions by themselves, and transactions, all or nothing, their end checked.

use crate::error::{Cause, SqlError};
use crate::pool::{Connection, Pool};
use crate::session::{Dialect, Param, Row, Session};
use futures_util::future::try_join;
use rhelm_lib::store::StoreError;
use tokio::sync::SemaphorePermit;

/// A connection for one caller.
pub(crate) struct Turn<'a> {
    pool: &'a Pool,
    /// There until the turn ends.
    connection: Option<Connection>,
    _permit: SemaphorePermit<'a>,
}

/// A statement and what its placeholders stand for.
pub(crate) type Question<'a> = (&'a str, &'a [Param<'a>]);

/// Sends both before either is answered.
async fn both(session: &dyn Session, one: Question<'_>, other: Question<'_>) -> Result<[Vec<Row>; 2], SqlError> {
    let (one, other) = try_join(session.query(one.0, one.1), session.query(other.0, other.1)).await?;
    Ok([one, other])
}

impl<'a> Turn<'a> {
    pub(crate) fn new(pool: &'a Pool, permit: SemaphorePermit<'a>, connection: Connection) -> Self {
        Self { pool, connection: Some(connection), _permit: permit }
    }

    fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("it is there until the turn ends")
    }

    pub(crate) fn session(&self) -> &dyn Session {
        self.connection.as_ref().expect("it is there until the turn ends").session.as_ref()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.session().dialect()
    }

    /// Asks outside of a transaction: once more on a new connection when this one broke.
    pub(crate) async fn ask(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        match self.session().query(sql, params).await {
            Err(error) if error.cause == Cause::Unreachable => {
                self.connection = Some(self.pool.renewed().await?);
                self.session().query(sql, params).await
            }
            rows => rows,
        }
    }

    /// Asks two questions at once, as [`Turn::ask`] does.
    pub(crate) async fn ask_both(&mut self, one: Question<'_>, other: Question<'_>) -> Result<[Vec<Row>; 2], SqlError> {
        match both(self.session(), one, other).await {
            Err(error) if error.cause == Cause::Unreachable => {
                self.connection = Some(self.pool.renewed().await?);
                both(self.session(), one, other).await
            }
            rows => rows,
        }
    }

    pub(crate) async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        self.session().query(sql, params).await
    }

    pub(crate) async fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, SqlError> {
        self.session().execute(sql, params).await
    }

    pub(crate) async fn batch(&self, sql: &str) -> Result<(), SqlError> {
        self.session().batch(sql).await
    }

    /// Opens a transaction, which has to be closed by [`Turn::end`]; that of a caller who is dropped before is undone.
    pub(crate) async fn begin(&mut self) -> Result<(), SqlError> {
        let begin = match self.dialect() {
            Dialect::Postgres => "BEGIN",
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => "BEGIN IMMEDIATE",
        };
        self.connection().left_open = true;
        match self.batch(begin).await {
            // It broke while nobody used it, and nothing has been done yet.
            Err(error) if error.cause == Cause::Unreachable => {
                self.connection = Some(self.pool.renewed().await?);
                self.connection().left_open = true;
                self.batch(begin).await
            }
            begun => begun,
        }
    }

    /// Closes the transaction: committed when `result` is a success, undone when it is a failure.
    pub(crate) async fn end<T>(mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.batch(end).await;
        self.connection().left_open = false;
        match (result, ended) {
            (Err(error), _) => Err(error),
            (Ok(_), Err(error)) if error.cause == Cause::Unreachable => Err(StoreError::Unreachable(format!(
                "{error}: the connection broke at the commit, so it is not known whether the record was written"
            ))),
            (Ok(_), Err(error)) => Err(error.into()),
            (Ok(value), Ok(())) => Ok(value),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.give_back(connection);
        }
    }
}
