//! `rhelm-inject-labels`: adds labels and annotations to objects, and leaves every other byte alone.

mod selectors;
mod syntax;

pub use syntax::{Annotation, Label, MetadataError, read_file};

use super::edit::{Data, EditError, Editor, Patch, edit};
use super::filter::{self, FilterError, PostRenderer};
use super::object::{Object, objects};
use super::select::Selection;
use super::tree::NodeId;
use super::workload::{Workload, pod_templates};
use std::borrow::Cow;
use std::io::{Read, Write};

/// What to add, and to what.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Labels {
    /// Added in this order after the labels that are there.
    pub labels: Vec<Label>,
    /// Added in this order after the annotations that are there.
    pub annotations: Vec<Annotation>,
    /// Replace the value of a key that is there; otherwise it is kept.
    pub overwrite: bool,
    /// Add to the pod templates of workloads, too.
    pub pod_templates: bool,
    /// Add the labels to selectors, too, and to the pod templates that have to match them.
    pub selectors: bool,
    /// Which objects.
    pub selection: Selection,
    /// Workloads beside Kubernetes' own.
    pub workloads: Vec<Workload>,
}

impl PostRenderer for Labels {
    fn run(&self, input: &mut dyn Read, output: &mut dyn Write, _: &mut dyn Write) -> Result<(), FilterError> {
        let patch = self.patch();
        filter::run(input, output, |text| self.apply_patch(text, &patch))
    }
}

impl Labels {
    /// Adds to the objects of one document.
    ///
    /// # Errors
    /// When the document is no YAML, or labels are no mapping.
    pub fn apply<'a>(&self, document: &'a str) -> Result<Cow<'a, str>, EditError> {
        self.apply_patch(document, &self.patch())
    }

    fn apply_patch<'a>(&self, document: &'a str, patch: &Patch) -> Result<Cow<'a, str>, EditError> {
        edit(document, |editor| {
            for object in objects(editor.tree()) {
                if self.selection.matches(editor.tree(), &object) {
                    self.add_to(editor, &object, patch)?;
                }
            }
            Ok(())
        })
    }

    fn add_to(&self, editor: &mut Editor, object: &Object, patch: &Patch) -> Result<(), EditError> {
        let tree = editor.tree();
        editor.merge(object.node, patch)?;
        if self.pod_templates || self.selectors {
            let templates = pod_templates(tree, object, &self.workloads);
            let jobs = tree.find(object.node, &["spec", "jobTemplate"]).filter(|_| object.kind == "CronJob");
            let further: Vec<NodeId> = jobs.into_iter().chain(templates).filter(|&node| node != object.node).collect();
            for node in further {
                editor.merge(node, patch)?;
            }
        }
        if self.selectors {
            selectors::add(editor, object, &self.label_entries())?;
        }
        Ok(())
    }

    fn patch(&self) -> Patch<'static> {
        let annotations = self.annotations.iter().map(|one| (one.key.clone(), self.value(&one.value))).collect();
        let metadata = vec![
            ("labels".to_owned(), Patch::Map(self.label_entries())),
            ("annotations".to_owned(), Patch::Map(annotations)),
        ];
        Patch::Map(vec![("metadata".to_owned(), Patch::Map(metadata))])
    }

    fn label_entries(&self) -> Vec<(String, Patch<'static>)> {
        self.labels.iter().map(|one| (one.key.clone(), self.value(&one.value))).collect()
    }

    fn value(&self, value: &str) -> Patch<'static> {
        let data = Data::Text(value.to_owned());
        if self.overwrite { Patch::Put(data) } else { Patch::Keep(data) }
    }
}
