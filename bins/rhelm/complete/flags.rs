//! Flags as candidates, and their values.

use super::super::connect;
use super::line::{Line, flags};
use super::{Candidates, Directive, charts, operands};
use clap::{Arg, ArgAction};
use rhelm_lib::cluster::Cluster;

const FORMATS: [(&str, &str); 3] = [
    ("json", "Output result in JSON format"),
    ("table", "Output result in human-readable format"),
    ("yaml", "Output result in YAML format"),
];

/// The flags that the last word begins, those of every command first. One that can stand only once is left out when it is there.
pub(super) fn names(line: &Line<'_>) -> Vec<(String, String)> {
    let is_once = |flag: &Arg| !matches!(flag.get_action(), ArgAction::Append);
    let is_there = |flag: &Arg| is_once(flag) && line.given.iter().any(|given| given.get_id() == flag.get_id());
    let is_own = |flag: &Arg| line.path.is_empty() || !flag.is_global_set();
    let mut all: Vec<&Arg> = flags(line.command).filter(|flag| !flag.is_hide_set() && !is_there(flag)).collect();
    all.sort_by_key(|flag| (is_own(flag), flag.get_long()));
    let mut names = Vec::new();
    for flag in all {
        let about = flag.get_help().map(ToString::to_string).unwrap_or_default();
        let long = flag.get_long().map(|long| format!("--{long}"));
        let short = flag.get_short().map(|short| format!("-{short}"));
        let begun = long.into_iter().chain(short).filter(|name| name.starts_with(line.last));
        names.extend(begun.map(|name| (name, about.clone())));
    }
    names
}

/// What a flag takes.
pub(super) fn values(line: &Line<'_>, flag: &Arg) -> Candidates {
    match (flag.get_long().unwrap_or_default(), line.path.as_slice()) {
        ("output", _) => Candidates::only(FORMATS.map(|(name, about)| (name.to_owned(), about.to_owned())).to_vec()),
        ("namespace", _) => namespaces(line),
        ("kube-context", _) => Candidates::only(rhelm_kube::contexts(&connect::options(&line.global))),
        ("revision", ["status"] | ["get", _]) => match line.operands.as_slice() {
            [name] => operands::revisions(line, name),
            _ => Candidates::only(Vec::new()),
        },
        ("version", ["install" | "template"]) => charts::versions(line, usize::from(!line.has("generate-name"))),
        ("version", ["upgrade"]) => charts::versions(line, 1),
        ("version", ["pull"] | ["show", _]) => charts::versions(line, 0),
        _ => Candidates { list: possible(flag), directive: Directive::default() },
    }
}

fn possible(flag: &Arg) -> Vec<(String, String)> {
    let about = |help: Option<&clap::builder::StyledStr>| help.map(ToString::to_string).unwrap_or_default();
    let shown = flag.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
    shown.map(|value| (value.get_name().to_owned(), about(value.get_help()))).collect()
}

fn namespaces(line: &Line<'_>) -> Candidates {
    let Ok(connected) = connect::connect(&line.global) else { return Candidates::files() };
    let Ok(list) = connected.runtime.block_on(connected.cluster.list("v1", "Namespace", "")) else {
        return Candidates::files();
    };
    let names = list["items"].as_array().into_iter().flatten().filter_map(|item| item["metadata"]["name"].as_str());
    Candidates::only(names.map(|name| (name.to_owned(), String::new())).collect())
}
