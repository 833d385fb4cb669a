//! One pod template and the sidecars that it gets.

use super::super::edit::{Data, Editor, Patch};
use super::super::labels::{Annotation, Label, MetadataError};
use super::super::object::Object;
use super::super::select::passes;
use super::super::tree::{Kind, NodeId, Tree};
use super::list::{Keyed, Rule};
use super::substitute::{Placeholder, Values, substitute, substitute_entries};
use super::{Conflict, OptIn, Sidecar, SidecarError, Sidecars};
use std::borrow::Cow;

/// Adds to a pod template what its sidecars hold.
pub(super) fn inject(
    editor: &mut Editor,
    sidecars: &Sidecars,
    object: &Object,
    template: NodeId,
) -> Result<(), SidecarError> {
    let tree = editor.tree();
    let template = tree.resolve(template);
    let Some(spec) = tree.get(template, "spec").filter(|&spec| tree.kind(tree.resolve(spec)) == Kind::Mapping) else {
        return Ok(());
    };
    let pod = Pod { tree, object, template };
    let wanted = |opt_in: &Option<OptIn>| opt_in.as_ref().is_none_or(|opt_in| pod.opts_in(opt_in));
    let chosen = sidecars.sidecars.iter().filter(|sidecar| wanted(&sidecars.opt_in) && wanted(&sidecar.opt_in));
    let chosen: Vec<Cow<Sidecar>> = chosen.map(|sidecar| pod.fill_in(sidecar)).collect::<Result<_, _>>()?;
    let place = pod.place();
    let rule = Rule { conflict: sidecars.conflict, place: &place };
    check_names(tree, &chosen, spec, &place)?;
    add_to_spec(editor, &chosen, spec, rule)?;
    add_to_containers(editor, &chosen, spec, rule)?;
    add_to_metadata(editor, &chosen, template, rule.conflict)
}

/// A pod template whose values placeholders stand for.
struct Pod<'a> {
    tree: &'a Tree<'a>,
    object: &'a Object<'a>,
    template: NodeId,
}

impl Pod<'_> {
    /// A label or annotation of the pod, or else of the object that makes it.
    fn metadata(&self, field: &str, key: &str) -> Option<String> {
        let own = self.tree.find_text(self.template, &["metadata", field, key]);
        own.or_else(|| self.tree.find_text(self.object.node, &["metadata", field, key])).map(std::borrow::Cow::into_owned)
    }

    /// Which item of a list this is, for messages that name the document already.
    fn place(&self) -> String {
        match self.tree.parent(self.object.node) {
            Some(_) => format!("{} ({}): ", self.tree.path(self.object.node), self.object),
            None => String::new(),
        }
    }

    fn opts_in(&self, opt_in: &OptIn) -> bool {
        self.metadata("annotations", &opt_in.annotation).is_some_and(|value| value == opt_in.value)
    }

    /// The sidecar as this pod gets it.
    fn fill_in<'s>(&self, sidecar: &'s Sidecar) -> Result<Cow<'s, Sidecar>, SidecarError> {
        let filled = if sidecar.is_fixed() { Cow::Borrowed(sidecar) } else { Cow::Owned(self.with_values(sidecar)?) };
        let refused = |error: MetadataError| SidecarError::Metadata {
            place: self.place(),
            file: sidecar.source.clone(),
            cause: error.to_string(),
        };
        let text = |data: &'_ Data| data.as_text().unwrap_or_default().to_owned();
        filled.labels.iter().try_for_each(|(key, value)| Label::new(key, &text(value)).map(drop)).map_err(refused)?;
        filled
            .annotations
            .iter()
            .try_for_each(|(key, value)| Annotation::new(key, &text(value)).map(drop))
            .map_err(refused)?;
        Ok(filled)
    }

    /// The sidecar with values in place of placeholders.
    fn with_values(&self, sidecar: &Sidecar) -> Result<Sidecar, SidecarError> {
        let missing = |placeholder| SidecarError::Missing { place: self.place(), file: sidecar.source.clone(), placeholder };
        let list =
            |items: &[Data]| items.iter().map(|item| substitute(item, self)).collect::<Result<Vec<_>, _>>().map_err(missing);
        let map = |entries: &[(String, Data)]| substitute_entries(entries, self).map_err(missing);
        let mut filled = sidecar.clone();
        filled.containers = list(&sidecar.containers)?;
        filled.init_containers = list(&sidecar.init_containers)?;
        filled.volumes = list(&sidecar.volumes)?;
        filled.image_pull_secrets = list(&sidecar.image_pull_secrets)?;
        filled.labels = map(&sidecar.labels)?;
        filled.annotations = map(&sidecar.annotations)?;
        filled.existing.env = list(&sidecar.existing.env)?;
        filled.existing.volume_mounts = list(&sidecar.existing.volume_mounts)?;
        Ok(filled)
    }
}

