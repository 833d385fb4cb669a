//! `rhelm-store-sql policy`: what is granted can be done, what is not cannot, and every outcome is the reported one.

use super::{a_record, tool};
use crate::cluster::run;
use rhelm_lib::release::Status;
use rhelm_lib::store::{Companion, Driver, Query, Record, RecordId, StoreError};
use rhelm_sql::policy::{Grants, Verb};
use rhelm_sql::{Database, SqlDriver};
use rhelm_testutil::postgres::{self, Postgres};

const ROLES: [&str; 3] = ["alice", "system:serviceaccount:n:x", "o'brien\"\\"];
const NAMESPACES: [&str; 3] = ["a", "b", "c"];

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn random_words(numbers: &mut Numbers) -> Vec<String> {
    let mut words = Vec::new();
    for role in ROLES {
        for namespace in NAMESPACES.into_iter().chain(["*"]) {
            let chosen: Vec<_> =
                ["read", "create", "update", "delete"].into_iter().filter(|_| numbers.next(2) == 0).collect();
            let often = if namespace == "*" { 5 } else { 2 };
            if !chosen.is_empty() && numbers.next(often) == 0 {
                words.push(format!("{role}:{namespace}:{}", chosen.join(",")));
            }
        }
    }
    words
}

async fn connect(url: &str) -> SqlDriver {
    SqlDriver::connect(&Database::parse(url, &|_| None).expect("a connection string")).await.expect("connected")
}

/// The same database, as another role; logging in is the only thing that policies do not give.
async fn connect_as(server: &Postgres, database: &str, role: &str) -> SqlDriver {
    let name = format!("\"{}\"", role.replace('"', "\"\""));
    server.sql(database, &format!("ALTER ROLE {name} LOGIN"));
    let user = role.replace('\\', "\\\\").replace('\'', "\\'");
    let port = server.port();
    connect(&format!("host=127.0.0.1 port={port} dbname={database} user='{user}' sslmode=disable")).await
}

fn policies(url: &str, which: &str, words: &[String]) -> assert_cmd::Command {
    let mut command = tool(url, &["policy", which]);
    command.args(words.iter().map(|words| format!("--grant={words}")));
    command
}

#[test]
fn reported_outcomes_are_the_real_ones() {
    let Some(server) = postgres::shared() else { return };
    outcomes_are_the_real_ones(server, 6);
}

#[test]
fn so_they_are_with_every_version_of_postgresql() {
    for version in postgres::VERSIONS {
        let Some(server) = postgres::of_version(version) else { continue };
        assert!(server.sql("postgres", "SHOW server_version").starts_with(version));
        outcomes_are_the_real_ones(&server, 2);
    }
}

fn outcomes_are_the_real_ones(server: &Postgres, rounds: u32) {
    let mut numbers = Numbers(7);
    let database = server.new_database();
    let url = server.url(&database);
    run(connect(&url));
    for round in 0..rounds {
        let words = random_words(&mut numbers);
        if words.is_empty() {
            continue;
        }
        let mut grants = Grants::default();
        words.iter().for_each(|words| grants.add_words(words).expect("a grant"));
        let statements = super::output(policies(&url, "generate", &words));
        server.sql(&database, &statements);
        policies(&url, "test", &words).assert().success();
        run(async {
            let admin = connect(&url).await;
            for role in grants.0.keys() {
                let driver = connect_as(server, &database, role).await;
                for namespace in NAMESPACES {
                    outcomes(&admin, &driver, &grants, (role, namespace), round).await;
                }
            }
        });
    }
}

/// Whether a record can be seen by the administrator, with its status.
async fn seen(admin: &SqlDriver, record: &Record) -> Option<Status> {
    let found = admin.read(std::slice::from_ref(&record.head.id)).await.expect("an answer").remove(0);
    found.ok().map(|record| record.head.status())
}

async fn outcomes(admin: &SqlDriver, driver: &SqlDriver, grants: &Grants, (role, namespace): (&str, &str), round: u32) {
    let may = |verb| grants.allow(role, namespace, verb);
    let at = format!("{role} in {namespace}, round {round}");
    let mut record = a_record(namespace, "web", 1, Status::Deployed);
    // Creating looks at what was written, which a role without the right to read does not see.
    let created = driver.create(&record).await;
    assert_eq!(created.is_ok(), seen(admin, &record).await.is_some(), "create: {at}: {created:?}");
    assert_eq!(created.is_ok(), may(Verb::Create), "create: {at}: {created:?}");
    if let Err(error) = &created {
        assert!(matches!(error, StoreError::Denied(_)), "create: {at}: {error}");
        admin.create(&record).await.expect("created");
    }
    let query = Query { namespace: namespace.to_owned(), name: None, ..Query::default() };
    assert_eq!(!driver.heads(&query).await.expect("an answer").is_empty(), may(Verb::Read), "list: {at}");
    record.head.labels.insert("status".into(), "superseded".into());
    record.head.labels.insert("team".into(), "b".into());
    let replaced = driver.replace(&record).await;
    let is_replaced = seen(admin, &record).await == Some(Status::Superseded);
    assert_eq!(replaced.is_ok(), is_replaced, "replace: {at}: {replaced:?}");
    assert_eq!(replaced.is_ok(), may(Verb::Update) && may(Verb::Read), "replace: {at}: {replaced:?}");
    beside_it(admin, driver, &record.head.id, &may, &at).await;
    let deleted = driver.delete(&record.head.id).await;
    assert_eq!(deleted.is_ok(), seen(admin, &record).await.is_none(), "delete: {at}: {deleted:?}");
    assert_eq!(deleted.is_ok(), may(Verb::Delete) && may(Verb::Read), "delete: {at}: {deleted:?}");
    if deleted.is_err() {
        admin.delete(&record.head.id).await.expect("deleted");
    }
}

