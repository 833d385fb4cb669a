//! A cluster and a store in memory, with whatever goes wrong there on order: for tests of operations, which end at once.

use async_trait::async_trait;
use rhelm_lib::action::install::{InstallOptions, install};
use rhelm_lib::action::template::Rendered;
use rhelm_lib::action::upgrade::{UpgradeOptions, upgrade};
use rhelm_lib::action::{Cancellation, Context, Error, Facts, Source};
use rhelm_lib::chart::{Chart, Metadata};
use rhelm_lib::cluster::ClusterError;
use rhelm_lib::cluster::memory::MemoryCluster;
use rhelm_lib::log::Log;
use rhelm_lib::manifest::{Manifest, collect};
use rhelm_lib::postrender::Identity;
use rhelm_lib::release::Release;
use rhelm_lib::store::memory::MemoryDriver;
use rhelm_lib::store::{Companion, Driver, Head, Query, Record, RecordId, Store, StoreError};
use serde_json::Value as Json;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Wake};
use std::thread::Thread;

/// Wakes the thread that runs something.
struct Runner(Thread);

impl Wake for Runner {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs what waits for nothing but other threads: memory is there at once, and records are decoded beside.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    let waker = Arc::new(Runner(std::thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut std::task::Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// A cluster, and a store whose records are kept beside it.
pub struct World {
    /// Where objects live.
    pub cluster: MemoryCluster,
    /// Where records are kept.
    pub store: Store,
    /// The files of `crds/`.
    pub crds: Vec<String>,
    /// What documents go through, as far as operations are told.
    pub pipeline: Identity,
    records: Arc<Records>,
    told: Mutex<Vec<String>>,
}

#[derive(Default)]
struct Records {
    driver: MemoryDriver,
    refusals: Mutex<Vec<(String, StoreError)>>,
}

impl Default for World {
    fn default() -> Self {
        let records = Arc::<Records>::default();
        let store = Store::new(Box::new(Shared(Arc::clone(&records))), || 1_700_000_000);
        Self {
            cluster: MemoryCluster::new(),
            store,
            crds: Vec::new(),
            pipeline: Identity::default(),
            records,
            told: Mutex::default(),
        }
    }
}

impl World {
    /// Answers calls of the store with an error, once for each time that this is called: `heads`, or `create`, `replace` and
    /// the status of the record: `replace deployed`.
    pub fn refuse_record(&self, call: &str, error: StoreError) {
        self.records.refusals().push((call.to_owned(), error));
    }

    /// Answers calls of the cluster with `no`.
    pub fn refuse(&self, call: &str, code: u16) {
        self.cluster.refuse(call, ClusterError::Api { code, reason: String::new(), message: "no".into() });
    }

    /// Runs an operation.
    pub fn run<T>(&self, operation: impl AsyncFnOnce(Context<'_>) -> T) -> T {
        let now = || "2026-01-02T03:04:05Z".to_owned();
        let log = |log: Log| self.told.lock().unwrap_or_else(PoisonError::into_inner).push(line(&log));
        let cancellation = Cancellation::default();
        let (cluster, store) = (&self.cluster, &self.store);
        at_once(operation(Context { cluster, store, now: &now, log: &log, cancellation: &cancellation }))
    }

    /// Installs a stream of documents.
    ///
    /// # Errors
    /// As [`install`].
    pub fn install(&self, options: &InstallOptions, stream: &str) -> Result<Release, Error> {
        self.run(async |context| install(context, options, &self.source(stream)).await)
    }

    /// Upgrades to a stream of documents.
    ///
    /// # Errors
    /// As [`upgrade`].
    pub fn upgrade(&self, options: &UpgradeOptions, stream: &str) -> Result<Release, Error> {
        self.run(async |context| upgrade(context, options, &self.source(stream)).await)
    }

    fn source(&self, stream: &str) -> Stream {
        Stream { text: stream.to_owned(), crds: self.crds.clone(), pipeline: self.pipeline.clone() }
    }

    /// Status and description of each revision of `web`.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn recorded(&self) -> Vec<String> {
        let all = at_once(self.store.history("default", "web")).expect("records");
        all.into_iter().map(|release| format!("{}: {}", release.info.status, release.info.description)).collect()
    }

    /// The objects that are there, as `KIND/NAME`.
    #[must_use]
    pub fn objects(&self) -> Vec<String> {
        let name = |object: &Json| {
            let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
            format!("{}/{}", text(&object["kind"]), text(&object["metadata"]["name"]))
        };
        self.cluster.objects().iter().map(name).collect()
    }

    /// What people have been told since the last time.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What has been asked of the cluster since the last time, but for reading.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        self.cluster.take_calls().into_iter().filter(|call| !call.starts_with("get")).collect()
    }
}

fn line(log: &Log) -> String {
    let level = format!("{:?}", log.level).to_uppercase();
    let fields: String = log.fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    format!("{level} {}{fields}", log.message)
}

/// A `ConfigMap` of `default` as a document of a chart, with these annotations.
#[must_use]
pub fn config_map(name: &str, annotations: &str, value: &str) -> String {
    format!(
        "---\n# Source: c/templates/{name}.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  \
         annotations: {{{annotations}}}\ndata: {{key: {value}}}\n"
    )
}

/// Documents that are already rendered.
struct Stream {
    text: String,
    crds: Vec<String>,
    pipeline: Identity,
}

impl Source for Stream {
    fn crds(&self) -> Result<Vec<Manifest>, String> {
        let file = |text: &String| Manifest { source: "c/crds/x.yaml".into(), content: text.clone(), ..Manifest::default() };
        Ok(self.crds.iter().map(file).collect())
    }

    fn render(&self, facts: &Facts) -> Result<Rendered, String> {
        let (manifests, _) = collect::read(&self.text).map_err(|error| error.to_string())?;
        let metadata = Metadata { name: "c".into(), version: "1.0.0".into(), ..Metadata::default() };
        let chart = Chart { metadata, ..Chart::default() };
        Ok(Rendered { manifests, chart, config: facts.config.clone(), ..Rendered::default() })
    }

    fn values(&self) -> goyaml::Map {
        goyaml::Map::new()
    }

    fn pipeline(&self, _: &Identity) -> Result<Identity, String> {
        Ok(self.pipeline.clone())
    }
}

impl Records {
    fn refusals(&self) -> std::sync::MutexGuard<'_, Vec<(String, StoreError)>> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, call: &str) -> Result<(), StoreError> {
        let mut refusals = self.refusals();
        match refusals.iter().position(|(refused, _)| refused == call) {
            Some(at) => Err(refusals.remove(at).1),
            None => Ok(()),
        }
    }
}

struct Shared(Arc<Records>);

fn call(verb: &str, record: &Record) -> String {
    format!("{verb} {}", record.head.status())
}

#[async_trait]
impl Driver for Shared {
    fn name(&self) -> &'static str {
        self.0.driver.name()
    }

    async fn heads(&self, query: &Query) -> Result<Vec<Head>, StoreError> {
        self.0.check("heads")?;
        self.0.driver.heads(query).await
    }

    async fn read(&self, ids: &[RecordId]) -> Result<Vec<Result<Record, StoreError>>, StoreError> {
        self.0.driver.read(ids).await
    }

    async fn create(&self, record: &Record) -> Result<String, StoreError> {
        self.0.check(&call("create", record))?;
        self.0.driver.create(record).await
    }

    async fn replace(&self, record: &Record) -> Result<String, StoreError> {
        self.0.check(&call("replace", record))?;
        self.0.driver.replace(record).await
    }

    async fn delete(&self, id: &RecordId) -> Result<(), StoreError> {
        self.0.check("delete")?;
        self.0.driver.delete(id).await
    }

    fn keeps_companions(&self) -> bool {
        true
    }

    async fn companions(&self, namespace: &str, name: &str) -> Result<Vec<Companion>, StoreError> {
        self.0.check("companions")?;
        self.0.driver.companions(namespace, name).await
    }

    async fn write_companion(&self, companion: &Companion) -> Result<(), StoreError> {
        self.0.check("write companion")?;
        self.0.driver.write_companion(companion).await
    }
}
