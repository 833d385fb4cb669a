//! Connections that several callers share: few, made when they are needed, and made anew when they broke.

use crate::error::{Cause, SqlError};
use crate::postgres;
use crate::session::Session;
use crate::settings::Database;
use crate::transaction::Turn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// How many connections there are at most.
pub(crate) const MOST: usize = 4;

/// The connections to one database.
pub(crate) struct Pool {
    database: Database,
    permits: Semaphore,
    /// How many connections may be tried: fewer than [`MOST`] where the server has refused one.
    allowed: AtomicUsize,
    unused: Mutex<Vec<Connection>>,
}

/// A connection.
pub(crate) struct Connection {
    pub(crate) session: Box<dyn Session>,
    /// Whether a transaction was left open by a caller who was dropped.
    pub(crate) left_open: bool,
}

impl Pool {
    /// Makes the first connection.
    pub(crate) async fn connect(database: &Database) -> Result<Self, SqlError> {
        let first = Connection::open(database).await?;
        // Two connections to one file, in one thread, would wait for each other.
        let most = if matches!(database, Database::Sqlite(_)) { 1 } else { MOST };
        Ok(Self {
            database: database.clone(),
            permits: Semaphore::new(most),
            allowed: AtomicUsize::new(most),
            unused: Mutex::new(vec![first]),
        })
    }

    /// A connection for one caller, who waits while all are in use.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, SqlError> {
        loop {
            let permit = self.permits.acquire().await.expect("nobody closes it");
            if let Some(connection) = self.take_unused().await {
                return Ok(Turn::new(self, permit, connection));
            }
            match Connection::open(&self.database).await {
                Ok(connection) => return Ok(Turn::new(self, permit, connection)),
                // Those that there are have to do.
                Err(error) if error.cause == Cause::TooMany && self.allow_fewer() => permit.forget(),
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes back a connection.
    pub(crate) fn give_back(&self, connection: Connection) {
        self.unused().push(connection);
    }

    /// A new connection, after one broke; then so did those that are not in use.
    pub(crate) async fn renewed(&self) -> Result<Connection, SqlError> {
        self.unused().clear();
        Connection::open(&self.database).await
    }

    async fn take_unused(&self) -> Option<Connection> {
        loop {
            let mut connection = self.unused().pop()?;
            let is_usable = !connection.session.is_closed()
                && (!connection.left_open || connection.session.batch("ROLLBACK").await.is_ok());
            if is_usable {
                connection.left_open = false;
                return Some(connection);
            }
        }
    }

    /// Whether there is still one left.
    fn allow_fewer(&self) -> bool {
        let fewer = |allowed: usize| (allowed > 1).then(|| allowed - 1);
        self.allowed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok()
    }

    fn unused(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    async fn open(database: &Database) -> Result<Self, SqlError> {
        let session: Box<dyn Session> = match database {
            Database::Postgres(settings) => Box::new(postgres::connect(settings).await?),
            #[cfg(feature = "sqlite")]
            Database::Sqlite(path) => Box::new(crate::sqlite::open(path)?),
            #[cfg(not(feature = "sqlite"))]
            Database::Sqlite(_) => return Err(SqlError::new(Cause::Other, "this rhelm was built without SQLite")),
        };
        Ok(Self { session, left_open: false })
    }
}
