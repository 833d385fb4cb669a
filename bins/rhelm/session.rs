//! What an operation works with, made from the command line and the environment: cluster, store, clock, messages, signals.

use super::connect::{Connected, connect};
use super::driver::{self, Releases};
use rhelm_cli::{Failure, GlobalArgs, LiveTable, environment, print_logs, server_warning, write_stdout};
use rhelm_lib::action::{Cancellation, Context, DryRun};
use rhelm_lib::cluster::Cluster;
use rhelm_lib::cluster::memory::MemoryCluster;
use rhelm_lib::log::{Level, Log};
use rhelm_lib::release::time::Time;
use rhelm_lib::store::Store;
use rhelm_lib::store::memory::MemoryDriver;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A connection with everything that belongs to it.
pub(crate) struct Session {
    pub(crate) namespace: String,
    signals: Signals,
    runtime: Runtime,
    cluster: Box<dyn Cluster>,
    store: Store,
    debug: bool,
}

impl Session {
    /// A session with a cluster. Nothing is sent yet.
    ///
    /// # Errors
    /// When there is no such driver, or its database cannot be reached.
    pub(crate) fn new(connected: Connected, signals: Signals, debug: bool) -> Result<Self, Failure> {
        let Releases { runtime, cluster, store, namespace } = driver::beside(connected)?;
        let mut cluster = cluster.warn_by(Arc::new(server_warning));
        if let Some(table) = signals.table.clone() {
            cluster = cluster.tell_by(Arc::new(move |progress| table.show(progress)));
        }
        let cluster = Box::new(cluster);
        Ok(Self { namespace, signals, runtime, cluster, store, debug })
    }

    /// A session for an installation: without a cluster, where nothing but the client is asked.
    ///
    /// # Errors
    /// When the kubeconfig is bad: the words of Helm, which finds out when it first asks the cluster.
    pub(crate) fn for_install(global: &GlobalArgs, dry_run: DryRun, signals: Signals) -> Result<Self, Failure> {
        if dry_run == DryRun::Client {
            return Self::offline(global, signals);
        }
        let connected = connect(global).map_err(|error| {
            let message = format!("cluster reachability check failed: {error}");
            print_logs(&[Log { level: Level::Error, message: message.clone(), fields: Vec::new() }], false);
            Failure::new(message)
        })?;
        Self::new(connected, signals, global.debug)
    }

    fn offline(global: &GlobalArgs, signals: Signals) -> Result<Self, Failure> {
        Ok(Self {
            namespace: rhelm_cli::namespace(global, |name| std::env::var_os(name)),
            signals,
            runtime: Builder::new_current_thread().enable_all().build()?,
            cluster: Box::new(MemoryCluster::new()),
            store: Store::new(Box::<MemoryDriver>::default(), driver::seconds),
            debug: global.debug,
        })
    }

    /// Runs an operation.
    pub(crate) fn run<T>(&self, operation: impl AsyncFnOnce(Context<'_>) -> T) -> T {
        let environment = environment(false);
        let now = move || Time::now(&environment).rfc3339();
        let log = |log: Log| print_logs(&[log], self.debug);
        let context = Context {
            cluster: &*self.cluster,
            store: &self.store,
            now: &now,
            log: &log,
            cancellation: &self.signals.cancellation,
        };
        self.runtime.block_on(operation(context))
    }
}

/// What SIGINT and SIGTERM do: nothing but their usual work, until they are listened to.
#[derive(Clone)]
pub(crate) struct Signals {
    cancellation: Arc<Cancellation>,
    /// Stands at the terminal while something is waited for, and makes room for what a signal has to say.
    table: Option<Arc<LiveTable>>,
}

impl Default for Signals {
    fn default() -> Self {
        Self { cancellation: Arc::default(), table: LiveTable::at_terminal().map(Arc::new) }
    }
}

impl Signals {
    /// From now on the first signal stops the operation, which then leaves a record of its failure; the second ends the program.
    /// To be called while an operation runs.
    pub(crate) fn listen(&self, release: &str) {
        let (Self { cancellation, table }, release) = (self.clone(), release.to_owned());
        tokio::spawn(async move {
            let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
            else {
                return;
            };
            either(&mut interrupt, &mut terminate).await;
            table.iter().for_each(|table| table.stop());
            // Whoever no longer reads misses nothing but this.
            let _ = write_stdout(format!("Release {release} has been cancelled.\n").as_bytes());
            cancellation.cancel();
            let number = either(&mut interrupt, &mut terminate).await;
            std::process::exit(128 + number);
        });
    }
}

/// The number of the signal that comes first.
async fn either(interrupt: &mut Signal, terminate: &mut Signal) -> i32 {
    tokio::select! {
        _ = interrupt.recv() => SignalKind::interrupt().as_raw_value(),
        _ = terminate.recv() => SignalKind::terminate().as_raw_value(),
    }
}
