//! Running a plugin: as a subcommand, with Helm's environment, or at an event of its life.

use clap::{Arg, Args, Command as Clap, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, print_logs, variable};
use rhelm_fetch::plugins::{Plugin, Plugins, start_error};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::plugin::{Config, Expand};
use rhelm_lib::postrender::program;
use std::process::Command;

/// The flags that Helm takes away from a plugin's words. Others are the plugin's, though Helm has them too: `--color`.
const TAKEN: [&str; 15] = [
    "--debug",
    "--kube-apiserver",
    "--kube-as-group",
    "--kube-as-user",
    "--kube-ca-file",
    "--kube-context",
    "--kube-insecure-skip-tls-verify",
    "--kube-tls-server-name",
    "--kube-token",
    "--kubeconfig",
    "--namespace",
    "--registry-config",
    "--repository-cache",
    "--repository-config",
    "-n",
];

/// Flags that count for Helm as well as for the plugin.
const SHARED: [&str; 3] = ["--burst-limit", "--content-cache", "--qps"];

/// Runs the plugin or the program `rhelm-NAME` that the first operand names; `None` when there is none.
pub(crate) fn run_named(words: &[String]) -> Option<Result<(), Failure>> {
    let at = first_operand(words)?;
    let name = &words[at];
    // Helm reads those that it takes once more, so that they win.
    let Words { taken, shared, left: args } = split(words[..at].iter().chain(&words[at + 1..]));
    let global = match global_args(&[shared.as_slice(), &taken].concat()).or_else(|_| global_args(&taken)) {
        Ok(global) => global,
        Err(failure) => return Some(Err(failure)),
    };
    let plugins = global.home(variable).plugins;
    let is_off = variable("HELM_NO_PLUGINS").is_some_and(|value| value == "1");
    let installed = if is_off { Vec::new() } else { plugins.installed().0 };
    let plugin = installed.into_iter().find(|plugin| plugin.file.name == *name && plugin.file.kind == "cli/v1");
    if let Some(plugin) = plugin {
        return Some(run(&plugins, &plugin, &args, global.debug));
    }
    let program = which::which(format!("rhelm-{name}")).ok()?;
    let status = Command::new(&program).args(args).envs(plugins.environment()).status();
    Some(match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::silent(code(status))),
        Err(error) => Err(Failure::new(format!("{}: {error}", program.display()))),
    })
}

/// Where the first word is that is neither a global flag nor the value of one.
pub(crate) fn first_operand(words: &[String]) -> Option<usize> {
    let command = GlobalArgs::augment_args(Clap::new("rhelm"));
    let takes_value = |word: &str| {
        let long = word.strip_prefix("--");
        let is_it = |arg: &&Arg| match long {
            Some(long) => arg.get_long() == Some(long),
            None => word.len() == 2 && arg.get_short() == word.chars().nth(1),
        };
        command.get_arguments().find(is_it).is_some_and(|arg| arg.get_action().takes_values())
    };
    let mut at = 0;
    while words.get(at)?.starts_with('-') {
        at += if takes_value(&words[at]) { 2 } else { 1 };
    }
    Some(at)
}

/// What the words of a plugin are for.
#[derive(Default)]
struct Words {
    /// Helm alone.
    taken: Vec<String>,
    /// Helm as well, which passes over those that it cannot read.
    shared: Vec<String>,
    /// The plugin.
    left: Vec<String>,
}

/// Sorts words by whom they are for, wherever they stand; a flag's value goes with it.
fn split<'w>(mut words: impl Iterator<Item = &'w String>) -> Words {
    let mut split = Words::default();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or_default();
        let is_namespace = word.len() > 2 && word.starts_with("-n") && name != "-n";
        let is_switch = matches!(name, "--debug" | "--kube-insecure-skip-tls-verify");
        let value = |words: &mut dyn Iterator<Item = &'w String>| match is_switch || word.contains('=') {
            true => None,
            false => words.next(),
        };
        if is_namespace || word.starts_with("--debug=") {
            split.shared.push(word.clone());
            split.left.push(word.clone());
        } else if SHARED.contains(&name) {
            let flag: Vec<String> = [word].into_iter().chain(value(&mut words)).cloned().collect();
            split.shared.extend_from_slice(&flag);
            split.left.extend(flag);
        } else if TAKEN.contains(&name) {
            split.taken.extend([word].into_iter().chain(value(&mut words)).cloned());
        } else {
            split.left.push(word.clone());
        }
    }
    split
}

