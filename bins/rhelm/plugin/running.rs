//! Running a plugin: as a subcommand, with Helm's environment, or at an event of its life.

use clap::{Args, Command as Clap, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, variable};
use rhelm_fetch::plugins::{Plugin, Plugins, start_error};
use rhelm_lib::plugin::{Config, Expand};
use std::process::Command;

/// Runs the plugin or the program `rhelm-NAME` that the first operand names; `None` when there is none.
pub(crate) fn run_named(words: &[String]) -> Option<Result<(), Failure>> {
    let (global, rest) = split(words);
    let (name, args) = rest.split_first()?;
    let global = match global_args(&global) {
        Ok(global) => global,
        Err(failure) => return Some(Err(failure)),
    };
    let plugins = global.home(variable).plugins;
    let is_off = variable("HELM_NO_PLUGINS").is_some_and(|value| value == "1");
    let installed = if is_off { Vec::new() } else { plugins.installed().0 };
    let plugin = installed.into_iter().find(|plugin| plugin.file.name == *name && plugin.file.kind == "cli/v1");
    if let Some(plugin) = plugin {
        return Some(run(&plugins, &plugin, args));
    }
    let program = which::which(format!("rhelm-{name}")).ok()?;
    let status = Command::new(&program).args(args).envs(plugins.environment()).status();
    Some(match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::silent(code(status))),
        Err(error) => Err(Failure::new(format!("{}: {error}", program.display()))),
    })
}

/// Helm takes its global flags away from a plugin's words, wherever they stand.
fn split(words: &[String]) -> (Vec<String>, Vec<String>) {
    let command = GlobalArgs::augment_args(Clap::new("rhelm"));
    let flag = |word: &str| {
        let long = word.strip_prefix("--").map(|long| long.split('=').next().unwrap_or_default());
        command.get_arguments().find(|arg| match long {
            Some(long) => arg.get_long() == Some(long),
            None => word.len() >= 2 && word.starts_with('-') && arg.get_short() == word.chars().nth(1),
        })
    };
    let (mut global, mut rest) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(arg) = flag(word) else {
            rest.push(word.clone());
            continue;
        };
        global.push(word.clone());
        let is_complete = word.contains('=') || (!word.starts_with("--") && word.len() > 2);
        if arg.get_action().takes_values() && !is_complete {
            global.extend(words.next().cloned());
        }
    }
    (global, rest)
}

fn global_args(words: &[String]) -> Result<GlobalArgs, Failure> {
    let words: Vec<String> = std::iter::once("rhelm".to_owned()).chain(words.iter().cloned()).collect();
    let matches = rhelm_cli::matches(&GlobalArgs::augment_args(Clap::new("rhelm")), &words)?;
    Ok(GlobalArgs::from_arg_matches(&matches)?.with_environment(|name| std::env::var(name).ok()))
}

fn run(plugins: &Plugins, plugin: &Plugin, args: &[String]) -> Result<(), Failure> {
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
    let status = command.args(if is_deaf { &[] } else { args }).status();
    let status = status.map_err(|error| Failure::new(start_error(&command.get_program().to_string_lossy(), &error)))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("plugin {name:?} exited with error")).with_status(code(status)))
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

fn code(status: std::process::ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn global_flags_are_taken_away_wherever_they_stand() {
        let words = ["diff", "upgrade", "-n", "x", "--allow", "--debug", "web", "--kube-context=c", "-nq"];
        let (global, rest) = split(&words.map(str::to_owned));
        assert_eq!(global, ["-n", "x", "--debug", "--kube-context=c", "-nq"]);
        assert_eq!(rest, ["diff", "upgrade", "--allow", "web"]);
    }
}
