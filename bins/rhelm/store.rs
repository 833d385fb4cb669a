//! `rhelm store`: looking after the store that records are in, and moving them to another.

use super::connect::{Connected, connect};
use super::driver::seconds;
use super::stores::StoreName;
use clap::{ArgMatches, Command, FromArgMatches};
use rhelm_cli::store::{CheckArgs, MigrateArgs, subcommand};
use rhelm_cli::{Failure, GlobalArgs};

pub(crate) fn define() -> Command {
    let about = "Move records between stores, find what is wrong with them, and put it right";
    Command::new("store").about(about).subcommand_required(true).arg_required_else_help(true).subcommands([
        subcommand::<CheckArgs>("check", "Find what is wrong with the records, and put it right"),
        subcommand::<MigrateArgs>("migrate", "Copy all records to another store, and compare them"),
    ])
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let Connected { runtime, cluster } = connect(&global)?;
    let namespace = rhelm_cli::namespace(&global, |name| std::env::var_os(name));
    runtime.block_on(async {
        match matches.subcommand() {
            Some(("check", matches)) => {
                let driver = StoreName::of_environment()?.open(&cluster, &namespace).await?;
                CheckArgs::from_arg_matches(matches)?.run(driver.as_ref(), &namespace, seconds()).await
            }
            Some(("migrate", matches)) => {
                let args = MigrateArgs::from_arg_matches(matches)?;
                let from = StoreName::parse(&args.from)?.with_connection_file(args.from_connection_file.as_deref())?;
                let to = StoreName::parse(&args.to)?.with_connection_file(args.to_connection_file.as_deref())?;
                if from == to {
                    return Err(Failure::new("--from and --to name the same store"));
                }
                let open = async |name: &StoreName| match args.dry_run {
                    true => name.look(&cluster, &namespace).await,
                    false => name.open(&cluster, &namespace).await,
                };
                let (from, to) = (open(&from).await?, open(&to).await?);
                args.run(from.as_ref(), to.as_ref(), &namespace).await
            }
            _ => Err(Failure::new("no subcommand given; see rhelm store --help")),
        }
    })
}
