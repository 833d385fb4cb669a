//! `rhelm dependency`: the charts of `charts/`.

mod listing;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::dependencies::manager;
use rhelm_cli::provenance::Verifier;
use rhelm_cli::{AccessArgs, Failure, GlobalArgs, at_most_one, narrow_table, print_logs, variable, write_stdout};
use rhelm_fetch::locate::Archive;
use rhelm_lib::chart::loader;
use std::path::Path;

#[derive(Args)]
struct FetchArgs {
    /// The chart's folder
    #[arg(value_name = "CHART")]
    operands: Vec<String>,
    /// Use the indexes that are cached
    #[arg(long)]
    skip_refresh: bool,
    /// Check signatures
    #[arg(long)]
    verify: bool,
    /// File with the keys to check them with
    #[arg(long)]
    keyring: Option<String>,
    #[command(flatten)]
    access: AccessArgs,
}

#[derive(Args)]
struct ListArgs {
    /// The chart
    #[arg(value_name = "CHART")]
    operands: Vec<String>,
    /// How wide a column may be, 0 for any width
    #[arg(long, default_value_t = 80)]
    max_col_width: usize,
}

pub(crate) fn define() -> Command {
    let fetch =
        |name: &'static str, about: &'static str| rhelm_cli::with_flags::<FetchArgs>(Command::new(name).about(about));
    let list = Command::new("list").about("Show which dependencies are there").visible_alias("ls");
    Command::new("dependency")
        .visible_aliases(["dep", "dependencies"])
        .about("Manage the dependencies of a chart")
        .arg_required_else_help(true)
        .subcommand(fetch("build", "Fetch what Chart.lock says"))
        .subcommand(rhelm_cli::with_flags::<ListArgs>(list))
        .subcommand(fetch("update", "Fetch what Chart.yaml asks for, and write Chart.lock").visible_alias("up"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        Some(("list", own)) => list(&global, &ListArgs::from_arg_matches(own)?),
        Some((what, own)) => fetch(&global, what, &FetchArgs::from_arg_matches(own)?),
        None => Err(Failure::new("what to do? see rhelm dependency --help")),
    }
}

fn fetch(global: &GlobalArgs, what: &str, args: &FetchArgs) -> Result<(), Failure> {
    let home = global.home(variable);
    let chart = at_most_one(&format!("rhelm dependency {what} CHART [flags]"), &args.operands)?;
    let path = Path::new(chart.unwrap_or("."));
    let report = |line: &str| rhelm_cli::say(line);
    let mut manager = manager(&home, path, args.access.access(), &report);
    let verifier = Verifier::new(args.keyring.as_deref());
    let verify = |archive: &mut Archive| {
        let provenance = archive.fetch_provenance(&home)?;
        verifier.verify(&archive.file_name, &archive.data, &provenance).map(drop)
    };
    manager.skip_refresh = args.skip_refresh;
    manager.verify = if args.verify { Some(&verify) } else { None };
    Ok(if what == "build" { manager.build() } else { manager.update() }?)
}

fn list(global: &GlobalArgs, args: &ListArgs) -> Result<(), Failure> {
    let path = Path::new(at_most_one("rhelm dependency list CHART [flags]", &args.operands)?.unwrap_or("."));
    std::fs::metadata(path).map_err(|error| rhelm_fetch::FetchError::file("stat", path, &error))?;
    let loaded = loader::load_any_version(path);
    print_logs(loaded.as_ref().map_or_else(|error| error.logs.as_slice(), |(_, logs)| logs), global.debug);
    let (chart, _) = loaded?;
    if chart.metadata.dependencies.is_empty() {
        let folder = path.join("charts");
        return write_stdout(format!("WARNING: no dependencies at {}\n", folder.display()).as_bytes());
    }
    let rows = listing::rows(path, &chart);
    let mut text = narrow_table(&rows, args.max_col_width) + "\n";
    for name in listing::undeclared(path, &chart)? {
        text.push_str(&format!("WARNING: {name:?} is not in Chart.yaml.\n"));
    }
    write_stdout(text.as_bytes())
}
