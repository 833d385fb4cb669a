//! `rhelm list`: the releases of a namespace, or of all.

use super::connect::connect;
use super::driver;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use goyaml::Value;
use rhelm_cli::{
    Failure, Format, GlobalArgs, Record, color, environment, none, parse_format, parse_int, print_records, print_value,
    speaks_helm_3, table, write_stdout,
};
use rhelm_lib::action::list::{self, ListOptions};
use rhelm_lib::release::Status;
use rhelm_lib::release::record::{ChartSummary, Summary};
use rhelm_lib::release::time::Layout;
use rhelm_lib::store::Entry;

const USAGE: &str = "rhelm list [flags]";

/// The layout of Go's `time.Time.String`.
const TIME: &str = "2006-01-02 15:04:05.999999999 -0700 MST";

#[derive(Args)]
struct ListArgs {
    #[arg(hide = true)]
    operands: Vec<String>,
    /// The releases of every namespace
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// Helm 3's flag for every state: what is shown anyhow. Its short form is Helm 3's alone
    #[arg(long, hide = true)]
    all: bool,
    /// Sort by the time of the last deployment
    #[arg(short, long)]
    date: bool,
    /// Only names that match this regular expression
    #[arg(short, long)]
    filter: Option<String>,
    /// At most so many; 0 for all
    #[arg(short, long, default_value_t = 256, value_parser = parse_int)]
    max: i64,
    /// Pass over so many
    #[arg(long, default_value_t = 0, value_parser = parse_int)]
    offset: i64,
    /// Leave out the table's header
    #[arg(long)]
    no_headers: bool,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
    /// The other way round
    #[arg(short, long)]
    reverse: bool,
    /// Only records with these labels
    #[arg(short = 'l', long)]
    selector: Option<String>,
    /// Print names only
    #[arg(short = 'q', long)]
    short: bool,
    /// Layout of times, by Go's reference time
    #[arg(long)]
    time_format: Option<String>,
    /// Show releases in this state (each may be combined with the others)
    #[arg(long)]
    deployed: bool,
    /// See --deployed
    #[arg(long)]
    failed: bool,
    /// See --deployed
    #[arg(long)]
    pending: bool,
    /// See --deployed
    #[arg(long)]
    superseded: bool,
    /// See --deployed
    #[arg(long)]
    uninstalled: bool,
    /// See --deployed
    #[arg(long)]
    uninstalling: bool,
}

pub(crate) fn define() -> Command {
    let list = Command::new("list").alias("ls").about("List releases");
    if speaks_helm_3() {
        return rhelm_cli::with_flags_now::<ListArgs>(list).mut_arg("all", |all| all.short('a'));
    }
    rhelm_cli::with_flags::<ListArgs>(list)
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = ListArgs::from_arg_matches(matches)?;
    none(USAGE, &args.operands)?;
    let releases = driver::beside(connect(&global)?)?;
    let options = args.options(releases.namespace.clone());
    let entries = releases.read(list::list(&releases.store, &options))?;
    let layout = args.time_format.as_deref().filter(|layout| !layout.is_empty()).unwrap_or(TIME);
    let layout = Layout::new(layout, &environment(false));
    let rows: Vec<Row> = entries.into_iter().map(|entry| row(entry, &layout)).collect();
    args.print(&rows, global.colored)
}

/// What is shown of a release, column by column.
struct Row([String; 7]);

impl Row {
    fn cells(&self, colored: bool) -> Vec<String> {
        let mut cells = self.0.to_vec();
        cells[1] = color::namespace(&cells[1], colored);
        cells[4] = color::status(&cells[4], colored);
        cells
    }
}

const COLUMNS: [&str; 7] = ["name", "namespace", "revision", "updated", "status", "chart", "app_version"];
const HEADER: [&str; 7] = ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"];

/// A record that cannot be decoded is shown by what its labels say, with the reason in the place of the chart.
fn row(entry: Entry<Summary>, layout: &Layout<'_>) -> Row {
    let head = &entry.head;
    match entry.content {
        Ok(summary) => {
            let updated = layout.write(&summary.info.last_deployed).unwrap_or_else(|_| "-".to_owned());
            let (chart, app_version) = chart(summary.chart.as_ref());
            let status = summary.info.status.name().to_owned();
            Row([summary.name, summary.namespace, summary.revision.to_string(), updated, status, chart, app_version])
        }
        Err(error) => {
            let (name, namespace) = (head.name().to_owned(), head.id.namespace.clone());
            let (revision, status) = (head.revision().to_string(), head.status().name().to_owned());
            Row([name, namespace, revision, "-".to_owned(), status, format!("unreadable: {error}"), String::new()])
        }
    }
}

impl ListArgs {
    fn options(&self, namespace: String) -> ListOptions {
        let pending: &[Status] = &[Status::PendingInstall, Status::PendingUpgrade, Status::PendingRollback];
        let flags: [(bool, &[Status]); 6] = [
            (self.deployed, &[Status::Deployed]),
            (self.failed, &[Status::Failed]),
            (self.pending, pending),
            (self.superseded, &[Status::Superseded]),
            (self.uninstalled, &[Status::Uninstalled]),
            (self.uninstalling, &[Status::Uninstalling]),
        ];
        let states: Vec<Status> =
            flags.iter().filter(|(on, _)| *on).flat_map(|(_, states)| states.iter().copied()).collect();
        let defaults = ListOptions::default();
        ListOptions {
            namespace: if self.all_namespaces { String::new() } else { namespace },
            filter: self.filter.clone().filter(|filter| !filter.is_empty()),
            selector: self.selector.clone().unwrap_or_default(),
            states: if states.is_empty() || self.all { defaults.states } else { states },
            by_date: self.date,
            reverse: self.reverse,
            offset: usize::try_from(self.offset).unwrap_or(0),
            limit: usize::try_from(self.max).unwrap_or(0),
        }
    }

    fn print(&self, rows: &[Row], colored: bool) -> Result<(), Failure> {
        let names = || rows.iter().map(|row| row.0[0].as_str());
        match self.output {
            Format::Table if self.short => {
                write_stdout(names().map(|name| format!("{name}\n")).collect::<String>().as_bytes())
            }
            Format::Table => {
                let header = (!self.no_headers).then(|| HEADER.map(|title| color::header(title, colored)).to_vec());
                let lines: Vec<Vec<String>> = header.into_iter().chain(rows.iter().map(|row| row.cells(colored))).collect();
                write_stdout(table(&lines).as_bytes())
            }
            format if self.short => print_value(&Value::List(names().map(Value::from).collect()), format),
            format => {
                let record =
                    |row: &Row| Record(COLUMNS.into_iter().zip(row.0.iter().map(|cell| cell.as_str().into())).collect());
                print_records(&rows.iter().map(record).collect::<Vec<_>>(), format)
            }
        }
    }
}

/// `web-1.0.0` and the version of the program in it.
pub(crate) fn chart(chart: Option<&ChartSummary>) -> (String, String) {
    let missing = || "MISSING".to_owned();
    chart.map_or_else(
        || (missing(), missing()),
        |chart| (format!("{}-{}", chart.name, chart.version), chart.app_version.clone()),
    )
}
