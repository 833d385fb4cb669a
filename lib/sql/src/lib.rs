//! Release records in a database: Helm's tables in PostgreSQL, or the same tables in a SQLite file.
//!
//! ```text
//! connection string → settings → postgres (TLS) or sqlite → session → pool → migrate (Helm's tables) → driver (records)
//! ```

mod companions;
mod dial;
mod driver;
mod error;
mod migrate;
mod place;
pub mod policy;
mod pool;
mod postgres;
mod rows;
mod session;
mod settings;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tls;
mod transaction;
mod writes;

pub use driver::SqlDriver;
pub use settings::{Database, Host, Settings, SettingsError, SslMode};
