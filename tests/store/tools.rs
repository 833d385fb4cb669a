//! `rhelm-store-…`: what goes in comes out again, and every failure has its exit status.

use super::{a_record, lines, output, sorted, sqlite, tool};
use rhelm_cli::store::ProgramDriver;
use rhelm_lib::release::Status;
use rhelm_lib::store::line;
use rhelm_testutil::conformance::driver_conformance;
use rhelm_testutil::postgres;
use std::path::Path;

#[test]
fn export_and_import_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two] = ["one", "two"].map(|name| sqlite(folder.path(), name));
    let records = lines(10, 3);
    tool(&one, &["import"]).write_stdin(records.clone()).assert().success().stderr("30 records written, 0 there already\n");
    tool(&one, &["import"]).write_stdin(records.clone()).assert().success().stderr("0 records written, 30 there already\n");
    let exported = output(tool(&one, &["export", "--all-namespaces"]));
    assert_eq!(sorted(&exported), sorted(&records));
    tool(&two, &["import"]).write_stdin(exported.clone()).assert().success();
    assert_eq!(output(tool(&two, &["export", "-A"])), exported);
    let heads = output(tool(&two, &["list", "--name", "web-0"]));
    assert_eq!(heads.lines().count(), 3);
    assert!(!heads.contains("\"body\""));
    let key = "sh.helm.release.v1.web-0.v2";
    let found = output(tool(&two, &["get", key]));
    let found = line::read(found.trim()).expect("a line").record().expect("a record");
    assert_eq!(line::digest(&found), line::digest(&a_record("default", "web-0", 2, Status::Superseded)));
}

#[test]
fn every_failure_has_its_exit_status() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite(folder.path(), "one");
    let record = a_record("default", "web", 1, Status::Deployed);
    let text = line::of_record(&record);
    tool(&url, &["put"]).write_stdin(text.clone()).assert().success();
    let key = "default/sh.helm.release.v1.web.v1";
    tool(&url, &["put"]).write_stdin(text.clone()).assert().code(4).stderr(format!("{key}: release: already exists\n"));
    let mut stale = record.clone();
    stale.head.version = "1".into();
    let why = format!("{key}: sh.helm.release.v1.web.v1 was changed by someone else meanwhile\n");
    tool(&url, &["put", "--replace"]).write_stdin(line::of_record(&stale)).assert().code(5).stderr(why);
    let gone = "{\"namespace\":\"default\",\"key\":\"gone\",\"error\":{\"kind\":\"not-found\",\"message\":\"release: not found\"}}\n";
    tool(&url, &["get", "gone"]).assert().code(3).stdout(gone).stderr("default/gone: release: not found\n");
    tool(&url, &["delete", "gone"]).assert().code(3).stdout(gone);
    tool("postgres://u:SECRET@127.0.0.1:1/d?sslmode=disable", &["list"])
        .assert()
        .code(8)
        .stderr("Error: dial tcp 127.0.0.1:1: connect: connection refused\n");
    tool(&url, &["put"]).write_stdin("{\"key\":\"k\",\"body\":SECRET}\n").assert().code(1).stderr(
        "Error: standard input, line 1: no record in this line: broken JSON, or a field of the wrong type, at column 19\n",
    );
    let mut other = record.clone();
    other.head.labels.insert("team".into(), "b".into());
    tool(&url, &["import"])
        .write_stdin(line::of_record(&other))
        .assert()
        .code(4)
        .stderr(format!("{key}: release: already exists\n0 records written, 0 there already, 1 failed\n"));
    tool(&url, &["import", "--replace"]).write_stdin(line::of_record(&other)).assert().success();
    assert_eq!(output(tool(&url, &["export"])), line::of_record(&other));
}

#[test]
fn the_connection_string_may_stand_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("connection");
    std::fs::write(&file, sqlite(folder.path(), "one") + "\n").expect("written");
    let run = |arguments: &[&str], input: &str| {
        let mut command = tool("", arguments);
        command.env("RHELM_SQL_CONNECTION_FILE", &file).write_stdin(input.to_owned());
        output(command)
    };
    run(&["import"], &lines(1, 1));
    assert_eq!(run(&["export"], ""), lines(1, 1));
}

#[test]
fn the_environment_may_say_where_the_database_is() {
    let Some(server) = postgres::shared() else { return };
    let database = server.new_database();
    let run = |role: &str, password: &str, arguments: &[&str]| {
        let mut command = tool("", arguments);
        let variables = [("PGHOST", "127.0.0.1"), ("PGSSLMODE", "disable"), ("PGDATABASE", &database), ("PGUSER", role)];
        command.envs(variables).env("PGPORT", server.port().to_string()).env("PGPASSWORD", password);
        command
    };
    run("postgres", "", &["init"]).assert().success().stdout("").stderr("");
    assert_eq!(server.sql(&database, "SELECT count(*) FROM releases_v1"), "0\n");
    let why = "Error: pq: password authentication failed for user \"secret\" (28P01)\n";
    run("secret", "SECRET", &["init"]).assert().code(6).stdout("").stderr(why);
}

#[test]
fn a_connection_string_in_the_wrong_place_is_not_shown() {
    let why = "unknown driver (not shown: it looks like a connection string, which belongs into \
               HELM_DRIVER_SQL_CONNECTION_STRING or a file, with \"sql\" as the driver)";
    let rhelm = |driver: &str, arguments: &[&str]| {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.args(arguments).env("KUBECONFIG", "/nowhere").env("HELM_DRIVER", driver);
        command
    };
    for text in ["postgresql://u:SECRET@h/db", "host=h password=SECRET"] {
        rhelm("", &["store", "migrate", "--from", text, "--to", "sql"]).assert().code(1).stderr(format!("Error: {why}\n"));
        rhelm(text, &["list"]).assert().code(1).stderr(format!("Error: {why}\n"));
    }
    rhelm("bogus", &["list"]).assert().code(1).stderr("Error: unknown driver \"bogus\"\n");
}

