//! House rules that no compiler checks: sizes of files, module documents, and which module may use which.

use std::fs;
use std::path::{Path, PathBuf};

/// Beyond this a file is to be split by what a newcomer would look for. Tables are exempt.
const MAX_LINES: usize = 600;

/// The stages of the library, first to last: a module may use those before it, never those behind it. Charts and values
/// are one stage, since the values say which dependencies a chart has; so are plans and the cluster that carries them out.
const STAGES: &[&[&str]] = &[
    &["version", "log"],
    &["chart", "values"],
    &["render"],
    &["manifest", "lint", "plugin"],
    &["postrender"],
    &["plan", "cluster"],
    &["release"],
    &["store"],
    &["action"],
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("Rust is text");
                files.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    files.sort();
    files
}

fn all_sources() -> Vec<(PathBuf, String)> {
    ["bins", "lib", "tests"].into_iter().flat_map(sources).collect()
}

fn is_table(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tables")
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = all_sources()
        .iter()
        .filter(|(path, text)| !is_table(path) && text.lines().count() > MAX_LINES)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "longer than {MAX_LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<String> = all_sources()
        .iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no module document:\n{}", silent.join("\n"));
}

#[test]
fn no_stage_uses_a_later_one() {
    let mut wrong = Vec::new();
    for (path, text) in sources("lib/src") {
        let module =
            path.components().nth(2).map(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned());
        let own = STAGES.iter().position(|stage| module.as_deref().is_some_and(|module| stage.contains(&module)));
        let Some(own) = own else { continue };
        let later = STAGES[own + 1..].iter().flat_map(|stage| stage.iter());
        let used =
            later.filter(|later| text.contains(&format!("crate::{later}::")) || text.contains(&format!("crate::{{{later}")));
        wrong.extend(used.map(|later| format!("{}: crate::{later}", path.display())));
    }
    assert!(wrong.is_empty(), "uses a later stage:\n{}", wrong.join("\n"));
}

#[test]
fn the_core_asks_nothing_of_the_machine() {
    const ASKS: &[&str] =
        &["std::env::var", "SystemTime::now", "Instant::now", "TcpStream", "ToSocketAddrs", "println!", "process::exit"];
    let allowed = |path: &Path| path.ends_with("postrender/program.rs");
    let mut wrong = Vec::new();
    for (path, text) in sources("lib/src").iter().filter(|(path, _)| !allowed(path)) {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        wrong.extend(ASKS.iter().filter(|asks| code.contains(*asks)).map(|asks| format!("{}: {asks}", path.display())));
    }
    assert!(wrong.is_empty(), "the library is handed what it needs:\n{}", wrong.join("\n"));
}

#[test]
fn engines_know_nothing_of_charts() {
    for (folder, foreign) in [("lib/gotemplate/src", ["goyaml", "rhelm_"]), ("lib/goyaml/src", ["gotemplate", "rhelm_"])] {
        for (path, text) in sources(folder) {
            for name in foreign {
                assert!(!text.contains(&format!("use {name}")), "{} uses {name}", path.display());
            }
        }
    }
}