impl Values for Pod<'_> {
    fn value(&self, placeholder: &Placeholder) -> Option<String> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match (placeholder.field, placeholder.key) {
            ("metadata.name", _) => given(&self.object.name),
            ("metadata.namespace", _) => given(&self.object.namespace),
            ("metadata.labels", Some(key)) => self.metadata("labels", key),
            ("metadata.annotations", Some(key)) => self.metadata("annotations", key),
            ("object.kind", _) => given(&self.object.kind),
            ("object.apiVersion", _) => given(&self.object.api_version),
            _ => None,
        }
    }
}

/// Containers and init containers share their names.
fn check_names(tree: &Tree, chosen: &[Cow<Sidecar>], spec: NodeId, place: &str) -> Result<(), SidecarError> {
    let named = |field: &str, name: &str| {
        let list = tree.find(spec, &[field])?;
        tree.children(list).find(|&item| tree.find_text(item, &["name"]).is_some_and(|text| text == name))
    };
    for sidecar in chosen {
        for (containers, other) in [(&sidecar.containers, "initContainers"), (&sidecar.init_containers, "containers")] {
            let names = containers.iter().filter_map(|container| container.get("name")?.as_text());
            if let Some((name, node)) = names.filter_map(|name| Some((name, named(other, name)?))).next() {
                let (place, file) = (place.to_owned(), sidecar.source.clone());
                return Err(SidecarError::Conflict { place, path: format!("{} ({name})", tree.path(node)), file });
            }
        }
    }
    Ok(())
}

fn add_to_spec(editor: &mut Editor, chosen: &[Cow<Sidecar>], spec: NodeId, rule: Rule) -> Result<(), SidecarError> {
    let mut settle = |field, items: fn(&Sidecar) -> &Vec<Data>| {
        let items = chosen.iter().flat_map(|sidecar| items(sidecar).iter().map(|item| (&*sidecar.source, item)));
        Keyed { holder: spec, field, key: "name", items: items.collect() }.settle(editor, rule)
    };
    let containers = settle("containers", |sidecar| &sidecar.containers)?;
    let init_containers = settle("initContainers", |sidecar| &sidecar.init_containers)?;
    let volumes = settle("volumes", |sidecar| &sidecar.volumes)?;
    let secrets = settle("imagePullSecrets", |sidecar| &sidecar.image_pull_secrets)?;
    // Native sidecars start before the pod's own init containers, so that these can use them.
    let (native, mut ordinary): (Vec<_>, Vec<_>) = init_containers.into_iter().partition(|container| is_native(container));
    let own = editor.tree().find(spec, &["initContainers"]);
    if own.is_some_and(|list| editor.tree().last_child(list).is_some()) {
        editor.merge(spec, &field("initContainers", Patch::Prepend(native)))?;
    } else {
        ordinary.splice(0..0, native);
    }
    let new =
        [("initContainers", ordinary), ("containers", containers), ("volumes", volumes), ("imagePullSecrets", secrets)];
    append(editor, spec, new)
}

