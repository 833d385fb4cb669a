//! A migration between real servers that is killed while a request is on its way goes on where it was.

use super::{a_record, output, sorted};
use crate::cluster::{cluster, options, run};
use assert_cmd::Command;
use rhelm_kube::ConnectOptions;
use rhelm_lib::release::Status;
use rhelm_lib::store::line;
use rhelm_testutil::controlplane;
use rhelm_testutil::faults::{Fault, FaultyServer};
use rhelm_testutil::postgres::{self, Postgres};
use std::path::Path;
use std::process::Stdio;

/// A cluster, a database and a journal for each pair of stores.
struct Place {
    options: ConnectOptions,
    server: &'static Postgres,
    database: String,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Option<Self> {
        let (options, server) = (options()?, postgres::shared()?);
        run(async { cluster(&options).await });
        let folder = tempfile::tempdir().expect("a folder");
        Some(Self { options, server, database: server.new_database(), folder })
    }

    fn command(&self, program: &str, arguments: &[&str], kubeconfig: &Path) -> std::process::Command {
        let mut command = std::process::Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env("KUBECONFIG", kubeconfig);
        command.env("HELM_NAMESPACE", self.options.namespace.as_ref().expect("set"));
        command.env("HELM_DRIVER_SQL_CONNECTION_STRING", self.server.url(&self.database));
        command
    }

    fn kubeconfig(&self) -> &Path {
        self.options.kubeconfig.as_deref().expect("set")
    }

    fn tool(&self, store: &str, arguments: &[&str]) -> Command {
        let program = match store {
            "secret" => env!("CARGO_BIN_EXE_rhelm-store-secret"),
            "configmap" => env!("CARGO_BIN_EXE_rhelm-store-configmap"),
            _ => env!("CARGO_BIN_EXE_rhelm-store-sql"),
        };
        Command::from_std(self.command(program, arguments, self.kubeconfig()))
    }

    fn migrate(&self, from: &str, to: &str, more: &[&str], kubeconfig: &Path) -> std::process::Command {
        let arguments = [&["store", "migrate", "--from", from, "--to", to], more].concat();
        self.command(env!("CARGO_BIN_EXE_rhelm"), &arguments, kubeconfig)
    }

    /// Starts a migration, waits until `is_reached`, and kills it.
    fn kill(&self, mut migration: std::process::Command, is_reached: impl Fn() -> bool) {
        let mut child = migration.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
        while !is_reached() {
            assert_eq!(child.try_wait().expect("a child"), None, "it ended before it was killed: {:?}", child.stderr);
            std::thread::yield_now();
        }
        child.kill().expect("killed");
        assert!(!child.wait().expect("ended").success());
    }

    /// Kills a migration whose next request of a kind is never answered.
    fn kill_at(&self, migration: [&str; 2], more: &[&str], (method, path): (&'static str, &'static str)) {
        let faulty = FaultyServer::before(controlplane::shared().expect("there")).expect("kubectl");
        faulty.order(method, path, Fault::Hang, 1);
        let [from, to] = migration;
        self.kill(self.migrate(from, to, more, faulty.kubeconfig()), || faulty.left().is_empty());
    }

    fn exported(&self, store: &str) -> String {
        output(self.tool(store, &["export"]))
    }

    /// Goes on after a kill, to the end.
    fn go_on(&self, [from, to]: [&str; 2], more: &[&str]) {
        Command::from_std(self.migrate(from, to, more, self.kubeconfig())).assert().success();
    }

    fn records(&self) -> String {
        let namespace = self.options.namespace.as_deref().expect("set");
        let mut text = String::new();
        for name in 0..20 {
            for (revision, status) in [(1, Status::Superseded), (2, Status::Deployed)] {
                text += &line::of_record(&a_record(namespace, &format!("web-{name}"), revision, status));
            }
        }
        text
    }
}

#[test]
fn between_secrets_and_config_maps() {
    let Some(place) = Place::new() else { return };
    if controlplane::real_program("kubectl/kubectl").is_none() {
        return;
    }
    let way = ["secret", "configmap"];
    let records = place.records();
    place.tool("secret", &["import"]).write_stdin(records.clone()).assert().success();
    // While a record is written, while what was written is read back, and in the second wave.
    for at in [("POST", "/configmaps"), ("GET", "/configmaps?labelSelector=name"), ("POST", "/configmaps")] {
        place.kill_at(way, &[], at);
        assert_eq!(sorted(&place.exported("secret")), sorted(&records), "the source is kept");
    }
    place.go_on(way, &[]);
    assert_eq!(sorted(&place.exported("configmap")), sorted(&records));
    for _ in 0..3 {
        place.kill_at(way, &["--finish"], ("DELETE", "/secrets"));
        assert_eq!(sorted(&place.exported("configmap")), sorted(&records), "nothing is lost");
        place.go_on(way, &[]);
    }
    place.go_on(way, &["--finish"]);
    assert_eq!(place.exported("secret"), "");
    assert_eq!(sorted(&place.exported("configmap")), sorted(&records));
}

#[test]
fn between_secrets_and_postgresql() {
    let Some(place) = Place::new() else { return };
    let way = ["secret", "sql"];
    let records = place.records();
    place.tool("sql", &["init"]).assert().success();
    place.tool("secret", &["import"]).write_stdin(records.clone()).assert().success();
    let waiting =
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let is_waiting = || place.server.sql(&place.database, waiting) == "t\n";
    let migrate = |more| place.migrate(way[0], way[1], more, place.kubeconfig());
    // Within a transaction: a row is written, its labels are not.
    let held = place.server.hold(&place.database, "LOCK TABLE custom_labels_v1 IN SHARE ROW EXCLUSIVE MODE");
    place.kill(migrate(&[]), is_waiting);
    drop(held);
    // Before anything is read.
    let held = place.server.hold(&place.database, "LOCK TABLE releases_v1");
    place.kill(migrate(&[]), is_waiting);
    drop(held);
    place.go_on(way, &[]);
    assert_eq!(sorted(&place.exported("sql")), sorted(&records));
    place.go_on(way, &["--finish"]);
    assert_eq!(place.exported("secret"), "");
    // And back: a row cannot be deleted.
    let back = migrate(&["--reverse"]);
    Command::from_std(back).assert().success();
    let held = place.server.hold(&place.database, "LOCK TABLE releases_v1 IN SHARE MODE");
    place.kill(migrate(&["--reverse", "--finish"]), is_waiting);
    drop(held);
    assert_eq!(sorted(&place.exported("secret")), sorted(&records), "nothing is lost");
    place.go_on(way, &["--reverse"]);
    place.go_on(way, &["--reverse", "--finish"]);
    assert_eq!(place.exported("sql"), "");
    assert_eq!(sorted(&place.exported("secret")), sorted(&records));
}
