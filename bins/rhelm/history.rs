//! `rhelm history`: the revisions of a release.

use super::driver::{self, Releases};
use super::list::chart;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, Format, GlobalArgs, Record, exactly, parse_format, print_records, table, write_stdout};
use rhelm_lib::action::history;
use rhelm_lib::release::record::Summary;
use rhelm_lib::release::time::Time;
use rhelm_lib::store::Entry;

const USAGE: &str = "rhelm history RELEASE_NAME [flags]";

#[derive(Args)]
struct HistoryArgs {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    operands: Vec<String>,
    /// At most so many, the newest
    #[arg(long, default_value_t = 256, value_parser = super::get::parse_int)]
    max: i64,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
    /// A column with the revision that a rollback went back to
    #[arg(long)]
    show_rollback_revision: bool,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<HistoryArgs>(Command::new("history").alias("hist").about("Show the revisions of a release"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = HistoryArgs::from_arg_matches(matches)?;
    let [name] = exactly(USAGE, args.operands.clone())?;
    let Releases { runtime, store, namespace, .. } = driver::open(&global)?;
    let max = usize::try_from(args.max).unwrap_or(0);
    let entries = runtime.block_on(history::history(&store, &namespace, &name, max))?;
    match args.output {
        Format::Table => write_stdout(table(&args.rows(&entries)).as_bytes()),
        format => print_records(&entries.iter().map(record).collect::<Vec<_>>(), format),
    }
}

impl HistoryArgs {
    fn rows(&self, entries: &[Entry<Summary>]) -> Vec<Vec<String>> {
        let header = ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "ROLLBACK", "DESCRIPTION"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        rows.extend(entries.iter().map(row));
        if !self.show_rollback_revision {
            rows.iter_mut().for_each(|row| drop(row.remove(5)));
        }
        rows
    }
}

fn row(entry: &Entry<Summary>) -> Vec<String> {
    let summary = match &entry.content {
        Ok(summary) => summary,
        Err(error) => {
            let (revision, status) = (entry.head.revision().to_string(), entry.head.status().name().to_owned());
            let unknown = String::new;
            return vec![revision, unknown(), status, unknown(), unknown(), unknown(), format!("unreadable: {error}")];
        }
    };
    let updated = Time::parse(&summary.info.last_deployed).ok().flatten();
    // Go's zero time.
    let updated = updated.map_or_else(|| "Mon Jan  1 00:00:00 0001".to_owned(), |time| time.ansi_c());
    let (chart, app_version) = chart(summary.chart.as_ref());
    let rollback = match summary.info.rollback_revision {
        0 => String::new(),
        revision => revision.to_string(),
    };
    let status = summary.info.status.name().to_owned();
    vec![summary.revision.to_string(), updated, status, chart, app_version, rollback, summary.info.description.clone()]
}

fn record(entry: &Entry<Summary>) -> Record {
    let cells = row(entry);
    let mut fields = vec![("revision", i64::from(entry.head.revision()).into())];
    if let Ok(summary) = &entry.content
        && let Ok(Some(updated)) = Time::parse(&summary.info.last_deployed)
    {
        fields.push(("updated", updated.rfc3339().into()));
    }
    for (name, place) in [("status", 2), ("chart", 3), ("app_version", 4)] {
        fields.push((name, cells[place].clone().into()));
    }
    if let Ok(summary) = &entry.content
        && summary.info.rollback_revision > 0
    {
        fields.push(("rollback_revision", i64::from(summary.info.rollback_revision).into()));
    }
    fields.push(("description", cells[6].clone().into()));
    Record(fields)
}