/// What is kept beside a record is written once as if the record were new, and once as if it were changed.
async fn beside_it(admin: &SqlDriver, driver: &SqlDriver, id: &RecordId, may: &impl Fn(Verb) -> bool, at: &str) {
    let beside = |content: &str| Companion { id: id.clone(), content: content.to_owned() };
    let (namespace, name) = (id.namespace.as_str(), "web");
    let kept = async || admin.companions(namespace, name).await.expect("an answer").pop();
    for content in ["new", "changed"] {
        let before = kept().await;
        let written = driver.write_companion(&beside(content)).await;
        assert_eq!(written.is_ok(), kept().await == Some(beside(content)), "beside: {at}: {written:?}");
        // An upsert needs to see the row that it may meet.
        let is_allowed = may(Verb::Create) && may(Verb::Read) && (before.is_none() || may(Verb::Update));
        assert_eq!(written.is_ok(), is_allowed, "beside, {content}: {at}: {written:?}");
        if written.is_err() {
            admin.write_companion(&beside(content)).await.expect("written");
        }
    }
    let seen = driver.companions(namespace, name).await.expect("an answer");
    assert_eq!(!seen.is_empty(), may(Verb::Read), "beside, seen: {at}");
}

#[test]
fn what_helm_grants_is_found_wanting() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let url = server.url(&database);
    run(connect(&url));
    server.sql(&database, "CREATE ROLE documented; CREATE POLICY p ON releases_v1 TO documented USING (namespace = 'a')");
    let words = ["documented:a:*,read".to_owned()];
    policies(&url, "test", &words)
        .assert()
        .code(2)
        .stdout(
            "documented can read in a\ndocumented can create in a\ndocumented can update in a\ndocumented can delete in a\n\
             documented can read pipelines in a\ndocumented can create pipelines in a\n\
             documented can update pipelines in a\ndocumented can delete pipelines in a\n\
             documented cannot read in _\ndocumented cannot create in _\ndocumented cannot update in _\ndocumented cannot delete in _\n\
             documented cannot read pipelines in _\ndocumented cannot create pipelines in _\n\
             documented cannot update pipelines in _\ndocumented cannot delete pipelines in _\n\
             documented cannot truncate releases_v1\ndocumented can truncate custom_labels_v1: WRONG\n\
             documented cannot truncate rhelm_companions_v1\ndocumented cannot read the list of migrations: WRONG\n",
        )
        .stderr("Error: 2 of 20 attempts went otherwise than granted\n");
}

/// Before anything is granted by `policy generate`, what is beside a record follows the policies that somebody made for records.
#[test]
fn whoever_may_only_read_records_may_only_read_pipelines() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let url = server.url(&database);
    run(connect(&url));
    let policy = "CREATE ROLE onlooker; CREATE POLICY p ON releases_v1 FOR SELECT TO onlooker USING (namespace = 'a')";
    server.sql(&database, policy);
    let words = ["onlooker:a:read".to_owned()];
    let tried = policies(&url, "test", &words).assert().code(2).get_output().stdout.clone();
    let tried = String::from_utf8(tried).expect("text");
    let pipelines: Vec<_> = tried.lines().filter(|line| line.contains("pipelines in a")).collect();
    let expected = [
        "onlooker can read pipelines in a",
        "onlooker cannot create pipelines in a",
        "onlooker cannot update pipelines in a",
        "onlooker cannot delete pipelines in a",
    ];
    assert_eq!(pipelines, expected);
}

/// The table is Helm's database's owner's, made by `init` or by the statements, whoever uses it first.
#[test]
fn roles_record_pipelines() {
    let Some(server) = postgres::shared() else { return };
    let Some(program) = rhelm_testutil::controlplane::real_program("helm/helm") else { return };
    for is_initialised in [true, false] {
        let database = server.new_database();
        let url = server.url(&database);
        let helm = || {
            let mut command = assert_cmd::Command::new(&program);
            command.arg("version").env("HELM_DRIVER", "sql").env("HELM_DRIVER_SQL_CONNECTION_STRING", &url);
            command.assert().success();
        };
        helm();
        if is_initialised {
            tool(&url, &["init"]).assert().success().stdout("").stderr("");
            helm();
        }
        let words = ["clerk:a:*,read".to_owned()];
        server.sql(&database, &super::output(policies(&url, "generate", &words)));
        policies(&url, "test", &words).assert().success();
        run(async {
            let clerk = connect_as(server, &database, "clerk").await;
            let record = a_record("a", "web", 1, Status::Deployed);
            clerk.create(&record).await.expect("created");
            let companion = Companion { id: record.head.id.clone(), content: "{}".into() };
            clerk.write_companion(&companion).await.expect("written");
            assert_eq!(clerk.companions("a", "web").await, Ok(vec![companion]));
            clerk.delete(&record.head.id).await.expect("deleted");
        });
        assert_eq!(server.sql(&database, "SELECT count(*) FROM rhelm_companions_v1"), "0\n");
    }
}
