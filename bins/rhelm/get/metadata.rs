//! `rhelm get metadata`: chart, labels, state and time of a revision.

use super::GetArgs;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use goyaml::Value;
use rhelm_cli::{Failure, Field, Format, GlobalArgs, Record, parse_format, print_record, write_stdout};
use rhelm_lib::chart::Dependency;
use rhelm_lib::release::Release;
use rhelm_lib::release::time::Time;
use std::collections::BTreeMap;

#[derive(Args)]
struct MetadataArgs {
    #[command(flatten)]
    get: GetArgs,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
}

pub(super) fn define() -> Command {
    rhelm_cli::with_flags::<MetadataArgs>(Command::new("metadata").about("Show chart, labels, state and time"))
}

pub(super) fn run(global: &GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = MetadataArgs::from_arg_matches(matches)?;
    let release = super::release(global, "metadata", &args.get)?;
    match args.output {
        Format::Table => write_stdout(table(&release).as_bytes()),
        format => print_record(&record(&release), format),
    }
}

fn table(release: &Release) -> String {
    let chart = &release.chart.metadata;
    let mut dependencies: Vec<&str> = chart.dependencies.iter().map(|dependency| dependency.name.as_str()).collect();
    dependencies.sort_unstable();
    let annotations = chart.annotations.as_ref().map(pairs).unwrap_or_default();
    let lines = [
        ("NAME", release.name.clone()),
        ("CHART", chart.name.clone()),
        ("VERSION", chart.version.clone()),
        ("APP_VERSION", chart.app_version.clone()),
        ("ANNOTATIONS", annotations),
        ("LABELS", pairs(&release.labels)),
        ("DEPENDENCIES", dependencies.join(",")),
        ("NAMESPACE", release.namespace.clone()),
        ("REVISION", release.revision.to_string()),
        ("STATUS", release.info.status.to_string()),
        ("DEPLOYED_AT", deployed_at(release)),
        ("APPLY_METHOD", apply_method(&release.apply_method)),
    ];
    lines.map(|(name, value)| format!("{name}: {value}\n")).concat()
}

fn pairs(map: &BTreeMap<String, String>) -> String {
    map.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

fn apply_method(method: &str) -> String {
    match method {
        "" => "client-side apply (defaulted)".to_owned(),
        "csa" => "client-side apply".to_owned(),
        "ssa" => "server-side apply".to_owned(),
        other => format!("unknown ({other:?})"),
    }
}

/// To the second, in the offset that it was recorded with.
fn deployed_at(release: &Release) -> String {
    let time = Time::parse(&release.info.last_deployed).ok().flatten();
    time.map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |time| time.to_seconds().rfc3339())
}

fn record(release: &Release) -> Record {
    let chart = &release.chart.metadata;
    let mut fields: Vec<(&str, Field)> = vec![
        ("name", release.name.as_str().into()),
        ("chart", chart.name.as_str().into()),
        ("version", chart.version.as_str().into()),
        ("appVersion", chart.app_version.as_str().into()),
    ];
    let annotations = chart.annotations.clone().unwrap_or_default();
    for (name, map) in [("annotations", &annotations), ("labels", &release.labels)] {
        if !map.is_empty() {
            fields.push((
                name,
                Value::Map(map.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect()).into(),
            ));
        }
    }
    if !chart.dependencies.is_empty() {
        fields.push(("dependencies", Field::Records(chart.dependencies.iter().map(dependency).collect())));
    }
    fields.extend([
        ("namespace", release.namespace.as_str().into()),
        ("revision", i64::from(release.revision).into()),
        ("status", release.info.status.name().into()),
        ("deployedAt", deployed_at(release).into()),
    ]);
    fields.extend((!release.apply_method.is_empty()).then(|| ("applyMethod", release.apply_method.as_str().into())));
    Record(fields)
}

/// In the order of Helm's fields, without those that are empty and may be left out.
fn dependency(dependency: &Dependency) -> Record {
    let text = |name, text: &str| (!text.is_empty()).then(|| (name, Field::from(text)));
    let list = |name, items: Vec<Value>| (!items.is_empty()).then(|| (name, Field::from(Value::List(items))));
    let tags = dependency.tags.iter().map(|tag| tag.as_str().into()).collect();
    let fields = [
        Some(("name", dependency.name.as_str().into())),
        text("version", &dependency.version),
        Some(("repository", dependency.repository.as_str().into())),
        text("condition", &dependency.condition),
        list("tags", tags),
        dependency.enabled.then(|| ("enabled", true.into())),
        list("import-values", dependency.import_values.clone()),
        text("alias", &dependency.alias),
    ];
    Record(fields.into_iter().flatten().collect())
}
