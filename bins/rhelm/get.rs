//! `rhelm get`: what is recorded of a release.

mod metadata;

use super::driver::{self, Releases};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use goyaml::Value;
use rhelm_cli::release_text::{Shown, hooks, release_text, user_values};
use rhelm_cli::{
    Failure, Format, GlobalArgs, environment, exactly, parse_format, parse_int, print_logs, print_value, write_stdout,
};
use rhelm_lib::action::get::{self, computed_values};
use rhelm_lib::release::{Release, template};

#[derive(Args, Clone)]
struct GetArgs {
    /// The release
    #[arg(value_name = "RELEASE_NAME")]
    operands: Vec<String>,
    /// The revision; the newest when it is not positive
    #[arg(long, default_value_t = 0, value_parser = parse_int)]
    revision: i64,
}

#[derive(Args)]
struct AllArgs {
    #[command(flatten)]
    get: GetArgs,
    /// Print what this Go template makes of `.Release` instead
    #[arg(long)]
    template: Option<String>,
}

#[derive(Args)]
struct ValuesArgs {
    #[command(flatten)]
    get: GetArgs,
    /// The values of the chart too
    #[arg(short, long)]
    all: bool,
    /// Print as table, json or yaml
    #[arg(short, long, value_parser = parse_format, default_value = "table")]
    output: Format,
}

pub(crate) fn define() -> Command {
    let part = |name: &'static str, about: &'static str| rhelm_cli::with_flags::<GetArgs>(Command::new(name).about(about));
    Command::new("get")
        .about("Show what is recorded of a release")
        .arg_required_else_help(true)
        .subcommand(AllArgs::augment_args(Command::new("all").about("Show everything")))
        .subcommand(part("hooks", "Show the hooks"))
        .subcommand(part("manifest", "Show the manifest"))
        .subcommand(metadata::define())
        .subcommand(part("notes", "Show the notes"))
        .subcommand(rhelm_cli::with_flags::<ValuesArgs>(Command::new("values").about("Show the values")))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((part, own)) = matches.subcommand() else { return Err(Failure::new("what to get? see rhelm get --help")) };
    match part {
        "all" => all(&global, &AllArgs::from_arg_matches(own)?),
        "hooks" => write_stdout(hooks(&release(&global, part, &GetArgs::from_arg_matches(own)?)?, false).as_bytes()),
        "manifest" => {
            let release = release(&global, part, &GetArgs::from_arg_matches(own)?)?;
            write_stdout(format!("{}\n", release.manifest).as_bytes())
        }
        "metadata" => metadata::run(&global, own),
        "notes" => {
            let notes = release(&global, part, &GetArgs::from_arg_matches(own)?)?.info.notes;
            let text = if notes.is_empty() { String::new() } else { format!("NOTES:\n{notes}\n") };
            write_stdout(text.as_bytes())
        }
        _ => values(&global, &ValuesArgs::from_arg_matches(own)?),
    }
}

fn release(global: &GlobalArgs, part: &str, args: &GetArgs) -> Result<Release, Failure> {
    let usage = format!("rhelm get {part} RELEASE_NAME [flags]");
    let [name] = exactly(&usage, args.operands.clone())?;
    let Releases { runtime, store, namespace, .. } = driver::open(global)?;
    let (release, logs) = runtime.block_on(get::get(&store, &namespace, &name, args.revision))?;
    print_logs(&logs, global.debug);
    Ok(release)
}

fn all(global: &GlobalArgs, args: &AllArgs) -> Result<(), Failure> {
    let release = &release(global, "all", &args.get)?;
    if let Some(text) = args.template.as_deref().filter(|text| !text.is_empty()) {
        return write_stdout(&template::render(text, release, &environment(false))?);
    }
    let colored = global.colored;
    let shown = Shown { chart: true, values: true, manifest: true, colored, ..Shown::default() };
    write_stdout(release_text(release, Format::Table, shown)?.as_bytes())
}

fn values(global: &GlobalArgs, args: &ValuesArgs) -> Result<(), Failure> {
    let release = release(global, "values", &args.get)?;
    let (title, values) = if args.all {
        let (values, logs) = computed_values(&release)?;
        print_logs(&logs, global.debug);
        ("COMPUTED VALUES:\n", Value::Map(values))
    } else {
        ("USER-SUPPLIED VALUES:\n", user_values(&release))
    };
    match args.output {
        Format::Table => {
            write_stdout(title.as_bytes())?;
            print_value(&values, Format::Yaml)
        }
        format => print_value(&values, format),
    }
}
