//! `rhelm history`: the revisions of a release.

use super::connect::connect;
use super::driver;
use super::list::chart;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, Field, Format, GlobalArgs, Record, exactly, parse_format, print_records, table, write_stdout};
use rhelm_lib::action::history;
use rhelm_lib::postrender::identity::{FileIdentity, Kept, StageIdentity};
use rhelm_lib::release::record::Summary;
use rhelm_lib::release::time::Time;
use rhelm_lib::store::Entry;
use std::collections::BTreeMap;

const USAGE: &str = "rhelm history RELEASE_NAME [flags]";

#[derive(Args)]
struct HistoryArgs {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    operands: Vec<String>,
    /// At most so many, the newest
    #[arg(long, default_value_t = 256, value_parser = rhelm_cli::parse_int)]
    max: i64,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
    /// A column with the revision that a rollback went back to
    #[arg(long)]
    show_rollback_revision: bool,
    /// A column with the post-renderers that made a revision, and why they are others than before
    #[arg(long)]
    show_pipeline: bool,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<HistoryArgs>(Command::new("history").alias("hist").about("Show the revisions of a release"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = HistoryArgs::from_arg_matches(matches)?;
    let [name] = exactly(USAGE, args.operands.clone())?;
    let releases = driver::beside(connect(&global)?)?;
    let (store, namespace) = (&releases.store, releases.namespace.as_str());
    let max = usize::try_from(args.max).unwrap_or(0);
    let entries = releases.read(history::history(store, namespace, &name, max))?;
    let pipelines = match args.show_pipeline {
        true => Some(releases.runtime.block_on(store.pipelines(namespace, &name))?),
        false => None,
    };
    match args.output {
        Format::Table => write_stdout(table(&args.rows(&entries, pipelines.as_ref())).as_bytes()),
        format => {
            let records: Vec<_> = entries.iter().map(|entry| record(entry, pipelines.as_ref())).collect();
            print_records(&records, format)
        }
    }
}

/// What is kept beside the revisions.
type Pipelines = BTreeMap<u32, Kept>;

/// `a | b`, and why it is so; `-` where nothing is known, as of revisions of Helm's.
fn pipeline(kept: Option<&Kept>) -> String {
    match kept {
        None => "-".to_owned(),
        Some(kept) if kept.reason.is_empty() => kept.pipeline.summary(),
        Some(kept) => format!("{} ({})", kept.pipeline.summary(), kept.reason),
    }
}

/// That of a revision: not that of an older one of the same number.
fn kept<'a>(entry: &Entry<Summary>, pipelines: &'a Pipelines) -> Option<&'a Kept> {
    let summary = entry.content.as_ref().ok()?;
    pipelines.get(&summary.revision).filter(|kept| kept.made == summary.info.last_deployed)
}

impl HistoryArgs {
    fn rows(&self, entries: &[Entry<Summary>], pipelines: Option<&Pipelines>) -> Vec<Vec<String>> {
        let header = ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "ROLLBACK", "DESCRIPTION"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        rows.extend(entries.iter().map(row));
        if !self.show_rollback_revision {
            rows.iter_mut().for_each(|row| drop(row.remove(5)));
        }
        if let Some(pipelines) = pipelines {
            let cells = entries.iter().map(|entry| pipeline(kept(entry, pipelines)));
            for (row, cell) in rows.iter_mut().zip(std::iter::once("PIPELINE".to_owned()).chain(cells)) {
                row.insert(row.len() - 1, cell);
            }
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

fn record(entry: &Entry<Summary>, pipelines: Option<&Pipelines>) -> Record {
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
    if let Some(kept) = pipelines.and_then(|pipelines| kept(entry, pipelines)) {
        fields.push(("pipeline", Field::Records(kept.pipeline.stages.iter().map(stage).collect())));
        fields.push(("pipeline_hooks", kept.pipeline.hooks.clone().into()));
        if !kept.reason.is_empty() {
            fields.push(("pipeline_change", kept.reason.clone().into()));
        }
    }
    Record(fields)
}

fn stage(stage: &StageIdentity) -> Record {
    let arguments: Vec<_> = stage.arguments.iter().map(|argument| goyaml::Value::String(argument.clone())).collect();
    let file =
        |file: &FileIdentity| Record(vec![("path", file.path.clone().into()), ("digest", file.digest.clone().into())]);
    Record(vec![
        ("name", stage.name.clone().into()),
        ("digest", stage.digest.clone().into()),
        ("arguments", goyaml::Value::List(arguments).into()),
        ("files", Field::Records(stage.files.iter().map(file).collect())),
    ])
}
