//! `rhelm-store-sql`: release records that are kept in a database, and who may do what to them there.

#[path = "rhelm/connect.rs"]
mod connect;
#[path = "rhelm/store_tool.rs"]
mod store_tool;
#[path = "rhelm/stores.rs"]
#[allow(dead_code, reason = "the umbrella uses all of it")]
mod stores;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::store::{failure, subcommand};
use rhelm_cli::{Failure, write_stdout};
use rhelm_sql::Database;
use rhelm_sql::policy::{Attempt, Grants, grants_of_rbac, test};
use std::path::PathBuf;
use tokio::runtime::Runtime;

fn main() -> std::process::ExitCode {
    let about = "Release records that are kept in a database, PostgreSQL or a SQLite file";
    let tool = rhelm_cli::store::Tool { name: "rhelm-store-sql", about, more: |tool| tool.subcommand(define()) };
    store_tool::main(&tool, &stores::StoreName::Sql(None), policy)
}

#[derive(Args)]
struct PolicyArgs {
    /// What a role may do, as ROLE:NAMESPACE:VERB,… (verbs of Kubernetes; * for every namespace or verb; repeatable)
    #[arg(long, value_name = "GRANT")]
    grant: Vec<String>,
    /// Grant what these roles and bindings of Kubernetes let their subjects do to Secrets (a List, as JSON)
    #[arg(long, value_name = "FILE")]
    rbac: Option<PathBuf>,
}

fn define() -> Command {
    Command::new("policy").about("Roles and row-level policies of PostgreSQL").subcommand_required(true).subcommands([
        subcommand::<PolicyArgs>("generate", "Print the statements that grant this and nothing else"),
        subcommand::<PolicyArgs>("test", "Try everything as each role, and compare; nothing of it stays"),
    ])
}

impl PolicyArgs {
    fn grants(&self) -> Result<Grants, Failure> {
        let mut grants = match &self.rbac {
            Some(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
                grants_of_rbac(&text)?
            }
            None => Grants::default(),
        };
        for words in &self.grant {
            grants.add_words(words)?;
        }
        if grants.0.is_empty() {
            return Err(Failure::new("nothing is granted: --grant or --rbac says what"));
        }
        Ok(grants)
    }
}

fn policy(runtime: &Runtime, name: &str, matches: &ArgMatches) -> Option<Result<(), Failure>> {
    if name != "policy" {
        return None;
    }
    Some(match matches.subcommand() {
        Some(("generate", matches)) => generate(matches),
        Some((_, matches)) => runtime.block_on(try_all(matches)),
        None => Err(Failure::new("no subcommand given; see rhelm-store-sql policy --help")),
    })
}

fn generate(matches: &ArgMatches) -> Result<(), Failure> {
    write_stdout(PolicyArgs::from_arg_matches(matches)?.grants()?.statements().as_bytes())
}

async fn try_all(matches: &ArgMatches) -> Result<(), Failure> {
    let grants = PolicyArgs::from_arg_matches(matches)?.grants()?;
    let database = Database::parse(&stores::connection()?, &|name| std::env::var(name).ok())?;
    let attempts = test(&database, &grants).await.map_err(|error| failure(&error))?;
    write_stdout(attempts.iter().map(describe).collect::<String>().as_bytes())?;
    let wrong = attempts.iter().filter(|attempt| attempt.granted != attempt.succeeded).count();
    match wrong {
        0 => Ok(()),
        wrong => {
            Err(Failure::new(format!("{wrong} of {} attempts went otherwise than granted", attempts.len())).with_status(2))
        }
    }
}

fn describe(attempt: &Attempt) -> String {
    let Attempt { role, what, granted, succeeded } = attempt;
    let outcome = if *succeeded { "can" } else { "cannot" };
    let verdict = if granted == succeeded { "" } else { ": WRONG" };
    format!("{role} {outcome} {what}{verdict}\n")
}
