//! `rhelm plugin`: Helm's plugins, of both formats, and running them as subcommands.

mod cloning;
mod installing;
mod listing;
mod packaging;
mod running;

pub(crate) use running::{first_operand, run_named};

use clap::{ArgMatches, Args, Command, FromArgMatches};
use installing::InstallArgs;
use listing::ListArgs;
use packaging::{PackageArgs, VerifyArgs};
use rhelm_cli::{Failure, GlobalArgs, print_logs, say, variable};
use rhelm_fetch::Home;
use rhelm_fetch::plugins::Plugin;
use rhelm_lib::log::{Level, Log};

#[derive(Args)]
struct NamesArgs {
    /// Names of plugins
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
}

pub(crate) fn define() -> Command {
    let list = Command::new("list").about("Show the plugins").visible_alias("ls");
    let uninstall = Command::new("uninstall").about("Remove plugins").visible_aliases(["rm", "remove"]);
    let install = Command::new("install").about("Add a plugin from a folder, an archive or a git repository");
    let package = Command::new("package").about("Make an archive of a plugin's folder, and sign it");
    let update = Command::new("update").about("Bring plugins up to date").visible_alias("up");
    let verify = Command::new("verify").about("Check an archive of a plugin by its provenance file");
    Command::new("plugin")
        .about("Manage Helm's plugins")
        .arg_required_else_help(true)
        .subcommand(rhelm_cli::with_flags::<InstallArgs>(install.visible_alias("add")))
        .subcommand(rhelm_cli::with_flags::<ListArgs>(list))
        .subcommand(rhelm_cli::with_flags::<PackageArgs>(package))
        .subcommand(rhelm_cli::with_flags::<NamesArgs>(uninstall))
        .subcommand(rhelm_cli::with_flags::<NamesArgs>(update))
        .subcommand(rhelm_cli::with_flags::<VerifyArgs>(verify))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let home = global.home(variable);
    match matches.subcommand() {
        Some(("list", own)) => listing::list(&global, &ListArgs::from_arg_matches(own)?),
        Some(("install", own)) => installing::install(&global, InstallArgs::from_arg_matches(own)?),
        Some(("package", own)) => packaging::package_plugin(PackageArgs::from_arg_matches(own)?),
        Some(("verify", own)) => packaging::verify(VerifyArgs::from_arg_matches(own)?),
        Some(("uninstall", own)) => uninstall(&home, &NamesArgs::from_arg_matches(own)?.operands),
        Some((_, own)) => update(&home, &NamesArgs::from_arg_matches(own)?.operands),
        None => Err(Failure::new("what to do? see rhelm plugin --help")),
    }
}

fn find(home: &Home, name: &str) -> Result<Plugin, Failure> {
    let found = home.plugins.installed().0.into_iter().find(|plugin| plugin.file.name == name);
    found.ok_or_else(|| Failure::new(format!("plugin: {name} not found")))
}

fn uninstall(home: &Home, names: &[String]) -> Result<(), Failure> {
    if names.is_empty() {
        return Err(Failure::new("please provide plugin name to uninstall"));
    }
    for_each(home, names, "uninstall", "Uninstalled", uninstall_one)
}

/// Does something with plugins; one that fails does not keep the others from it.
fn for_each(
    home: &Home,
    names: &[String],
    what: &str,
    done: &str,
    run: impl Fn(&Home, &Plugin) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for name in names {
        match find(home, name).map(|plugin| run(home, &plugin)) {
            Ok(Ok(())) => say(&format!("{done} plugin: {name}")),
            Ok(Err(failure)) => failures.push(format!("failed to {what} plugin {name}, got error ({})", failure.message)),
            Err(missing) => failures.push(missing.message),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("\n"))) }
}

/// The archive that a plugin came from goes with it.
fn uninstall_one(home: &Home, plugin: &Plugin) -> Result<(), Failure> {
    if plugin.folder.is_symlink() {
        std::fs::remove_file(&plugin.folder)?;
    } else {
        std::fs::remove_dir_all(&plugin.folder)?;
    }
    for ending in ["tgz", "tgz.prov"] {
        let path = plugin.folder.with_file_name(format!("{}-{}.{ending}", plugin.file.name, plugin.file.version));
        if path.is_file() {
            std::fs::remove_file(path)?;
        }
    }
    running::hook(&home.plugins, plugin, "delete")
}

fn update(home: &Home, names: &[String]) -> Result<(), Failure> {
    if names.is_empty() {
        return Err(Failure::new("please provide plugin name to update"));
    }
    for_each(home, names, "update", "Updated", update_one)
}

/// Only what was cloned can be had anew.
fn update_one(home: &Home, plugin: &Plugin) -> Result<(), Failure> {
    if !cloning::is_clone(&plugin.folder) {
        let location = plugin.folder.canonicalize()?.display().to_string();
        let fields = vec![("location", location), ("error", "Cannot detect VCS".to_owned())];
        let message = "cannot get information about plugin source".to_owned();
        print_logs(&[Log { level: Level::Warn, message: message.clone(), fields }], false);
        return Err(Failure::new(message));
    }
    cloning::update(&plugin.folder)?;
    running::hook(&home.plugins, &Plugin::read(&plugin.folder)?, "update")
}
