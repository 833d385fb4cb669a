//! The store tools, `rhelm store`, and programs as stores, from outside.

mod companions;
mod failures;
mod killed;
mod migrate;
mod policy;
mod servers;
mod tools;

use assert_cmd::Command;
use rhelm_lib::release::{Release, Status, record};
use rhelm_lib::store::labels;
use rhelm_lib::store::line;
use rhelm_lib::store::{Head, Record, RecordId};
use std::path::Path;

/// The URL of a SQLite file in a folder.
fn sqlite(folder: &Path, name: &str) -> String {
    format!("sqlite://{}/{name}.db", folder.display())
}

/// `rhelm-store-sql` on a database.
fn tool(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm-store-sql"));
    command.args(arguments).env("HELM_DRIVER_SQL_CONNECTION_STRING", url).env("HELM_NAMESPACE", "default");
    command
}

/// Standard output of a run that succeeds.
#[track_caller]
fn output(mut command: Command) -> String {
    let output = command.assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("text")
}

/// A record as Helm writes it.
fn a_record(namespace: &str, name: &str, revision: u32, status: Status) -> Record {
    let mut release =
        Release { name: name.into(), namespace: namespace.into(), revision, manifest: "---\n".into(), ..Release::default() };
    release.info.status = status;
    release.info.last_deployed = "2024-01-02T03:04:05Z".into();
    release.labels.insert("team".into(), "a".into());
    let labels = labels::of_record(&release, labels::CREATED_AT, 1_700_000_000 + i64::from(revision));
    let body = record::encode(&release).expect("writable").into_bytes();
    Record { head: Head { id: RecordId::new(namespace, name, revision), labels, version: String::new() }, body }
}

/// Lines of records of some releases, the last revision of each deployed.
fn lines(releases: u32, revisions: u32) -> String {
    let mut text = String::new();
    for release in 0..releases {
        for revision in 1..=revisions {
            let status = if revision == revisions { Status::Deployed } else { Status::Superseded };
            let namespace = if release % 2 == 0 { "default" } else { "other" };
            text.push_str(&line::of_record(&a_record(namespace, &format!("web-{release}"), revision, status)));
        }
    }
    text
}

/// Lines in an order of their own.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}
