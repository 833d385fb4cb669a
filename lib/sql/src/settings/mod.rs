//! Connection strings, in every form that libpq or Helm's driver knows, to the settings of one connection.
//!
//! ```text
//! postgresql://… or key=value …  →  parameters  ←  PG* variables  →  Settings
//! sqlite:///path                 →  a file
//! ```
//! No error shows any part of a connection string that could be a password.

mod keywords;
mod passfile;
mod url;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// A connection string that cannot be understood.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// Neither of the two forms.
    #[error("missing \"=\" in connection info string (not shown: it may hold a password)")]
    NoEquals,
    /// A quoted value or an escape has no end.
    #[error("unterminated quoted string in connection info string")]
    Unterminated,
    /// A URL with a broken escape, port or address.
    #[error("invalid connection URL: {0}")]
    Url(&'static str),
    /// A value that its key does not take.
    #[error("invalid value for connection option {key:?}: want {wanted}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it takes.
        wanted: &'static str,
    },
    /// What libpq knows by it is not known here, and the connection would not be the one that is meant.
    #[error("connection option {0:?} is not supported: write out what it stands for, or leave it out")]
    Unsupported(&'static str),
    /// A key that can be no setting of a server.
    #[error("a connection option with a name that is none (not shown: it may hold a password)")]
    Key,
}

/// Which database to use.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Database {
    /// A PostgreSQL server.
    Postgres(Box<Settings>),
    /// A SQLite file.
    Sqlite(PathBuf),
}

/// How to connect to a PostgreSQL server.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Settings {
    /// Where to try, in order.
    pub hosts: Vec<Host>,
    /// The role.
    pub user: String,
    /// Its password.
    pub password: Option<String>,
    /// The database.
    pub database: String,
    /// Whether and how to encrypt.
    pub ssl_mode: SslMode,
    /// Certificates of authorities: a file, or `system`.
    pub root_certificate: Option<PathBuf>,
    /// The client's certificate and its key.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// How long to wait for each host.
    pub connect_timeout: Option<Duration>,
    /// A name for the server's logs.
    pub application_name: Option<String>,
    /// Command line options for the server, other parameters included.
    pub options: String,
    /// Only a server that can be written to will do.
    pub read_write: bool,
}

/// A place where a server may listen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Host {
    /// A name, an address, or the folder of a Unix socket.
    pub name: String,
    /// The port, or the number in the socket's name.
    pub port: u16,
}

/// Whether and how to encrypt.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names are libpq's")]
pub enum SslMode {
    Disable,
    Allow,
    Prefer,
    #[default]
    Require,
    VerifyCa,
    VerifyFull,
}

/// Keys and values of a connection string; the last of a key counts.
type Parameters = Vec<(String, String)>;

/// What libpq and Helm's driver know and a connection here has no use for.
const IGNORED: &[&str] = &[
    "binary_parameters",
    "channel_binding",
    "client_encoding",
    "disable_prepared_binary_result",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbspn",
    "krbsrvname",
    "load_balance_hosts",
    "sslcompression",
    "sslinline",
    "sslnegotiation",
    "sslpassword",
    "sslsni",
    "tcp_user_timeout",
];

/// Options that say which server is meant or trusted, with their variables: passing over one would be dangerous.
const UNSUPPORTED: [(&str, &str); 5] = [
    ("service", "PGSERVICE"),
    ("sslcrl", "PGSSLCRL"),
    ("sslcrldir", "PGSSLCRLDIR"),
    ("require_auth", "PGREQUIREAUTH"),
    ("requirepeer", "PGREQUIREPEER"),
];

impl Database {
    /// Reads a connection string; `variable` gives the environment. An empty string leaves everything to the variables.
    ///
    /// # Errors
    /// When it has none of the known forms, or a value that its key does not take.
    pub fn parse(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            let path = path.split('?').next().unwrap_or_default();
            return match path {
                "" => Err(SettingsError::Url("no path after sqlite://")),
                path => Ok(Self::Sqlite(PathBuf::from(url::decode(path)?))),
            };
        }
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        let parameters = if is_url { url::parse(text)? } else { keywords::parse(text)? };
        Ok(Self::Postgres(Box::new(Settings::from_parameters(parameters, variable)?)))
    }
}

