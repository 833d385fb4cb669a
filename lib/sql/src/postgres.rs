//! A connection to a PostgreSQL server.
//!
//! Statements are sent with their values in one go and leave nothing behind on the server, so that a pooler may give each
//! transaction to another connection.

use crate::dial;
use crate::error::{Cause, SqlError};
use crate::session::{Cell, Dialect, Param, Row, Session};
use crate::settings::{Host, Settings, SslMode};
use crate::tls;
use async_trait::async_trait;
use tokio_postgres::config::{SslMode as Encryption, TargetSessionAttrs};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config};

pub(crate) struct Postgres {
    client: Client,
}

/// Connects as the settings say.
pub(crate) async fn connect(settings: &Settings) -> Result<Postgres, SqlError> {
    match settings.ssl_mode {
        SslMode::Disable => connect_with(settings, Encryption::Disable).await,
        SslMode::Prefer => connect_with(settings, Encryption::Prefer).await,
        SslMode::Allow => match connect_with(settings, Encryption::Disable).await {
            // Only a server that answers may want encryption.
            Err(error) if error.cause != Cause::Unreachable => connect_with(settings, Encryption::Require).await,
            result => result,
        },
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => connect_with(settings, Encryption::Require).await,
    }
}

/// Tries one host after the other.
async fn connect_with(settings: &Settings, encryption: Encryption) -> Result<Postgres, SqlError> {
    let mut errors = Vec::new();
    for host in &settings.hosts {
        let config = config(settings, host, encryption);
        match config.connect(tls::connector(settings)?).await {
            Ok((client, connection)) => {
                // It ends with the client; what it fails of, the client's next call says too.
                tokio::spawn(connection);
                return Ok(Postgres { client });
            }
            Err(error) => errors.push((host, dial::failed(host, error))),
        }
    }
    Err(dial::all_failed(errors))
}

fn config(settings: &Settings, host: &Host, encryption: Encryption) -> Config {
    // Nobody listens in on a socket of this machine; libpq does not encrypt there, whatever it is told.
    let encryption = if host.name.starts_with(['/', '@']) { Encryption::Disable } else { encryption };
    let mut config = Config::new();
    config.user(&settings.user).dbname(&settings.database).ssl_mode(encryption).host(&host.name).port(host.port);
    if let Some(password) = &settings.password {
        config.password(password);
    }
    if let Some(timeout) = settings.connect_timeout {
        config.connect_timeout(timeout);
    }
    if let Some(name) = &settings.application_name {
        config.application_name(name);
    }
    if !settings.options.is_empty() {
        config.options(&settings.options);
    }
    if settings.read_write {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    config
}

impl Param<'_> {
    fn typed(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::Text(text) => (text, Type::TEXT),
            Self::Int(number) => (number, Type::INT4),
        }
    }
}

fn cell(row: &tokio_postgres::Row, column: usize, kind: &Type) -> Result<Cell, SqlError> {
    Ok(match *kind {
        Type::INT4 => row.try_get::<_, Option<i32>>(column)?.map_or(Cell::Null, |number| Cell::Int(number.into())),
        Type::INT8 => row.try_get::<_, Option<i64>>(column)?.map_or(Cell::Null, Cell::Int),
        _ => row.try_get::<_, Option<String>>(column)?.map_or(Cell::Null, Cell::Text),
    })
}

fn convert(row: &tokio_postgres::Row) -> Result<Row, SqlError> {
    let cells = row.columns().iter().enumerate().map(|(at, column)| cell(row, at, column.type_()));
    Ok(Row(cells.collect::<Result<_, _>>()?))
}

#[async_trait]
impl Session for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, SqlError> {
        let params: Vec<_> = params.iter().map(Param::typed).collect();
        Ok(self.client.execute_typed(sql, &params).await?)
    }

    async fn query(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let params: Vec<_> = params.iter().map(Param::typed).collect();
        self.client.query_typed(sql, &params).await?.iter().map(convert).collect()
    }

    async fn batch(&self, sql: &str) -> Result<(), SqlError> {
        Ok(self.client.batch_execute(sql).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_not_encrypted() {
        let mode = |name: &str| {
            let host = Host { name: name.to_owned(), port: 5432 };
            config(&Settings::default(), &host, Encryption::Require).get_ssl_mode()
        };
        assert_eq!(
            ["/var/run", "@abstract", "localhost"].map(mode),
            [Encryption::Disable, Encryption::Disable, Encryption::Require]
        );
    }
}
