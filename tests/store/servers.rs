//! On a real API server and a real PostgreSQL: records go round all stores, and the real Helm goes on with them.

use super::{output, sorted};
use crate::cluster::interop::{helm, write_chart};
use crate::cluster::{cluster, options, run};
use assert_cmd::Command;
use rhelm_kube::ConnectOptions;
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
