//! Transactions on one connection: one at a time, all or nothing, their end checked.

use crate::error::{Cause, SqlError};
use crate::session::{Dialect, Param, Row, Session};
use rhelm_lib::store::StoreError;
use tokio::sync::{Mutex, MutexGuard};

/// A connection that several callers share.
pub(crate) struct Shared {
    session: Box<dyn Session>,
    /// Whether a transaction was left open by a caller who was dropped.
    left_open: Mutex<bool>,
}

/// The connection for one caller.
pub(crate) struct Turn<'a> {
    session: &'a dyn Session,
    left_open: MutexGuard<'a, bool>,
}

impl Shared {
    pub(crate) fn new(session: Box<dyn Session>) -> Self {
        Self { session, left_open: Mutex::new(false) }
    }

    /// Waits for the connection.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, SqlError> {
        let mut left_open = self.left_open.lock().await;
        if *left_open {
            self.session.batch("ROLLBACK").await?;
            *left_open = false;
        }
        Ok(Turn { session: self.session.as_ref(), left_open })
    }
}

impl Turn<'_> {
    pub(crate) async fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, SqlError> {
        self.session.execute(sql, params).await
    }

    pub(crate) async fn batch(&self, sql: &str) -> Result<(), SqlError> {
        self.session.batch(sql).await
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.session.dialect()
    }

    pub(crate) async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        self.session.query(sql, params).await
    }

    /// Opens a transaction, which has to be closed by [`Turn::end`]; that of a caller who is dropped before is undone.
    pub(crate) async fn begin(&mut self) -> Result<(), SqlError> {
        *self.left_open = true;
        self.session
            .batch(match self.session.dialect() {
                Dialect::Postgres => "BEGIN",
                #[cfg(feature = "sqlite")]
                Dialect::Sqlite => "BEGIN IMMEDIATE",
            })
            .await
    }

    /// Closes the transaction: committed when `result` is a success, undone when it is a failure.
    pub(crate) async fn end<T>(mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.session.batch(end).await;
        *self.left_open = false;
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
