//! Renders a chart without a cluster: `cargo run -p rhelm-lib --example render -- CHART`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example has no other way to tell")]

use rhelm_lib::action::template::{RenderOptions, render};
use rhelm_lib::chart::loader;
use rhelm_lib::manifest::print::printed;
use rhelm_lib::render::{Environment, NoCluster, ReleaseFacts};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// The same chart gives the same text: time stands still, and nothing is random.
fn environment() -> Environment {
    Environment {
        clock: Arc::new(|| SystemTime::UNIX_EPOCH),
        random: Arc::new(|bytes| bytes.fill(7)),
        time_zone: "UTC".into(),
        time_zone_data: Arc::new(|_| None),
        resolve: Arc::new(|_| None),
        fetch: Arc::new(rhelm_lib::values::schema::refuse),
        memory: None,
    }
}

fn manifests(chart: &Path) -> Result<String, Box<dyn Error>> {
    let (chart, mut logs) = loader::load(chart)?;
    let release = ReleaseFacts { name: "web".into(), namespace: "default".into(), revision: 1, ..ReleaseFacts::default() };
    let options = RenderOptions { release, ..RenderOptions::default() };
    let values = goyaml::decode_map("replicas: 2\n")?.unwrap_or_default();
    let rendered = render(chart, values, &options, &environment(), Arc::new(NoCluster), &mut logs)?;
    logs.iter().for_each(|log| eprintln!("{log}"));
    Ok(printed(&rendered.crds, &rendered.manifests))
}

fn main() -> Result<(), Box<dyn Error>> {
    let chart = std::env::args().nth(1).ok_or("which chart?")?;
    print!("{}", manifests(Path::new(&chart))?);
    Ok(())
}

#[test]
fn a_chart_is_rendered() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ .Release.Name }}}\ndata: {n: {{ .Values.replicas | quote }}}\n";
    std::fs::create_dir(folder.path().join("templates")).expect("a folder");
    std::fs::write(folder.path().join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n").expect("a file");
    std::fs::write(folder.path().join("templates/a.yaml"), template).expect("a file");
    let expected =
        "---\n# Source: c/templates/a.yaml\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: web}\ndata: {n: \"2\"}\n";
    assert_eq!(manifests(folder.path()).expect("rendered"), expected);
}
