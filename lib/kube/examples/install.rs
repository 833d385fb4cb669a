//! Installs a chart through a post-renderer of one's own in this process: `cargo run -p rhelm-kube --example install -- NAME CHART`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example has no other way to tell")]

use rhelm_kube::{ConnectOptions, KubeDriver, connect};
use rhelm_lib::action::install::{InstallOptions, install};
use rhelm_lib::action::template::{RenderOptions, Rendered, render};
use rhelm_lib::action::{Cancellation, Context, Facts, Source};
use rhelm_lib::chart::{Chart, loader};
use rhelm_lib::manifest::{Manifest, crds};
use rhelm_lib::postrender::{FilterError, Hooks, Interrupt, PostRenderer, Stage, Surroundings, post_render, run};
use rhelm_lib::release::{Release, time::Time};
use rhelm_lib::render::{Environment, NoCluster, ReleaseFacts};
use rhelm_lib::store::Store;
use std::error::Error;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Lets every image come from a mirror.
struct Mirror;

impl PostRenderer for Mirror {
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, _: &mut dyn Write) -> Result<(), FilterError> {
        let mut text = String::new();
        input.read_to_string(&mut text)?;
        Ok(output.write_all(text.replace("registry.example/", "mirror.example/").as_bytes())?)
    }
}

fn environment() -> Environment {
    Environment {
        clock: Arc::new(SystemTime::now),
        random: Arc::new(|bytes| bytes.fill(7)),
        time_zone: "UTC".into(),
        time_zone_data: Arc::new(|_| None),
        resolve: Arc::new(|_| None),
        memory: None,
        fetch: Arc::new(rhelm_lib::values::schema::refuse),
    }
}

/// A chart that is rendered and goes through the mirror.
struct Mirrored(Chart);

impl Source for Mirrored {
    fn crds(&self) -> Result<Vec<Manifest>, String> {
        Ok(crds::crds(&self.0))
    }

    fn values(&self) -> goyaml::Map {
        goyaml::Map::new()
    }

    fn render(&self, facts: &Facts) -> Result<Rendered, String> {
        let Facts { name, namespace, revision, is_upgrade, config, .. } = facts.clone();
        let options =
            RenderOptions { release: ReleaseFacts { name, namespace, revision, is_upgrade }, ..Default::default() };
        let rendered = render(self.0.clone(), config, &options, &environment(), Arc::new(NoCluster), &mut Vec::new());
        let rendered = rendered.map_err(|error| error.to_string())?;
        let surroundings = Surroundings {
            messages: Arc::new(|stage, line| eprintln!("[{stage}] {line}")),
            clock: Arc::new(|| Duration::ZERO),
            environment: Vec::new(),
            interrupt: Interrupt::default(),
        };
        let stages = [Stage::filter("mirror", Mirror)];
        let mirrored = post_render(rendered.manifests, Hooks::Combined, &mut |stream, part| {
            run(&stages, stream, part, &surroundings).result
        });
        let (manifests, _) = mirrored.map_err(|error| error.to_string())?;
        Ok(Rendered { manifests, ..rendered })
    }
}

async fn installed(context: Context<'_>, name: &str, chart: &Path) -> Result<Release, Box<dyn Error>> {
    let options = InstallOptions { name: name.into(), namespace: "default".into(), ..InstallOptions::default() };
    Ok(install(context, &options, &Mirrored(loader::load(chart)?.0)).await?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(chart)) = (arguments.next(), arguments.next()) else { return Err("NAME CHART".into()) };
    let options = ConnectOptions { kubeconfig_list: std::env::var_os("KUBECONFIG"), ..ConnectOptions::default() };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let cluster = connect(&options).await?;
        let store = Store::new(Box::new(KubeDriver::secrets(&cluster, "default")), || 0);
        let now = || Time::now(&environment()).rfc3339();
        let cancellation = Cancellation::default();
        let log = |log| eprintln!("{log}");
        let context = Context { cluster: &cluster, store: &store, now: &now, log: &log, cancellation: &cancellation };
        println!("{}", installed(context, &name, Path::new(&chart)).await?.manifest);
        Ok(())
    })
}

#[test]
fn images_come_from_the_mirror() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {image: registry.example/web}\n";
    std::fs::create_dir(folder.path().join("templates")).expect("a folder");
    std::fs::write(folder.path().join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n").expect("a file");
    std::fs::write(folder.path().join("templates/a.yaml"), template).expect("a file");
    let cluster = rhelm_lib::cluster::memory::MemoryCluster::new();
    let store = Store::new(Box::<rhelm_lib::store::memory::MemoryDriver>::default(), || 0);
    let cancellation = Cancellation::default();
    let context = Context { cluster: &cluster, store: &store, now: &String::new, log: &drop, cancellation: &cancellation };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let release = runtime.block_on(installed(context, "web", folder.path())).expect("installed");
    let expected = format!("---\n# Source: c/templates/a.yaml\n{}\n", template.replace("registry", "mirror"));
    assert_eq!(release.manifest, expected);
    assert_eq!(cluster.objects()[0]["data"]["image"], "mirror.example/web");
}
