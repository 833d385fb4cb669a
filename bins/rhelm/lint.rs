//! `rhelm lint`: what is wrong with charts, before anybody installs them.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, ValuesArgs, at_least_one, environment, namespace, print_logs, write_stdout};
use rhelm_lib::lint::{LintOptions, Message, Severity, lint};
use rhelm_lib::render::KubeVersion;
use std::path::{Path, PathBuf};

const USAGE: &str = "rhelm lint PATH [flags]";

#[derive(Args)]
struct LintArgs {
    /// Folders or archives of charts
    #[arg(value_name = "PATH")]
    operands: Vec<String>,
    #[command(flatten)]
    values: ValuesArgs,
    /// Kubernetes version that .Capabilities.KubeVersion has, and whose deprecations count
    #[arg(long)]
    kube_version: Option<String>,
    /// Print warnings and errors only
    #[arg(long)]
    quiet: bool,
    /// Do not check the values against values.schema.json
    #[arg(long)]
    skip_schema_validation: bool,
    /// Fail for warnings too
    #[arg(long)]
    strict: bool,
    /// Check the charts in charts/ too
    #[arg(long)]
    with_subcharts: bool,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<LintArgs>(Command::new("lint").about("Check charts for mistakes"))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = LintArgs::from_arg_matches(matches)?;
    let mut paths = at_least_one(USAGE, args.operands.clone())?;
    let kube_version = args.kube_version.as_deref().filter(|version| !version.is_empty());
    let kube_version = kube_version.map(KubeVersion::parse).transpose()?;
    if args.with_subcharts {
        paths.extend(args.operands.iter().flat_map(|path| subcharts(&Path::new(path).join("charts"))));
    }
    let options = LintOptions {
        values: args.values.gather(&global.home(rhelm_cli::variable), &rhelm_fetch::Access::default())?,
        namespace: namespace(&global, |name| std::env::var_os(name)),
        kube_version,
        skip_schema_validation: args.skip_schema_validation,
        environment: environment(false),
    };
    let mut text = String::new();
    let (mut failed, mut noticed) = (0, 0);
    for path in &paths {
        let mut logs = Vec::new();
        let result = lint(Path::new(path), &options, &mut logs);
        print_logs(&logs, global.debug);
        let worst = result.as_ref().map_or(Some(Severity::Error), |messages| worst(messages));
        noticed += usize::from(worst > Some(Severity::Info));
        failed += usize::from(worst >= Some(args.tolerated()));
        if !args.quiet || worst > Some(Severity::Info) {
            args.print(path, &result.map_err(|error| error.to_string()), &mut text);
        }
    }
    write_stdout(text.as_bytes())?;
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", paths.len());
    match failed {
        0 if args.quiet && noticed == 0 => Ok(()),
        0 => write_stdout(format!("{summary}\n").as_bytes()),
        _ => Err(Failure::new(summary)),
    }
}

fn worst(messages: &[Message]) -> Option<Severity> {
    messages.iter().map(|message| message.severity).max()
}

impl LintArgs {
    /// From which severity on a chart fails.
    fn tolerated(&self) -> Severity {
        if self.strict { Severity::Warning } else { Severity::Error }
    }

    fn print(&self, path: &str, result: &Result<Vec<Message>, String>, text: &mut String) {
        text.push_str(&format!("==> Linting {path}\n"));
        match result {
            Err(error) => text.push_str(&format!("Error {error}\n")),
            Ok(messages) => {
                let shown = messages.iter().filter(|message| !self.quiet || message.severity > Severity::Info);
                shown.for_each(|message| text.push_str(&format!("{message}\n")));
            }
        }
        text.push('\n');
    }
}

/// The charts below a folder, folders and archives, in the order of their names.
fn subcharts(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let name = path.to_string_lossy().into_owned();
        if path.file_name().is_some_and(|name| name == "Chart.yaml") {
            let chart = path.parent().unwrap_or(Path::new("."));
            found.push(chart.to_string_lossy().into_owned());
        } else if name.ends_with(".tgz") || name.ends_with(".tar.gz") {
            found.push(name);
        }
        if path.is_dir() && !path.is_symlink() {
            let entries = path.read_dir().into_iter().flatten().flatten();
            let mut below: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
            below.sort_unstable_by(|a, b| b.file_name().cmp(&a.file_name()));
            left.extend(below);
        }
    }
    found
}
