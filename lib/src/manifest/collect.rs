//! From rendered files, or from a stream, to the documents of a release: split, heads read, hooks apart.

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
    let mut collected = Collected::default();
    for (file, text) in files.iter().filter(|(file, _)| !is_partial(file)) {
        for content in split::split(text) {
            collected.add(file, content, &decode)?;
        }
    }
    sort::sort_for_install(&mut collected.manifests);
    Ok((collected.manifests, collected.logs))
}

/// Reads a stream as [`super::stream::write`] writes it, or as a post-renderer passes it on: sources are taken from the
/// `# Source:` lines where there are any, and the order is kept.
///
/// # Errors
/// For the first document that cannot be read; one without a source is said to be in `stream`.
pub fn read<E: std::fmt::Display>(
    stream: &str,
    decode: impl Fn(&str) -> Result<Value, E>,
) -> Result<(Manifests, Vec<Log>), DocumentError> {
    let mut collected = Collected::default();
    for part in split::split(stream) {
        let (source, content) = source_and_content(part);
        if !content.trim().is_empty() {
            collected.add(source, content, &decode)?;
        }
    }
    Ok((collected.manifests, collected.logs))
}

#[derive(Default)]
struct Collected {
    manifests: Manifests,
    logs: Vec<Log>,
}

impl Collected {
    fn add<E: std::fmt::Display>(
        &mut self,
        source: &str,
        content: &str,
        decode: impl Fn(&str) -> Result<Value, E>,
    ) -> Result<(), DocumentError> {
        let file = if source.is_empty() { "stream" } else { source };
        let error = |cause: String| DocumentError { file: file.to_owned(), cause };
        let value = decode(content).map_err(|cause| error(cause.to_string()))?;
        let head = Head::from_value(&value).map_err(|cause| error(cause.to_string()))?;
        match classify(Manifest { source: source.to_owned(), content: content.to_owned(), head }) {
            Role::Resource(manifest) => self.manifests.resources.push(manifest),
            Role::Hook(hook) => self.manifests.hooks.push(*hook),
            Role::Unknown(events) => self.logs.push(skipped(events)),
        }
        Ok(())
    }
}

/// Undoes the frame: the newline that ends it is not the document's.
fn source_and_content(part: &str) -> (&str, &str) {
    let part = part.strip_suffix('\n').unwrap_or(part);
    match part.strip_prefix("# Source: ") {
        Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
        None => ("", part),
    }
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

    #[test]
    fn a_written_stream_reads_as_it_was() {
        let files = files(&[("c/b", "Service\n---\nJob test\n"), ("c/a", "Zebra\n\n---\nNamespace")]);
        let (manifests, _) = collect(&files, decode).expect("documents");
        let (again, logs) = read(&super::super::stream::write(&manifests), decode).expect("documents");
        assert_eq!((again, logs), (manifests, vec![]));
    }

    #[test]
    fn a_foreign_stream_has_no_sources() {
        let (manifests, _) = read("Service\n---\n\n--- \nZebra\n", decode).expect("documents");
        let listed: Vec<_> = manifests.resources.iter().map(|m| (m.source.as_str(), m.content.as_str())).collect();
        assert_eq!(listed, [("", "Service"), ("", "Zebra")]);
        assert_eq!(read("X bad", decode).expect_err("an error").to_string(), "YAML parse error on stream: yaml: bad");
    }
}
