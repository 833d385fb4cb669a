//! Sidecar files: what they hold, and what is wrong with those that do not.

use super::super::edit::Data;
use super::super::select::NamePattern;
use super::super::tree::{NodeId, Style, Tree};
use super::schema;
use super::substitute;

/// What a file adds to pods. Texts may hold placeholders.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sidecar {
    /// What messages call it.
    pub source: String,
    /// The annotation, with its value, that a pod has to have.
    pub opt_in: Option<OptIn>,
    /// Containers, added at the end.
    pub containers: Vec<Data>,
    /// Init containers: those that restart always go first, the others last.
    pub init_containers: Vec<Data>,
    /// Volumes.
    pub volumes: Vec<Data>,
    /// Secrets with credentials for registries.
    pub image_pull_secrets: Vec<Data>,
    /// Labels of the pod.
    pub labels: Vec<(String, Data)>,
    /// Annotations of the pod.
    pub annotations: Vec<(String, Data)>,
    /// What the pod's own containers get.
    pub existing: Existing,
}

/// What the containers get that are in a pod already.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Existing {
    /// Which of them; all, without a pattern.
    pub names: Vec<NamePattern>,
    /// Init containers, too.
    pub init_containers: bool,
    /// Environment variables.
    pub env: Vec<Data>,
    /// Mounted volumes.
    pub volume_mounts: Vec<Data>,
}

/// An annotation that pods, or the objects that make them, ask for something with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OptIn {
    /// Its key.
    pub annotation: String,
    /// Its value.
    pub value: String,
}

/// A file that holds no sidecar.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{file}: {cause}")]
pub struct FileError {
    /// Which file.
    pub file: String,
    /// What is wrong with it, and where.
    pub cause: String,
}

impl std::str::FromStr for OptIn {
    type Err = String;

    /// `KEY=VALUE`, or `KEY`, whose value has to be `true` then.
    fn from_str(text: &str) -> Result<Self, String> {
        let (annotation, value) = text.split_once('=').unwrap_or((text, "true"));
        super::super::labels::Annotation::new(annotation, value).map_err(|error| error.to_string())?;
        Ok(Self { annotation: annotation.to_owned(), value: value.to_owned() })
    }
}

impl Sidecar {
    /// Reads the text of a file; `source` is what messages call it.
    ///
    /// # Errors
    /// When it is no YAML, or does not fit the schema.
    pub fn read(source: &str, text: &str) -> Result<Self, FileError> {
        let error = |cause: String| FileError { file: source.to_owned(), cause };
        let tree = Tree::read(text).map_err(error)?;
        let root = tree.root().ok_or_else(|| error("the file is empty".to_owned()))?;
        let data = Data::with_scalars(&tree, root, scalar).ok_or_else(|| error("the file is too large".to_owned()))?;
        schema::check(&data).map_err(error)?;
        let list = |data: &Data, key: &str| match data.get(key) {
            Some(Data::List(items)) => items.clone(),
            _ => Vec::new(),
        };
        let map = |key: &str| match data.get(key) {
            Some(Data::Map(entries)) => entries.clone(),
            _ => Vec::new(),
        };
        Ok(Self {
            source: source.to_owned(),
            opt_in: data.get("optIn").map(opt_in),
            containers: list(&data, "containers"),
            init_containers: list(&data, "initContainers"),
            volumes: list(&data, "volumes"),
            image_pull_secrets: list(&data, "imagePullSecrets"),
            labels: map("labels"),
            annotations: map("annotations"),
            existing: data.get("existing").map(|data| existing(data, list)).transpose().map_err(error)?.unwrap_or_default(),
        })
    }
}

impl Sidecar {
    /// Whether it is the same for every pod.
    pub(super) fn is_fixed(&self) -> bool {
        let lists = [
            &self.containers,
            &self.init_containers,
            &self.volumes,
            &self.image_pull_secrets,
            &self.existing.env,
            &self.existing.volume_mounts,
        ];
        let entries = self.labels.iter().chain(&self.annotations);
        lists.into_iter().flatten().all(is_fixed) && entries.into_iter().all(is_fixed_entry)
    }
}

fn is_fixed(data: &Data) -> bool {
    match data {
        Data::Raw(text) | Data::Text(text) => !text.contains('$'),
        Data::List(items) => items.iter().all(is_fixed),
        Data::Map(entries) => entries.iter().all(is_fixed_entry),
    }
}

fn is_fixed_entry((key, value): &(String, Data)) -> bool {
    !key.contains('$') && is_fixed(value)
}

/// A plain scalar with a placeholder gets its type from what comes out in the end; everything in quotes is text.
fn scalar(tree: &Tree, node: NodeId, text: String) -> Data {
    let open = tree.style(node) == Style::Plain && substitute::has_placeholder(&text);
    if open || !tree.is_text(node) { Data::Raw(text) } else { Data::Text(text) }
}

fn opt_in(data: &Data) -> OptIn {
    let text = |key: &str| data.get(key).and_then(Data::as_text).map(ToOwned::to_owned);
    OptIn { annotation: text("annotation").unwrap_or_default(), value: text("value").unwrap_or_else(|| "true".to_owned()) }
}

fn existing(data: &Data, list: impl Fn(&Data, &str) -> Vec<Data>) -> Result<Existing, String> {
    let names = list(data, "names");
    let pattern =
        |name: &Data| name.as_text().unwrap_or_default().parse().map_err(|error| format!("existing.names: {error}"));
    Ok(Existing {
        names: names.iter().map(pattern).collect::<Result<_, _>>()?,
        init_containers: data.get("initContainers").is_some_and(|data| data.same(&Data::Raw("true".to_owned()))),
        env: list(data, "env"),
        volume_mounts: list(data, "volumeMounts"),
    })
}
