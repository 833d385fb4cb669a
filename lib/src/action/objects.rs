//! From the text of manifests to objects with their places in a cluster, as Helm's client builds them.
//!
//! ```text
//! stream → documents → lists taken apart → fields of metadata checked → kinds and namespaces resolved
//! ```

use super::error::Error;
use crate::cluster::{Cluster, ClusterError, ObjectId};
use crate::manifest::split;
use crate::plan;
use goyaml::Value;
use serde_json::{Map, Value as Json};

/// An object and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) object: plan::Object,
    /// The template, where the stream names it.
    pub(super) source: String,
}

/// What is asked of documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Check {
    /// They must say what they are.
    New,
    /// They are on record; those that do not say what they are cannot be decoded.
    Recorded,
}

/// The objects of a stream of manifests, in its order.
pub(super) async fn build(cluster: &dyn Cluster, stream: &str, namespace: &str, check: Check) -> Result<Vec<Placed>, Error> {
    let mut sources = Vec::new();
    let mut objects = Vec::new();
    let mut failures = Failures::default();
    for document in split::split(stream) {
        let (source, text) = source_and_text(document);
        let Some(object) = decode(text)? else { continue };
        let malformed = || (check == Check::New).then(|| malformed(&object)).flatten();
        if let Some(problem) = unnamed(&object, check).or_else(malformed) {
            failures.add(problem);
            // Helm's client stops reading here.
            break;
        }
        if let Some(problem) = bad_metadata(&object) {
            failures.add(problem);
            continue;
        }
        for object in items(object) {
            sources.push(source.to_owned());
            objects.push(object);
        }
    }
    let written: Vec<(String, String)> = objects.iter().map(name_and_namespace).collect();
    let ids = cluster.resolve(&mut objects, namespace).await;
    let mut placed = Vec::new();
    for (((content, source), id), (name, namespace)) in objects.into_iter().zip(sources).zip(ids).zip(written) {
        match id {
            Ok(id) => placed.push(Placed { object: plan::Object { id, content }, source }),
            Err(error @ ClusterError::NoMatch { .. }) => failures.add(format!(
                "resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \"\": {error}\nensure CRDs are installed first"
            )),
            Err(error) => return Err(error.into()),
        }
    }
    failures.result(placed)
}

/// Refuses an object that is defined twice, or keeps the last of each where that is wanted.
pub(super) fn unique(objects: Vec<Placed>, last_wins: bool) -> Result<Vec<Placed>, Error> {
    let mut unique: Vec<Placed> = Vec::with_capacity(objects.len());
    let mut places: std::collections::BTreeMap<ObjectId, usize> = std::collections::BTreeMap::new();
    for placed in objects {
        let mut key = placed.object.id.clone();
        key.api_version = key.group().to_owned();
        // Objects whose names the server makes up are never the same.
        if key.name.is_empty() {
            unique.push(placed);
            continue;
        }
        match places.get(&key) {
            None => {
                places.insert(key, unique.len());
                unique.push(placed);
            }
            Some(at) if last_wins => unique[*at] = placed,
            Some(at) => {
                let sources = [unique[*at].source.clone(), placed.source].map(|source| named(&source));
                return Err(Error::Twice { id: placed.object.id.to_string(), sources });
            }
        }
    }
    Ok(unique)
}

fn named(source: &str) -> String {
    if source.is_empty() { "a document without a source".to_owned() } else { source.to_owned() }
}

/// Errors in the form of Kubernetes' aggregates: each once.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn add(&mut self, failure: String) {
        if !self.0.contains(&failure) {
            self.0.push(failure);
        }
    }

    fn result<T>(self, value: T) -> Result<T, Error> {
        match self.0.as_slice() {
            [] => Ok(value),
            [one] => Err(Error::Objects(one.clone())),
            several => Err(Error::Objects(format!("[{}]", several.join(", ")))),
        }
    }
}

fn source_and_text(document: &str) -> (&str, &str) {
    match document.strip_prefix("# Source: ").and_then(|rest| rest.split_once('\n')) {
        Some((source, text)) => (source, text),
        None => ("", document),
    }
}

/// The document as JSON; `None` for an empty one.
pub(super) fn decode(text: &str) -> Result<Option<Json>, Error> {
    let value = goyaml::decode_into(text.as_bytes(), &Exactly)
        .map_err(|error| Error::Objects(format!("error parsing : {error}")))?;
    Ok(Some(json(value)).filter(|object| !object.is_null()))
}

/// Integers stay what they are: floats could not hold all of them.
struct Exactly;

impl goyaml::Target for Exactly {
    fn is_text(&self) -> bool {
        false
    }

    fn keeps_integers(&self) -> bool {
        true
    }

    fn item(&self) -> &dyn goyaml::Target {
        self
    }

    fn member(&self, _: &str) -> &dyn goyaml::Target {
        self
    }
}

fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => flag.into(),
        Value::Int(number) => number.into(),
        Value::Float(number) => number_of(number),
        Value::String(text) => text.into(),
        Value::List(items) => items.into_iter().map(json).collect(),
        Value::Map(map) => Json::Object(map.into_iter().map(|(key, value)| (key, json(value))).collect()),
    }
}

