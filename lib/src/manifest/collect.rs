//! From rendered files, or from a stream, to the documents of a release: split, heads read, hooks apart.

use super::hook::{Role, classify};
use super::{Head, Manifest, Manifests, sort, split};
use crate::log::{Level, Log};
use std::collections::BTreeMap;

/// How many documents a release may have. Helm has no such limit, but its records cannot hold as many.
const MAX_DOCUMENTS: usize = 100_000;

/// A document that is no YAML, or whose head has a field of the wrong type.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("YAML parse error on {file}: {cause}")]
pub struct DocumentError {
    /// The file it is in.
    pub file: String,
    /// What is wrong with it.
    pub cause: String,
}

/// Collects the documents of rendered files, with messages on those left out.
///
/// # Errors
/// For the first document, in the order of the files' names, that cannot be read.
pub fn collect(files: &BTreeMap<String, Vec<u8>>) -> Result<(Manifests, Vec<Log>), DocumentError> {
    let mut collected = Collected::default();
    for (file, bytes) in files.iter().filter(|(file, _)| !is_partial(file)) {
        collected.add_file(file, bytes)?;
    }
    sort::sort_for_install(&mut collected.manifests);
    Ok((collected.manifests, collected.logs))
}

/// Reads a stream as [`super::stream::write`] writes it, or as a post-renderer passes it on: sources are taken from the
/// `# Source:` lines where there are any, and the order is kept.
///
/// # Errors
/// For the first document that cannot be read; one without a source is said to be in `stream`.
pub fn read(stream: &str) -> Result<(Manifests, Vec<Log>), DocumentError> {
    let mut collected = Collected::default();
    for part in split::split(stream) {
        let (source, content) = source_and_content(part);
        if !content.trim().is_empty() {
            collected.add(source, content)?;
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
    fn add_file(&mut self, file: &str, bytes: &[u8]) -> Result<(), DocumentError> {
        // What is no text is found in the last document that begins before it.
        let (text, rest) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, &[][..]),
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), rest)
            }
        };
        let mut documents = split::split(text);
        let broken = if rest.is_empty() { None } else { Some(documents.pop().unwrap_or_default()) };
        documents.into_iter().try_for_each(|content| self.add(file, content))?;
        match broken {
            None => Ok(()),
            Some(start) => Err(broken_text(file, &[start.as_bytes(), rest].concat())),
        }
    }

    fn add(&mut self, source: &str, content: &str) -> Result<(), DocumentError> {
        let file = if source.is_empty() { "stream" } else { source };
        let error = |cause: String| DocumentError { file: file.to_owned(), cause };
        if self.manifests.resources.len() + self.manifests.hooks.len() == MAX_DOCUMENTS {
            return Err(error(format!("more than {MAX_DOCUMENTS} documents: split the chart")));
        }
        let head = Head::read(content).map_err(error)?;
        match classify(Manifest { source: source.to_owned(), content: content.to_owned(), head }) {
            Role::Resource(manifest) => self.manifests.resources.push(manifest),
            Role::Hook(hook) => self.manifests.hooks.push(*hook),
            Role::Unknown(events) => self.logs.push(skipped(events)),
        }
        Ok(())
    }
}

fn broken_text(file: &str, document: &[u8]) -> DocumentError {
    let cause = goyaml::decode_bytes(document).err().map_or_else(|| "invalid UTF-8".to_owned(), |error| error.to_string());
    DocumentError { file: file.to_owned(), cause }
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

    fn files(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect()
    }

    fn listed(manifests: &Manifests) -> Vec<(&str, &str)> {
        manifests.resources.iter().map(|manifest| (manifest.source.as_str(), manifest.content.as_str())).collect()
    }

    const HOOK: &str = "kind: Job\nmetadata: {annotations: {helm.sh/hook: test}}\n";

    #[test]
    fn documents_are_sorted_by_kind_then_file_then_place() {
        let service = format!("kind: Service\n---\nkind: Zebra\n\n---\n{HOOK}");
        let bogus = "kind: X\nmetadata: {annotations: {helm.sh/hook: bogus}}\n---\nkind: Namespace";
        let files = files(&[("c/b", &service), ("c/a", &format!("kind: Zebra\n---\n{bogus}")), ("c/_p", "[")]);
        let (manifests, logs) = collect(&files).expect("documents");
        let expected =
            [("c/a", "kind: Namespace"), ("c/b", "kind: Service\n"), ("c/a", "kind: Zebra\n"), ("c/b", "kind: Zebra\n\n")];
        assert_eq!(listed(&manifests), expected);
        assert_eq!(manifests.hooks.len(), 1);
        let logs: Vec<String> = logs.iter().map(ToString::to_string).collect();
        assert_eq!(logs, ["level=INFO msg=\"skipping unknown hooks\" hookTypes=bogus"]);
    }

    #[test]
    fn the_first_bad_file_is_reported() {
        let error = collect(&files(&[("c/b", "]"), ("c/a", "a: 1\n---\n- b")])).expect_err("an error");
        let cause = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type util.SimpleHead";
        assert_eq!(error.to_string(), format!("YAML parse error on c/a: {cause}"));
    }

    // The expected text is that of Helm 4.3.1.
    #[test]
    fn bytes_that_are_no_text_are_refused_where_yaml_is_read() {
        let files = BTreeMap::from([("c/a".to_owned(), b"a: 1\n---\nb: \xff\n".to_vec())]);
        let cause = "error converting YAML to JSON: yaml: invalid leading UTF-8 octet";
        assert_eq!(collect(&files).expect_err("an error").to_string(), format!("YAML parse error on c/a: {cause}"));
    }

    #[test]
    fn a_written_stream_reads_as_it_was() {
        let files =
            files(&[("c/b", &format!("kind: Service\n---\n{HOOK}")), ("c/a", "kind: Zebra\n\n---\nkind: Namespace")]);
        let (manifests, _) = collect(&files).expect("documents");
        let (again, logs) = read(&super::super::stream::write(&manifests)).expect("documents");
        assert_eq!((again, logs), (manifests, vec![]));
    }

    #[test]
    fn a_foreign_stream_has_no_sources() {
        let (manifests, _) = read("kind: Service\n---\n\n--- \nkind: Zebra\n").expect("documents");
        assert_eq!(listed(&manifests), [("", "kind: Service"), ("", "kind: Zebra")]);
        let cause = "error converting YAML to JSON: yaml: did not find expected node content";
        assert_eq!(read("]").expect_err("an error").to_string(), format!("YAML parse error on stream: {cause}"));
    }
}
