//! Records that the real Helm wrote are read, and records that are written here are the real Helm's to go on with.

use super::{cluster, options, run};
use k8s_openapi::ByteString;
use rhelm_kube::{ConnectOptions, KubeDriver};
use rhelm_lib::cluster::{Cluster, ObjectId};
use rhelm_lib::release::{Status, record};
use rhelm_lib::store::Store;
use rhelm_testutil::controlplane;
use std::path::Path;
use std::process::Command;

pub(crate) fn helm(program: &Path, options: &ConnectOptions, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg("--kubeconfig")
        .arg(options.kubeconfig.as_ref().expect("set"))
        .arg("--namespace")
        .arg(options.namespace.as_ref().expect("set"))
        .output()
        .expect("helm runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn write_files(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
}

pub(crate) fn write_chart(folder: &Path) {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {key: a}\n";
    write_files(folder, &[("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"), ("templates/all.yaml", template)]);
}

/// A chart that has everything a record can hold.
const FULL_CHART: &[(&str, &str)] = &[
    (
        "Chart.yaml",
        "apiVersion: v2\nname: web\nversion: 0.1.0+b.1\nappVersion: \"1.0\"\nhome: https://a.b\nsources: [https://s]\n\
         description: <&>\nkeywords: [k]\nmaintainers: [{name: n, email: e@f, url: u}]\nicon: i\nannotations: {a: b}\n\
         kubeVersion: '>=1.0.0-0'\ntype: application\ndeprecated: true\n\
         dependencies:\n- {name: sub, version: 0.1.0, repository: '', alias: other, import-values: [data, {child: a.b, parent: c}]}\n",
    ),
    (
        "Chart.lock",
        "dependencies:\n- {name: sub, version: 0.1.0, repository: ''}\ndigest: sha256:0\ngenerated: \"2020-01-02T03:04:05.60+02:00\"\n",
    ),
    ("values.yaml", "a: 1\nb: 1.5e30\nc: [1, null, {d: <é>}]\nbig: 12345678901234567890\nsmall: 0.00000012\n"),
    ("values.schema.json", "{}"),
    ("README.md", "# hi\n"),
    ("templates/NOTES.txt", "Thanks & <goodbye>\n"),
    ("templates/all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {key: a}\n"),
    (
        "templates/hook.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: pre-install,post-upgrade\n    \
         helm.sh/hook-weight: \"-5\"\n    helm.sh/hook-delete-policy: hook-succeeded\n",
    ),
    (
        "templates/test.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: test, annotations: {helm.sh/hook: test, helm.sh/hook-output-log-policy: hook-failed}}\n",
    ),
    ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
    ("charts/sub/values.yaml", "exports: {data: {x: 1}}\na: {b: {z: 2}}\n"),
];

/// The JSON of the record in a Secret.
async fn stored_json(cluster: &impl Cluster, namespace: &str, revision: u32) -> String {
    let name = format!("sh.helm.release.v1.web.v{revision}");
    let id = ObjectId { api_version: "v1".into(), kind: "Secret".into(), namespace: namespace.into(), name };
    let secret = cluster.get(&id).await.expect("an answer").expect("a record");
    let ByteString(payload) = serde_json::from_value(secret["data"]["release"].clone()).expect("data");
    String::from_utf8(record::json(&payload).expect("a payload")).expect("text")
}

#[test]
fn records_of_real_helm_come_back_byte_for_byte() {
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let chart = tempfile::tempdir().expect("a folder");
    write_files(chart.path(), FULL_CHART);
    let folder = chart.path().display().to_string();
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        helm(
            &program,
            &options,
            &["install", "web", &folder, "--set", "n=5,f=1.50", "--set-json", "big=98765432109876543210"],
        );
        helm(&program, &options, &["upgrade", "web", &folder, "--reuse-values", "--description", "<again>"]);
        helm(&program, &options, &["rollback", "web", "1"]);
        helm(&program, &options, &["uninstall", "web", "--keep-history"]);
        for revision in 1..=3 {
            let json = stored_json(&cluster, namespace, revision).await;
            let release = record::from_json(json.as_bytes()).expect("a record");
            let written = record::to_json(&release).expect("writable");
            assert_eq!(String::from_utf8(written).expect("text"), json, "revision {revision}");
        }
    });
}

#[test]
fn real_helm_goes_on_with_records_written_here() {
    let Some(options) = options() else { return };
    let Some(program) = controlplane::real_program("helm/helm") else { return };
    let chart = tempfile::tempdir().expect("a folder");
    write_chart(chart.path());
    run(async {
        let cluster = cluster(&options).await;
        let namespace = cluster.default_namespace();
        helm(&program, &options, &["install", "web", &chart.path().display().to_string()]);
        let before = helm(&program, &options, &["get", "all", "web"]);
        let store = Store::new(Box::new(KubeDriver::secrets(&cluster, namespace)), || 1_700_000_000);
        let mut found = store.history(namespace, "web").await.expect("an answer");
        assert_eq!(found.len(), 1);
        store.delete(namespace, "web", 1).await.expect("deleted");
        assert_eq!(helm(&program, &options, &["list", "--short"]), "");
        found[0].info.status = Status::Deployed;
        store.create(&found[0]).await.expect("created");
        store.update(&found[0]).await.expect("updated");
        assert_eq!(helm(&program, &options, &["list", "--short"]), "web\n");
        assert_eq!(helm(&program, &options, &["get", "all", "web"]), before);
        assert_eq!(helm(&program, &options, &["uninstall", "web"]), "release \"web\" uninstalled\n");
        assert!(store.history(namespace, "web").await.expect("an answer").is_empty());
        let id =
            ObjectId { api_version: "v1".into(), kind: "ConfigMap".into(), namespace: namespace.into(), name: "web".into() };
        assert!(cluster.get(&id).await.expect("an answer").is_none());
    });
}
