//! Records in real databases: PostgreSQL servers and SQLite files.

use futures_util::{StreamExt, stream};
use rhelm_lib::store::{Driver, Query, StoreError};
use rhelm_sql::{Database, SqlDriver};
use rhelm_testutil::conformance::{driver_conformance, record};
use rhelm_testutil::postgres;
use std::future::Future;
use std::task::Poll;
use std::time::Duration;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

async fn connect(text: &str) -> Result<SqlDriver, StoreError> {
    SqlDriver::connect(&Database::parse(text, &|_| None).expect("a connection string")).await
}

async fn refused(text: &str) -> StoreError {
    connect(text).await.map(|_| ()).expect_err("no connection")
}

#[test]
fn postgresql_is_a_store() {
    let Some(server) = postgres::shared() else { return };
    let url = server.url(&server.new_database());
    run(async { driver_conformance(&connect(&url).await.expect("connected"), ["one", "two"]).await });
}

#[test]
#[cfg(feature = "sqlite")]
fn a_file_is_a_store() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/records.db", folder.path().display());
    run(async {
        driver_conformance(&connect(&url).await.expect("connected"), ["one", "two"]).await;
        let kept = record("one", "web", 1, "body");
        connect(&url).await.expect("connected").create(&kept).await.expect("created");
        let found = connect(&url).await.expect("connected").read(&[kept.head.id]).await.expect("an answer");
        assert_eq!(found[0].as_ref().map(|record| record.body.as_slice()), Ok(&b"body"[..]));
    });
    let mode = std::fs::metadata(folder.path().join("records.db")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "others cannot read it");
}

#[test]
fn every_kind_of_encryption() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    server.sql(&database, "CREATE ROLE encrypted LOGIN SUPERUSER");
    let text = |host: &str, mode: &str| {
        let port = server.port();
        format!("host={host} port={port} dbname={database} user=encrypted sslmode={mode}")
    };
    let with = |host: &str, mode: &str| text(host, mode) + &format!(" sslrootcert={}", server.authority().display());
    run(async {
        for mode in ["require", "prefer", "allow"] {
            connect(&text("localhost", mode)).await.expect(mode);
        }
        for (host, mode) in [("localhost", "verify-full"), ("127.0.0.1", "verify-ca"), ("127.0.0.1", "require")] {
            connect(&with(host, mode)).await.expect(mode);
        }
        let own = format!("{} sslrootcert={}", text("localhost", "verify-full"), server.certificate().display());
        connect(&own).await.expect("the server's own certificate");
        let plain = refused(&text("127.0.0.1", "disable")).await;
        let why = format!(
            "pq: pg_hba.conf rejects connection for host \"127.0.0.1\", user \"encrypted\", database \"{database}\", no encryption (28000)"
        );
        assert_eq!(plain, StoreError::Denied(why));
        let another = refused(&with("127.0.0.1", "verify-full")).await.to_string();
        assert!(another.starts_with("pq: error performing TLS handshake: invalid peer certificate: "), "{another}");
        let unknown = refused(&text("localhost", "verify-full")).await.to_string();
        assert!(unknown.starts_with("pq: error performing TLS handshake: invalid peer certificate: "), "{unknown}");
        let missing = refused(&(text("localhost", "verify-ca") + " sslrootcert=/nowhere")).await.to_string();
        assert!(missing.starts_with("/nowhere: "), "{missing}");
    });
}

