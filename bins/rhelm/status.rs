//! `rhelm status`: what is recorded of a release, and its objects as the cluster shows them now.

use super::driver::{self, Releases};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::release_text::{Shown, release_text};
use rhelm_cli::{
    Failure, Format, GlobalArgs, TablePrinter, exactly, json_text, parse_format, parse_int, print_logs, write_stdout,
};
use rhelm_kube::{Form, KubeCluster};
use rhelm_lib::action::{get, status};
use rhelm_lib::cluster::ObjectId;
use rhelm_lib::plan::Object;
use rhelm_lib::release::{Release, record};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

const USAGE: &str = "rhelm status RELEASE_NAME [flags]";

#[derive(Args)]
struct StatusArgs {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    operands: Vec<String>,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
    /// The revision; the newest when it is not positive
    #[arg(long, default_value_t = 0, value_parser = parse_int)]
    revision: i64,
    /// Helm 3's flag: the description is shown anyhow
    #[arg(long, hide = true)]
    show_desc: bool,
    /// Helm 3's flag: the objects are shown anyhow
    #[arg(long, hide = true)]
    show_resources: bool,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<StatusArgs>(Command::new("status").about("Show the state of a release and of its objects"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = StatusArgs::from_arg_matches(matches)?;
    let [name] = exactly(USAGE, args.operands)?;
    let Releases { runtime, cluster, store, namespace } = driver::open(&global)?;
    let (release, logs) = runtime.block_on(get::get(&store, &namespace, &name, args.revision))?;
    print_logs(&logs, global.debug);
    let form = if args.output == Format::Table { Form::Table } else { Form::Whole };
    let resources = runtime.block_on(resources(&cluster, &release, form))?;
    let text = match args.output {
        Format::Table => {
            let resources = tables(&resources);
            release_text(
                &release,
                args.output,
                Shown { resources: &resources, colored: global.colored, ..Shown::default() },
            )?
        }
        format => json_text(&record::to_status_json(&release, resources)?, format)?,
    };
    write_stdout(text.as_bytes())
}

/// The live objects by version and kind: those of the record, in its order, and the pods of its workloads. What is gone, or
/// may not be read, is left out.
async fn resources(cluster: &KubeCluster, release: &Release, form: Form) -> Result<BTreeMap<String, Vec<Json>>, Failure> {
    let objects = status::objects(cluster, release).await?;
    let ids: Vec<ObjectId> = objects.iter().map(|object| object.id.clone()).collect();
    let live = cluster.show(&ids, form).await;
    let mut resources: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    let mut selectors = BTreeSet::new();
    for (object, live) in objects.iter().zip(live) {
        let Ok(live) = live else { continue };
        resources.entry(format!("{}/{}", object.id.version(), object.id.kind)).or_default().push(live);
        if let Some(selector) = status::pod_selector(object).filter(|selector| selectors.insert(selector.clone()))
            && let Ok(pods) = pods(cluster, object, &selector, form).await
        {
            resources.entry("v1/Pod(related)".to_owned()).or_default().push(pods);
        }
    }
    Ok(resources)
}

/// A list whose items say what they are, as they do for client-go.
async fn pods(cluster: &KubeCluster, object: &Object, selector: &str, form: Form) -> Result<Json, Failure> {
    let mut pods = cluster.show_pods(&object.id.namespace, selector, form).await?;
    for pod in pods.get_mut("items").and_then(Json::as_array_mut).into_iter().flatten() {
        pod["apiVersion"] = "v1".into();
        pod["kind"] = "Pod".into();
    }
    Ok(pods)
}

/// In the order of versions and kinds, where Helm leaves it to chance.
fn tables(resources: &BTreeMap<String, Vec<Json>>) -> String {
    let mut printer = TablePrinter::default();
    resources.iter().map(|(kind, tables)| format!("==> {kind}\n{}\n", printer.print(tables))).collect()
}
