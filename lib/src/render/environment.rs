//! What a render may ask of the world outside the chart, handed in as plain functions.

use crate::values::schema::Fetch;
use goyaml::Value;
use std::sync::Arc;
use std::time::SystemTime;

/// Tells how many bytes of memory are in use.
pub type Gauge = Arc<dyn Fn() -> usize + Send + Sync>;

/// Clock, randomness and name service of a render.
#[derive(Clone)]
pub struct Environment {
    /// The time that `now` returns.
    pub clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// Fills a buffer with random bytes fit for keys.
    pub random: Arc<dyn Fn(&mut [u8]) + Send + Sync>,
    /// The local time zone's name, such as `Europe/Berlin`; dates without a zone are shown in it.
    pub time_zone: String,
    /// The TZif data of a time zone, if the machine has it under exactly that name; the tables that are built in stand in.
    pub time_zone_data: Arc<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>,
    /// The bytes of memory that are in use, to stop templates that would fill it all; `None` where that cannot be known.
    pub memory: Option<Gauge>,
    /// The addresses of a host, for `getHostByName`; `None` when DNS is not enabled.
    pub resolve: Arc<dyn Fn(&str) -> Option<Vec<String>> + Send + Sync>,
    /// Fetches the schemas that those of charts refer to.
    pub fetch: Arc<Fetch>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("time_zone", &self.time_zone).finish_non_exhaustive()
    }
}

/// Answers the template function `lookup`.
pub trait Lookup: Send + Sync {
    /// The object of that name, or the list of all objects if `name` is empty; an empty map when there is none.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Value, LookupError>;
}

/// Why a lookup failed, as Helm's error prints it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct LookupError(pub String);

/// Finds nothing, as `lookup` does without a cluster.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCluster;

impl Lookup for NoCluster {
    fn lookup(&self, _: &str, _: &str, _: &str, _: &str) -> Result<Value, LookupError> {
        Ok(Value::Map(goyaml::Map::new()))
    }
}
