//! `rhelm store migrate`: every record arrives, whatever interrupts it, and nothing is overwritten that only one store has.

use super::{a_record, lines, output, sorted, sqlite, tool};
use assert_cmd::Command;
use rhelm_lib::release::Status;
use rhelm_lib::store::line;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Two databases and a journal.
struct Move {
    folder: tempfile::TempDir,
}

impl Move {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn from(&self) -> String {
        sqlite(self.folder.path(), "from")
    }

    fn to(&self) -> String {
        sqlite(self.folder.path(), "to")
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    fn command(&self, more: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.args(["store", "migrate", "-A", "--from", &self.from(), "--to", &self.to()]);
        command.arg("--journal").arg(self.journal()).args(more).env("KUBECONFIG", Path::new("/nowhere"));
        command
    }

    fn migrate(&self, more: &[&str]) -> Command {
        Command::from_std(self.command(more))
    }

    fn exported(url: &str) -> String {
        output(tool(url, &["export", "-A"]))
    }
}

#[test]
fn there_and_back_again() {
    let stores = Move::new();
    let records = lines(7, 4);
    tool(&stores.from(), &["import"]).write_stdin(records.clone()).assert().success();
    stores.migrate(&["--dry-run"]).assert().success().stdout("28 copied\n");
    assert_eq!(Move::exported(&stores.to()), "");
    stores
        .migrate(&["--finish"])
        .assert()
        .code(1)
        .stderr("Error: 28 of 28 records are not in the target as they are in the source: migrate again before --finish\n");
    stores.migrate(&[]).assert().success().stdout("28 copied\n");
    stores.migrate(&[]).assert().success().stdout("28 same\n");
    let mode = std::fs::metadata(stores.journal()).expect("a journal").permissions().mode();
    assert_eq!(mode & 0o077, 0, "others cannot read the journal");
    let bodies = std::fs::read_to_string(stores.journal()).expect("a journal").matches("H4sI").count();
    assert_eq!(bodies, 0, "it holds digests, no records");
    assert_eq!(sorted(&Move::exported(&stores.to())), sorted(&records));
    assert_eq!(sorted(&Move::exported(&stores.from())), sorted(&records), "the source is kept");
    stores.migrate(&["--finish"]).assert().success().stdout("28 finished\n");
    assert_eq!(Move::exported(&stores.from()), "");
    stores.migrate(&[]).assert().success().stdout("nothing to do\n");
    stores.migrate(&["--reverse"]).assert().success().stdout("28 copied\n");
    assert_eq!(sorted(&Move::exported(&stores.from())), sorted(&records));
}

#[test]
fn what_changed_in_one_store_is_followed_and_what_changed_in_both_is_left() {
    let stores = Move::new();
    let record = |name: &str, status| a_record("default", name, 1, status);
    let put = |url: &str, status, name: &str| {
        tool(url, &["import", "--replace"]).write_stdin(line::of_record(&record(name, status))).assert().success();
    };
    for name in ["a", "b", "c", "d", "e"] {
        put(&stores.from(), Status::Deployed, name);
    }
    stores.migrate(&[]).assert().success().stdout("5 copied\n");
    put(&stores.from(), Status::Superseded, "a");
    put(&stores.to(), Status::Superseded, "b");
    put(&stores.from(), Status::Failed, "c");
    put(&stores.to(), Status::Superseded, "c");
    tool(&stores.from(), &["delete", "sh.helm.release.v1.d.v1"]).assert().success();
    tool(&stores.to(), &["delete", "sh.helm.release.v1.e.v1"]).assert().success();
    stores.migrate(&[]).assert().code(5).stdout("1 ahead, 1 differs, 1 gone, 1 left, 1 updated\n").stderr(
        "default/sh.helm.release.v1.c.v1: different in the two stores: left as it is\nError: not everything was migrated\n",
    );
    let expected: String = [
        record("a", Status::Superseded),
        record("b", Status::Superseded),
        record("c", Status::Superseded),
        record("d", Status::Deployed),
    ]
    .iter()
    .map(line::of_record)
    .collect();
    assert_eq!(Move::exported(&stores.to()), expected);
    stores.migrate(&["--prune"]).assert().code(5).stdout("1 ahead, 1 differs, 1 gone, 1 pruned, 1 same\n");
    stores.migrate(&["--finish"]).assert().code(1);
}

/// Runs the migration and kills it when its journal has grown by so many bytes; whether it was still at work.
fn kill_after(stores: &Move, growth: u64, more: &[&str]) -> bool {
    let length = || std::fs::metadata(stores.journal()).map_or(0, |file| file.len());
    let before = length();
    let mut child = stores.command(more).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    while length() < before + growth && child.try_wait().expect("a child").is_none() {
        std::thread::yield_now();
    }
    child.kill().expect("killed");
    !child.wait().expect("ended").success()
}

#[test]
fn killed_at_any_point_it_goes_on() {
    let stores = Move::new();
    let records = lines(60, 5);
    tool(&stores.from(), &["import"]).write_stdin(records.clone()).assert().success();
    let killed = (0..12).filter(|step| kill_after(&stores, 1 + step * 700, &[])).count();
    assert!(killed > 3, "it was hardly ever at work when it was killed: {killed}");
    stores.migrate(&[]).assert().success();
    assert_eq!(sorted(&Move::exported(&stores.to())), sorted(&records));
    for step in 0..6 {
        kill_after(&stores, 1 + step * 500, &["--finish"]);
        assert_eq!(sorted(&Move::exported(&stores.to())), sorted(&records), "nothing is lost");
        stores.migrate(&[]).assert().success();
    }
    stores.migrate(&["--finish"]).assert().success();
    assert_eq!(Move::exported(&stores.from()), "");
    assert_eq!(sorted(&Move::exported(&stores.to())), sorted(&records), "nothing is lost");
}

/// Two databases of one server stand behind one name: the journal of a migration to the first says nothing of the second.
#[test]
fn a_journal_is_of_the_stores_that_it_began_with() {
    let Some(server) = rhelm_testutil::postgres::shared() else { return };
    let stores = Move::new();
    let [one, two] = [server.new_database(), server.new_database()];
    let migrate_with = |journal: &str, database: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.args(["store", "migrate", "-A", "--from", &stores.from(), "--to", "sql"]).args(more);
        command.env("HELM_DRIVER_SQL_CONNECTION_STRING", server.url(database)).env("KUBECONFIG", Path::new("/nowhere"));
        command.current_dir(stores.folder.path()).args(["--journal", journal]).assert()
    };
    let migrate = |database: &str, more: &[&str]| migrate_with("journal", database, more);
    let place = |database: &str| {
        let sql = "SELECT 'postgresql:' || system_identifier || '/' || d.oid || '/' || datname || '/public' \
                   FROM pg_control_system(), pg_database d WHERE datname = current_database()";
        server.sql(database, sql).trim().to_owned()
    };
    tool(&stores.from(), &["import"]).write_stdin(lines(2, 2)).assert().success();
    migrate(&one, &[]).success().stdout("4 copied\n");
    let text = format!(
        "Error: journal: this is the journal of a migration with another store sql ({}, and now it is {}): go on with that one, or \
         name another --journal to begin anew, which compares all records\n",
        place(&one),
        place(&two)
    );
    for more in [&[][..], &["--dry-run"], &["--finish"], &["--reverse"]] {
        migrate(&two, more).code(1).stdout("").stderr(text.clone());
    }
    assert_eq!(server.sql(&two, "SELECT count(*) FROM releases_v1"), "0\n");
    migrate_with("another", &two, &[]).success().stdout("4 copied\n");
    migrate(&one, &["--finish"]).success().stdout("4 finished\n");
    assert_eq!(Move::exported(&stores.from()), "");
}

