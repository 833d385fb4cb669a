//! The command line of a store tool, and which part of the library each subcommand is.

use super::{CheckArgs, failure, records};
use crate::{Failure, GlobalArgs};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_lib::store::{Driver, Query, RecordId};

/// Which records: those of a namespace, or all.
#[derive(Args, Clone, Debug, Default)]
pub struct Scope {
    /// Records of every namespace
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
}

impl Scope {
    /// The namespace to look into; empty for all.
    #[must_use]
    pub fn namespace<'a>(&self, current: &'a str) -> &'a str {
        if self.all_namespaces { "" } else { current }
    }
}

#[derive(Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    pub(super) scope: Scope,
    /// Only the revisions of this release
    #[arg(long, value_name = "RELEASE")]
    pub(super) name: Option<String>,
}

#[derive(Args)]
pub(super) struct KeyArgs {
    /// Keys of records (sh.helm.release.v1.RELEASE.vREVISION); without any, lines with namespace and key on standard input
    #[arg(value_name = "KEY")]
    pub(super) keys: Vec<String>,
}

#[derive(Args)]
pub(super) struct PutArgs {
    /// Replace records that are there, when they have the line's version or it has none
    #[arg(long)]
    pub(super) replace: bool,
}

#[derive(Args)]
pub(super) struct ImportArgs {
    /// Replace records that are there and differ
    #[arg(long)]
    pub(super) replace: bool,
}

/// What a store tool is told to do.
#[expect(missing_docs, reason = "the subcommands' descriptions are theirs")]
pub struct Tool {
    pub name: &'static str,
    pub about: &'static str,
    /// Subcommands of this store alone.
    pub more: fn(Command) -> Command,
}

impl Tool {
    /// The whole command line.
    #[must_use]
    pub fn command(&self) -> Command {
        let tool = GlobalArgs::augment_args(Command::new(self.name)).about(self.about).long_about(None);
        let tool = tool.subcommand_required(true).arg_required_else_help(true).subcommands([
            subcommand::<ListArgs>("list", "Print the heads of records: place, labels and version, no bodies"),
            subcommand::<KeyArgs>("get", "Print records"),
            subcommand::<PutArgs>("put", "Write the records on standard input, and print their versions"),
            subcommand::<KeyArgs>("delete", "Delete records"),
            subcommand::<ListArgs>("export", "Print all records of a namespace"),
            subcommand::<ImportArgs>("import", "Write the records on standard input, and compare what was stored"),
            subcommand::<CheckArgs>("check", "Find what is wrong with the records, and put it right"),
            Command::new("init").about("Make the store ready for use"),
        ]);
        (self.more)(tool)
    }
}

/// A subcommand with a description of its own, not that of its arguments.
#[must_use]
pub fn subcommand<A: Args>(name: &'static str, about: &'static str) -> Command {
    crate::with_flags::<A>(Command::new(name).about(about))
}

/// Runs a subcommand on an open store. `namespace` is the current one, `now` the seconds since 1970.
///
/// # Errors
/// With the exit status of the first thing that went wrong.
pub(crate) async fn run(
    driver: &dyn Driver,
    namespace: &str,
    now: i64,
    name: &str,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    match name {
        "list" => {
            let args = ListArgs::from_arg_matches(matches)?;
            records::list(driver, &args.query(namespace)).await
        }
        "export" => {
            let args = ListArgs::from_arg_matches(matches)?;
            records::export(driver, &args.query(namespace)).await
        }
        "get" => records::get(driver, KeyArgs::from_arg_matches(matches)?.ids(namespace)).await,
        "delete" => records::delete(driver, KeyArgs::from_arg_matches(matches)?.ids(namespace)).await,
        "put" => records::put(driver, PutArgs::from_arg_matches(matches)?.replace).await,
        "import" => records::import(driver, ImportArgs::from_arg_matches(matches)?.replace).await,
        "check" => CheckArgs::from_arg_matches(matches)?.run(driver, namespace, now).await,
        // Opening it has made most of it ready; the question proves that it can be read.
        "init" => {
            driver.prepare().await.map_err(|error| failure(&error))?;
            let query = Query { namespace: namespace.to_owned(), name: None, ..Query::default() };
            driver.heads(&query).await.map(|_| ()).map_err(|error| failure(&error))
        }
        other => Err(Failure::new(format!("unknown command {other:?}"))),
    }
}

impl Tool {
    /// Runs a subcommand on an open store; `namespace` is the current one, `now` the seconds since 1970.
    ///
    /// # Errors
    /// With the exit status that tells the first thing that went wrong.
    pub async fn run(
        &self,
        driver: &dyn Driver,
        namespace: &str,
        now: i64,
        subcommand: (&str, &ArgMatches),
    ) -> Result<(), Failure> {
        run(driver, namespace, now, subcommand.0, subcommand.1).await
    }
}

impl ListArgs {
    fn query(&self, namespace: &str) -> Query {
        Query { namespace: self.scope.namespace(namespace).to_owned(), name: self.name.clone(), ..Query::default() }
    }
}

impl KeyArgs {
    /// The ids that the command line names; `None` when they come from standard input.
    fn ids(&self, namespace: &str) -> Option<Vec<RecordId>> {
        let id = |key: &String| RecordId { namespace: namespace.to_owned(), key: key.clone() };
        (!self.keys.is_empty()).then(|| self.keys.iter().map(id).collect())
    }
}
