//! `Chart.yaml`, `requirements.yaml` and their lock files: reading, checking and cleaning them.

use super::decode::{Fields, Shape, TEXTS, decode, into_text, unknown_field};
use super::{Dependency, Lock, Maintainer, Metadata};
use crate::gotext::{is_print, is_space, quote};
use crate::version::Version;
use goyaml::{Map, Value};
use std::collections::BTreeSet;

/// What is wrong with a chart's metadata.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ValidationError {
    /// A field that every chart has is empty.
    #[error("validation: chart.metadata.{0} is required")]
    Required(&'static str),
    /// A name that would lead out of a directory.
    #[error("validation: chart.metadata.name {} is not allowed", quote(.0))]
    NotAllowed(String),
    /// A name or version of another form.
    #[error("validation: chart.metadata.{field} {} is invalid", quote(.value))]
    Invalid {
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// An unknown type of chart.
    #[error("validation: chart.metadata.type must be application or library")]
    Type,
    /// An item of a list is null.
    #[error("validation: {0} must not contain empty or null nodes")]
    Null(&'static str),
    /// An alias that is no proper key.
    #[error("validation: dependency {} has disallowed characters in the alias", quote(.0))]
    Alias(String),
    /// Two dependencies have one name.
    #[error("validation: more than one dependency with name or alias {}", quote(.0))]
    Duplicate(String),
}

/// `Chart.yaml` while it is read: fields may still be added, nothing is checked.
#[derive(Debug, Default)]
pub(super) struct Draft(Value);

const MAINTAINER: Shape = Shape::Struct {
    fields: &[("name", Shape::Text), ("email", Shape::Text), ("url", Shape::Text)],
    go_type: "v2.Maintainer",
};

const DEPENDENCY: Shape = Shape::Struct {
    fields: &[
        ("name", Shape::Text),
        ("version", Shape::Text),
        ("repository", Shape::Text),
        ("condition", Shape::Text),
        ("tags", TEXTS),
        ("enabled", Shape::Bool),
        ("import-values", Shape::List { of: &Shape::Any, go_type: "[]interface {}" }),
        ("alias", Shape::Text),
    ],
    go_type: "v2.Dependency",
};

const DEPENDENCIES: Shape = Shape::List { of: &DEPENDENCY, go_type: "[]*v2.Dependency" };

static METADATA: Shape = Shape::Struct {
    fields: &[
        ("name", Shape::Text),
        ("home", Shape::Text),
        ("sources", TEXTS),
        ("version", Shape::Text),
        ("description", Shape::Text),
        ("keywords", TEXTS),
        ("maintainers", Shape::List { of: &MAINTAINER, go_type: "[]*v2.Maintainer" }),
        ("icon", Shape::Text),
        ("apiVersion", Shape::Text),
        ("condition", Shape::Text),
        ("tags", Shape::Text),
        ("appVersion", Shape::Text),
        ("deprecated", Shape::Bool),
        ("annotations", Shape::Map { of: &Shape::Text, go_type: "map[string]string" }),
        ("kubeVersion", Shape::Text),
        ("dependencies", DEPENDENCIES),
        ("type", Shape::Text),
    ],
    go_type: "v2.Metadata",
};

static BASE: Shape = Shape::Struct { fields: &[("apiVersion", Shape::Text)], go_type: "loader.chartBase" };

static LOCK: Shape = Shape::Struct {
    fields: &[("generated", Shape::Time), ("digest", Shape::Text), ("dependencies", DEPENDENCIES)],
    go_type: "v2.Lock",
};

/// The `apiVersion` of a `Chart.yaml`; nothing else in it is looked at.
///
/// # Errors
/// For text that is no YAML or has another shape, in Go's words.
pub(super) fn api_version(text: &[u8]) -> Result<String, String> {
    let mut base = Value::Null;
    decode(text, &BASE, &mut base)?;
    Ok(base.get("apiVersion").cloned().map(into_text).unwrap_or_default())
}

/// The fields of a `Chart.yaml` as they are written, neither cleaned nor checked.
///
/// # Errors
/// For text that is no YAML or has another shape, in Go's words.
pub(crate) fn read_fields(text: &[u8]) -> Result<Map, String> {
    let mut fields = Value::Null;
    decode(text, &METADATA, &mut fields)?;
    match fields {
        Value::Map(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}

/// Reads a `Chart.yaml` as strictly as Go can: no key may be there twice, and none that is not known.
///
/// # Errors
/// For what is not allowed, in Go's words.
pub(crate) fn read_strictly(text: &[u8]) -> Result<(), String> {
    goyaml::check_unique_keys(text).map_err(|error| error.to_string())?;
    let value = goyaml::decode_into(text, &METADATA).map_err(|error| error.to_string())?;
    match unknown_field(&value, &METADATA) {
        None => Ok(()),
        Some(name) => Err(format!("error unmarshaling JSON: while decoding JSON: json: unknown field {}", quote(name))),
    }
}

/// Reads a lock file; `None` for one that is empty.
///
/// # Errors
/// For text that is no YAML or has another shape, in Go's words.
pub(super) fn lock(text: &[u8]) -> Result<Option<Lock>, String> {
    let mut lock = Value::Null;
    decode(text, &LOCK, &mut lock)?;
    let Value::Map(mut fields) = lock else { return Ok(None) };
    Ok(Some(Lock {
        generated: fields.text("generated"),
        digest: fields.text("digest"),
        dependencies: fields.list("dependencies").into_iter().filter_map(dependency).collect(),
    }))
}

impl Draft {
    /// Adds the fields of a file.
    ///
    /// # Errors
    /// For text that is no YAML or has another shape, in Go's words.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<(), String> {
        decode(text, &METADATA, &mut self.0)
    }

    /// The version of the format; empty if none is given.
    pub(super) fn api_version(&self) -> &str {
        self.0.get("apiVersion").and_then(Value::as_str).unwrap_or_default()
    }

    /// Sets the version of the format.
    pub(super) fn set_api_version(&mut self, version: &str) {
        match &mut self.0 {
            Value::Map(fields) => drop(fields.insert("apiVersion".into(), version.into())),
            other => *other = Map::from([("apiVersion".into(), version.into())]).into(),
        }
    }

    /// Cleans the texts and checks the whole.
    ///
    /// # Errors
    /// [`ValidationError`] for the first thing that is wrong.
    pub(super) fn finish(self) -> Result<Metadata, ValidationError> {
        let mut fields = match self.0 {
            Value::Map(fields) => fields,
            _ => Map::new(),
        };
        let maintainers = fields.list("maintainers");
        let dependencies = fields.list("dependencies");
        let mut metadata = metadata(&mut fields);
        check(&metadata)?;
        for value in maintainers {
            metadata.maintainers.push(maintainer(value).ok_or(ValidationError::Null("maintainers"))?);
        }
        let mut keys = BTreeSet::new();
        for value in dependencies {
            let dependency = checked(dependency(value).ok_or(ValidationError::Null("dependencies"))?)?;
            if !keys.insert(dependency.key().to_owned()) {
                return Err(ValidationError::Duplicate(dependency.key().to_owned()));
            }
            metadata.dependencies.push(dependency);
        }
        Ok(metadata)
    }
}

fn metadata(fields: &mut Map) -> Metadata {
    let mut clean = |name: &str| sanitize(fields.text(name));
    let mut metadata = Metadata {
        name: clean("name"),
        home: clean("home"),
        description: clean("description"),
        icon: clean("icon"),
        condition: clean("condition"),
        tags: clean("tags"),
        app_version: clean("appVersion"),
        kube_version: clean("kubeVersion"),
        ..Metadata::default()
    };
    metadata.sources = fields.texts("sources").into_iter().map(sanitize).collect();
    metadata.keywords = fields.texts("keywords").into_iter().map(sanitize).collect();
    metadata.version = fields.text("version");
    metadata.api_version = fields.text("apiVersion");
    metadata.chart_type = fields.text("type");
    metadata.deprecated = fields.flag("deprecated");
    if let Some(Value::Map(annotations)) = fields.remove("annotations") {
        metadata.annotations = Some(annotations.into_iter().map(|(key, value)| (key, into_text(value))).collect());
    }
    metadata
}

fn check(metadata: &Metadata) -> Result<(), ValidationError> {
    let Metadata { api_version, name, version, chart_type, .. } = metadata;
    if api_version.is_empty() {
        return Err(ValidationError::Required("apiVersion"));
    }
    match name.as_str() {
        "" => return Err(ValidationError::Required("name")),
        "." | ".." => return Err(ValidationError::NotAllowed(name.clone())),
        // A name of slashes only is its own base name.
        _ if name.contains('/') && name != "/" => {
            return Err(ValidationError::Invalid { field: "name", value: name.clone() });
        }
        _ => {}
    }
    if version.is_empty() {
        return Err(ValidationError::Required("version"));
    }
    if Version::parse(version).is_err() {
        return Err(ValidationError::Invalid { field: "version", value: version.clone() });
    }
    match chart_type.as_str() {
        "" | "application" | "library" => Ok(()),
        _ => Err(ValidationError::Type),
    }
}

fn maintainer(value: Value) -> Option<Maintainer> {
    let Value::Map(mut fields) = value else { return None };
    let mut clean = |name: &str| sanitize(fields.text(name));
    Some(Maintainer { name: clean("name"), email: clean("email"), url: clean("url") })
}

fn dependency(value: Value) -> Option<Dependency> {
    let Value::Map(mut fields) = value else { return None };
    Some(Dependency {
        name: fields.text("name"),
        version: fields.text("version"),
        repository: fields.text("repository"),
        condition: fields.text("condition"),
        tags: fields.texts("tags"),
        enabled: fields.flag("enabled"),
        import_values: fields.list("import-values"),
        alias: fields.text("alias"),
    })
}

fn checked(dependency: Dependency) -> Result<Dependency, ValidationError> {
    let dependency = Dependency {
        name: sanitize(dependency.name),
        version: sanitize(dependency.version),
        repository: sanitize(dependency.repository),
        condition: sanitize(dependency.condition),
        tags: dependency.tags.into_iter().map(sanitize).collect(),
        ..dependency
    };
    let is_proper = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    match dependency.alias.bytes().all(is_proper) {
        true => Ok(dependency),
        false => Err(ValidationError::Alias(dependency.name)),
    }
}

/// A text in which every white space is a plain one, without what cannot be printed.
fn sanitize(text: String) -> String {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text;
    }
    text.chars().map(|c| if is_space(c) { ' ' } else { c }).filter(|c| is_print(*c)).collect()
}
