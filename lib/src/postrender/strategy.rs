//! What goes through a pipeline: all documents of a release, hooks and others apart, or no hooks at all.

use super::{Part, PostRenderError};
use crate::log::Log;
use crate::manifest::collect::{self, DocumentError};
use crate::manifest::{Manifest, Manifests, stream};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How hooks are treated.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Hooks {
    /// One run for hooks and others together.
    #[default]
    Combined,
    /// One run for hooks and one for the others.
    Separate,
    /// Hooks stay as they are, as in Helm 3.
    None,
}

/// A strategy that is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("unknown post-render strategy: '{0}'")]
pub struct UnknownStrategy(String);

impl std::str::FromStr for Hooks {
    type Err = UnknownStrategy;

    /// Helm's name for [`Hooks::None`], `nohooks`, is read, too.
    fn from_str(text: &str) -> Result<Self, UnknownStrategy> {
        match text {
            "" | "combined" => Ok(Self::Combined),
            "separate" => Ok(Self::Separate),
            "none" | "nohooks" => Ok(Self::None),
            other => Err(UnknownStrategy(other.to_owned())),
        }
    }
}

impl std::fmt::Display for Hooks {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str(match self {
            Self::Combined => "combined",
            Self::Separate => "separate",
            Self::None => "none",
        })
    }
}

/// Why the documents of a release could not be post-rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A stage failed.
    #[error(transparent)]
    PostRender(#[from] PostRenderError),
    /// What came out cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

/// Sends the documents of a release through `run`, and reads what comes out, with messages on documents that are left out.
///
/// A document whose template is not known any more gets that of the object of the same name that went in. New ones get a name
/// of Helm's: `generated-by-postrender-0.yaml`.
///
/// # Errors
/// Those of `run`; and for output that cannot be read.
pub fn post_render(
    manifests: Manifests,
    hooks: Hooks,
    run: &mut dyn FnMut(Arc<String>, Part) -> Result<Arc<String>, PostRenderError>,
) -> Result<(Manifests, Vec<Log>), RenderError> {
    let apart = |resources, hooks| (Manifests { resources, hooks: Vec::new() }, Manifests { resources: Vec::new(), hooks });
    let (mut all, mut logs) = (Manifests::default(), Vec::new());
    let mut pass = |documents: Manifests, part: Part, prefix: &str| -> Result<Manifests, RenderError> {
        if documents.resources.is_empty() && documents.hooks.is_empty() {
            return Ok(documents);
        }
        let sent = Arc::new(stream::write(&documents));
        let written = run(Arc::clone(&sent), part)?;
        if written == sent {
            return Ok(documents);
        }
        let (mut read, messages) = collect::read(&written)?;
        logs.extend(messages);
        Sources::of(&documents).restore(&mut read, prefix);
        Ok(read)
    };
    match hooks {
        Hooks::Combined => all = pass(manifests, Part::Files, "")?,
        Hooks::Separate => {
            let (resources, hooks) = apart(manifests.resources, manifests.hooks);
            for (documents, part, prefix) in [(hooks, Part::Hooks, "hooks-"), (resources, Part::Manifests, "manifests-")] {
                let read = pass(documents, part, prefix)?;
                all.resources.extend(read.resources);
                all.hooks.extend(read.hooks);
            }
        }
        Hooks::None => {
            let (resources, hooks) = apart(manifests.resources, manifests.hooks);
            all = pass(resources, Part::Manifests, "manifests-")?;
            all.hooks.splice(0..0, hooks.hooks);
        }
    }
    Ok((all, logs))
}

/// The templates of the objects that went in.
struct Sources(BTreeMap<String, String>);

impl Sources {
    fn of(manifests: &Manifests) -> Self {
        let hooks = manifests.hooks.iter().map(|hook| &hook.manifest);
        let all = manifests.resources.iter().chain(hooks);
        Self(all.map(|manifest| (identity(manifest), manifest.source.clone())).collect())
    }

    fn restore(&self, manifests: &mut Manifests, prefix: &str) {
        let hooks = manifests.hooks.iter_mut().map(|hook| &mut hook.manifest);
        let all = manifests.resources.iter_mut().chain(hooks);
        for (index, manifest) in all.enumerate().filter(|(_, manifest)| manifest.source.is_empty()) {
            let known = self.0.get(&identity(manifest)).cloned();
            manifest.source = known.unwrap_or_else(|| format!("generated-by-postrender-{prefix}{index}.yaml"));
        }
    }
}

fn identity(manifest: &Manifest) -> String {
    let head = &manifest.head;
    let group = head.api_version.split_once('/').map_or("", |(group, _)| group);
    format!("{group}\0{}\0{}\0{}", head.kind, head.namespace, head.name)
}
