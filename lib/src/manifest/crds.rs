//! The custom resource definitions of a chart: files of `crds/`, never rendered and never split.

use super::Manifest;
use crate::chart::Chart;

/// The files of `crds/` of a chart, then those of its dependencies, depth first.
#[must_use]
pub fn crds(chart: &Chart) -> Vec<Manifest> {
    let mut all = Vec::new();
    add(chart, &chart.metadata.name, &mut all);
    all
}

fn add(chart: &Chart, path: &str, all: &mut Vec<Manifest>) {
    for file in chart.files.iter().filter(|file| file.name.starts_with("crds/") && is_manifest(&file.name)) {
        all.push(Manifest {
            source: format!("{path}/{}", file.name),
            content: String::from_utf8_lossy(&file.data).into_owned(),
            ..Manifest::default()
        });
    }
    for dependency in &chart.dependencies {
        add(dependency, &format!("{path}/charts/{}", dependency.metadata.name), all);
    }
}

fn is_manifest(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".yaml", ".yml", ".json"].iter().any(|extension| name.ends_with(extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{File, Metadata};

    fn chart(name: &str, files: &[&str], dependencies: Vec<Chart>) -> Chart {
        let files = files.iter().map(|name| File { name: (*name).into(), data: "x".into(), modified: None }).collect();
        Chart { metadata: Metadata { name: name.into(), ..Metadata::default() }, files, dependencies, ..Chart::default() }
    }

    #[test]
    fn own_files_come_before_those_of_dependencies() {
        let chart = chart("c", &["crds/a.YAML", "crds/README.md", "x.yaml"], vec![chart("s", &["crds/b.json"], vec![])]);
        let sources: Vec<String> = crds(&chart).into_iter().map(|crd| crd.source).collect();
        assert_eq!(sources, ["c/crds/a.YAML", "c/charts/s/crds/b.json"]);
    }
}
