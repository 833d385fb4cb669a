//! Stores by name: what `HELM_DRIVER`, `--from` and `--to` may say, and the driver that each means.

use rhelm_cli::store::{ProgramDriver, failure};
use rhelm_cli::{Failure, print_logs};
use rhelm_kube::{KubeCluster, KubeDriver};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::release::record;
use rhelm_lib::store::memory::MemoryDriver;
use rhelm_lib::store::{Driver, Head, Record, RecordId, labels};
use rhelm_sql::{Database, SqlDriver};
use std::path::{Path, PathBuf};

/// A store that is known by its name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum StoreName {
    Secret,
    ConfigMap,
    Memory,
    /// A database: by this connection string, or by the environment's.
    Sql(Option<String>),
    /// A program.
    Program(PathBuf),
}

impl StoreName {
    /// The store that a name means: Helm's spellings, `sqlite://…`, or a program `rhelm-store-NAME`.
    ///
    /// # Errors
    /// When it means none.
    pub(crate) fn parse(name: &str) -> Result<Self, Failure> {
        Ok(match name {
            "" | "secret" | "secrets" => Self::Secret,
            "configmap" | "configmaps" => Self::ConfigMap,
            "memory" => Self::Memory,
            "sql" => Self::Sql(None),
            file if file.starts_with("sqlite://") => Self::Sql(Some(file.to_owned())),
            other => {
                let program = find(&format!("rhelm-store-{other}"), other);
                Self::Program(program.ok_or_else(|| unknown(other))?)
            }
        })
    }

    /// The store of the environment.
    ///
    /// # Errors
    /// When its name means none.
    pub(crate) fn of_environment() -> Result<Self, Failure> {
        Self::parse(&variable("HELM_DRIVER").unwrap_or_default())
    }

    /// The same store, by a connection string that stands in a file.
    ///
    /// # Errors
    /// When the file cannot be read, or the store is no database.
    pub(crate) fn with_connection_file(self, file: Option<&Path>) -> Result<Self, Failure> {
        match (file, self) {
            (None, name) => Ok(name),
            (Some(file), Self::Sql(None)) => Ok(Self::Sql(Some(read_connection(file)?))),
            (Some(_), _) => Err(Failure::new("a connection file is for the store sql")),
        }
    }

    /// Opens a store outside of the cluster.
    ///
    /// # Errors
    /// When it cannot be reached, or is in the cluster.
    pub(crate) async fn open_outside(&self) -> Result<Box<dyn Driver>, Failure> {
        Ok(match self {
            Self::Memory => Box::new(memory().await?),
            Self::Program(path) => Box::new(ProgramDriver::new(path)),
            Self::Sql(text) => {
                let driver = SqlDriver::connect(&database(text.as_deref())?).await;
                Box::new(driver.map_err(|error| failure(&error))?)
            }
            Self::Secret | Self::ConfigMap => return Err(Failure::new("this store is in the cluster")),
        })
    }

    /// Opens the store for somebody who writes nothing: what is missing of a database is not made.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn look(&self, cluster: &KubeCluster, namespace: &str) -> Result<Box<dyn Driver>, Failure> {
        match self {
            Self::Sql(text) => SqlDriver::look(&database(text.as_deref())?).await.map_err(|error| failure(&error)),
            other => other.open(cluster, namespace).await,
        }
    }

    /// Opens the store; `namespace` is where records go that name none.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn open(&self, cluster: &KubeCluster, namespace: &str) -> Result<Box<dyn Driver>, Failure> {
        Ok(match self {
            Self::Secret => Box::new(KubeDriver::secrets(cluster, namespace)),
            Self::ConfigMap => Box::new(KubeDriver::config_maps(cluster, namespace)),
            outside => outside.open_outside().await?,
        })
    }
}

/// Releases of the files that Helm's variable names: YAML lists of what records hold. Without the variable there is nothing to
/// read, which ends as with Helm.
async fn memory() -> Result<MemoryDriver, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        let message = format!("Unable to read memory driver data{why}");
        print_logs(&[Log { level: Level::Info, message, fields: Vec::new() }], false);
        Failure::new("")
    };
    let driver = MemoryDriver::default();
    for path in variable("HELM_MEMORY_DRIVER_DATA").unwrap_or_default().split(':') {
        let text = std::fs::read(path).map_err(|error| refused(&format!("open {path}: {}", cause(&error))))?;
        let list = goyaml::decode_bytes(&text).map_err(|error| refused(&format!("unmarshal {path}: {error}")))?;
        let goyaml::Value::List(releases) = list else { return Err(refused(&format!("unmarshal {path}: no list"))) };
        for release in &releases {
            let json = goyaml::json::write(release).map_err(|error| refused(&error))?;
            let mut release = record::from_json(json.as_bytes()).map_err(|error| refused(&error))?;
            if release.namespace.is_empty() {
                "default".clone_into(&mut release.namespace);
            }
            let id = RecordId::new(&release.namespace, &release.name, release.revision);
            let labels = labels::system(&release.name, release.info.status, release.revision).into();
            let body = record::encode(&release).map_err(|error| refused(&error))?.into_bytes();
            let record = Record { head: Head { id, labels, version: String::new() }, body };
            driver.create(&record).await.map_err(|error| refused(&error))?;
        }
    }
    Ok(driver)
}

fn cause(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The database of this connection string, or of the environment's.
fn database(given: Option<&str>) -> Result<Database, Failure> {
    let text = given.map_or_else(connection, |text| Ok(text.to_owned()))?;
    Ok(Database::parse(&text, &variable)?)
}

/// The connection string: of Helm's variable, or of a file, so that it need not stand in the environment. Without either the
/// `PG*` variables say everything.
pub(crate) fn connection() -> Result<String, Failure> {
    let given = variable("HELM_DRIVER_SQL_CONNECTION_STRING").filter(|text| !text.is_empty());
    match (given, variable("RHELM_SQL_CONNECTION_FILE").filter(|path| !path.is_empty())) {
        (Some(text), _) => Ok(text),
        (None, Some(path)) => read_connection(Path::new(&path)),
        (None, None) => Ok(String::new()),
    }
}

fn read_connection(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    Ok(text.trim().to_owned())
}

/// A connection string in the wrong place is not shown: it may hold a password.
fn unknown(name: &str) -> Failure {
    Failure::new(match name.contains("://") || name.contains('=') {
        true => "unknown driver (not shown: it looks like a connection string, which belongs into \
                 HELM_DRIVER_SQL_CONNECTION_STRING or a file, with \"sql\" as the driver)"
            .to_owned(),
        false => format!("unknown driver \"{name}\""),
    })
}

/// A program beside this one (or where `RHELM_EXEC_PATH` says), else on `PATH`. Names that could lead elsewhere are none.
fn find(program: &str, name: &str) -> Option<PathBuf> {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let beside = std::env::var_os("RHELM_EXEC_PATH").filter(|path| !path.is_empty()).map(PathBuf::from);
    let own = || std::env::current_exe().ok().and_then(|own| own.parent().map(Path::to_owned));
    let beside = beside.or_else(own).map(|folder| folder.join(program));
    is_plain.then(|| beside.and_then(|path| which::which(path).ok()).or_else(|| which::which(program).ok())).flatten()
}
