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
        // What is no chart is passed over.
        let Ok((chart, _)) = loader::load(&path) else { continue };
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
        match Index::load_whole(Path::new(&args.merge)) {
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
    let text = if args.json { indented(&index.json()?) } else { goyaml::to_yaml(&Value::Map(index.document()))? };
    Ok(files::write_into(&folder.join("index.yaml"), text.as_bytes(), 0o644)?)
}

/// JSON with a line for each member; the order is left as it is, which no parser would.
fn indented(json: &str) -> String {
    let mut text = String::new();
    let (mut depth, mut is_text, mut is_escaped) = (0, false, false);
    let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            _ if is_text => {
                is_text = c != '"' || is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                text.push(c);
            }
            '"' => {
                is_text = true;
                text.push(c);
            }
            '{' | '[' if chars.peek().is_some_and(|next| matches!(next, '}' | ']')) => {
                text.push(c);
                text.extend(chars.next());
            }
            '{' | '[' => {
                depth += 1;
                text.push(c);
                text.push_str(&line(depth));
            }
            '}' | ']' => {
                depth -= 1;
                text.push_str(&line(depth));
                text.push(c);
            }
            ',' => text.push_str(&format!(",{}", line(depth))),
            ':' => text.push_str(": "),
            c => text.push(c),
        }
    }
    text
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