/// Adds items at the end of the lists of a mapping.
fn append<const N: usize>(editor: &mut Editor, node: NodeId, new: [(&str, Vec<&Data>); N]) -> Result<(), SidecarError> {
    let new = new.into_iter().filter(|(_, items)| !items.is_empty());
    let patch: Vec<_> = new.map(|(field, items)| (field.to_owned(), Patch::Append(items))).collect();
    if patch.is_empty() {
        return Ok(());
    }
    Ok(editor.merge(node, &Patch::Map(patch))?)
}

fn is_native(container: &Data) -> bool {
    container.get("restartPolicy").and_then(Data::as_text) == Some("Always")
}

/// Adds variables and mounts to the containers that did not come with a sidecar.
fn add_to_containers(editor: &mut Editor, chosen: &[Cow<Sidecar>], spec: NodeId, rule: Rule) -> Result<(), SidecarError> {
    if chosen.iter().all(|sidecar| sidecar.existing.env.is_empty() && sidecar.existing.volume_mounts.is_empty()) {
        return Ok(());
    }
    let tree = editor.tree();
    let injected = chosen.iter().flat_map(|sidecar| sidecar.containers.iter().chain(&sidecar.init_containers));
    let injected: Vec<&str> = injected.filter_map(|container| container.get("name")?.as_text()).collect();
    for (field, init) in [("containers", false), ("initContainers", true)] {
        let Some(list) = tree.find(spec, &[field]) else { continue };
        for container in tree.children(list) {
            let name = tree.find_text(container, &["name"]).unwrap_or_default();
            if injected.contains(&&*name) {
                continue;
            }
            let takes =
                |sidecar: &&Sidecar| (!init || sidecar.existing.init_containers) && passes(&sidecar.existing.names, &name);
            let taken: Vec<&Sidecar> = chosen.iter().map(Cow::as_ref).filter(takes).collect();
            add_to_container(editor, &taken, container, rule)?;
        }
    }
    Ok(())
}

fn add_to_container(editor: &mut Editor, taken: &[&Sidecar], container: NodeId, rule: Rule) -> Result<(), SidecarError> {
    let mut settle = |field, key, items: fn(&Sidecar) -> &Vec<Data>| {
        let items = taken.iter().flat_map(|sidecar| items(sidecar).iter().map(|item| (&*sidecar.source, item)));
        Keyed { holder: container, field, key, items: items.collect() }.settle(editor, rule)
    };
    let env = settle("env", "name", |sidecar| &sidecar.existing.env)?;
    let mounts = settle("volumeMounts", "mountPath", |sidecar| &sidecar.existing.volume_mounts)?;
    append(editor, container, [("env", env), ("volumeMounts", mounts)])
}

/// Labels and annotations give way to those that are there, unless told to replace them.
fn add_to_metadata(
    editor: &mut Editor,
    chosen: &[Cow<Sidecar>],
    template: NodeId,
    conflict: Conflict,
) -> Result<(), SidecarError> {
    if chosen.iter().all(|sidecar| sidecar.labels.is_empty() && sidecar.annotations.is_empty()) {
        return Ok(());
    }
    let entries = |of: fn(&Sidecar) -> &Vec<(String, Data)>| {
        let mut entries: Vec<(String, Patch)> = Vec::new();
        for (key, value) in chosen.iter().flat_map(|sidecar| of(sidecar)) {
            let value = value.clone();
            let patch = if conflict == Conflict::Replace { Patch::Put(value) } else { Patch::Keep(value) };
            entries.retain(|(other, _)| other != key);
            entries.push((key.clone(), patch));
        }
        Patch::Map(entries)
    };
    let labels = entries(|sidecar| &sidecar.labels);
    let annotations = entries(|sidecar| &sidecar.annotations);
    let metadata = Patch::Map(vec![("labels".to_owned(), labels), ("annotations".to_owned(), annotations)]);
    Ok(editor.merge(template, &field("metadata", metadata))?)
}

fn field<'d>(name: &str, patch: Patch<'d>) -> Patch<'d> {
    Patch::Map(vec![(name.to_owned(), patch)])
}
