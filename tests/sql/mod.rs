//! Records in PostgreSQL that the real Helm and rhelm share.

use super::cluster::{cluster, options, run};
use rhelm_kube::ConnectOptions;
use rhelm_lib::release::{Status, record};
use rhelm_lib::store::Store;
use rhelm_sql::{Database, SqlDriver};
use rhelm_testutil::controlplane;
use rhelm_testutil::postgres::{self, Postgres};
use std::path::Path;
use std::process::Command;

/// The real Helm on this database.
struct Helm<'a> {
    program: &'a Path,
    url: &'a str,
    options: Option<&'a ConnectOptions>,
}

impl Helm<'_> {
    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(self.program);
        command.args(arguments).env("HELM_DRIVER", "sql").env("HELM_DRIVER_SQL_CONNECTION_STRING", self.url);
        if let Some(options) = self.options {
            command.arg("--kubeconfig").arg(options.kubeconfig.as_ref().expect("set"));
            command.arg("--namespace").arg(options.namespace.as_ref().expect("set"));
        }
        let output = command.output().expect("helm runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }
}

async fn connect(url: &str) -> SqlDriver {
    SqlDriver::connect(&Database::parse(url, &|_| None).expect("a connection string")).await.expect("connected")
}

/// All but the table of our own.
fn schema(server: &Postgres, database: &str) -> String {
    let dump = server.run("pg_dump", &["--schema-only", "--exclude-table=rhelm_companions_v1", database]);
    // These lines hold a random word.
    dump.lines().filter(|line| !line.contains("restrict ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_tables_are_helms() {
    let Some(server) = postgres::shared() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let [helms, ours] = [server.new_database(), server.new_database()];
    Helm { program: &program, url: &server.url(&helms), options: None }.run(&["version"]);
    run(connect(&server.url(&ours)));
    assert_eq!(schema(server, &ours), schema(server, &helms));
    let migrations = "SELECT id, applied_at > now() - interval '1 minute' FROM gorp_migrations ORDER BY applied_at";
    assert_eq!(server.sql(&ours, migrations), "custom_labels|t\ninit|t\n");
    assert_eq!(server.sql(&helms, migrations), "custom_labels|t\ninit|t\n");
}

#[test]
fn helm_and_rhelm_share_a_database() {
    let Some(server) = postgres::shared() else { return };
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let chart = tempfile::tempdir().expect("a folder");
    super::cluster::interop::write_chart(chart.path());
    let chart = chart.path().display().to_string();
    let database = server.new_database();
    let url = server.url(&database);
    let helm = Helm { program: &program, url: &url, options: Some(&options) };
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        helm.run(&["install", "web", &chart, "--labels", "team=a"]);
        helm.run(&["upgrade", "web", &chart, "--set", "a=b"]);
        let bodies = "SELECT body FROM releases_v1 ORDER BY version";
        let store = Store::new(Box::new(connect(&url).await), || 1_700_000_000);
        let history = store.history(namespace, "web").await.expect("an answer");
        for (release, body) in history.iter().zip(server.sql(&database, bodies).lines()) {
            assert_eq!(record::to_json(release), record::json(body.as_bytes()), "revision {}", release.revision);
            assert_eq!(release.labels, [("team".to_owned(), "a".to_owned())].into());
        }
        assert_eq!(history.len(), 2);
        let mut third = history[1].clone();
        third.revision = 3;
        third.info.description = "by rhelm".into();
        let mut second = history[1].clone();
        second.info.status = Status::Superseded;
        store.create(&third).await.expect("created");
        store.update(&second).await.expect("updated");
        let rows = "SELECT key, type, name, namespace, version, status, owner, createdat > 0, modifiedat FROM releases_v1 WHERE version > 1 ORDER BY version";
        let expected = format!(
            "sh.helm.release.v1.web.v2|helm.sh/release.v1|web|{namespace}|2|superseded|helm|t|1700000000\n\
             sh.helm.release.v1.web.v3|helm.sh/release.v1|web|{namespace}|3|deployed|helm|t|0\n"
        );
        assert_eq!(server.sql(&database, rows), expected);
        let history = helm.run(&["history", "web", "-o", "json"]);
        assert!(
            history.contains(r#""status":"deployed","chart":"web-0.1.0","app_version":"","description":"by rhelm""#),
            "{history}"
        );
        assert!(helm.run(&["get", "metadata", "web"]).contains("\nLABELS: team=a\n"));
        assert_eq!(helm.run(&["rollback", "web", "1"]), "Rollback was a success! Happy Helming!\n");
        assert_eq!(store.next_revision(namespace, "web").await, Ok(5));
        assert_eq!(helm.run(&["uninstall", "web"]), "release \"web\" uninstalled\n");
        assert_eq!(store.history(namespace, "web").await, Ok(Vec::new()));
    });
}
