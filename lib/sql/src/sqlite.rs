//! A SQLite file with Helm's tables: for machines without a server.

use crate::error::{Cause, SqlError};
use crate::session::{Cell, Dialect, Param, Row, Session};
use async_trait::async_trait;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long to wait for other writers.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Sqlite {
    connection: Mutex<Connection>,
}

/// Opens a file, or makes one that only its owner can read.
pub(crate) fn open(path: &Path) -> Result<Sqlite, SqlError> {
    make_private(path)?;
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    // Written before a commit returns, also when the power fails.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;")?;
    Ok(Sqlite { connection: Mutex::new(connection) })
}

fn make_private(path: &Path) -> Result<(), SqlError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(path);
    opened.map(|_| ()).map_err(|error| {
        let cause = if error.kind() == std::io::ErrorKind::PermissionDenied { Cause::Denied } else { Cause::Unreachable };
        SqlError::new(cause, format!("{}: {error}", path.display()))
    })
}

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        let cause = match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) if error.to_string().contains("FOREIGN KEY") => Cause::NoOwner,
            Some(ErrorCode::ConstraintViolation) => Cause::Duplicate,
            Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied) => {
                Cause::Denied
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Cause::Conflict,
            Some(ErrorCode::CannotOpen) => Cause::Unreachable,
            _ if error.to_string().contains("no such table") => Cause::Schema,
            _ => Cause::Other,
        };
        Self::new(cause, format!("sqlite: {error}"))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Text(text) => text.to_sql(),
            Self::Int(number) => number.to_sql(),
        }
    }
}

fn convert(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Row> {
    let cell = |column| {
        Ok(match row.get_ref(column)? {
            ValueRef::Integer(number) => Cell::Int(number),
            ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Cell::Null,
        })
    };
    Ok(Row((0..columns).map(cell).collect::<rusqlite::Result<_>>()?))
}

impl Sqlite {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Session for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn is_closed(&self) -> bool {
        false
    }

    async fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, SqlError> {
        Ok(self.connection().execute(sql, params_from_iter(params))? as u64)
    }

    async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let connection = self.connection();
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(params), |row| convert(row, columns))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    async fn batch(&self, sql: &str) -> Result<(), SqlError> {
        Ok(self.connection().execute_batch(sql)?)
    }
}
