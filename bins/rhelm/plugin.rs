//! `rhelm plugin`: Helm's plugins, of both formats, and running them as subcommands.

mod cloning;
mod file;
mod running;

pub(crate) use running::run_named;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use file::{Plugin, installed};
use rhelm_cli::{AccessArgs, Failure, GlobalArgs, exactly, print_logs, say, table, write_stdout};
use rhelm_lib::log::{Level, Log};
use std::path::Path;

#[derive(Args)]
struct ListArgs {
    #[arg(hide = true)]
    operands: Vec<String>,
    /// Only plugins of this type
    #[arg(long)]
    r#type: Option<String>,
}

#[derive(Args)]
struct InstallArgs {
    /// A folder, or the URL of a git repository
    #[arg(value_name = "PATH|URL")]
    operands: Vec<String>,
    /// Helm's flag: what is cloned or linked carries no signature
    #[arg(long, default_value = "true", action = clap::ArgAction::Set, num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true", value_parser = rhelm_cli::parse_bool)]
    verify: bool,
    /// Version, or constraint on it, of what is cloned
    #[arg(long)]
    version: Option<String>,
    /// Helm's flag: see --verify
    #[arg(long, hide = true)]
    keyring: Option<String>,
    #[command(flatten)]
    access: AccessArgs,
}

#[derive(Args)]
struct NamesArgs {
    /// Names of plugins
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
}

pub(crate) fn define() -> Command {
    let list = Command::new("list").about("Show the plugins").visible_alias("ls");
    let uninstall = Command::new("uninstall").about("Remove plugins").visible_aliases(["rm", "remove"]);
    let install = Command::new("install").about("Add a plugin from a folder or a git repository").visible_alias("add");
    let update = Command::new("update").about("Bring plugins up to date").visible_alias("up");
    Command::new("plugin")
        .about("Manage Helm's plugins")
        .arg_required_else_help(true)
        .subcommand(rhelm_cli::with_flags::<InstallArgs>(install))
        .subcommand(rhelm_cli::with_flags::<ListArgs>(list))
        .subcommand(rhelm_cli::with_flags::<NamesArgs>(uninstall))
        .subcommand(rhelm_cli::with_flags::<NamesArgs>(update))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        Some(("list", own)) => list(&global, &ListArgs::from_arg_matches(own)?),
        Some(("install", own)) => install(&global, InstallArgs::from_arg_matches(own)?),
        Some(("uninstall", own)) => uninstall(&global, &NamesArgs::from_arg_matches(own)?.operands),
        Some((_, own)) => update(&global, &NamesArgs::from_arg_matches(own)?.operands),
        None => Err(Failure::new("what to do? see rhelm plugin --help")),
    }
}

fn list(global: &GlobalArgs, args: &ListArgs) -> Result<(), Failure> {
    let header = ["NAME", "VERSION", "TYPE", "APIVERSION", "PROVENANCE", "SOURCE"].map(str::to_owned).to_vec();
    let is_wanted = |plugin: &Plugin| args.r#type.as_ref().is_none_or(|wanted| *wanted == plugin.kind);
    let plugins = installed(global);
    let rows = plugins.iter().filter(|plugin| is_wanted(plugin)).map(Plugin::row);
    write_stdout(table(&std::iter::once(header).chain(rows).collect::<Vec<_>>()).as_bytes())
}

fn install(global: &GlobalArgs, args: InstallArgs) -> Result<(), Failure> {
    let [source] = exactly("rhelm plugin install [options] <path|url> [flags]", args.operands)?;
    let folder = std::path::absolute(&source)?;
    if !Path::new(&source).exists() {
        return cloning::install(global, &source, args.version.as_deref().unwrap_or_default());
    }
    say("Installing plugin from local directory (development mode)");
    if !folder.join("plugin.yaml").is_file() {
        return Err(Failure::new("expected plugin to be a directory (containing a file 'plugin.yaml')"));
    }
    let mut plugin = Plugin::read(&folder).map_err(Failure::new)?;
    let root = file::folders(global).into_iter().next().unwrap_or_default();
    std::fs::create_dir_all(&root)?;
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let link = root.join(&name);
    if link.symlink_metadata().is_ok() {
        let fields = vec![("path", link.display().to_string()), ("error", "<nil>".to_owned())];
        print_logs(&[Log { level: Level::Warn, message: "plugin already exists".into(), fields }], false);
        return Err(Failure::new("plugin already exists"));
    }
    std::os::unix::fs::symlink(&folder, &link)?;
    plugin.folder = link;
    running::hook(global, &plugin, "install")?;
    say(&format!("Installed plugin: {}", plugin.name));
    Ok(())
}

fn find(global: &GlobalArgs, name: &str) -> Result<Plugin, Failure> {
    let found = installed(global).into_iter().find(|plugin| plugin.name == name);
    found.ok_or_else(|| Failure::new(format!("plugin: {name} not found")))
}

fn uninstall(global: &GlobalArgs, names: &[String]) -> Result<(), Failure> {
    if names.is_empty() {
        return Err(Failure::new("please provide plugin name to uninstall"));
    }
    for name in names {
        let plugin = find(global, name)?;
        if plugin.folder.is_symlink() {
            std::fs::remove_file(&plugin.folder)?;
        } else {
            std::fs::remove_dir_all(&plugin.folder)?;
        }
        running::hook(global, &plugin, "delete")?;
        say(&format!("Uninstalled plugin: {name}"));
    }
    Ok(())
}

/// Brings plugins up to date; one that fails does not keep the others from it.
fn update(global: &GlobalArgs, names: &[String]) -> Result<(), Failure> {
    if names.is_empty() {
        return Err(Failure::new("please provide plugin name to update"));
    }
    let mut failures = Vec::new();
    for name in names {
        let plugin = find(global, name)?;
        match update_one(global, &plugin) {
            Ok(()) => say(&format!("Updated plugin: {name}")),
            Err(failure) => failures.push(format!("failed to update plugin {name}, got error ({})", failure.message)),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("\n"))) }
}

/// Only what was cloned can be had anew.
fn update_one(global: &GlobalArgs, plugin: &Plugin) -> Result<(), Failure> {
    if plugin.source().is_none() {
        let location = plugin.folder.canonicalize()?.display().to_string();
        let fields = vec![("location", location), ("error", "Cannot detect VCS".to_owned())];
        let message = "cannot get information about plugin source".to_owned();
        print_logs(&[Log { level: Level::Warn, message: message.clone(), fields }], false);
        return Err(Failure::new(message));
    }
    cloning::update(&plugin.folder)?;
    let plugin = Plugin::read(&plugin.folder).map_err(Failure::new)?;
    running::hook(global, &plugin, "update")
}
