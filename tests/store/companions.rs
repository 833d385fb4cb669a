//! What is kept beside records goes where they go: the pipeline of a revision, and with it the guard of upgrades.

use super::{a_record, output, sqlite, tool};
use crate::cluster::interop::write_chart;
use crate::cluster::{cluster, options, run};
use assert_cmd::Command;
use rhelm_kube::ConnectOptions;
use rhelm_lib::release::Status;
use rhelm_lib::store::line;
use rhelm_lib::store::whole::Whole;
use rhelm_testutil::postgres;
use std::path::Path;

const LABEL: &[&str] = &["--post-renderer", "rhelm-inject-labels", "--post-renderer-args", "--label=team=a"];

fn with_companion(revision: u32, status: Status) -> Whole {
    let companion = Some(format!("{{\"made\":\"\u{fc} {revision}\"}}"));
    Whole { record: a_record("default", "web", revision, status), companion }
}

fn lines() -> String {
    let alone = Whole { companion: None, ..with_companion(3, Status::Deployed) };
    let wholes = [with_companion(1, Status::Superseded), with_companion(2, Status::Superseded), alone];
    wholes.iter().map(line::of_whole).collect()
}

#[test]
fn export_and_import_carry_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two] = ["one", "two"].map(|name| sqlite(folder.path(), name));
    let import = |url: &str, text: String| tool(url, &["import"]).write_stdin(text).assert().success();
    import(&one, lines()).stderr("3 records written, 0 there already\n");
    assert_eq!(output(tool(&one, &["export"])), lines());
    // Where only the records are there, as after an import that was killed, what is beside them is written.
    let records: String = lines()
        .lines()
        .map(|text| line::of_record(&line::read(text).expect("a line").record().expect("a record")))
        .collect();
    import(&two, records.clone()).stderr("3 records written, 0 there already\n");
    assert_eq!(output(tool(&two, &["export"])), records);
    import(&two, lines()).stderr("2 records written, 1 there already\n");
    assert_eq!(output(tool(&two, &["export"])), lines());
    // Lines without it, of an older rhelm, leave it.
    import(&two, records).stderr("0 records written, 3 there already\n");
    assert_eq!(output(tool(&two, &["export"])), lines());
    let other = Whole { companion: Some("{}".into()), ..with_companion(1, Status::Superseded) };
    let taken = "default/sh.helm.release.v1.web.v1: release: already exists\n0 records written, 0 there already, 1 failed\n";
    tool(&two, &["import"]).write_stdin(line::of_whole(&other)).assert().code(4).stderr(taken);
    tool(&two, &["import", "--replace"]).write_stdin(line::of_whole(&other)).assert().success();
    assert_eq!(output(tool(&two, &["export"])).lines().next(), Some(line::of_whole(&other).trim_end()));
}

#[test]
fn migrations_carry_it_both_ways() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two] = ["one", "two"].map(|name| sqlite(folder.path(), name));
    let migrate = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.args(["store", "migrate", "-A", "--from", &one, "--to", &two]).args(more);
        command.current_dir(folder.path()).env("KUBECONFIG", Path::new("/nowhere"));
        command.assert()
    };
    tool(&one, &["import"]).write_stdin(lines()).assert().success();
    // As when it was killed after the record.
    let record = line::of_record(&with_companion(1, Status::Superseded).record);
    tool(&two, &["put"]).write_stdin(record).assert().success();
    migrate(&["--dry-run"]).success().stdout("2 copied, 1 updated\n");
    migrate(&[]).success().stdout("2 copied, 1 updated\n");
    assert_eq!(output(tool(&two, &["export"])), lines());
    migrate(&[]).success().stdout("3 same\n");
    // What changes beside a record is a change of the record.
    let other = Whole { companion: Some("{}".into()), ..with_companion(2, Status::Superseded) };
    tool(&one, &["put", "--replace"]).write_stdin(line::of_whole(&other)).assert().success();
    let refused = "Error: 1 of 3 records are not in the target as they are in the source: migrate again before --finish\n";
    migrate(&["--finish"]).code(1).stderr(refused);
    migrate(&[]).success().stdout("2 same, 1 updated\n");
    let now = output(tool(&one, &["export"]));
    assert_eq!(output(tool(&two, &["export"])), now);
    migrate(&["--finish"]).success().stdout("3 finished\n");
    migrate(&["--reverse"]).success().stdout("3 copied\n");
    assert_eq!(output(tool(&one, &["export"])), now);
}

