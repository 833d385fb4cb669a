//! Absence, denial, corruption, unreachability and conflict: each has its text and its exit status, on every store.

use super::{a_record, output, sqlite};
use crate::cluster::{cluster, options, run};
use assert_cmd::Command;
use rhelm_cli::store::ProgramDriver;
use rhelm_lib::release::Status;
use rhelm_lib::store::{Driver, Record, RecordId, StoreError, line};
use rhelm_testutil::postgres;
use std::os::unix::fs::PermissionsExt;

/// A store, and how it is asked by somebody who may not, and where it is not.
struct Store {
    tool: &'static str,
    namespace: String,
    usual: Vec<(&'static str, String)>,
    denied: Option<(&'static str, String)>,
    away: Option<(&'static str, String)>,
}

const KEY: &str = "sh.helm.release.v1.web.v1";

impl Store {
    fn run(&self, change: Option<&(&'static str, String)>, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.tool);
        command.args(arguments).env("HELM_NAMESPACE", &self.namespace);
        command.envs(self.usual.iter().chain(change).map(|(name, value)| (*name, value.as_str())));
        command
    }

    fn record(&self) -> Record {
        a_record(&self.namespace, "web", 1, Status::Deployed)
    }

    /// Everything, with the texts that differ from store to store.
    fn fails(&self, conflict: &str, denied: &str, away: &str) {
        let place = format!("{}/{KEY}", self.namespace);
        let mut record = self.record();
        let missing = format!("{}/gone: release: not found\n", self.namespace);
        self.run(None, &["get", "gone"]).assert().code(3).stderr(missing.clone());
        self.run(None, &["delete", "gone"]).assert().code(3).stderr(missing);
        self.run(None, &["put", "--replace"])
            .write_stdin(line::of_record(&record))
            .assert()
            .code(3)
            .stderr(format!("{place}: release: not found\n"));
        self.run(None, &["put"]).write_stdin(line::of_record(&record)).assert().success();
        let taken = format!("{place}: release: already exists\n");
        self.run(None, &["put"]).write_stdin(line::of_record(&record)).assert().code(4).stderr(taken);
        record.head.version = "1".into();
        let conflict = format!("{place}: {conflict}\n");
        self.run(None, &["put", "--replace"]).write_stdin(line::of_record(&record)).assert().code(5).stderr(conflict);
        if let Some(other) = &self.denied {
            self.run(Some(other), &["list"]).assert().code(6).stdout("").stderr(format!("Error: {denied}\n"));
        }
        if let Some(other) = &self.away {
            self.run(Some(other), &["list"]).assert().code(8).stdout("").stderr(format!("Error: {away}\n"));
        }
        record.head.version.clear();
        record.body = b"SECRET".to_vec();
        self.run(None, &["put", "--replace"]).write_stdin(line::of_record(&record)).assert().success();
        let found = format!("{place}: undecodable: illegal base64 data at input byte 4 (take it out)\n");
        let check =
            self.run(None, &["check"]).assert().code(2).stderr("Error: 1 to repair: --repair does it\n").stdout(found);
        drop(check);
        assert_eq!(output(self.run(None, &["get", KEY])).matches("SECRET").count(), 1, "who asks for the record gets it");
    }
}

#[test]
fn of_secrets_and_config_maps() {
    let Some(options) = options() else { return };
    let namespace = options.namespace.clone().expect("set");
    run(async { cluster(&options).await });
    let kubeconfig = options.kubeconfig.as_ref().expect("set").display().to_string();
    for (tool, kind, context) in [
        (env!("CARGO_BIN_EXE_rhelm-store-secret"), "secrets", ["update: failed to update: ", "list: failed to list: "]),
        (env!("CARGO_BIN_EXE_rhelm-store-configmap"), "configmaps", ["", ""]),
    ] {
        let store = Store {
            tool,
            namespace: namespace.clone(),
            usual: vec![("KUBECONFIG", kubeconfig.clone())],
            denied: Some(("HELM_KUBEASUSER", "alice".into())),
            away: Some(("HELM_KUBEAPISERVER", "http://127.0.0.1:1".into())),
        };
        let conflict = format!(
            "{}Operation cannot be fulfilled on {kind} \"{KEY}\": the object has been modified; please apply your changes to \
             the latest version and try again",
            context[0]
        );
        let denied = format!(
            "{}{kind} is forbidden: User \"alice\" cannot list resource \"{kind}\" in API group \"\" in the namespace \"{namespace}\"",
            context[1]
        );
        let selector = "labelSelector=owner%3Dhelm&limit=5000";
        let away = format!(
            "{}Get \"http://127.0.0.1:1/api/v1/namespaces/{namespace}/{kind}?{selector}\": dial tcp 127.0.0.1:1: connect: connection refused",
            context[1]
        );
        store.fails(&conflict, &denied, &away);
    }
}

#[test]
fn of_postgresql() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let url = "HELM_DRIVER_SQL_CONNECTION_STRING";
    let store = Store {
        tool: env!("CARGO_BIN_EXE_rhelm-store-sql"),
        namespace: "default".into(),
        usual: vec![(url, server.url(&database))],
        denied: Some((url, server.url(&database).replace("user=postgres", "user=failures_stranger"))),
        away: Some((url, "postgres://u:SECRET@127.0.0.1:1/d?sslmode=disable".into())),
    };
    store.run(None, &["init"]).assert().success();
    let rights = "CREATE ROLE failures_stranger LOGIN; REVOKE ALL ON releases_v1 FROM PUBLIC; \
                  GRANT SELECT ON gorp_migrations TO failures_stranger";
    server.sql(&database, rights);
    store.fails(
        &format!("{KEY} was changed by someone else meanwhile"),
        "pq: permission denied for table releases_v1 (42501)",
        "dial tcp 127.0.0.1:1: connect: connection refused",
    );
}

/// Helm's commands end as Helm's do, whatever the cause.
#[test]
fn of_helms_commands() {
    let Some(options) = options() else { return };
    let Some(server) = postgres::shared() else { return };
    let list = |url: &str, error: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.arg("list").env("HELM_DRIVER", "sql").env("HELM_DRIVER_SQL_CONNECTION_STRING", url);
        command.env("KUBECONFIG", options.kubeconfig.as_ref().expect("set"));
        command.assert().code(1).stdout("").stderr(format!("Error: {error}\n"));
    };
    let refused = |port| format!("dial tcp 127.0.0.{port}: connect: connection refused");
    list("postgres://u:SECRET@127.0.0.1:1/d?sslmode=disable", &refused("1:1"));
    let [one, two] = ["1:1", "2:1"].map(|place| format!("connecting to 127.0.0.{place}: {}", refused(place)));
    let none = format!("pq: could not connect to any of the hosts:\n{one}\n{two}");
    list("host=127.0.0.1,127.0.0.2 port=1 user=u password=SECRET sslmode=disable", &none);
    let socket = "dial unix /nowhere/.s.PGSQL.5: connect: no such file or directory";
    list("host=/nowhere port=5 user=u password=SECRET sslmode=disable", socket);
    let url = server.url("postgres").replace("user=postgres", "user=secret&password=SECRET");
    list(&url, "pq: password authentication failed for user \"secret\" (28P01)");
}

#[test]
fn of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = "HELM_DRIVER_SQL_CONNECTION_STRING";
    let nowhere = folder.path().join("none/a.db");
    let store = Store {
        tool: env!("CARGO_BIN_EXE_rhelm-store-sql"),
        namespace: "default".into(),
        usual: vec![(url, sqlite(folder.path(), "one"))],
        denied: None,
        away: Some((url, format!("sqlite://{}", nowhere.display()))),
    };
    let away = format!("{}: No such file or directory (os error 2)", nowhere.display());
    store.fails(&format!("{KEY} was changed by someone else meanwhile"), "", &away);
}

/// A program says what went wrong by its exit status alone, if it likes.
#[test]
fn of_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("rhelm-store-bad");
    let ids = [RecordId::new("n", "web", 1)];
    let kinds: [(u8, fn(String) -> StoreError); 5] = [
        (1, StoreError::Failed),
        (5, StoreError::Conflict),
        (6, StoreError::Denied),
        (7, StoreError::Corrupt),
        (8, StoreError::Unreachable),
    ];
    for (status, kind) in kinds {
        std::fs::write(&program, format!("#!/bin/sh\necho 'Error: why' >&2\nexit {status}\n")).expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
        let read = run(ProgramDriver::new(&program).read(&ids));
        assert_eq!(read, Err(kind("why".into())), "{status}");
    }
}
