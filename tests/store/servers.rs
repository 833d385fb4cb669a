//! On a real API server and a real PostgreSQL: records go round all stores, and the real Helm goes on with them.

use super::{output, sorted};
use crate::cluster::interop::{helm, write_chart};
use crate::cluster::{cluster, options, run};
use assert_cmd::Command;
use rhelm_kube::ConnectOptions;
use rhelm_lib::release::{Status, record};
use rhelm_lib::store::line::{self, Line};
use rhelm_testutil::controlplane;
use rhelm_testutil::postgres;
use std::path::Path;

struct Place<'a> {
    options: &'a ConnectOptions,
    url: String,
    folder: &'a Path,
}

impl Place<'_> {
    fn program(&self, path: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(path);
        command.args(arguments).current_dir(self.folder);
        command.arg("--kubeconfig").arg(self.options.kubeconfig.as_ref().expect("set"));
        command.arg("--namespace").arg(self.options.namespace.as_ref().expect("set"));
        command.env("HELM_DRIVER_SQL_CONNECTION_STRING", &self.url).env_remove("HELM_DRIVER");
        command
    }

    fn rhelm(&self, arguments: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_rhelm"), arguments)
    }

    fn tool(&self, store: &str, arguments: &[&str]) -> Command {
        let path = match store {
            "secret" => env!("CARGO_BIN_EXE_rhelm-store-secret"),
            "configmap" => env!("CARGO_BIN_EXE_rhelm-store-configmap"),
            _ => env!("CARGO_BIN_EXE_rhelm-store-sql"),
        };
        self.program(path, arguments)
    }
}

#[test]
fn records_go_round_all_stores() {
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let Some(server) = postgres::shared() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    run(async { cluster(&options).await });
    let chart = folder.path().display().to_string();
    helm(&program, &options, &["install", "web", &chart, "--labels", "team=a"]);
    helm(&program, &options, &["upgrade", "web", &chart, "--set", "a=b"]);
    let place = Place { options: &options, url: server.url(&server.new_database()), folder: folder.path() };
    // What Helm calls corrupt travels as well.
    let namespace = options.namespace.as_deref().expect("set");
    let odd = format!(
        "{{\"namespace\":\"{namespace}\",\"key\":\"sh.helm.release.v1.odd.v1\",\"labels\":{{\"name\":\"odd\",\"owner\":\"helm\",\"status\":\"failed\",\"version\":\"1\"}},\"body\":\"<&>\\n\"}}\n"
    );
    place.tool("secret", &["import"]).write_stdin(odd).assert().success();
    let before = output(place.tool("secret", &["export"]));
    assert_eq!(before.lines().count(), 3);
    for (from, to) in [("secret", "sql"), ("sql", "configmap"), ("configmap", "secret")] {
        let migrate = ["store", "migrate", "--from", from, "--to", to];
        place.rhelm(&migrate).assert().success().stdout("3 copied\n");
        assert_eq!(sorted(&output(place.tool(from, &["export"]))), sorted(&before), "the source is kept");
        place.rhelm(&[&migrate[..], &["--finish"]].concat()).assert().success().stdout("3 finished\n");
        assert_eq!(output(place.tool(from, &["export"])), "");
        assert_eq!(sorted(&output(place.tool(to, &["export"]))), sorted(&before));
    }
    assert_eq!(helm(&program, &options, &["list", "--short"]), "web\n");
    assert_eq!(helm(&program, &options, &["rollback", "web", "1"]), "Rollback was a success! Happy Helming!\n");
}

