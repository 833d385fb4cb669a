//! One connection to a database: statements go in, rows come out.

use crate::error::SqlError;
use async_trait::async_trait;

/// A value for a placeholder.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Param<'a> {
    Text(&'a str),
    Int(i32),
}

/// A value of a row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Text(String),
    Int(i64),
    Null,
}

/// The values of a row.
pub(crate) struct Row(pub(crate) Vec<Cell>);

impl Row {
    /// Takes the text of a column out; empty where it is none.
    pub(crate) fn text(&mut self, column: usize) -> String {
        match self.0.get_mut(column) {
            Some(Cell::Text(text)) => std::mem::take(text),
            _ => String::new(),
        }
    }

    /// The number in a column; 0 where it is none.
    pub(crate) fn int(&self, column: usize) -> i64 {
        match self.0.get(column) {
            Some(Cell::Int(number)) => *number,
            _ => 0,
        }
    }
}

/// A connection. Statements name their placeholders `$1`, `$2`, … in the order of their first appearance.
#[async_trait]
pub(crate) trait Session: Send + Sync {
    /// The statements that differ from database to database.
    fn dialect(&self) -> Dialect;

    /// Whether the connection is known to be over.
    fn is_closed(&self) -> bool;

    /// Runs one statement; how many rows it changed.
    async fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, SqlError>;

    /// Runs one statement; its rows.
    async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError>;

    /// Runs statements without placeholders.
    async fn batch(&self, sql: &str) -> Result<(), SqlError>;
}

/// What differs between databases.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Dialect {
    Postgres,
    #[cfg(feature = "sqlite")]
    Sqlite,
}
