//! Manifests: the stream of YAML documents that a render makes and every later stage passes on.
//!
//! ```text
//! rendered files → split → sort (kind order, hooks apart) → Manifests → text of the stream and back
//! ```

pub mod collect;
pub mod crds;
mod head;
pub mod hook;
mod identity;
pub mod print;
pub mod sort;
pub mod split;
pub mod stream;

pub use identity::ObjectId;

use std::collections::BTreeMap;

/// The documents of one release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifests {
    /// What is applied, in install order.
    pub resources: Vec<Manifest>,
    /// What runs at certain events, in install order of its kinds.
    pub hooks: Vec<Hook>,
}

/// One YAML document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// The template it came from: `chart/templates/file.yaml`. Empty where a stream does not say.
    pub source: String,
    /// The document as rendered, without its separator.
    pub content: String,
    /// What it says of itself.
    pub head: Head,
}

/// The part of a document that rhelm needs to know.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of a Kubernetes object")]
pub struct Head {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub namespace: String,
    pub annotations: BTreeMap<String, String>,
}

/// A document that runs at certain events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hook {
    /// The document.
    pub manifest: Manifest,
    /// When it runs: `pre-install`, …
    pub events: Vec<String>,
    /// Lower runs first.
    pub weight: i64,
    /// When the object is deleted: `before-hook-creation`, `hook-succeeded`, `hook-failed`; as written.
    pub delete_policies: Vec<String>,
    /// When its logs are shown: `hook-succeeded`, `hook-failed`; as written.
    pub output_log_policies: Vec<String>,
}
