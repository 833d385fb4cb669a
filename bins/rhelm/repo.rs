//! `rhelm repo`: the repositories that charts come from.

mod add;
mod index;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{
    Failure, Format, GlobalArgs, Record, at_least_one, parse_duration, parse_format, print_records, say, table, variable,
    warn, write_stdout,
};
use rhelm_fetch::dependencies::update_all;
use rhelm_fetch::repositories::{Repositories, Repository, charts_path, index_path, lock};
use rhelm_fetch::{Access, Home};
use std::time::Duration;

#[derive(Args)]
struct ListArgs {
    #[arg(hide = true)]
    operands: Vec<String>,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
    /// Leave out the table's header
    #[arg(long)]
    no_headers: bool,
}

#[derive(Args)]
struct RemoveArgs {
    /// Names of repositories
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
}

#[derive(Args)]
struct UpdateArgs {
    /// Names of repositories; all without any
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
    /// How long a download may take
    #[arg(long, default_value = "2m0s", value_parser = parse_duration)]
    timeout: Duration,
    /// Helm 3's flag: failures are errors anyhow
    #[arg(long, hide = true)]
    fail_on_repo_update_fail: bool,
}

pub(crate) fn define() -> Command {
    let list = Command::new("list").about("Show the repositories").visible_alias("ls");
    let remove = Command::new("remove").about("Forget repositories").visible_alias("rm");
    let update = Command::new("update").about("Fetch the repositories' indexes").visible_alias("up");
    Command::new("repo")
        .about("Manage the repositories that charts come from")
        .arg_required_else_help(true)
        .subcommand(add::define())
        .subcommand(index::define())
        .subcommand(rhelm_cli::with_flags::<ListArgs>(list))
        .subcommand(rhelm_cli::with_flags::<RemoveArgs>(remove))
        .subcommand(rhelm_cli::with_flags::<UpdateArgs>(update))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let home = global.home(variable);
    match matches.subcommand() {
        Some(("add", own)) => add::run(&home, own),
        Some(("index", own)) => index::run(own),
        Some(("list", own)) => list(&home, &ListArgs::from_arg_matches(own)?),
        Some(("remove", own)) => remove(&home, RemoveArgs::from_arg_matches(own)?.operands),
        Some((_, own)) => update(&home, &UpdateArgs::from_arg_matches(own)?),
        None => Err(Failure::new("what to do? see rhelm repo --help")),
    }
}

fn list(home: &Home, args: &ListArgs) -> Result<(), Failure> {
    rhelm_cli::none("rhelm repo list [flags]", &args.operands)?;
    let list = Repositories::load(&home.repository_config)?.list;
    if args.output != Format::Table {
        let record = |repository: &Repository| {
            Record(vec![("name", repository.name.as_str().into()), ("url", repository.url.as_str().into())])
        };
        return print_records(&list.iter().map(record).collect::<Vec<_>>(), args.output);
    }
    if list.is_empty() {
        warn("no repositories to show");
        return Ok(());
    }
    let header = (!args.no_headers).then(|| vec!["NAME".to_owned(), "URL".to_owned()]);
    let rows = list.iter().map(|repository| vec![repository.name.clone(), repository.url.clone()]);
    write_stdout(table(&header.into_iter().chain(rows).collect::<Vec<_>>()).as_bytes())
}

fn remove(home: &Home, names: Vec<String>) -> Result<(), Failure> {
    let names = at_least_one("rhelm repo remove [REPO1 [REPO2 ...]] [flags]", names)?;
    let _locked = home.repository_config.exists().then(|| lock(&home.repository_config)).transpose()?;
    let mut repositories = Repositories::load(&home.repository_config)?;
    if repositories.list.is_empty() {
        return Err(Failure::new("no repositories configured"));
    }
    for name in names {
        if repositories.named(&name).is_none() {
            return Err(Failure::new(format!("no repo named {name:?} found")));
        }
        repositories.list.retain(|repository| repository.name != name);
        repositories.save(&home.repository_config)?;
        for path in [charts_path(home, &name), index_path(home, &name)] {
            if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
        say(&format!("{name:?} has been removed from your repositories"));
    }
    Ok(())
}

fn update(home: &Home, args: &UpdateArgs) -> Result<(), Failure> {
    let known = Repositories::load(&home.repository_config)
        .map_err(|error| Failure::new(format!("failed loading file: {}: {error}", home.repository_config.display())))?;
    if known.list.is_empty() {
        return Err(Failure::new("no repositories found. You must add one before updating"));
    }
    let mut chosen = Vec::new();
    for name in &args.operands {
        let unknown = || Failure::new(format!("no repositories found matching '{name}'.  Nothing will be updated"));
        chosen.push(known.named(name).cloned().ok_or_else(unknown)?);
    }
    let chosen = if args.operands.is_empty() { known.list } else { chosen };
    say("Hang tight while we grab the latest from your chart repositories...");
    let access = Access { timeout: Some(args.timeout).filter(|timeout| !timeout.is_zero()), ..Access::default() };
    let failed = update_all(home, &chosen, &access, &|line| say(line), |repository| &repository.name);
    if !failed.is_empty() {
        return Err(Failure::new(format!("failed to update the following repositories: [{}]", failed.join(" "))));
    }
    say("Update Complete. ⎈Happy Helming!⎈");
    Ok(())
}