#[test]
fn a_dry_run_writes_nothing() {
    let stores = Move::new();
    tool(&stores.from(), &["import"]).write_stdin(lines(2, 2)).assert().success();
    stores.migrate(&["--dry-run"]).assert().success().stdout("4 copied\n").stderr("");
    stores.migrate(&["--dry-run", "--reverse"]).assert().success().stdout("nothing to do\n").stderr("");
    let files = std::fs::read_dir(stores.folder.path()).expect("a folder").map(|entry| entry.expect("a file").file_name());
    assert_eq!(files.collect::<Vec<_>>(), ["from.db"], "neither the file of the target nor a journal");
    let Some(server) = rhelm_testutil::postgres::shared() else { return };
    let database = server.new_database();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
    command.args(["store", "migrate", "-A", "--dry-run", "--from", &stores.from(), "--to", "sql"]);
    command.env("HELM_DRIVER_SQL_CONNECTION_STRING", server.url(&database)).env("KUBECONFIG", Path::new("/nowhere"));
    command.current_dir(stores.folder.path()).assert().success().stdout("4 copied\n").stderr("");
    let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(server.sql(&database, tables), "0\n");
    let half = "CREATE TABLE gorp_migrations (id text, applied_at timestamp); INSERT INTO gorp_migrations VALUES ('init')";
    server.sql(&database, half);
    let why = "Error: some of Helm's tables are missing: `rhelm-store-sql init` makes them\n";
    command.assert().code(1).stdout("").stderr(why);
}
