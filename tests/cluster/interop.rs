//! Records that the real Helm wrote are read, and records that are written here are the real Helm's to go on with.

use super::{cluster, options, run};
use rhelm_kube::{Codec, ConnectOptions, SecretDriver};
use rhelm_lib::cluster::{Cluster, ObjectId};
use rhelm_lib::release::{Release, Status};
use rhelm_lib::store::Driver;
use rhelm_testutil::controlplane;
use std::path::Path;
use std::process::Command;

/// Passes payloads on as they are.
const AS_IS: Codec = Codec {
    encode: |release| Ok(release.manifest.clone()),
    decode: |text| Ok(Release { name: "web".into(), revision: 1, manifest: text.to_owned(), ..Release::default() }),
};

fn helm(program: &Path, options: &ConnectOptions, arguments: &[&str]) -> String {
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

fn write_chart(folder: &Path) {
    std::fs::create_dir(folder.join("templates")).expect("a folder");
    std::fs::write(folder.join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n").expect("a file");
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {key: a}\n";
    std::fs::write(folder.join("templates/all.yaml"), template).expect("a file");
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
        let driver = SecretDriver::with_codec(&cluster, namespace, AS_IS);
        let mut found = driver.history(namespace, "web").await.expect("an answer");
        assert_eq!(found.len(), 1);
        driver.delete(namespace, "web", 1).await.expect("deleted");
        assert_eq!(helm(&program, &options, &["list", "--short"]), "");
        found[0].info.status = Status::Deployed;
        driver.create(&found[0]).await.expect("created");
        driver.update(&found[0]).await.expect("updated");
        assert_eq!(helm(&program, &options, &["list", "--short"]), "web\n");
        assert_eq!(helm(&program, &options, &["get", "all", "web"]), before);
        assert_eq!(helm(&program, &options, &["uninstall", "web"]), "release \"web\" uninstalled\n");
        assert!(driver.history(namespace, "web").await.expect("an answer").is_empty());
        let id =
            ObjectId { api_version: "v1".into(), kind: "ConfigMap".into(), namespace: namespace.into(), name: "web".into() };
        assert!(cluster.get(&id).await.expect("an answer").is_none());
    });
}
