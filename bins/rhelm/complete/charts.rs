//! Repositories, their charts, and versions of these as candidates. Nothing is fetched: the indexes are those of the last update.

use super::line::Line;
use super::{Candidates, Directive};
use rhelm_cli::{environment, variable};
use rhelm_fetch::index::Index;
use rhelm_fetch::repositories::{Repositories, charts_path, index_path};
use rhelm_lib::release::time::Layout;
use std::path::Path;

const PREFIXES: [(&str, &str); 4] = [
    ("oci://", "Chart OCI prefix"),
    ("https://", "Chart URL prefix"),
    ("http://", "Chart URL prefix"),
    ("file://", "Chart local URL prefix"),
];
const PATHS: [(&str, &str); 2] =
    [("./", "Relative path prefix to local chart"), ("/", "Absolute path prefix to local chart")];

/// The repositories' names and addresses.
pub(super) fn repositories(line: &Line<'_>) -> Vec<(String, String)> {
    let home = line.global.home(variable);
    let repositories = Repositories::load(&home.repository_config).unwrap_or_default();
    repositories.list.into_iter().map(|repository| (repository.name, repository.url)).collect()
}

/// What names a chart: repositories first, then charts of the one that is named; files where they are wanted.
pub(super) fn charts(line: &Line<'_>, with_files: bool) -> Candidates {
    let begun = |name: &str| name.starts_with(line.last) && name != line.last;
    let (mut list, mut no_space) = (Vec::new(), false);
    for (name, url) in repositories(line) {
        let prefix = format!("{name}/");
        if line.last.starts_with(&prefix) {
            list.extend(charts_of(line, &name));
        } else if begun(&prefix) {
            list.push((prefix, url));
            no_space = true;
        }
    }
    let paths = PATHS.iter().filter(|_| with_files && line.last.is_empty());
    for (prefix, about) in PREFIXES.iter().chain(paths).filter(|(prefix, _)| begun(prefix)) {
        list.push(((*prefix).to_owned(), (*about).to_owned()));
        no_space = true;
    }
    // Shells show files only where there is no other candidate.
    if with_files && !list.is_empty() && !line.last.is_empty() {
        list.extend(files(line.last));
    }
    Candidates { list, directive: Directive { no_space, no_files: !with_files, ..Directive::default() } }
}

fn charts_of(line: &Line<'_>, repository: &str) -> Vec<(String, String)> {
    let path = charts_path(&line.global.home(variable), repository);
    let names = std::fs::read_to_string(path).unwrap_or_default();
    names.lines().map(|name| (format!("{repository}/{name}"), String::new())).collect()
}

fn files(begun: &str) -> Vec<(String, String)> {
    let entries = Path::new(".").read_dir().into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with(begun));
    names.sort();
    names.into_iter().map(|name| (name, String::new())).collect()
}

/// The versions of the chart that is the operand at `place`.
pub(super) fn versions(line: &Line<'_>, place: usize) -> Candidates {
    let known = line.operands.get(place).and_then(|chart| chart.split_once('/')).and_then(|(repository, name)| {
        let index = Index::load_whole(&index_path(&line.global.home(variable), repository)).ok()?;
        index.entries.get(name).cloned()
    });
    let layout = Layout::new("January 2, 2006", &environment(false));
    let described = known.unwrap_or_default().into_iter().map(|entry| {
        let app = match entry.text("appVersion") {
            "" => String::new(),
            app => format!("App: {app}, "),
        };
        let created = layout.write(entry.text("created")).unwrap_or_default();
        let deprecated = if entry.fields.get("deprecated") == Some(&true.into()) { "(deprecated)" } else { "" };
        (entry.version, format!("{app}Created: {created} {deprecated}"))
    });
    Candidates::only(described.collect())
}