#[test]
fn passwords_sockets_schemas_and_servers_that_are_not_there() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    server.sql(&database, "CREATE ROLE secret LOGIN SUPERUSER PASSWORD 'p@ss w'; CREATE SCHEMA other");
    let port = server.port();
    run(async {
        let address = format!("127.0.0.1:{port}/{database}?sslmode=disable");
        connect(&format!("postgres://secret:p%40ss%20w@{address}")).await.expect("the right password");
        let wrong = refused(&format!("postgres://secret:WRONG@{address}")).await;
        assert_eq!(wrong, StoreError::Denied("pq: password authentication failed for user \"secret\" (28P01)".into()));
        let socket = server.socket_folder().display();
        let socket = format!("postgres:///{database}?host={socket}&port={port}&user=postgres&sslmode=disable");
        connect(&socket).await.expect("a socket");
        let other = connect(&(server.url(&database) + "&search_path=other")).await.expect("another schema");
        other.create(&record("n", "web", 1, "body")).await.expect("created");
        assert_eq!(server.sql(&database, "SELECT count(*) FROM other.releases_v1"), "1\n");
        let closed = refused("postgres://u:SECRET@127.0.0.1:1/d?sslmode=disable").await;
        let why = "dial tcp 127.0.0.1:1: connect: connection refused";
        assert_eq!(closed, StoreError::Unreachable(why.into()));
        let none = refused(&(server.url(&database) + "&search_path=nowhere")).await;
        let why = "pq: no schema has been selected to create in at column 28 (3F000)";
        assert_eq!(none, StoreError::Failed(why.into()));
        let odd = refused(&(server.url(&database) + "&foo=1")).await;
        assert_eq!(odd, StoreError::Failed("pq: unrecognized configuration parameter \"foo\" (42704)".into()));
    });
}

#[test]
fn several_first_clients_at_once() {
    let Some(server) = postgres::shared() else { return };
    for _ in 0..5 {
        let url = server.url(&server.new_database());
        let start = || {
            let url = url.clone();
            std::thread::spawn(move || run(async { connect(&url).await.map(|_| ()) }))
        };
        let clients: Vec<_> = (0..4).map(|_| start()).collect();
        for client in clients {
            client.join().expect("no panic").expect("connected");
        }
    }
}

#[test]
fn a_connection_that_broke_is_made_anew() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let break_all = || {
        let others = "datname = current_database() AND pid <> pg_backend_pid()";
        server.sql(&database, &format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}"))
    };
    run(async {
        let driver = connect(&server.url(&database)).await.expect("connected");
        let mut kept = record("n", "web", 1, "body");
        assert_eq!(break_all(), "1\n");
        kept.head.version = driver.create(&kept).await.expect("created");
        assert_eq!(break_all(), "1\n");
        assert_eq!(driver.heads(&Query::default()).await, Ok(vec![kept.head.clone()]));
        assert_eq!(break_all(), "1\n");
        driver.delete(&kept.head.id).await.expect("deleted");
    });
}

#[test]
fn connections_are_few_and_fewer_where_the_server_says_so() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let records: Vec<_> = (1..=200).map(|revision| record("n", "web", revision, "body")).collect();
    let open =
        |role: &str| server.sql(&database, &format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}'"));
    run(async {
        connect(&server.url(&database)).await.expect("connected");
        for (role, limit) in [("many", -1), ("one", 1)] {
            server.sql(&database, &format!("CREATE ROLE {role} LOGIN SUPERUSER CONNECTION LIMIT {limit}"));
            // Limits do not hold for superusers.
            let rights =
                format!("ALTER ROLE {role} NOSUPERUSER BYPASSRLS; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}");
            server.sql(&database, &rights);
            let url = server.url(&database).replace("user=postgres", &format!("user={role}"));
            let driver = connect(&url).await.expect("connected");
            let writes: Vec<_> = records.iter().map(|record| driver.create(record)).collect();
            let written: Vec<_> = stream::iter(writes).buffered(16).collect().await;
            assert_eq!(written.iter().find(|result| result.is_err()), None, "{role}");
            assert_eq!(open(role), if limit == 1 { "1\n" } else { "4\n" }, "{role}");
            for record in &records {
                driver.delete(&record.head.id).await.expect("deleted");
            }
        }
    });
}

