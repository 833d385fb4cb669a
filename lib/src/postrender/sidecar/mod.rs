//! `rhelm-inject-sidecar`: adds containers, volumes, mounts and variables to the pods that a stream's objects make.
//!
//! What is added comes from sidecar files ([`Sidecar`]), with values of each pod in place of placeholders. Everything is
//! recognised by its name, so that a second run finds what the first one added.

mod file;
mod inject;
mod list;
mod schema;
mod substitute;

pub use file::{Existing, FileError, OptIn, Sidecar};

use super::edit::{EditError, edit};
use super::filter::{self, FilterError, PostRenderer};
use super::object::objects;
use super::select::Selection;
use super::workload::{Workload, pod_templates};
use std::borrow::Cow;
use std::io::{Read, Write};

/// What to add, and to which pods.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sidecars {
    /// The files, in the order in which they add.
    pub sidecars: Vec<Sidecar>,
    /// What happens to something of the same name that is different.
    pub conflict: Conflict,
    /// The annotation that pods need for any of the files.
    pub opt_in: Option<OptIn>,
    /// Which objects.
    pub selection: Selection,
    /// Workloads beside Kubernetes' own.
    pub workloads: Vec<Workload>,
}

/// What happens to something of the same name that is different.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Conflict {
    /// The filter fails.
    #[default]
    Error,
    /// It is replaced.
    Replace,
    /// It stays as it is.
    Keep,
}

/// Why a sidecar cannot be added.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SidecarError {
    /// The document cannot be read or changed.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// There is something of that name, and it is not the same.
    #[error("{place}{path} is there already, and different from that of {file}")]
    Conflict {
        /// Which item of a list, with a colon; nothing where the document is one object.
        place: String,
        /// `spec.containers[name=proxy]`, …
        path: String,
        /// The sidecar's file.
        file: String,
    },
    /// A label or annotation that Kubernetes would refuse.
    #[error("{place}{file}: {cause}")]
    Metadata {
        /// Which item of a list, with a colon; nothing where the document is one object.
        place: String,
        /// The sidecar's file.
        file: String,
        /// In Kubernetes' words.
        cause: String,
    },
    /// A placeholder for something that the pod does not have.
    #[error("{place}{file} asks for {placeholder}, which the pod does not have")]
    Missing {
        /// Which item of a list, with a colon; nothing where the document is one object.
        place: String,
        /// The sidecar's file.
        file: String,
        /// `metadata.labels['app']`, …
        placeholder: String,
    },
}

impl PostRenderer for Sidecars {
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, _: &mut dyn Write) -> Result<(), FilterError> {
        filter::run(input, output, |text| self.apply(text))
    }
}

impl Sidecars {
    /// Adds to the pods of one document.
    ///
    /// # Errors
    /// When the document is no YAML, something of a pod is in the way, or a placeholder has no value.
    pub fn apply<'a>(&self, document: &'a str) -> Result<Cow<'a, str>, SidecarError> {
        edit(document, |editor| {
            for object in objects(editor.tree()) {
                if self.selection.matches(editor.tree(), &object) {
                    for template in pod_templates(editor.tree(), &object, &self.workloads) {
                        inject::inject(editor, self, &object, template)?;
                    }
                }
            }
            Ok(())
        })
    }
}
