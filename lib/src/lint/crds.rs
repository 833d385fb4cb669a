//! `crds/`: whether its files are definitions of custom resources.

use super::documents::{Documents, Object};
use super::{Finding, Linter, Severity};
use crate::chart::loader::Kind;
use crate::chart::{Chart, File};

const FOLDER: &str = "crds/";

pub(super) fn check(linter: &mut Linter<'_>) {
    let is_folder = match linter.folder.kind("crds") {
        Kind::Missing => return,
        Kind::Folder => Ok(()),
        Kind::File => Err("not a directory".into()),
    };
    if !linter.report(Severity::Error, FOLDER, is_folder) {
        return;
    }
    match linter.chart() {
        Ok(chart) => files(linter, &chart),
        Err(error) => linter.add(Severity::Error, FOLDER, error),
    }
}

fn files(linter: &mut Linter<'_>, chart: &Chart) {
    for file in all(chart) {
        for object in Documents::new(&file.data) {
            match object {
                // Helm looks at no further file either.
                Err(error) => {
                    return linter.add(Severity::Error, &file.name, format!("unable to parse YAML: {error}"));
                }
                Ok(None) => {}
                Ok(Some(object)) => {
                    linter.report(Severity::Error, &file.name, api_version(&object));
                    linter.report(Severity::Error, &file.name, kind(&object));
                }
            }
        }
    }
}

/// The files of `crds/` of a chart, then those of its dependencies, depth first.
fn all(chart: &Chart) -> Vec<&File> {
    let mut files: Vec<&File> = chart.files.iter().filter(|file| is_definition(&file.name)).collect();
    files.extend(chart.dependencies.iter().flat_map(all));
    files
}

fn is_definition(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with(FOLDER) && [".yaml", ".yml", ".json"].iter().any(|extension| lower.ends_with(extension))
}

fn api_version(object: &Object) -> Finding {
    match object.api_version.starts_with("apiextensions.k8s.io") {
        true => Ok(()),
        false => Err("apiVersion is not in 'apiextensions.k8s.io'".into()),
    }
}

fn kind(object: &Object) -> Finding {
    match object.kind == "CustomResourceDefinition" {
        true => Ok(()),
        false => Err("object kind is not 'CustomResourceDefinition'".into()),
    }
}
