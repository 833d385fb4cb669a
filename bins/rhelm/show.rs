//! `rhelm show`: what a chart says of itself.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use goyaml::Value;
use rhelm_cli::chart::{self, Purpose};
use rhelm_cli::{ChartArgs, Failure, GlobalArgs, exactly, print_logs, variable, write_stdout};
use rhelm_lib::chart::Chart;
use rhelm_lib::manifest::crds;

#[derive(Args)]
struct ShowArgs {
    /// The chart
    #[arg(value_name = "CHART")]
    operands: Vec<String>,
    #[command(flatten)]
    chart: ChartArgs,
}

#[derive(Args)]
struct ValuesArgs {
    #[command(flatten)]
    show: ShowArgs,
    /// Print only what this JSONPath expression finds
    #[arg(long)]
    jsonpath: Option<String>,
}

pub(crate) fn define() -> Command {
    let part = |name: &'static str, about: &'static str| rhelm_cli::with_flags::<ShowArgs>(Command::new(name).about(about));
    Command::new("show")
        .visible_alias("inspect")
        .about("Show what a chart says of itself")
        .arg_required_else_help(true)
        .subcommand(part("all", "Show everything"))
        .subcommand(part("chart", "Show Chart.yaml"))
        .subcommand(part("crds", "Show the files of crds/"))
        .subcommand(part("readme", "Show the README"))
        .subcommand(rhelm_cli::with_flags::<ValuesArgs>(Command::new("values").about("Show values.yaml")))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((part, own)) = matches.subcommand() else { return Err(Failure::new("what to show? see rhelm show --help")) };
    let args = ShowArgs::from_arg_matches(own)?;
    let [name] = exactly(&format!("rhelm show {part} [CHART] [flags]"), args.operands)?;
    let mut logs = Vec::new();
    let path = chart::locate(&name, &args.chart, &global.home(variable), &mut logs);
    let loaded = path.and_then(|path| chart::load(&path, Purpose::Show, &mut logs));
    print_logs(&logs, global.debug);
    let chart = loaded?;
    if part == "values"
        && chart.has_values
        && let Some(path) = ValuesArgs::from_arg_matches(own)?.jsonpath
    {
        return write_stdout(rhelm_lib::values::json_path(&chart.values, &path)?.as_bytes());
    }
    write_stdout(&text(&chart, part)?)
}

fn text(chart: &Chart, part: &str) -> Result<Vec<u8>, Failure> {
    let is = |name: &str| part == name || part == "all";
    let mut text = Vec::new();
    if is("chart") {
        text.extend(goyaml::to_yaml(&Value::Map(chart.metadata.document()))?.into_bytes());
        text.push(b'\n');
    }
    if let Some(values) = chart.values_file.as_ref().filter(|_| is("values")) {
        section(&mut text, part, &values.data);
    }
    if is("readme")
        && let Some(readme) = chart.files.iter().find(|file| README.contains(&file.name.to_ascii_lowercase().as_str()))
    {
        section(&mut text, part, &readme.data);
    }
    if is("crds") {
        for crd in crds::crds(chart) {
            if !crd.content.starts_with("---") {
                text.extend(b"---\n");
            }
            text.extend(crd.content.as_bytes());
            text.push(b'\n');
        }
    }
    Ok(text)
}

const README: [&str; 3] = ["readme.md", "readme.txt", "readme"];

/// A file, with a line before it where it is one of several.
fn section(text: &mut Vec<u8>, part: &str, data: &[u8]) {
    if part == "all" {
        text.extend(b"---\n");
    }
    text.extend_from_slice(data);
    text.push(b'\n');
}
