//! The annotation by which Helm 4 tells its post-renderers which template a document comes from.
//!
//! It is put into a stream for the stages that expect it, and taken out again behind them. A document that a stage did not
//! change comes back as it was before; one whose `# Source:` line the stage dropped gets it back from the annotation.

use super::documents::Documents;
use super::edit::{Data, EditError, Editor, Patch, edit};
use super::filter::source;
use super::object::objects;
use super::tree::{NodeId, Tree};
use std::borrow::Cow;
use std::collections::BTreeMap;

const NAME: &str = "postrenderer.helm.sh/postrender-filename";

/// A stream with its annotations, and how it was without.
#[derive(Debug, Default)]
pub(super) struct Annotated {
    /// What the stage reads.
    pub(super) text: String,
    original: String,
    /// The documents as the stage may hand them back, with what they were.
    documents: BTreeMap<String, String>,
}

impl Annotated {
    /// Annotates every object of a stream whose document says where it comes from.
    pub(super) fn new(stream: String) -> Self {
        let mut annotated = Self { text: String::with_capacity(stream.len() * 2), ..Self::default() };
        for (frame, content) in documents(&stream) {
            annotated.text.push_str(frame);
            // What cannot be read is the stage's affair.
            let changed = source(content).and_then(|source| add(content, source).ok());
            let changed = changed.unwrap_or(Cow::Borrowed(content));
            annotated.text.push_str(&changed);
            if let Cow::Owned(changed) = changed {
                annotated.documents.insert(changed.trim().to_owned(), content.to_owned());
            }
        }
        annotated.original = stream;
        annotated
    }

    /// Takes the annotations out of what the stage wrote.
    pub(super) fn restore(&self, written: String) -> String {
        if written == self.text {
            return self.original.clone();
        }
        let mut restored = String::with_capacity(written.len());
        for (frame, content) in documents(&written) {
            let original = self.documents.get(content.trim());
            let content = original.map_or_else(|| remove(content), |original| Cow::Borrowed(original.as_str()));
            if restored.is_empty() {
                restored.push_str(frame);
            } else {
                separate(&mut restored, frame);
            }
            restored.push_str(&content);
        }
        restored
    }
}

/// A document that was the first, or the last, may stand between others now.
fn separate(stream: &mut String, frame: &str) {
    if !stream.ends_with('\n') {
        stream.push('\n');
    }
    stream.push_str(if frame.is_empty() { "---\n" } else { frame });
}

/// The documents of a text, each with its separator.
fn documents(text: &str) -> Vec<(&str, &str)> {
    let mut documents = Documents::new(text.as_bytes());
    let (mut found, mut at) = (Vec::new(), 0);
    // A text in memory can always be read.
    while let Ok(Some(document)) = documents.next() {
        let content = at + document.content;
        let end = at + document.bytes.len();
        found.push((&text[at..content], &text[content..end]));
        at = end;
    }
    found
}

fn add<'a>(content: &'a str, source: &str) -> Result<Cow<'a, str>, EditError> {
    let value = Patch::Put(Data::Text(source.to_owned()));
    let annotations = Patch::Map(vec![(NAME.to_owned(), value)]);
    let patch = Patch::Map(vec![("metadata".to_owned(), Patch::Map(vec![("annotations".to_owned(), annotations)]))]);
    edit(content, |editor| objects(editor.tree()).iter().try_for_each(|object| editor.merge(object.node, &patch)))
}

/// A document without the annotation, with the `# Source:` line that it stands for.
fn remove(content: &str) -> Cow<'_, str> {
    if !content.contains(NAME) {
        return Cow::Borrowed(content);
    }
    let Ok(tree) = Tree::read(content) else { return Cow::Borrowed(content) };
    let path = &["metadata", "annotations", NAME];
    let from = objects(&tree).iter().find_map(|object| tree.find_text(object.node, path)).map(Cow::into_owned);
    let removed = edit::<EditError>(content, |editor| {
        objects(editor.tree()).iter().for_each(|object| remove_from(editor, object.node));
        Ok(())
    });
    let removed = removed.unwrap_or(Cow::Borrowed(content));
    match from {
        Some(from) if source(content).is_none() => {
            let blank = if removed.starts_with('\n') || removed.starts_with("\r\n") { "\n" } else { "" };
            Cow::Owned(format!("{blank}# Source: {from}\n{}", removed.trim_start_matches(['\n', '\r'])))
        }
        _ => removed,
    }
}