/// `1.0` is written as `1` on its way to a server, and is an integer there.
#[expect(clippy::cast_possible_truncation, reason = "only whole numbers within the range of the type are cast")]
fn number_of(number: f64) -> Json {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if number.fract() == 0.0 && number.abs() < LIMIT { (number as i64).into() } else { number.into() }
}

/// What a document lacks that every object has.
fn unnamed(object: &Json, check: Check) -> Option<String> {
    let lacks: Vec<_> = ["apiVersion", "kind"].into_iter().filter(|key| object.get(key).is_none_or(Json::is_null)).collect();
    let wrong =
        ["apiVersion", "kind"].into_iter().find(|key| object.get(key).is_some_and(|v| !v.is_string() && !v.is_null()));
    match (check, lacks.as_slice(), wrong) {
        (_, [], None) => None,
        (Check::New, [], Some(key)) => Some(invalid(&format!("{key} isn't string type"))),
        (Check::New, lacks, _) => Some(invalid(&not_set(lacks))),
        (Check::Recorded, ..) => Some(format!("unable to decode \"\": Object 'Kind' is missing in '{object}'")),
    }
}

fn invalid(problem: &str) -> String {
    format!("error validating \"\": error validating data: {problem}")
}

fn not_set(keys: &[&str]) -> String {
    match keys {
        [one] => format!("{one} not set"),
        several => format!("[{}]", several.iter().map(|key| format!("{key} not set")).collect::<Vec<_>>().join(", ")),
    }
}

/// What is wrong with a document that says what it is: its words, or the items of a list.
fn malformed(object: &Json) -> Option<String> {
    let text = |object: &Json, key: &str| object.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let (version, kind) = (text(object, "apiVersion"), text(object, "kind"));
    if kind.is_empty() {
        return Some(format!("unable to decode \"\": Object 'Kind' is missing in '{object}'"));
    }
    if version.matches('/').count() > 1 {
        return Some(invalid(&format!("unexpected GroupVersion string: {version}")));
    }
    if (version.as_str(), kind.as_str()) != ("v1", "List") {
        return None;
    }
    let Some(items) = object.get("items").and_then(Json::as_array).filter(|items| items.iter().all(Json::is_object)) else {
        return Some(invalid("invalid object to validate"));
    };
    items.iter().find_map(|item| {
        let lacks: Vec<_> = ["apiVersion", "kind"].into_iter().filter(|key| text(item, key).is_empty()).collect();
        if !lacks.is_empty() {
            return Some(invalid(&not_set(&lacks)));
        }
        let is_list = text(item, "kind") == "List" && text(item, "apiVersion") == "v1";
        is_list.then(|| "*unstructured.Unstructured is not a list: no Items field in this object".to_owned())
    })
}

/// A field of metadata that Go cannot decode, in the order of the keys.
fn bad_metadata(object: &Json) -> Option<String> {
    let metadata = match object.get("metadata") {
        None | Some(Json::Null) => return None,
        Some(Json::Object(metadata)) => metadata,
        Some(other) => return Some(mismatch(other, "metadata", "v1.ObjectMeta", "")),
    };
    metadata.iter().filter(|(_, value)| !value.is_null()).find_map(|(key, value)| match key.as_str() {
        "labels" | "annotations" => bad_text_map(key, value),
        "name" | "namespace" | "generateName" => {
            (!value.is_string()).then(|| mismatch(value, key, "string", "ObjectMeta.metadata."))
        }
        "finalizers" => match value.as_array() {
            Some(items) => {
                items.iter().find(|item| !item.is_string()).map(|item| mismatch(item, key, "string", "ObjectMeta.metadata."))
            }
            None => Some(mismatch(value, key, "[]string", "ObjectMeta.metadata.")),
        },
        _ => None,
    })
}

fn bad_text_map(key: &str, value: &Json) -> Option<String> {
    match value.as_object() {
        Some(map) => {
            let bad = map.values().find(|value| !value.is_string() && !value.is_null());
            bad.map(|value| mismatch(value, key, "string", "ObjectMeta.metadata."))
        }
        None => Some(mismatch(value, key, "map[string]string", "ObjectMeta.metadata.")),
    }
}

fn mismatch(value: &Json, key: &str, wanted: &str, before: &str) -> String {
    let found = match value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    format!("unable to decode \"\": json: cannot unmarshal {found} into Go struct field {before}{key} of type {wanted}")
}

/// The objects of a list, or the object. Items that do not say what they are, are what the list is of.
fn items(object: Json) -> Vec<Json> {
    let text = |key: &str| object.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let (version, kind) = (text("apiVersion"), text("kind"));
    let (Some(item_kind), Some(Json::Array(items))) = (kind.strip_suffix("List"), object.get("items")) else {
        return vec![object];
    };
    let typed = |item: &Json| {
        let mut item = item.clone();
        let lacks = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default().is_empty();
        if item.is_object() && (lacks("apiVersion") || lacks("kind")) {
            item["apiVersion"] = version.as_str().into();
            item["kind"] = item_kind.into();
        }
        item
    };
    items.iter().filter(|item| item.is_object()).flat_map(|item| self::items(typed(item))).collect()
}