fn global_args(words: &[String]) -> Result<GlobalArgs, Failure> {
    let words: Vec<String> = std::iter::once("rhelm".to_owned()).chain(words.iter().cloned()).collect();
    let matches = rhelm_cli::matches(&GlobalArgs::augment_args(Clap::new("rhelm")), &words)?;
    Ok(GlobalArgs::from_arg_matches(&matches)?.with_environment(|name| std::env::var(name).ok()))
}

fn run(plugins: &Plugins, plugin: &Plugin, args: &[String], debug: bool) -> Result<(), Failure> {
    let name = &plugin.file.name;
    if plugin.file.runtime != "subprocess" {
        let runtime = &plugin.file.runtime;
        return Err(Failure::new(format!(
            "plugin {name:?} needs the runtime {runtime:?}: rhelm runs plugins that are programs"
        )));
    }
    let prepared = plugins.command(plugin, &plugin.file.subprocess.commands, Expand::All);
    let mut command =
        prepared.ok_or_else(|| Failure::new("failed to prepare plugin command: no plugin command is applicable"))?;
    let is_deaf = matches!(plugin.file.config, Config::Cli { ignore_flags: true, .. });
    command.args(if is_deaf { &[] } else { args });
    let log = |message: &str, more: Vec<(&'static str, String)>| {
        let fields = [("pluginName", name.clone())].into_iter().chain(more).collect();
        print_logs(&[Log { level: Level::Debug, message: message.to_owned(), fields }], debug);
    };
    log("executing plugin command", vec![("command", line(&command))]);
    let status = command.status();
    let status = status.map_err(|error| Failure::new(start_error(&command.get_program().to_string_lossy(), &error)))?;
    if status.success() {
        return Ok(());
    }
    let how = program::describe(status);
    let number = status.code().unwrap_or(-1).to_string();
    log("plugin execution failed", vec![("error", how), ("exitCode", number), ("stderr", String::new())]);
    Err(Failure::new(format!("plugin {name:?} exited with error")).with_status(code(status)))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs what the plugin has for an event; most have nothing.
pub(super) fn hook(plugins: &Plugins, plugin: &Plugin, event: &str) -> Result<(), Failure> {
    let Some(commands) = plugin.file.subprocess.hooks.get(event).filter(|commands| !commands.is_empty()) else {
        return Ok(());
    };
    let expanded = if plugin.file.subprocess.expands_hooks { Expand::All } else { Expand::Program };
    let prepared = plugins.command(plugin, commands, expanded);
    let mut command = prepared.ok_or_else(|| Failure::new("no plugin command is applicable"))?;
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::new(format!("plugin {event} hook for {:?} exited with error", plugin.file.name))),
        Err(error) => Err(Failure::new(start_error(&command.get_program().to_string_lossy(), &error))),
    }
}

/// Helm's exit status for one that a signal ended is -1.
fn code(status: std::process::ExitStatus) -> u8 {
    status.code().map_or(u8::MAX, |code| u8::try_from(code).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned<const N: usize>(words: [&str; N]) -> Vec<String> {
        words.map(str::to_owned).into()
    }

    #[test]
    fn global_flags_are_taken_away_wherever_they_stand() {
        let words =
            owned(["upgrade", "-n", "x", "--allow", "--debug", "web", "--kube-context=c", "-nq", "--color", "--qps", "1"]);
        let Words { taken, shared, left } = split(words.iter());
        assert_eq!(taken, ["-n", "x", "--debug", "--kube-context=c"]);
        assert_eq!(shared, ["-nq", "--qps", "1"]);
        assert_eq!(left, ["upgrade", "--allow", "web", "-nq", "--color", "--qps", "1"]);
    }

    #[test]
    fn the_first_operand_is_no_flag_and_no_value() {
        assert_eq!(first_operand(&owned(["--debug", "-n", "x", "--color", "never", "-nq", "diff", "-x"])), Some(6));
        assert_eq!(first_operand(&owned(["--namespace=x", "-n"])), None);
    }
}