#[test]
fn older_records_are_left_out_where_only_the_newest_are_wanted() {
    let Some(server) = postgres::shared() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let urls = [server.url(&server.new_database()), format!("sqlite://{}/a.db", folder.path().display())];
    for url in urls {
        run(async {
            let driver = connect(&url).await.expect("connected");
            // The last says in its column that it is newer than it is.
            let mut wrong = record("n", "odd", 3, "body");
            wrong.head.labels.insert("version".into(), "9".into());
            let good = [("web", 2), ("web", 10), ("web", 9), ("other", 1), ("odd", 5), ("odd", 4)];
            let good = good.map(|(name, revision)| record("n", name, revision, "body"));
            for record in good.iter().chain([&wrong, &record("m", "web", 1, "body")]) {
                driver.create(record).await.expect("created");
            }
            for (namespace, expected) in [("n", vec!["odd.v3", "odd.v5", "other.v1", "web.v10"]), ("m", vec!["web.v1"])] {
                let query = Query { namespace: namespace.into(), newest: true, ..Query::default() };
                let heads = driver.heads(&query).await.expect("an answer");
                let mut keys: Vec<_> =
                    heads.iter().map(|head| head.id.key.trim_start_matches("sh.helm.release.v1.")).collect();
                keys.sort_unstable();
                assert_eq!(keys, expected, "{url}");
            }
        });
    }
}

#[test]
fn labels_without_a_record_are_found_and_removed() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    run(async {
        let driver = connect(&server.url(&database)).await.expect("connected");
        let mut kept = record("n", "web", 1, "body");
        kept.head.labels.insert("team".into(), "a".into());
        driver.create(&kept).await.expect("created");
        let row = "('sh.helm.release.v1.gone.v1', 'n', 'team', 'b')";
        server.sql(&database, &format!("INSERT INTO custom_labels_v1 VALUES {row}, {row}"));
        assert_eq!(driver.strays("other").await, Ok(Vec::new()));
        let strays = driver.strays("").await.expect("an answer");
        let content = r#"{"namespace":"n","key":"sh.helm.release.v1.gone.v1","labels":{"team":"b"}}"#;
        assert_eq!(strays.iter().map(|stray| stray.content.as_str()).collect::<Vec<_>>(), [content]);
        driver.remove_stray(&strays[0]).await.expect("removed");
        assert_eq!(driver.remove_stray(&strays[0]).await, Err(StoreError::NotFound));
        assert_eq!(server.sql(&database, "SELECT releasekey FROM custom_labels_v1"), "sh.helm.release.v1.web.v1\n");
        let belongs = rhelm_lib::store::Stray { id: kept.head.id, ..strays[0].clone() };
        assert!(matches!(driver.remove_stray(&belongs).await, Err(StoreError::Conflict(_))));
    });
}

#[test]
fn a_caller_who_goes_away_leaves_nothing_half_done() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let mut labelled = record("n", "web", 1, "body");
    labelled.head.labels.insert("team".into(), "a".into());
    run(async {
        let driver = connect(&server.url(&database)).await.expect("connected");
        for steps in 0..12 {
            let mut create = driver.create(&labelled);
            for _ in 0..steps {
                if poll_once(&mut create).await {
                    break;
                }
            }
            drop(create);
            let plain = record("n", "other", 1, "body");
            driver.create(&plain).await.expect("created");
            driver.delete(&plain.head.id).await.expect("deleted");
            let counts = "SELECT (SELECT count(*) FROM releases_v1), (SELECT count(*) FROM custom_labels_v1)";
            let rows = server.sql(&database, counts);
            assert!(rows == "0|0\n" || rows == "1|1\n", "after {steps} steps: {rows}");
            server.sql(&database, "DELETE FROM releases_v1; DELETE FROM custom_labels_v1");
        }
    });
}

/// Lets everything else run a little, then polls once; whether the future is ready.
async fn poll_once<T>(future: &mut (impl Future<Output = T> + Unpin)) -> bool {
    tokio::time::sleep(Duration::from_millis(1)).await;
    std::future::poll_fn(|context| Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_ready())).await
}