fn name_and_namespace(object: &Json) -> (String, String) {
    let empty = Map::new();
    let metadata = object.get("metadata").and_then(Json::as_object).unwrap_or(&empty);
    let text = |key: &str| metadata.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    (text("name"), text("namespace"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::memory::MemoryCluster;

    fn built(stream: &str, check: Check) -> Result<Vec<String>, String> {
        let cluster = MemoryCluster::new();
        let placed =
            crate::action::tests::block_on(build(&cluster, stream, "w", check)).map_err(|error| error.to_string())?;
        Ok(placed.iter().map(|placed| format!("{} of {}", placed.object.id, placed.source)).collect())
    }

    // The expected texts are those of Helm 4.3.1.
    #[test]
    fn what_is_no_object_is_told_in_helms_words() {
        let unknown = |kind: &str, version: &str, name: &str, namespace: &str| {
            format!(
                "resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \"\": no matches for kind \"{kind}\" in version \"{version}\"\nensure CRDs are installed first"
            )
        };
        let bar = "apiVersion: c.d/v1\nkind: Bar\nmetadata: {name: b, namespace: q}\n";
        let foo = "apiVersion: a.b/v1\nkind: Foo\nmetadata: {name: a}\n";
        let both = format!("[{}, {}]", unknown("Bar", "c.d/v1", "b", "q"), unknown("Foo", "a.b/v1", "a", ""));
        let validating = |what: &str| format!("error validating \"\": error validating data: {what}");
        let decoding = "unable to decode \"\": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string";
        for (stream, expected) in [
            ("metadata: {name: a}".to_owned(), validating("[apiVersion not set, kind not set]")),
            ("apiVersion: v1".to_owned(), validating("kind not set")),
            ("apiVersion: v1\nkind: 5".to_owned(), validating("kind isn't string type")),
            (
                "apiVersion: v1\nkind: \"\"".to_owned(),
                "unable to decode \"\": Object 'Kind' is missing in '{\"apiVersion\":\"v1\",\"kind\":\"\"}'".to_owned(),
            ),
            ("apiVersion: a/b/c\nkind: X".to_owned(), validating("unexpected GroupVersion string: a/b/c")),
            ("apiVersion: v1\nkind: List".to_owned(), validating("invalid object to validate")),
            ("apiVersion: v1\nkind: List\nitems: [foo]".to_owned(), validating("invalid object to validate")),
            ("apiVersion: v1\nkind: List\nitems: [{}]".to_owned(), validating("[apiVersion not set, kind not set]")),
            ("apiVersion: v1\nkind: List\nitems: [{kind: ConfigMap}]".to_owned(), validating("apiVersion not set")),
            (
                "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]".to_owned(),
                "*unstructured.Unstructured is not a list: no Items field in this object".to_owned(),
            ),
            (format!("apiVersion: v1\n---\n{bar}"), validating("kind not set")),
            (format!("{bar}---\n{bar}---\n{foo}"), both),
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: 1}, annotations: {c: true}}".to_owned(),
                decoding.to_owned(),
            ),
        ] {
            assert_eq!(built(&stream, Check::New), Err(expected), "{stream}");
        }
        let recorded = "unable to decode \"\": Object 'Kind' is missing in '{\"metadata\":{\"name\":\"a\"}}'";
        assert_eq!(built("metadata: {name: a}", Check::Recorded), Err(recorded.to_owned()));
    }

    #[test]
    fn lists_are_taken_apart_and_empty_documents_left_out() {
        let stream = "---\n# Source: c/a.yaml\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n\
                      ---\n# nothing\n---\napiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: b}}]\n";
        let expected = ["ConfigMap \"a\" in namespace \"w\" of c/a.yaml", "Secret \"b\" in namespace \"w\" of "];
        assert_eq!(built(stream, Check::New), Ok(expected.map(str::to_owned).to_vec()));
    }

    #[test]
    fn numbers_are_what_a_server_reads() {
        let object = decode("a: 9223372036854775807\nb: 1.0\nc: 1.5\nd: 1e3\n").expect("YAML").expect("an object");
        assert_eq!(object.to_string(), r#"{"a":9223372036854775807,"b":1,"c":1.5,"d":1000}"#);
    }

    #[test]
    fn an_object_that_is_defined_twice_names_both_templates() {
        let placed = |source: &str, value: &str| {
            let content = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "w"}, "v": value});
            Placed { object: plan::Object { id: ObjectId::of(&content), content }, source: source.into() }
        };
        let both = vec![placed("c/a.yaml", "1"), placed("c/b.yaml", "2")];
        let error = unique(both.clone(), false).expect_err("twice");
        let text = "ConfigMap \"x\" in namespace \"w\" is defined twice: in c/a.yaml and in c/b.yaml";
        assert_eq!(error.to_string(), text);
        assert_eq!(unique(both, true).expect("the last"), [placed("c/b.yaml", "2")]);
    }
}
