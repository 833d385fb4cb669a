//! From rendered files to the documents of a release: split, heads read, hooks apart, in install order.

use super::hook::{Role, classify};
use super::{Head, Manifest, Manifests, sort, split};
use crate::log::{Level, Log};
use goyaml::Value;
use std::collections::BTreeMap;

/// A document that is no YAML, or whose head has a field of the wrong type.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("YAML parse error on {file}: {cause}")]
pub struct DocumentError {
    /// The file it is in.
    pub file: String,
    /// What is wrong with it.
    pub cause: String,
}

/// Collects the documents of rendered files, with messages on those left out. `decode` reads YAML.
///
/// # Errors
/// For the first document, in the order of the files' names, that cannot be read.
pub fn collect<E: std::fmt::Display>(
    files: &BTreeMap<String, String>,
    decode: impl Fn(&str) -> Result<Value, E>,
) -> Result<(Manifests, Vec<Log>), DocumentError> {
    let (mut manifests, mut logs) = (Manifests::default(), Vec::new());
    for (file, text) in files.iter().filter(|(file, _)| !is_partial(file)) {
        for content in split::split(text) {
            let error = |cause: String| DocumentError { file: file.clone(), cause };
            let value = decode(content).map_err(|cause| error(cause.to_string()))?;
            let head = Head::from_value(&value).map_err(|cause| error(cause.to_string()))?;
            match classify(Manifest { source: file.clone(), content: content.to_owned(), head }) {
                Role::Resource(manifest) => manifests.resources.push(manifest),
                Role::Hook(hook) => manifests.hooks.push(*hook),
                Role::Unknown(events) => logs.push(skipped(events)),
            }
        }
    }
    sort::sort_for_install(&mut manifests);
    Ok((manifests, logs))
}

fn skipped(events: String) -> Log {
    Log { level: Level::Info, message: "skipping unknown hooks".into(), fields: vec![("hookTypes", events)] }
}

fn is_partial(file: &str) -> bool {
    file.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands in for the YAML decoder: `Kind` or `Kind EVENT`.
    fn decode(text: &str) -> Result<Value, String> {
        let text = text.trim_end();
        let (kind, event) = text.split_once(' ').unwrap_or((text, ""));
        let map = |key: &str, value: Value| Value::Map([(key.to_owned(), value)].into());
        let Value::Map(mut document) = map("kind", kind.into()) else { return Err("no kind".into()) };
        match event {
            "" => {}
            "bad" => return Err("yaml: bad".into()),
            event => {
                document.insert("metadata".into(), map("annotations", map("helm.sh/hook", event.into())));
            }
        }
        Ok(Value::Map(document))
    }

    fn files(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn documents_are_sorted_by_kind_then_file_then_place() {
        let files = files(&[
            ("c/b", "Service\n---\nZebra\n\n---\nJob test\n"),
            ("c/a", "Zebra\n---\nX bogus\n---\nNamespace"),
            ("c/_p", "Never"),
        ]);
        let (manifests, logs) = collect(&files, decode).expect("documents");
        let listed: Vec<_> = manifests.resources.iter().map(|m| (m.source.as_str(), m.content.as_str())).collect();
        assert_eq!(listed, [("c/a", "Namespace"), ("c/b", "Service\n"), ("c/a", "Zebra\n"), ("c/b", "Zebra\n\n")]);
        assert_eq!(manifests.hooks.len(), 1);
        let logs: Vec<String> = logs.iter().map(ToString::to_string).collect();
        assert_eq!(logs, ["level=INFO msg=\"skipping unknown hooks\" hookTypes=bogus"]);
    }

    #[test]
    fn the_first_bad_file_is_reported() {
        let error = collect(&files(&[("c/b", "X bad"), ("c/a", "Y\n---\nY bad")]), decode).expect_err("an error");
        assert_eq!(error.to_string(), "YAML parse error on c/a: yaml: bad");
    }
}
