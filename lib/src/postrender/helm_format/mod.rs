//! Helm 4's form of post-rendered documents: what its YAML library writes when it has read them.
//!
//! Indentation becomes two blanks, lists start in the column of their key, blank lines go, long texts are not folded; comments,
//! the order of keys and the style of scalars stay. Lists of objects are taken apart.
//!
//! ```text
//! files → documents → items → comment (what stands between nodes) + scalar → write → files
//! ```

mod comment;
mod scalar;
mod write;

use super::edit::{EditError, Editor, edit};
use super::object::objects;
use super::tree::{Kind, NodeId, Tree};
use crate::log::Log;
use crate::manifest::collect::{self, DocumentError};
use crate::manifest::{Manifest, Manifests};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What Helm's library removes, and the annotations that its post-rendering puts in and takes out.
const REMOVED: [&str; 3] =
    ["postrenderer.helm.sh/postrender-filename", "config.kubernetes.io/index", "internal.config.kubernetes.io/index"];

/// Lists of lists are taken apart down to here.
const DEEPEST_LIST: usize = 20;

/// The documents of a release in Helm's form, read anew, with messages on those that are left out.
///
/// # Errors
/// For a document that is no mapping, and one that cannot be read.
pub fn reformat(manifests: &Manifests) -> Result<(Manifests, Vec<Log>), DocumentError> {
    let hooks = manifests.hooks.iter().map(|hook| &hook.manifest);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for manifest in manifests.resources.iter().chain(hooks) {
        let file = files.entry(manifest.source.clone()).or_default();
        for item in items(manifest)? {
            if !file.is_empty() {
                file.extend_from_slice(b"---\n");
            }
            file.extend_from_slice(item.as_bytes());
        }
    }
    collect::collect(&files)
}

fn items(manifest: &Manifest) -> Result<Vec<String>, DocumentError> {
    let error = |cause: String| DocumentError { file: manifest.source.clone(), cause };
    let content = clean(&manifest.content);
    let tree = Tree::read(&content).map_err(error)?;
    let Some(root) = tree.root() else { return Ok(Vec::new()) };
    if tree.kind(root) != Kind::Mapping {
        return Err(error("expected a mapping".to_owned()));
    }
    let mut found = Vec::new();
    take_apart(&tree, root, 0, &mut found);
    Ok(found.into_iter().map(|node| write::write(&tree, node)).collect())
}

/// The objects of a document; those of a `List` are its items.
fn take_apart(tree: &Tree, node: NodeId, depth: usize, found: &mut Vec<NodeId>) {
    let kind = tree.find_text(node, &["kind"]);
    let items = tree.find(node, &["items"]).filter(|&items| tree.kind(items) == Kind::Sequence);
    match items {
        Some(items) if depth < DEEPEST_LIST && matches!(kind.as_deref(), Some("List" | "ResourceList")) => {
            tree.children(items).for_each(|item| take_apart(tree, tree.resolve(item), depth + 1, found));
        }
        _ => found.push(node),
    }
}

/// The document without the annotations that Helm removes, and without the mappings that are empty then.
fn clean(content: &str) -> Cow<'_, str> {
    let cleaned = edit::<EditError>(content, |editor| {
        objects(editor.tree()).iter().for_each(|object| clean_object(editor, object.node));
        Ok(())
    });
    // What cannot be edited cannot be read either, and is found then.
    cleaned.unwrap_or(Cow::Borrowed(content))
}

fn clean_object(editor: &mut Editor, object: NodeId) {
    let tree = editor.tree();
    let Some(metadata) = tree.find(object, &["metadata"]) else { return };
    let is_empty =
        |node: NodeId| tree.is_null(node) || (tree.kind(node) == Kind::Mapping && tree.children(node).next().is_none());
    if is_empty(metadata) {
        editor.remove(object, "metadata");
        return;
    }
    let Some(annotations) = tree.find(metadata, &["annotations"]) else { return };
    let is_removed = |key: NodeId| tree.scalar(key).is_some_and(|key| REMOVED.contains(&key.as_ref()));
    let mut keys = tree.entries(annotations).map(|(key, _)| key);
    if !is_empty(annotations) && (tree.kind(annotations) != Kind::Mapping || keys.any(|key| !is_removed(key))) {
        REMOVED.iter().filter(|key| tree.get(annotations, key).is_some()).for_each(|key| editor.remove(annotations, key));
    } else if tree.entries(metadata).nth(1).is_some() {
        editor.remove(metadata, "annotations");
    } else {
        editor.remove(object, "metadata");
    }
}