#[test]
fn after_a_repair_helm_can_upgrade() {
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    run(async { cluster(&options).await });
    let chart = folder.path().display().to_string();
    helm(&program, &options, &["install", "web", &chart]);
    helm(&program, &options, &["upgrade", "web", &chart]);
    let place = Place { options: &options, url: String::new(), folder: folder.path() };
    let newest = output(place.tool("secret", &["get", "sh.helm.release.v1.web.v2"]));
    let (head, _) = newest.split_once("\"body\"").expect("a record");
    let broken = format!("{head}\"body\":\"H4sIAAAA\"}}\n");
    place.tool("secret", &["put", "--replace"]).write_stdin(broken.clone()).assert().success();
    let upgrade = ["upgrade", "web", &chart];
    let refused = place.program(program.to_str().expect("text"), &upgrade).assert().failure().get_output().clone();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("already exists"), "{refused:?}");
    let namespace = options.namespace.as_deref().expect("set");
    let finding = format!("{namespace}/sh.helm.release.v1.web.v2: undecodable: unexpected EOF (take it out)\n");
    place.rhelm(&["store", "check"]).assert().code(2).stdout(finding.clone());
    place.rhelm(&["store", "check", "--repair"]).assert().success().stdout(finding + "  done\n");
    place.rhelm(&["store", "check"]).assert().success().stdout("");
    place.program(program.to_str().expect("text"), &upgrade).assert().success();
    let kept = std::fs::read_to_string(folder.path().join("rhelm-quarantine.jsonl")).expect("a file");
    assert!(kept.contains("\"body\":\"H4sIAAAA\""), "{kept}");
}

#[test]
fn what_hangs_is_freed_by_a_repair() {
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    run(async { cluster(&options).await });
    let chart = folder.path().display().to_string();
    helm(&program, &options, &["install", "web", &chart]);
    let place = Place { options: &options, url: String::new(), folder: folder.path() };
    let key = "sh.helm.release.v1.web.v1";
    let mut kept = line::read(output(place.tool("secret", &["get", key])).trim()).and_then(Line::record).expect("a record");
    let mut release = record::decode(&kept.body).expect("a release");
    release.info.status = Status::PendingUpgrade;
    release.info.last_deployed = "2024-01-02T03:04:05Z".into();
    kept.body = record::encode(&release).expect("writable").into_bytes();
    place.tool("secret", &["put", "--replace"]).write_stdin(line::of_record(&kept)).assert().success();
    let upgrade = || place.program(program.to_str().expect("text"), &["upgrade", "web", &chart]);
    let busy = "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n";
    upgrade().assert().failure().stderr(busy);
    let found = output_of(place.rhelm(&["store", "check"]).assert().code(2));
    let namespace = options.namespace.as_deref().expect("set");
    let age = found.split(" for ").nth(1).and_then(|rest| rest.split(' ').next()).expect("an age");
    let expected = format!(
        "{namespace}/{key}: mismatch: label status is \"deployed\", the body says \"pending-upgrade\" (set its labels to what its body says)\n\
         {namespace}/{key}: pending: pending-upgrade for {age} seconds (set its status to failed)\n"
    );
    assert_eq!(found, expected);
    place.rhelm(&["store", "check", "--repair"]).assert().success();
    place.rhelm(&["store", "check"]).assert().success().stdout("");
    upgrade().assert().success();
}

fn output_of(ended: assert_cmd::assert::Assert) -> String {
    String::from_utf8(ended.get_output().stdout.clone()).expect("text")
}

