//! Lists the releases of a namespace: `cargo run -p rhelm-kube --example list -- NAMESPACE [secret|configmap|memory]`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example has no other way to tell")]

use rhelm_kube::{ConnectOptions, KubeDriver, connect};
use rhelm_lib::action::list::{ListOptions, list};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::store::memory::MemoryDriver;
use rhelm_lib::store::{Driver, Store};
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

fn log(level: Level, message: String) {
    eprintln!("{}", Log { level, message, fields: Vec::new() });
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// The driver of that name, on the cluster of the kubeconfig.
async fn driver(name: &str, namespace: &str) -> Result<Box<dyn Driver>, Box<dyn Error>> {
    if name == "memory" {
        return Ok(Box::<MemoryDriver>::default());
    }
    let options = ConnectOptions {
        kubeconfig_list: std::env::var_os("KUBECONFIG"),
        home: std::env::var_os("HOME").map(Into::into),
        namespace: Some(namespace.to_owned()),
        ..ConnectOptions::default()
    };
    let cluster = connect(&options).await?;
    match name {
        "secret" => Ok(Box::new(KubeDriver::secrets(&cluster, namespace))),
        "configmap" => Ok(Box::new(KubeDriver::config_maps(&cluster, namespace))),
        other => Err(format!("no driver {other}").into()),
    }
}

async fn print_releases(namespace: &str, driver_name: &str) -> Result<usize, Box<dyn Error>> {
    log(Level::Info, format!("listing releases in {namespace} by {driver_name}"));
    let store = Store::new(driver(driver_name, namespace).await?, now);
    let options = ListOptions { namespace: namespace.to_owned(), ..ListOptions::default() };
    let entries = list(&store, &options).await?;
    for entry in &entries {
        match &entry.content {
            Ok(release) => println!("{}\t{}\t{}", release.name, release.revision, release.info.status),
            Err(error) => log(Level::Warn, format!("{}: {error}", entry.head.name())),
        }
    }
    Ok(entries.len())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let namespace = arguments.next().unwrap_or_else(|| "default".to_owned());
    let driver = arguments.next().unwrap_or_else(|| "secret".to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(print_releases(&namespace, &driver)).map(drop)
}

#[test]
fn an_empty_store_has_no_releases() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    assert_eq!(runtime.block_on(print_releases("default", "memory")).expect("a list"), 0);
}
