//! Running a plugin: as a subcommand, with Helm's environment, or at an event of its life.

use super::super::settings;
use super::file::{Plugin, installed};
use clap::{Args, Command as Clap, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs};
use std::collections::BTreeMap;
use std::process::Command;

/// Runs the plugin or the program `rhelm-NAME` that the first operand names; `None` when there is none.
pub(crate) fn run_named(words: &[String]) -> Option<Result<(), Failure>> {
    let (global, rest) = split(words);
    let (name, args) = rest.split_first()?;
    let global = match global_args(&global) {
        Ok(global) => global,
        Err(failure) => return Some(Err(failure)),
    };
    let plugin = installed(&global).into_iter().find(|plugin| plugin.name == *name && plugin.kind == "cli/v1");
    if let Some(plugin) = plugin {
        return Some(run(&global, &plugin, args));
    }
    let program = which::which(format!("rhelm-{name}")).ok()?;
    let status = Command::new(&program).args(args).envs(environment(&global)).status();
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

fn environment(global: &GlobalArgs) -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> =
        settings::all(global).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    if let Ok(own) = std::env::current_exe() {
        variables.insert("HELM_BIN".to_owned(), own.display().to_string());
    }
    variables
}

fn command(global: &GlobalArgs, plugin: &Plugin, program: &str, args: &[String]) -> Command {
    let mut variables = environment(global);
    variables.insert("HELM_PLUGIN_NAME".to_owned(), plugin.name.clone());
    variables.insert("HELM_PLUGIN_DIR".to_owned(), plugin.folder.display().to_string());
    let expand = |text: &str| expand(text, &|name| variables.get(name).cloned().or_else(|| std::env::var(name).ok()));
    let mut command = Command::new(expand(program));
    command.args(args.iter().map(|arg| expand(arg))).envs(&variables);
    command
}

fn run(global: &GlobalArgs, plugin: &Plugin, args: &[String]) -> Result<(), Failure> {
    let name = &plugin.name;
    let Some((program, own)) = plugin.command() else {
        return Err(Failure::new(format!("plugin {name:?} has no command for this platform")));
    };
    let args = if plugin.ignore_flags { &[] } else { args };
    let status = command(global, plugin, &program, &own).args(args).status();
    let status = status.map_err(|error| Failure::new(format!("plugin {name:?}: {program}: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("plugin {name:?} exited with error")).with_status(code(status)))
}

/// Runs what the plugin has for an event; most have nothing.
pub(super) fn hook(global: &GlobalArgs, plugin: &Plugin, event: &str) -> Result<(), Failure> {
    let Some((program, args)) = plugin.hook(event) else { return Ok(()) };
    let name = &plugin.name;
    let mut command = command(global, plugin, &program, &args);
    if plugin.folder.is_dir() {
        command.current_dir(&plugin.folder);
    }
    let status = command.status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::new(format!("plugin {event} hook for {name:?} exited with error"))),
        Err(error) => Err(Failure::new(format!("plugin {event} hook for {name:?}: {error}"))),
    }
}

fn code(status: std::process::ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// `$NAME` and `${NAME}`; what nobody has set is empty, as in a shell.
fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        let (name, tail) = braced.unwrap_or((&after[..end], &after[end..]));
        match name {
            "" => expanded.push('$'),
            name => expanded.push_str(&variable(name).unwrap_or_default()),
        }
        rest = tail;
    }
    expanded + rest
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

    #[test]
    fn variables_are_put_in() {
        let variable = |name: &str| (name == "A").then(|| "x".to_owned());
        assert_eq!(expand("$A/${A}b/$B-$", &variable), "x/xb/-$");
    }
}
