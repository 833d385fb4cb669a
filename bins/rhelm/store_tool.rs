//! The whole of a `rhelm-store-…` program: one store, the subcommands that all stores share.

use super::connect::{Connected, connect};
use super::stores::StoreName;
use clap::{ArgMatches, FromArgMatches};
use rhelm_cli::store::Tool;
use rhelm_cli::{Failure, GlobalArgs};
use rhelm_lib::store::Driver;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::runtime::{Builder, Runtime};

/// Does a subcommand that is of one store alone; `None` when it is not its own.
pub(crate) type Own = fn(&Runtime, &str, &ArgMatches) -> Option<Result<(), Failure>>;

/// Runs the program for a store.
pub(crate) fn main(tool: &Tool, store: &StoreName, own: Own) -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    rhelm_cli::finish(rhelm_cli::with_stack(|| run(tool, store, own, &words)))
}

fn run(tool: &Tool, store: &StoreName, own: Own, words: &[String]) -> Result<(), Failure> {
    let matches = rhelm_cli::matches(&tool.command(), words)?;
    let (name, args) = matches.subcommand().ok_or_else(|| Failure::new("no subcommand given; see --help"))?;
    let global = GlobalArgs::from_arg_matches(args)?.with_environment(|name| std::env::var(name).ok());
    let (runtime, driver) = match matches!(store, StoreName::Secret | StoreName::ConfigMap) {
        true => {
            let Connected { runtime, cluster } = connect(&global)?;
            let driver = runtime.block_on(store.open(&cluster, cluster.default_namespace()))?;
            (runtime, driver)
        }
        false => {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            if let Some(result) = own(&runtime, name, args) {
                return result;
            }
            let driver: Box<dyn Driver> = runtime.block_on(store.open_outside())?;
            (runtime, driver)
        }
    };
    let namespace = rhelm_cli::namespace(&global, |name| std::env::var_os(name));
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    runtime.block_on(tool.run(driver.as_ref(), &namespace, now, (name, args)))
}