/// Removes the annotation, and the mappings that hold nothing else.
fn remove_from(editor: &mut Editor, object: NodeId) {
    let tree = editor.tree();
    let (Some(metadata), Some(annotations)) =
        (tree.find(object, &["metadata"]), tree.find(object, &["metadata", "annotations"]))
    else {
        return;
    };
    if tree.get(annotations, NAME).is_none() {
        return;
    }
    let only = |mapping| tree.entries(mapping).nth(1).is_none();
    if !only(annotations) {
        editor.remove(annotations, NAME);
    } else if !only(metadata) {
        editor.remove(metadata, "annotations");
    } else {
        editor.remove(object, "metadata");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "---\n# Source: c/a.yaml\n# comment\nkind: A\nmetadata:\n  name: a # name\n---\n# Source: c/b.yaml\n{\"kind\": \"B\"}\n---\n# none\nkind: C\n";

    fn annotated() -> Annotated {
        Annotated::new(STREAM.to_owned())
    }

    #[test]
    fn objects_are_annotated_where_their_source_is_known() {
        let expected = "---\n# Source: c/a.yaml\n# comment\nkind: A\nmetadata:\n  name: a # name\n  annotations:\n    postrenderer.helm.sh/postrender-filename: c/a.yaml\n---\n# Source: c/b.yaml\n{\"kind\": \"B\", \"metadata\": {\"annotations\": {\"postrenderer.helm.sh/postrender-filename\": \"c/b.yaml\"}}}\n---\n# none\nkind: C\n";
        assert_eq!(annotated().text, expected);
    }

    #[test]
    fn what_was_not_changed_comes_back_as_it_was() {
        let annotated = annotated();
        assert_eq!(annotated.restore(annotated.text.clone()), STREAM);
        let mut parts: Vec<_> = annotated.text.split("---\n").skip(1).collect();
        parts.reverse();
        let expected = "# none\nkind: C\n---\n# Source: c/b.yaml\n{\"kind\": \"B\"}\n---\n# Source: c/a.yaml\n# comment\nkind: A\nmetadata:\n  name: a # name\n";
        assert_eq!(annotated.restore(parts.join("---\n")), expected);
    }

    #[test]
    fn a_changed_document_loses_the_annotation_and_keeps_its_source() {
        let written = "kind: A\nmetadata:\n  name: changed\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/a.yaml'\n---\nkind: B\nmetadata: {annotations: {x: y, postrenderer.helm.sh/postrender-filename: c/b.yaml}}\n---\nkind: N\n";
        let expected = "# Source: c/a.yaml\nkind: A\nmetadata:\n  name: changed\n---\n# Source: c/b.yaml\nkind: B\nmetadata: {annotations: {x: y}}\n---\nkind: N\n";
        assert_eq!(annotated().restore(written.to_owned()), expected);
    }

    #[test]
    fn removing_leaves_all_else_alone() {
        let name = "postrenderer.helm.sh/postrender-filename";
        let cases = [
            (
                format!("kind: A\nmetadata:\n  annotations:\n    {name}: x # c\n    # d\n    b: c\n"),
                "kind: A\nmetadata:\n  annotations:\n    # d\n    b: c\n",
            ),
            (format!("kind: A\nmetadata:\n  annotations:\n    {name}: x\nb: c"), "kind: A\nb: c"),
            (format!("kind: A\nb: c\nmetadata:\n  annotations:\n    {name}: x"), "kind: A\nb: c"),
            (
                format!("kind: A\nmetadata: {{annotations: {{{name}: x, b: c}}, d: e}}\n"),
                "kind: A\nmetadata: {annotations: {b: c}, d: e}\n",
            ),
            (format!("kind: A\nmetadata: {{d: e, annotations: {{{name}: x}}}}\n"), "kind: A\nmetadata: {d: e}\n"),
            (
                format!("kind: List\nitems:\n- metadata:\n    annotations: {{{name}: x}}\n  kind: A\n"),
                "kind: List\nitems:\n- kind: A\n",
            ),
        ];
        for (content, expected) in cases {
            assert_eq!(remove(&content), format!("# Source: x\n{expected}"), "{content}");
        }
    }
}
