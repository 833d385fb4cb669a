//! `rhelm search`: charts by words.

mod hub;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{
    Failure, Format, GlobalArgs, Record, narrow_table, parse_format, print_logs, print_records, variable, write_stdout,
};
use rhelm_fetch::Home;
use rhelm_fetch::index::Index;
use rhelm_fetch::repositories::{Repositories, index_path};
use rhelm_fetch::search::{Hit, restrict, search};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::render;
use rhelm_lib::version::Constraint;

#[derive(Args)]
struct RepoArgs {
    /// Words to look for
    #[arg(value_name = "KEYWORD")]
    operands: Vec<String>,
    /// The words are a regular expression
    #[arg(short, long)]
    regexp: bool,
    /// Show every version
    #[arg(short = 'l', long)]
    versions: bool,
    /// Show prereleases too
    #[arg(long)]
    devel: bool,
    /// Only versions that this constraint accepts
    #[arg(long, default_value = "")]
    version: String,
    /// How wide a column may be, 0 for any width
    #[arg(long, default_value_t = 50, value_parser = rhelm_cli::parse_uint)]
    max_col_width: usize,
    /// Finding nothing is an error
    #[arg(long)]
    fail_on_no_result: bool,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
}

pub(crate) fn define() -> Command {
    let repo = Command::new("repo").about("Search the repositories");
    Command::new("search")
        .about("Search for charts")
        .arg_required_else_help(true)
        .subcommand(hub::define())
        .subcommand(rhelm_cli::with_flags::<RepoArgs>(repo))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let own = match matches.subcommand() {
        Some(("hub", own)) => return hub::run(own),
        Some((_, own)) => own,
        None => return Err(Failure::new("where? see rhelm search --help")),
    };
    let args = RepoArgs::from_arg_matches(own)?;
    let indexes = indexes(&global.home(variable), global.debug)?;
    let term = args.operands.join(" ");
    let hits = if args.operands.is_empty() {
        search(&indexes, None)
    } else if args.regexp {
        let found = render::finder(&term).map_err(Failure::new)?;
        search(&indexes, Some(&|line: &str| found(line)))
    } else {
        let term = term.to_lowercase();
        search(&indexes, Some(&|line: &str| line.to_lowercase().find(&term)))
    };
    let wanted = match (args.version.as_str(), args.devel) {
        ("", true) => ">0.0.0-0",
        ("", false) => ">0.0.0",
        (version, _) => version,
    };
    let constraint =
        Constraint::parse(wanted).map_err(|error| Failure::new(format!("an invalid version/constraint format: {error}")))?;
    args.print(&restrict(hits, &constraint, args.versions))
}

fn indexes(home: &Home, debug: bool) -> Result<Vec<(String, Index)>, Failure> {
    let repositories = Repositories::load(&home.repository_config)?.list;
    if repositories.is_empty() {
        return Err(Failure::new("no repositories configured"));
    }
    let mut indexes = Vec::new();
    for repository in repositories {
        match Index::load(&index_path(home, &repository.name)) {
            Ok(index) => indexes.push((repository.name, index)),
            Err(error) => {
                let fields = vec![("repo", repository.name), ("error", error.to_string())];
                print_logs(&[Log { level: Level::Warn, message: "repo is corrupt or missing".into(), fields }], debug);
            }
        }
    }
    Ok(indexes)
}

impl RepoArgs {
    fn print(&self, hits: &[Hit<'_>]) -> Result<(), Failure> {
        if hits.is_empty() && self.fail_on_no_result {
            return Err(Failure::new("no results found"));
        }
        let fields = |hit: &Hit<'_>| {
            [
                hit.name.clone(),
                hit.entry.version.clone(),
                hit.entry.text("appVersion").into(),
                hit.entry.text("description").into(),
            ]
        };
        if self.output != Format::Table {
            let record = |hit: &Hit<'_>| {
                let names = ["name", "version", "app_version", "description"];
                Record(names.into_iter().zip(fields(hit).map(|text| text.as_str().into())).collect())
            };
            return print_records(&hits.iter().map(record).collect::<Vec<_>>(), self.output);
        }
        if hits.is_empty() {
            return write_stdout(b"No results found\n");
        }
        let header = ["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"].map(str::to_owned).to_vec();
        let rows: Vec<_> = std::iter::once(header).chain(hits.iter().map(|hit| fields(hit).to_vec())).collect();
        write_stdout(narrow_table(&rows, self.max_col_width).as_bytes())
    }
}
