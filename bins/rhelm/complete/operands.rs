//! Subcommands, releases, revisions, plugins and the like as candidates.

use super::super::driver::{self, Releases};
use super::super::list::chart;
use super::line::Line;
use super::{Candidates, Directive, charts};
use clap::Command;
use rhelm_cli::variable;
use rhelm_lib::action::{history, list};
use rhelm_lib::plugin::Config;
use rhelm_lib::store::Entry;

/// What may stand next that is no flag.
pub(super) fn next(line: &Line<'_>) -> Candidates {
    if line.path == ["help"] || line.command.has_subcommands() {
        return subcommands(line);
    }
    match (line.path.as_slice(), line.operands.len()) {
        (["status" | "history" | "test" | "upgrade" | "rollback"] | ["get", _], 0) | (["uninstall"], _) => releases(line),
        (["rollback"], 1) => revisions(line, line.operands[0]),
        (["upgrade"], 1) | (["show", _], 0) => charts::charts(line, true),
        (["install" | "template"], count) if count == usize::from(!line.has("generate-name")) => charts::charts(line, true),
        (["install" | "template"] | ["repo", "add"] | ["registry", _], _) => Candidates::only(Vec::new()),
        (["pull"], _) => charts::charts(line, false),
        (["push"], 1) => {
            let directive = Directive { no_space: true, no_files: true, ..Directive::default() };
            Candidates { list: vec![("oci://".to_owned(), String::new())], directive }
        }
        (["repo", "remove" | "update"], _) => Candidates::only(without(charts::repositories(line), &line.operands)),
        (["plugin", "uninstall" | "update"], _) => Candidates::only(without(plugins(line), &line.operands)),
        (["env"], 0) => {
            let names = rhelm_cli::settings(&line.global).into_keys();
            Candidates::only(names.map(|name| (name.to_owned(), String::new())).collect())
        }
        (["list" | "version"] | ["repo" | "plugin", "list"] | ["completion", _], _) => Candidates::no_more(),
        (["create" | "verify" | "push"] | ["repo", "index"], 0) => Candidates::files(),
        (["create" | "verify" | "push" | "env" | "status" | "history" | "test" | "upgrade" | "rollback"], _)
        | (["get" | "show", _] | ["repo", "index"], _) => Candidates::no_more(),
        _ => Candidates::files(),
    }
}

fn without(all: Vec<(String, String)>, names: &[&str]) -> Vec<(String, String)> {
    all.into_iter().filter(|(name, _)| !names.contains(&name.as_str())).collect()
}

/// The subcommands that the last word begins; at the top plugins too.
fn subcommands(line: &Line<'_>) -> Candidates {
    let found = line.operands.iter().try_fold(line.command, |command, word| command.find_subcommand(word));
    let Some(command) = found else { return Candidates::files() };
    let is_top = line.path.is_empty() || line.path == ["help"] && line.operands.is_empty();
    // clap gives every group a `help` of its own.
    let is_shown = |subcommand: &&Command| !subcommand.is_hide_set() && (is_top || subcommand.get_name() != "help");
    let visible = command.get_subcommands().filter(is_shown);
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut list: Vec<_> = visible.map(|subcommand| (subcommand.get_name().to_owned(), about(subcommand))).collect();
    if line.path.is_empty() {
        list.extend(plugins(line));
    }
    list.retain(|(name, _)| name.starts_with(line.last));
    list.sort();
    Candidates::only(list)
}

fn plugins(line: &Line<'_>) -> Vec<(String, String)> {
    let plugins = line.global.home(variable).plugins.installed().0;
    let about = |config| match config {
        Config::Cli { short_help, .. } => short_help,
        _ => String::new(),
    };
    plugins.into_iter().map(|plugin| (plugin.file.name, about(plugin.file.config))).collect()
}

fn releases(line: &Line<'_>) -> Candidates {
    let Ok(Releases { runtime, store, namespace, .. }) = driver::open(&line.global) else { return Candidates::files() };
    let options = list::ListOptions { namespace, ..list::ListOptions::default() };
    let Ok(entries) = runtime.block_on(list::list(&store, &options)) else { return Candidates::unknown() };
    let described = entries.into_iter().filter_map(|entry| entry.content.ok()).map(|summary| {
        let (chart, _) = chart(summary.chart.as_ref());
        let about = format!("{chart} -> {}", summary.info.status.name());
        (summary.name, about)
    });
    Candidates::only(without(described.collect(), &line.operands))
}

/// The revisions of a release.
pub(super) fn revisions(line: &Line<'_>, name: &str) -> Candidates {
    let Ok(Releases { runtime, store, namespace, .. }) = driver::open(&line.global) else { return Candidates::files() };
    let Ok(entries) = runtime.block_on(history::history(&store, &namespace, name, usize::MAX)) else {
        return Candidates::unknown();
    };
    let described = entries.iter().map(|Entry { head, content }| {
        let about = content.as_ref().map_or_else(ToString::to_string, |summary| {
            let (chart, app_version) = chart(summary.chart.as_ref());
            format!("App: {app_version}, Chart: {chart}")
        });
        (head.revision().to_string(), about)
    });
    Candidates::only(described.collect())
}
