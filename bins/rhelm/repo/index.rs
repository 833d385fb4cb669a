//! `rhelm repo index`: the index of a folder of archives.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use goyaml::Value;
use rhelm_cli::{Failure, dependencies, exactly};
use rhelm_fetch::index::{Entry, Index};
use rhelm_fetch::{FetchError, files};
use rhelm_lib::chart::document::sha256;
use rhelm_lib::chart::loader;
use std::path::{Path, PathBuf};

#[derive(Args)]
struct IndexArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    operands: Vec<String>,
    /// URL of the repository, put before the names of archives
    #[arg(long, default_value = "")]
    url: String,
    /// Index to add to
    #[arg(long, default_value = "")]
    merge: String,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn define() -> Command {
    rhelm_cli::with_flags::<IndexArgs>(Command::new("index").about("Write the index of a folder of archives"))
}

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let mut args = IndexArgs::from_arg_matches(matches)?;
    let [folder] = exactly("rhelm repo index [DIR] [flags]", std::mem::take(&mut args.operands))?;
    let folder = std::path::absolute(&folder)?;
    let mut index = Index { generated: dependencies::now(), ..Index::default() };
    for path in archives(&folder) {
        let (chart, _) = loader::load(&path)?;
        let data = std::fs::read(&path)?;
        let below = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().into_owned();
        let url = if args.url.is_empty() { below } else { format!("{}/{below}", args.url.trim_end_matches('/')) };
        let mut fields = chart.metadata.document();
        fields.insert("created".into(), dependencies::now().as_str().into());
        fields.insert("digest".into(), sha256(&data).as_str().into());
        fields.insert("urls".into(), Value::List(vec![url.as_str().into()]));
        index.entries.entry(chart.metadata.name.clone()).or_default().push(Entry::new(fields));
    }
    if !args.merge.is_empty() {
        match Index::load(Path::new(&args.merge)) {
            Ok(other) => index.merge(other),
            // Helm begins an index there.
            Err(FetchError::File { .. }) => {
                let empty = Index { generated: dependencies::now(), ..Index::default() };
                files::write_into(
                    Path::new(&args.merge),
                    goyaml::to_yaml(&Value::Map(empty.document()))?.as_bytes(),
                    0o644,
                )?;
            }
            Err(error) => return Err(Failure::new(format!("merge failed: {error}"))),
        }
    }
    index.sort();
    let document = Value::Map(index.document());
    let text = if args.json { pretty(&document)? } else { goyaml::to_yaml(&document)? };
    Ok(files::write_into(&folder.join("index.yaml"), text.as_bytes(), 0o644)?)
}

fn pretty(document: &Value) -> Result<String, Failure> {
    let json: serde_json::Value = serde_json::from_str(&goyaml::json::write(document)?)?;
    Ok(serde_json::to_string_pretty(&json)?)
}

/// The archives of a folder, and of the folders in it.
fn archives(folder: &Path) -> Vec<PathBuf> {
    let list = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        paths
    };
    let is_archive = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|extension| extension == "tgz");
    let own = list(folder);
    let below = own.iter().filter(|path| path.is_dir()).flat_map(|path| list(path)).filter(is_archive);
    own.iter().filter(|path| is_archive(path)).cloned().chain(below).collect()
}