impl Settings {
    fn from_parameters(given: Parameters, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut given = Given { given, variable };
        if let Some((name, _)) = UNSUPPORTED.into_iter().find(|(name, variable)| given.take(name, variable).is_some()) {
            return Err(SettingsError::Unsupported(name));
        }
        let home = variable("HOME").map(PathBuf::from);
        let user_file = |name: &str| Some(home.as_ref()?.join(".postgresql").join(name)).filter(|path| path.exists());
        let user = given.take("user", "PGUSER").or_else(|| variable("USER")).unwrap_or_else(|| "postgres".to_owned());
        let mut settings = Self {
            hosts: given.hosts()?,
            password: given.take("password", "PGPASSWORD"),
            database: given.take("dbname", "PGDATABASE").unwrap_or_else(|| user.clone()),
            user,
            ssl_mode: given.ssl_mode()?,
            root_certificate: given
                .take("sslrootcert", "PGSSLROOTCERT")
                .map(PathBuf::from)
                .or_else(|| user_file("root.crt")),
            client_certificate: None,
            connect_timeout: given.connect_timeout()?,
            application_name: given.take("application_name", "PGAPPNAME"),
            options: String::new(),
            read_write: given.read_write()?,
        };
        let certificate = given.take("sslcert", "PGSSLCERT").map(PathBuf::from).or_else(|| user_file("postgresql.crt"));
        let key = given.take("sslkey", "PGSSLKEY").map(PathBuf::from).or_else(|| user_file("postgresql.key"));
        settings.client_certificate = certificate.zip(key);
        let passfile = given.take("passfile", "PGPASSFILE").map(PathBuf::from).or_else(|| Some(home?.join(".pgpass")));
        if let (None, Some(path)) = (&settings.password, passfile) {
            settings.password = passfile::find(&path, &settings);
        }
        settings.options = given.take("options", "PGOPTIONS").unwrap_or_default();
        given.given.retain(|(key, _)| !IGNORED.contains(&key.as_str()));
        for (key, value) in given.given {
            settings.add_option(&key, &value)?;
        }
        Ok(settings)
    }

    /// Everything else is a setting of the server: `search_path`, …
    fn add_option(&mut self, key: &str, value: &str) -> Result<(), SettingsError> {
        if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
            return Err(SettingsError::Key);
        }
        if !self.options.is_empty() {
            self.options.push(' ');
        }
        self.options.push_str("-c ");
        self.options.push_str(key);
        self.options.push('=');
        for c in value.chars() {
            if c.is_whitespace() || c == '\\' {
                self.options.push('\\');
            }
            self.options.push(c);
        }
        Ok(())
    }
}

/// What a connection string says, each key taken out when it is used, with a variable behind it.
struct Given<'a> {
    given: Parameters,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Given<'_> {
    fn take(&mut self, key: &str, variable: &str) -> Option<String> {
        let value = self.given.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        self.given.retain(|(name, _)| name != key);
        value.or_else(|| (self.variable)(variable)).filter(|value| !value.is_empty())
    }

    fn hosts(&mut self) -> Result<Vec<Host>, SettingsError> {
        let names = self.take("host", "PGHOST");
        // An address spares the look-up of the name, which then serves certificates only.
        let names = self.take("hostaddr", "PGHOSTADDR").or(names).unwrap_or_else(|| "localhost".to_owned());
        let ports = self.take("port", "PGPORT").unwrap_or_else(|| "5432".to_owned());
        let wrong = || SettingsError::Value { key: "port", wanted: "a number, or one for each host" };
        let numbers: Vec<u16> = ports
            .split(',')
            .map(|port| if port.is_empty() { Ok(5432) } else { port.trim().parse() })
            .collect::<Result<_, _>>()
            .map_err(|_| wrong())?;
        let names: Vec<&str> = names.split(',').map(str::trim).collect();
        if numbers.len() != 1 && numbers.len() != names.len() {
            return Err(wrong());
        }
        let port = |at: usize| numbers.get(at).or(numbers.first()).copied().unwrap_or(5432);
        let host = |name: &str| if name.is_empty() { "localhost".to_owned() } else { name.to_owned() };
        Ok(names.into_iter().enumerate().map(|(at, name)| Host { name: host(name), port: port(at) }).collect())
    }

    fn ssl_mode(&mut self) -> Result<SslMode, SettingsError> {
        let Some(value) = self.take("sslmode", "PGSSLMODE") else { return Ok(SslMode::default()) };
        Ok(match value.as_str() {
            "disable" => SslMode::Disable,
            "allow" => SslMode::Allow,
            "prefer" => SslMode::Prefer,
            "require" => SslMode::Require,
            "verify-ca" => SslMode::VerifyCa,
            "verify-full" => SslMode::VerifyFull,
            _ => {
                let wanted = "disable, allow, prefer, require, verify-ca or verify-full";
                return Err(SettingsError::Value { key: "sslmode", wanted });
            }
        })
    }

    fn connect_timeout(&mut self) -> Result<Option<Duration>, SettingsError> {
        let Some(value) = self.take("connect_timeout", "PGCONNECT_TIMEOUT") else { return Ok(None) };
        let wrong = SettingsError::Value { key: "connect_timeout", wanted: "a number of seconds" };
        let seconds: i64 = value.trim().parse().map_err(|_| wrong)?;
        Ok(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs))
    }

    fn read_write(&mut self) -> Result<bool, SettingsError> {
        let Some(value) = self.take("target_session_attrs", "PGTARGETSESSIONATTRS") else { return Ok(false) };
        match value.as_str() {
            "any" | "prefer-standby" => Ok(false),
            "read-write" | "primary" => Ok(true),
            _ => {
                let wanted = "any, read-write, primary or prefer-standby";
                Err(SettingsError::Value { key: "target_session_attrs", wanted })
            }
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("hosts", &self.hosts)
            .field("user", &self.user)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("database", &self.database)
            .field("ssl_mode", &self.ssl_mode)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
