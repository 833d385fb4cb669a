//! The schema of sidecar files: which fields there are, and what they hold.
//!
//! Fields of containers, volumes and the like are Kubernetes' own; only their names and outermost types are checked.

use super::super::edit::Data;
use super::substitute;

/// What a field may hold.
#[derive(Clone, Copy)]
enum Shape {
    /// A text.
    Text,
    /// A text that is not empty.
    Name,
    /// `true` or `false`.
    Bool,
    /// A list of texts.
    Texts,
    /// A mapping of texts.
    TextMap,
    /// Some mapping.
    Map,
    /// Some list.
    List,
    /// A mapping with these fields.
    Fields(&'static [Field]),
    /// A list of mappings with these fields.
    Items(&'static [Field]),
}

struct Field {
    name: &'static str,
    shape: Shape,
    required: bool,
}

const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

const FILE: &[Field] = &[
    field("optIn", Shape::Fields(OPT_IN)),
    field("containers", Shape::Items(CONTAINER)),
    field("initContainers", Shape::Items(CONTAINER)),
    field("volumes", Shape::Items(VOLUME)),
    field("imagePullSecrets", Shape::Items(&[required("name", Shape::Name)])),
    field("labels", Shape::TextMap),
    field("annotations", Shape::TextMap),
    field("existing", Shape::Fields(EXISTING)),
];

const OPT_IN: &[Field] = &[required("annotation", Shape::Name), field("value", Shape::Text)];

const EXISTING: &[Field] = &[
    field("names", Shape::Texts),
    field("initContainers", Shape::Bool),
    field("env", Shape::Items(ENV)),
    field("volumeMounts", Shape::Items(MOUNT)),
];

const CONTAINER: &[Field] = &[
    required("name", Shape::Name),
    required("image", Shape::Name),
    field("command", Shape::Texts),
    field("args", Shape::Texts),
    field("workingDir", Shape::Text),
    field("ports", Shape::List),
    field("envFrom", Shape::List),
    field("env", Shape::Items(ENV)),
    field("resources", Shape::Map),
    field("resizePolicy", Shape::List),
    field("restartPolicy", Shape::Text),
    field("restartPolicyRules", Shape::List),
    field("volumeMounts", Shape::Items(MOUNT)),
    field("volumeDevices", Shape::List),
    field("livenessProbe", Shape::Map),
    field("readinessProbe", Shape::Map),
    field("startupProbe", Shape::Map),
    field("lifecycle", Shape::Map),
    field("terminationMessagePath", Shape::Text),
    field("terminationMessagePolicy", Shape::Text),
    field("imagePullPolicy", Shape::Text),
    field("securityContext", Shape::Map),
    field("stdin", Shape::Bool),
    field("stdinOnce", Shape::Bool),
    field("tty", Shape::Bool),
];

const ENV: &[Field] = &[required("name", Shape::Name), field("value", Shape::Text), field("valueFrom", Shape::Map)];

const MOUNT: &[Field] = &[
    required("name", Shape::Name),
    required("mountPath", Shape::Name),
    field("readOnly", Shape::Bool),
    field("recursiveReadOnly", Shape::Text),
    field("subPath", Shape::Text),
    field("subPathExpr", Shape::Text),
    field("mountPropagation", Shape::Text),
];

const VOLUME: &[Field] = &[
    required("name", Shape::Name),
    field("configMap", Shape::Map),
    field("csi", Shape::Map),
    field("downwardAPI", Shape::Map),
    field("emptyDir", Shape::Map),
    field("ephemeral", Shape::Map),
    field("hostPath", Shape::Map),
    field("image", Shape::Map),
    field("iscsi", Shape::Map),
    field("nfs", Shape::Map),
    field("persistentVolumeClaim", Shape::Map),
    field("projected", Shape::Map),
    field("secret", Shape::Map),
    field("fc", Shape::Map),
];

/// Checks the data of a file.
///
/// # Errors
/// For the first thing that does not fit, with its path.
pub(super) fn check(file: &Data) -> Result<(), String> {
    check_shape("", file, Shape::Fields(FILE))?;
    for list in ["containers", "initContainers", "volumes", "imagePullSecrets"] {
        check_names(list, file.get(list))?;
    }
    match file.get("volumes") {
        Some(Data::List(volumes)) => volumes.iter().enumerate().try_for_each(|(index, volume)| check_source(index, volume)),
        _ => Ok(()),
    }
}

fn check_shape(path: &str, data: &Data, shape: Shape) -> Result<(), String> {
    let here = if path.is_empty() { "the file" } else { path };
    let wrong = |wanted: &str| Err(format!("{here}: must be {wanted}"));
    match (shape, data) {
        (Shape::Fields(fields), Data::Map(entries)) => check_fields(path, fields, entries),
        (Shape::Items(fields), Data::List(items)) => {
            let check = |(index, item)| check_shape(&format!("{path}[{index}]"), item, Shape::Fields(fields));
            items.iter().enumerate().try_for_each(check)
        }
        (Shape::Texts, Data::List(items)) => {
            let check = |(index, item)| check_text(&format!("{path}[{index}]"), item);
            items.iter().enumerate().try_for_each(check)
        }
        (Shape::TextMap, Data::Map(entries)) => {
            entries.iter().try_for_each(|(key, value)| check_text(&format!("{path}[{key:?}]"), value))
        }
        (Shape::Name, Data::Text(text)) if text.is_empty() => wrong("a text that is not empty"),
        (Shape::Text | Shape::Name, data) => check_text(path, data),
        (Shape::Bool, Data::Raw(raw)) if is_open(raw) || matches!(raw.as_str(), "true" | "false") => Ok(()),
        (Shape::Map, Data::Map(_)) | (Shape::List, Data::List(_)) => Ok(()),
        (Shape::Fields(_) | Shape::TextMap | Shape::Map, _) => wrong("a mapping"),
        (Shape::Items(_) | Shape::Texts | Shape::List, _) => wrong("a list"),
        (Shape::Bool, _) => wrong("true or false"),
    }
}

fn check_text(path: &str, data: &Data) -> Result<(), String> {
    match data {
        Data::Text(_) => Ok(()),
        Data::Raw(raw) if is_open(raw) => Ok(()),
        Data::Raw(raw) => Err(format!("{path}: must be a text: \"{raw}\"")),
        Data::List(_) | Data::Map(_) => Err(format!("{path}: must be a text")),
    }
}

fn check_fields(path: &str, fields: &[Field], entries: &[(String, Data)]) -> Result<(), String> {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, value) in entries {
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            let known: Vec<_> = fields.iter().map(|field| field.name).collect();
            return Err(format!("{}: no such field; there are {}", below(name), known.join(", ")));
        };
        check_shape(&below(name), value, field.shape)?;
    }
    match fields.iter().find(|field| field.required && !entries.iter().any(|(name, _)| name == field.name)) {
        Some(missing) => Err(format!("{}: is missing", below(missing.name))),
        None => Ok(()),
    }
}

fn check_names(path: &str, list: Option<&Data>) -> Result<(), String> {
    let Some(Data::List(items)) = list else { return Ok(()) };
    let names: Vec<_> = items.iter().map(|item| item.get("name")).collect();
    let again = (0..names.len()).find(|&index| names[..index].contains(&names[index]));
    again.map_or(Ok(()), |index| Err(format!("{path}[{index}].name: there is another of this name")))
}

fn check_source(index: usize, volume: &Data) -> Result<(), String> {
    match volume {
        Data::Map(entries) if entries.len() != 2 => Err(format!("volumes[{index}]: must have one source")),
        _ => Ok(()),
    }
}

fn is_open(raw: &str) -> bool {
    substitute::has_placeholder(raw)
}
