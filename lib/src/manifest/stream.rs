//! The stream's text: each document in the frame `---`, `# Source: NAME`, content.

use super::{Manifest, Manifests};

/// The stream of all documents: resources, then hooks.
#[must_use]
pub fn write(manifests: &Manifests) -> String {
    let hooks: usize = manifests.hooks.iter().map(|hook| framed_length(&hook.manifest)).sum();
    let mut text = with_resources(manifests, hooks);
    for hook in &manifests.hooks {
        frame(&mut text, &hook.manifest);
    }
    text
}

/// The stream of the documents that are no hooks, as a release record keeps it.
#[must_use]
pub fn resources(manifests: &Manifests) -> String {
    with_resources(manifests, 0)
}

/// The stream of the documents that are no hooks, with room for what comes after it.
fn with_resources(manifests: &Manifests, further: usize) -> String {
    let length: usize = manifests.resources.iter().map(framed_length).sum();
    let mut text = String::with_capacity(length + further);
    for manifest in &manifests.resources {
        frame(&mut text, manifest);
    }
    text
}

/// Adds one document in its frame to `text`.
pub fn frame(text: &mut String, manifest: &Manifest) {
    text.push_str("---\n");
    if !manifest.source.is_empty() {
        text.push_str("# Source: ");
        text.push_str(&manifest.source);
        text.push('\n');
    }
    text.push_str(&manifest.content);
    text.push('\n');
}

/// How many bytes [`frame`] adds.
pub(super) fn framed_length(manifest: &Manifest) -> usize {
    const FRAME: &str = "---\n# Source: \n\n";
    FRAME.len() + manifest.source.len() + manifest.content.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Hook;

    #[test]
    fn every_document_has_its_frame() {
        let manifest =
            |source: &str, content: &str| Manifest { source: source.into(), content: content.into(), ..Manifest::default() };
        let manifests = Manifests {
            resources: vec![manifest("c/templates/a.yaml", "a: 1\n"), manifest("", "b: 2")],
            hooks: vec![Hook { manifest: manifest("c/templates/h.yaml", "h: 1"), ..Hook::default() }],
        };
        let expected = "---\n# Source: c/templates/a.yaml\na: 1\n\n---\nb: 2\n---\n# Source: c/templates/h.yaml\nh: 1\n";
        assert_eq!(write(&manifests), expected);
    }
}