#[test]
fn what_a_repair_takes_out_comes_back_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite(folder.path(), "one");
    let mut broken = with_companion(1, Status::Deployed);
    broken.record.body.truncate(40);
    tool(&url, &["put"]).write_stdin(line::of_whole(&broken)).assert().success();
    let quarantine = folder.path().join("quarantine");
    tool(&url, &["check", "--repair", "--quarantine"]).arg(&quarantine).assert().success();
    assert_eq!(output(tool(&url, &["export"])), "");
    let kept = std::fs::read_to_string(&quarantine).expect("a file");
    tool(&url, &["import", "--replace"]).write_stdin(kept).assert().success();
    assert_eq!(output(tool(&url, &["export"])), line::of_whole(&broken));
}

/// A cluster and a database.
struct Place<'a> {
    options: &'a ConnectOptions,
    url: String,
    folder: &'a Path,
}

impl Place<'_> {
    fn rhelm(&self, store: &str, arguments: &[&[&str]]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command.args(arguments.concat()).current_dir(self.folder).env("HELM_DRIVER", store);
        command.env("KUBECONFIG", self.options.kubeconfig.as_ref().expect("set"));
        command.env("HELM_NAMESPACE", self.options.namespace.as_ref().expect("set"));
        command.env("HELM_DRIVER_SQL_CONNECTION_STRING", &self.url);
        command
    }

    /// The cells of the history that tell the pipelines.
    fn pipelines(&self, store: &str) -> Vec<String> {
        let shown = output(self.rhelm(store, &[&["history", "web", "--show-pipeline"]]));
        shown.lines().map(|line| line.split('\t').nth(5).unwrap_or_default().trim().to_owned()).collect()
    }
}

/// Somebody who may do everything in one namespace and owns nothing.
#[test]
fn a_role_installs_through_post_renderers() {
    let (Some(options), Some(server)) = (options(), postgres::shared()) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    run(async { cluster(&options).await });
    let database = server.new_database();
    let grant = format!("tenant:{}:*", options.namespace.as_deref().expect("set"));
    tool(&server.url(&database), &["init"]).assert().success();
    server.sql(&database, &output(tool(&server.url(&database), &["policy", "generate", "--grant", &grant])));
    server.sql(&database, "ALTER ROLE tenant LOGIN");
    let url = server.url(&database).replace("user=postgres", "user=tenant");
    let place = Place { options: &options, url, folder: folder.path() };
    place.rhelm("sql", &[&["install", "web", "."], LABEL]).assert().success();
    assert_eq!(place.pipelines("sql"), ["PIPELINE", "rhelm-inject-labels"]);
    place.rhelm("sql", &[&["upgrade", "web", "."]]).assert().code(1);
    place.rhelm("sql", &[&["upgrade", "web", "."], LABEL]).assert().success();
    place.rhelm("sql", &[&["uninstall", "web"]]).assert().success();
    assert_eq!(server.sql(&database, "SELECT count(*) FROM rhelm_companions_v1"), "0\n");
}

#[test]
fn the_guard_of_upgrades_goes_round_all_stores() {
    let (Some(options), Some(server)) = (options(), postgres::shared()) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    run(async { cluster(&options).await });
    let place = Place { options: &options, url: server.url(&server.new_database()), folder: folder.path() };
    place.rhelm("secret", &[&["install", "web", "."], LABEL]).assert().success();
    place.rhelm("secret", &[&["upgrade", "web", "."], LABEL]).assert().success();
    for (from, to) in [("secret", "sql"), ("sql", "configmap"), ("configmap", "secret")] {
        let migrate = ["store", "migrate", "--from", from, "--to", to];
        place.rhelm("", &[&migrate]).assert().success().stdout("2 copied\n");
        place.rhelm("", &[&migrate, &["--finish"]]).assert().success().stdout("2 finished\n");
        assert_eq!(place.pipelines(to), ["PIPELINE", "rhelm-inject-labels", "rhelm-inject-labels"], "{to}");
        let refused = "Error: UPGRADE FAILED: the post-renderers are not those of revision 2:\n\
                       -rhelm-inject-labels --label=team=a (built-in)\n\
                       give the same ones or --pipeline=recorded, or say why with --accept-pipeline-change\n";
        place.rhelm(to, &[&["upgrade", "web", "."]]).assert().code(1).stdout("").stderr(refused);
    }
    place.rhelm("secret", &[&["upgrade", "web", ".", "--pipeline=recorded"]]).assert().success();
}