/// A record without its label `owner` is seen by nobody, and its name is taken.
#[test]
fn a_record_that_lost_its_label_is_found() {
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let Some(kubectl) = controlplane::real_program("kubectl/kubectl") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    run(async { cluster(&options).await });
    let chart = folder.path().display().to_string();
    let place = Place { options: &options, url: String::new(), folder: folder.path() };
    let namespace = options.namespace.as_deref().expect("set");
    let helm = program.to_str().expect("text");
    for (store, kind) in [("secret", "secret"), ("configmap", "configmap")] {
        let on_store = |mut command: Command| {
            command.env("HELM_DRIVER", store);
            command
        };
        let upgrade = || on_store(place.program(helm, &["upgrade", "web", &chart, "--install"]));
        upgrade().assert().success();
        upgrade().assert().success();
        let key = "sh.helm.release.v1.web.v2";
        let before = output(place.tool(store, &["get", key]));
        place.program(kubectl.to_str().expect("text"), &["label", kind, key, "owner-"]).assert().success();
        let refused = upgrade().assert().failure().get_output().clone();
        assert!(String::from_utf8_lossy(&refused.stderr).contains("already exists"), "{refused:?}");
        // Something else that has the name of a record is left alone.
        let other = ["create", "configmap", "sh.helm.release.v1.web.v9", "--from-literal=a=b"];
        place.program(kubectl.to_str().expect("text"), &other).assert().success();
        let left = match kind {
            "configmap" => format!(
                "{namespace}/sh.helm.release.v1.web.v9: undecodable: it is no record, and stands where one would be (nothing to do)\n"
            ),
            _ => String::new(),
        };
        let finding = format!(
            "{namespace}/{key}: mismatch: label owner is \"\", the body says \"helm\" (set its labels to what its body says)\n"
        );
        let deployed = format!(
            "{namespace}/sh.helm.release.v1.web.v1: deployed: deployed, and so is revision 2 (set its status to superseded)\n"
        );
        let check = |more: &[&str]| on_store(place.rhelm(&[&["store", "check"], more].concat()));
        let found = output_of(check(&[]).assert().code(2));
        assert_eq!(found.replace(&deployed, ""), format!("{finding}{left}"));
        check(&["--repair"]).assert().success();
        check(&[]).assert().success().stdout(left);
        let after = output(place.tool(store, &["get", key]));
        let record = |text: &str| line::read(text.trim()).and_then(Line::record).expect("a record");
        assert_eq!(line::digest(&record(&before)), line::digest(&record(&after)), "it is what it was before");
        upgrade().assert().success();
        on_store(place.program(helm, &["uninstall", "web"])).assert().success();
        let kept = std::fs::read_to_string(folder.path().join("rhelm-quarantine.jsonl")).expect("a file");
        assert!(!record(kept.lines().last().expect("a line")).head.is_found(), "it can be made again as it was found");
        std::fs::remove_file(folder.path().join("rhelm-quarantine.jsonl")).expect("removed");
        place
            .program(kubectl.to_str().expect("text"), &["delete", "configmap", "sh.helm.release.v1.web.v9"])
            .assert()
            .success();
    }
}

/// A store that is a script of somebody's own, found on the path by its name.
#[test]
fn releases_live_in_a_program() {
    let Some(options) = options() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    write_chart(folder.path());
    run(async { cluster(&options).await });
    let place = Place { options: &options, url: String::new(), folder: folder.path() };
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([scripts].into_iter().chain(std::env::split_paths(&path))).expect("a path");
    let rhelm = |arguments: &[&str]| {
        let mut command = place.rhelm(arguments);
        command.env("HELM_DRIVER", "folder").env("PATH", &path).env("RHELM_STORE_FOLDER", folder.path().join("records"));
        command
    };
    rhelm(&["install", "web", "."]).assert().success();
    rhelm(&["upgrade", "web", "."]).assert().success();
    rhelm(&["rollback", "web", "1"]).assert().success().stdout("Rollback was a success! Happy Helming!\n");
    assert_eq!(output(rhelm(&["list", "--short"])), "web\n");
    let revisions = output(rhelm(&["history", "web"]))
        .lines()
        .map(|line| line.split('\t').nth(2).map(str::trim_end).map(str::to_owned))
        .collect::<Vec<_>>();
    let expected = ["STATUS", "superseded", "superseded", "deployed"].map(|status| Some(status.to_owned()));
    assert_eq!(revisions, expected);
    assert_eq!(output(place.tool("secret", &["list"])), "", "nothing is in the cluster");
    rhelm(&["uninstall", "web"]).assert().success().stdout("release \"web\" uninstalled\n");
    assert_eq!(output(rhelm(&["list", "--short"])), "");
}
