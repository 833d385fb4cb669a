//! `Chart.yaml` and `Chart.lock` as Helm writes them, and the digest that ties one to the other.

use super::{Dependency, Lock, Metadata};
use goyaml::{Map, Value};
use sha2::{Digest, Sha256};

impl Metadata {
    /// The fields that are set, under their names in `Chart.yaml`.
    #[must_use]
    pub fn document(&self) -> Map {
        let mut map = Map::new();
        for (name, text) in [
            ("name", &self.name),
            ("home", &self.home),
            ("version", &self.version),
            ("description", &self.description),
            ("icon", &self.icon),
            ("apiVersion", &self.api_version),
            ("condition", &self.condition),
            ("tags", &self.tags),
            ("appVersion", &self.app_version),
            ("kubeVersion", &self.kube_version),
            ("type", &self.chart_type),
        ] {
            put_text(&mut map, name, text);
        }
        put_list(&mut map, "sources", texts(&self.sources));
        put_list(&mut map, "keywords", texts(&self.keywords));
        let maintainers = self.maintainers.iter().map(|person| {
            let mut fields = Map::new();
            put_text(&mut fields, "name", &person.name);
            put_text(&mut fields, "email", &person.email);
            put_text(&mut fields, "url", &person.url);
            Value::Map(fields)
        });
        put_list(&mut map, "maintainers", maintainers.collect());
        put_list(&mut map, "dependencies", self.dependencies.iter().map(Dependency::document).collect());
        if self.deprecated {
            map.insert("deprecated".into(), Value::Bool(true));
        }
        if let Some(annotations) = self.annotations.as_ref().filter(|annotations| !annotations.is_empty()) {
            let entries = annotations.iter().map(|(key, text)| (key.clone(), Value::from(text.as_str())));
            map.insert("annotations".into(), Value::Map(entries.collect()));
        }
        map
    }
}

impl Dependency {
    fn document(&self) -> Value {
        let mut map = Map::new();
        map.insert("name".into(), self.name.as_str().into());
        map.insert("repository".into(), self.repository.as_str().into());
        put_text(&mut map, "version", &self.version);
        put_text(&mut map, "condition", &self.condition);
        put_text(&mut map, "alias", &self.alias);
        put_list(&mut map, "tags", texts(&self.tags));
        put_list(&mut map, "import-values", self.import_values.clone());
        if self.enabled {
            map.insert("enabled".into(), Value::Bool(true));
        }
        Value::Map(map)
    }

    /// As Go encodes the struct: the fields in their order there.
    fn json(&self) -> Result<String, goyaml::Error> {
        let text = |text: &str| goyaml::json::write(&Value::from(text));
        let mut json = format!("{{\"name\":{}", text(&self.name)?);
        let mut add = |name: &str, value: String| json.push_str(&format!(",\"{name}\":{value}"));
        if !self.version.is_empty() {
            add("version", text(&self.version)?);
        }
        add("repository", text(&self.repository)?);
        if !self.condition.is_empty() {
            add("condition", text(&self.condition)?);
        }
        if !self.tags.is_empty() {
            add("tags", goyaml::json::write(&Value::List(texts(&self.tags)))?);
        }
        if self.enabled {
            add("enabled", "true".into());
        }
        if !self.import_values.is_empty() {
            add("import-values", goyaml::json::write(&Value::List(self.import_values.clone()))?);
        }
        if !self.alias.is_empty() {
            add("alias", text(&self.alias)?);
        }
        Ok(json + "}")
    }
}

/// The order of the fields in Go's structs; an index adds the last four.
const METADATA: &[&str] = &[
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
    "urls",
    "created",
    "removed",
    "digest",
];
const MAINTAINER: &[&str] = &["name", "email", "url"];
const DEPENDENCY: &[&str] = &["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"];

/// The fields of a chart, or of its entry in an index, as Go encodes the struct.
///
/// # Errors
/// When a value has no JSON form.
pub fn metadata_json(fields: &Map) -> Result<String, goyaml::Error> {
    struct_json(fields, METADATA)
}

fn struct_json(fields: &Map, order: &[&str]) -> Result<String, goyaml::Error> {
    let mut members = Vec::new();
    for name in order {
        let Some(value) = fields.get(*name) else { continue };
        let json = match (*name, value) {
            ("maintainers", Value::List(list)) => structs_json(list, MAINTAINER)?,
            ("dependencies", Value::List(list)) => structs_json(list, DEPENDENCY)?,
            (_, value) => goyaml::json::write(value)?,
        };
        members.push(format!("\"{name}\":{json}"));
    }
    Ok(format!("{{{}}}", members.join(",")))
}

fn structs_json(list: &[Value], order: &[&str]) -> Result<String, goyaml::Error> {
    let item = |value: &Value| match value {
        Value::Map(fields) => struct_json(fields, order),
        value => goyaml::json::write(value),
    };
    Ok(format!("[{}]", list.iter().map(item).collect::<Result<Vec<String>, _>>()?.join(",")))
}

impl Lock {
    /// The lock file's fields.
    #[must_use]
    pub fn document(&self) -> Map {
        Map::from([
            ("dependencies".into(), Value::List(self.dependencies.iter().map(Dependency::document).collect())),
            ("digest".into(), self.digest.as_str().into()),
            ("generated".into(), self.generated.as_str().into()),
        ])
    }
}

/// The digest of a lock file: of what was asked for and what was chosen.
///
/// # Errors
/// When a value has no JSON form.
pub fn lock_digest(asked: &[Dependency], chosen: &[Dependency]) -> Result<String, goyaml::Error> {
    Ok(digest(&format!("[{},{}]", list(asked)?, list(chosen)?)))
}

/// The digest of a lock file that Helm 2 wrote.
///
/// # Errors
/// When a value has no JSON form.
pub fn old_lock_digest(asked: &[Dependency]) -> Result<String, goyaml::Error> {
    Ok(digest(&format!("{{\"dependencies\":{}}}", list(asked)?)))
}

fn list(dependencies: &[Dependency]) -> Result<String, goyaml::Error> {
    let items: Result<Vec<String>, _> = dependencies.iter().map(Dependency::json).collect();
    Ok(format!("[{}]", items?.join(",")))
}

fn digest(text: &str) -> String {
    format!("sha256:{}", sha256(text.as_bytes()))
}

/// The SHA-256 of bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

fn put_text(map: &mut Map, name: &str, text: &str) {
    if !text.is_empty() {
        map.insert(name.into(), text.into());
    }
}

fn put_list(map: &mut Map, name: &str, items: Vec<Value>) {
    if !items.is_empty() {
        map.insert(name.into(), Value::List(items));
    }
}