#[test]
fn repairs_can_be_undone() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite(folder.path(), "one");
    let mut broken = a_record("default", "web", 5, Status::Deployed);
    broken.body.truncate(40);
    let mut mislabelled = a_record("default", "other", 1, Status::Deployed);
    mislabelled.head.labels.insert("status".into(), "failed".into());
    let mut misplaced = a_record("default", "third", 1, Status::Deployed);
    misplaced.head.id.key = "sh.helm.release.v1.third.v2".into();
    let good = [
        a_record("default", "web", 1, Status::Deployed),
        a_record("default", "web", 3, Status::Deployed),
        a_record("default", "web", 4, Status::PendingUpgrade),
    ];
    let before: String = [broken, mislabelled, misplaced].iter().chain(&good).map(line::of_record).collect();
    tool(&url, &["import"]).write_stdin(before.clone()).assert().success();
    let place = |text: &str| text.replace("default/", "default/sh.helm.release.v1.");
    let found =
        tool(&url, &["check"]).assert().code(2).stderr("Error: 5 to repair: --repair does it\n").get_output().clone();
    let text = String::from_utf8(found.stdout).expect("text");
    let age = text.split(" for ").nth(1).and_then(|rest| rest.split(' ').next()).expect("an age").to_owned();
    let expected = place(&format!(
        "default/other.v1: mismatch: label status is \"failed\", the body says \"deployed\" (set its labels to what its body says)\n\
         default/third.v2: misplaced: its body is of third revision 1 in default (take it out)\n\
         default/web.v1: deployed: deployed, and so is revision 3 (set its status to superseded)\n\
         default/web.v3: gap: nothing between revisions 1 and 3; no harm where the history is limited (nothing to do)\n\
         default/web.v4: pending: pending-upgrade for {age} seconds (set its status to failed)\n\
         default/web.v5: undecodable: unexpected EOF (take it out)\n"
    ));
    assert_eq!(text, expected);
    assert_eq!(sorted(&output(tool(&url, &["export"]))), sorted(&before), "looking changes nothing");
    let quarantine = folder.path().join("quarantine");
    let flag = format!("--quarantine={}", quarantine.display());
    tool(&url, &["check", "--repair", &flag]).assert().success();
    tool(&url, &["check"]).assert().success();
    let statuses = output(tool(&url, &["list", "--name", "web"]));
    let statuses: Vec<_> = statuses.lines().map(|text| line::read(text).expect("a line").head.status()).collect();
    assert_eq!(statuses, [Status::Superseded, Status::Deployed, Status::Failed]);
    let kept = std::fs::read_to_string(&quarantine).expect("a file");
    tool(&url, &["import", "--replace"]).write_stdin(kept).assert().success();
    assert_eq!(sorted(&output(tool(&url, &["export"]))), sorted(&before), "all is as it was");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&quarantine).expect("a file").permissions().mode() & 0o077, 0);
}

#[test]
fn a_record_without_its_owner_is_found_in_a_database_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite(folder.path(), "one");
    let mut hidden = a_record("default", "web", 1, Status::Deployed);
    hidden.head.labels.insert("owner".into(), "me".into());
    let text = line::of_record(&hidden);
    tool(&url, &["put"]).write_stdin(text.clone()).assert().success();
    assert_eq!(output(tool(&url, &["list"])), "");
    let found = "default/sh.helm.release.v1.web.v1: mismatch: label owner is \"me\", the body says \"helm\" (set its labels to what its body says)\n";
    tool(&url, &["check"]).assert().code(2).stdout(found).stderr("Error: 1 to repair: --repair does it\n");
    let quarantine = folder.path().join("quarantine");
    tool(&url, &["check", "--repair", "--quarantine"]).arg(&quarantine).assert().success();
    tool(&url, &["check"]).assert().success().stdout("");
    assert_eq!(output(tool(&url, &["list"])).lines().count(), 1);
    let kept = std::fs::read_to_string(&quarantine).expect("a file");
    tool(&url, &["import", "--replace"]).write_stdin(kept).assert().success();
    assert_eq!(output(tool(&url, &["list"])), "");
}

#[test]
fn programs_are_stores() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/rhelm-store-folder");
    let folder = tempfile::tempdir().expect("a folder");
    // The program finds its settings in its environment, as under HELM_DRIVER.
    let wrapper = |name: &str, program: &Path, variable: &str, value: &str| {
        let path = folder.path().join(name);
        let text = format!("#!/bin/sh\n{variable}='{value}' HELM_NAMESPACE=default exec '{}' \"$@\"\n", program.display());
        std::fs::write(&path, text).expect("written");
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
        path
    };
    let place = folder.path().join("records").display().to_string();
    let script = wrapper("rhelm-store-folder", &script, "RHELM_STORE_FOLDER", &place);
    let url = sqlite(folder.path(), "one");
    let own = Path::new(env!("CARGO_BIN_EXE_rhelm-store-sql"));
    let own = wrapper("rhelm-store-own", own, "HELM_DRIVER_SQL_CONNECTION_STRING", &url);
    for program in [script, own] {
        crate::cluster::run(driver_conformance(&ProgramDriver::new(&program), ["one", "two"]));
    }
}
