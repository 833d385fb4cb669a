//! `rhelm search hub`: charts of every repository that a hub knows.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, Field, Format, Record, narrow_table, parse_format, print_records, write_stdout};
use rhelm_fetch::search::hub::{self, HubChart};

#[derive(Args)]
struct HubArgs {
    /// Words to look for
    #[arg(value_name = "KEYWORD")]
    operands: Vec<String>,
    /// URL of the hub
    #[arg(long, default_value = "https://hub.helm.sh")]
    endpoint: String,
    /// Finding nothing is an error
    #[arg(long)]
    fail_on_no_result: bool,
    /// Show the URLs of the repositories
    #[arg(long)]
    list_repo_url: bool,
    /// How wide a column may be, 0 for any width
    #[arg(long, default_value_t = 50, value_parser = rhelm_cli::parse_uint)]
    max_col_width: usize,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
}

pub(super) fn define() -> Command {
    rhelm_cli::with_flags::<HubArgs>(Command::new("hub").about("Search a hub, which knows many repositories"))
}

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let args = HubArgs::from_arg_matches(matches)?;
    let charts = hub::search(&args.endpoint, &args.operands.join(" "))?;
    if charts.is_empty() && args.fail_on_no_result {
        return Err(Failure::new("no results found"));
    }
    if args.output != Format::Table {
        return print_records(&charts.iter().map(record).collect::<Vec<_>>(), args.output);
    }
    if charts.is_empty() {
        return write_stdout(b"No results found\n");
    }
    let mut header = ["URL", "CHART VERSION", "APP VERSION", "DESCRIPTION"].map(str::to_owned).to_vec();
    header.extend(args.list_repo_url.then(|| "REPO URL".to_owned()));
    let row = |chart: &HubChart| {
        let mut row = [&chart.url, &chart.version, &chart.app_version, &chart.description].map(Clone::clone).to_vec();
        row.extend(args.list_repo_url.then(|| chart.repository_url.clone()));
        row
    };
    let rows: Vec<_> = std::iter::once(header).chain(charts.iter().map(row)).collect();
    write_stdout(narrow_table(&rows, args.max_col_width).as_bytes())
}

fn record(chart: &HubChart) -> Record {
    let text = |text: &str| Field::from(text);
    let repository = Record(vec![("url", text(&chart.repository_url)), ("name", text(&chart.repository_name))]);
    Record(vec![
        ("url", text(&chart.url)),
        ("version", text(&chart.version)),
        ("app_version", text(&chart.app_version)),
        ("description", text(&chart.description)),
        ("repository", Field::Record(repository)),
    ])
}