#[test]
fn what_policies_and_grants_forbid_is_told_and_not_done() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let url = |role: &str| format!("postgresql://127.0.0.1:{}/{database}?user={role}&sslmode=disable", server.port());
    let policies = |table: &str, role: &str, verbs: &[&str]| {
        let policy = |verb: &&str| {
            let check = if *verb == "INSERT" { "WITH CHECK" } else { "USING" };
            format!("CREATE POLICY {role}_{verb}_{table} ON {table} FOR {verb} TO {role} {check} (true);")
        };
        verbs.iter().map(policy).collect::<String>()
    };
    run(async {
        let admin = connect(&url("postgres")).await.expect("connected");
        let mut kept = record("n", "web", 1, "body");
        kept.head.labels.insert("team".into(), "a".into());
        kept.head.version = admin.create(&kept).await.expect("created");
        let all = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        for verb in all {
            let others: Vec<_> = all.into_iter().filter(|other| *other != verb).collect();
            let role = format!("no_{}", verb.to_lowercase());
            let statements = format!(
                "CREATE ROLE {role} LOGIN; GRANT SELECT ON gorp_migrations TO {role}; {}{}",
                policies("releases_v1", &role, &others),
                policies("custom_labels_v1", &role, &all)
            );
            server.sql(&database, &statements);
        }
        let protected = StoreError::Denied(
            "pq: row-level security policy for table \"releases_v1\" protects sh.helm.release.v1.web.v1 (42501)".into(),
        );
        let reader = connect(&url("no_update")).await.expect("connected");
        assert_eq!(reader.replace(&kept).await, Err(protected.clone()));
        let keeper = connect(&url("no_delete")).await.expect("connected");
        assert_eq!(keeper.delete(&kept.head.id).await, Err(protected));
        let blind = connect(&url("no_select")).await.expect("connected");
        assert_eq!(blind.replace(&kept).await, Err(StoreError::NotFound));
        assert_eq!(blind.delete(&kept.head.id).await, Err(StoreError::NotFound));
        let writer = connect(&url("no_insert")).await.expect("connected");
        let new = writer.create(&record("n", "new", 1, "body")).await;
        let why = "pq: new row violates row-level security policy for table \"releases_v1\" (42501)";
        assert_eq!(new, Err(StoreError::Denied(why.into())));
        server.sql(&database, "CREATE ROLE labelless LOGIN; GRANT SELECT ON gorp_migrations TO labelless");
        server.sql(&database, &policies("releases_v1", "labelless", &all));
        server.sql(&database, &policies("custom_labels_v1", "labelless", &["SELECT"]));
        let labelless = connect(&url("labelless")).await.expect("connected");
        let why = "pq: row-level security policy for table \"custom_labels_v1\" protects sh.helm.release.v1.web.v1 (42501)";
        assert_eq!(labelless.delete(&kept.head.id).await, Err(StoreError::Denied(why.into())));
        let found = admin.read(std::slice::from_ref(&kept.head.id)).await.expect("an answer").remove(0);
        assert_eq!(found, Ok(kept), "nothing was changed");
        server.sql(
            &database,
            "CREATE ROLE stranger LOGIN; REVOKE ALL ON releases_v1 FROM PUBLIC; GRANT SELECT ON gorp_migrations TO stranger",
        );
        let stranger = connect(&url("stranger")).await.expect("connected");
        let why = StoreError::Denied("pq: permission denied for table releases_v1 (42501)".into());
        assert_eq!(stranger.heads(&Query::default()).await, Err(why));
        server.sql(&database, "CREATE ROLE nobody_at_all LOGIN");
        let why = "pq: permission denied for schema public at column 28 (42501)";
        assert_eq!(refused(&url("nobody_at_all")).await, StoreError::Denied(why.into()));
    });
}
