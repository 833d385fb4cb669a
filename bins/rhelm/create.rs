//! `rhelm create`: the files of a new chart.

use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use rhelm_cli::{Failure, GlobalArgs, exactly, write_stdout};
use rhelm_fetch::FetchError;
use rhelm_lib::chart::starter::{self, Language};
use std::path::{Path, PathBuf};

const USAGE: &str = "rhelm create NAME [flags]";

#[derive(Args)]
struct CreateArgs {
    /// The chart's name, or the path of its folder
    #[arg(value_name = "NAME")]
    operands: Vec<String>,
    /// Name in the starters folder, or path, of a chart to start from
    #[arg(short = 'p', long)]
    starter: Option<String>,
    /// The language of the templates
    #[arg(long, value_enum, default_value_t = Engine::Gotemplate)]
    engine: Engine,
}

#[derive(Clone, Copy, ValueEnum)]
enum Engine {
    Gotemplate,
    Handlebars,
}

pub(crate) fn define() -> Command {
    rhelm_cli::with_flags::<CreateArgs>(Command::new("create").about("Make the files of a new chart"))
}

pub(crate) fn run(_: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    let args = CreateArgs::from_arg_matches(matches)?;
    let [operand] = exactly(USAGE, args.operands)?;
    let folder = Path::new(&operand);
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    write_stdout(format!("Creating {operand}\n").as_bytes())?;
    starter::check_name(&name)?;
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = std::path::absolute(parent.unwrap_or(Path::new(".")))?;
    if !parent.is_dir() {
        return Err(Failure::new(format!("stat {}: no such file or directory", parent.display())));
    }
    let folder = parent.join(&name);
    std::fs::create_dir_all(folder.join("charts"))?;
    let files = match &args.starter {
        Some(starter) => copied(&starter_folder(starter), &name)?,
        None => of_language(&name, args.engine),
    };
    files.into_iter().try_for_each(|(path, text)| write(&folder.join(path), &text))
}

fn of_language(name: &str, engine: Engine) -> Vec<(PathBuf, Vec<u8>)> {
    let language = match engine {
        Engine::Gotemplate => Language::Go,
        Engine::Handlebars => Language::Handlebars,
    };
    starter::files(name, language).into_iter().map(|(path, text)| (path.into(), text.into_bytes())).collect()
}

/// A path, or a name in the folder of starters.
fn starter_folder(starter: &str) -> PathBuf {
    let path = Path::new(starter);
    if path.is_absolute() {
        return path.to_owned();
    }
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let data = std::env::var_os("HELM_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(std::env::var_os("XDG_DATA_HOME")?).join("helm")));
    data.unwrap_or_else(|| home().join(".local/share/helm")).join("starters").join(starter)
}

/// The files of a starter chart, with the new name in its templates and values, and a `Chart.yaml` of its own.
fn copied(starter: &Path, name: &str) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let failed = |path: &Path, error: std::io::Error| {
        Failure::new(format!("could not load {}: {}", starter.display(), FetchError::file("stat", path, &error)))
    };
    let mut files = vec![("Chart.yaml".into(), metadata(name).into_bytes())];
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let path: PathBuf = starter.components().chain(folder.components()).collect();
        for entry in std::fs::read_dir(&path).map_err(|error| failed(&path, error))? {
            let entry = entry.map_err(|error| failed(&path, error))?;
            let below = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(below);
            } else if below != Path::new("Chart.yaml") {
                let data = std::fs::read(entry.path()).map_err(|error| failed(&entry.path(), error))?;
                files.push((below.clone(), starter::renamed(&below.to_string_lossy(), data, name)));
            }
        }
    }
    Ok(files)
}

fn metadata(name: &str) -> String {
    format!(
        "apiVersion: v2\nappVersion: 0.1.0\ndescription: A Helm chart for Kubernetes\nname: {name}\ntype: application\nversion: 0.1.0\n"
    )
}

fn write(path: &Path, data: &[u8]) -> Result<(), Failure> {
    if path.exists() {
        rhelm_cli::say(&format!("WARNING: File {:?} already exists. Overwriting.", path.display().to_string()));
    }
    let parent = path.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(path, data));
    written.map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}
