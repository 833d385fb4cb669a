//! The types of Kubernetes' own kinds, as Helm's client knows them: which values they take, and how their lists are patched.
//!
//! The table in `types.txt` is made by `scripts/generate-types`, which tells its form.

use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("types.txt");

/// A type, as the table writes it: `core.v1.PodSpec`, `[s]`.
pub(super) type Type = &'static str;

/// What is not known of a field is that it may hold anything.
pub(super) const ANYTHING: Type = "?";

/// A field of a type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) kind: Type,
    /// Lists are merged: by this key of their items, or as a set when it is empty.
    pub(super) merge_key: Option<&'static str>,
    /// A patch names the keys that stay.
    pub(super) retains_keys: bool,
    /// A patch replaces the whole.
    pub(super) is_replaced: bool,
}

struct Table {
    kinds: BTreeMap<(&'static str, &'static str), Type>,
    types: BTreeMap<&'static str, BTreeMap<&'static str, Field>>,
}

fn table() -> &'static Table {
    static PARSED: OnceLock<Table> = OnceLock::new();
    PARSED.get_or_init(|| {
        let (kinds, types) = TABLE.split_once("\n\n").unwrap_or_default();
        let kind = |line: &'static str| {
            let mut words = line.split(' ');
            Some(((words.next()?, words.next()?), words.next()?))
        };
        let named = |line: &'static str| {
            let (name, fields) = line.split_once(' ').unwrap_or((line, ""));
            (name, fields.split(' ').filter_map(field).collect())
        };
        Table { kinds: kinds.lines().filter_map(kind).collect(), types: types.lines().map(named).collect() }
    })
}

/// `containers:[core.v1.Container]@name`
fn field(text: &'static str) -> Option<(&'static str, Field)> {
    let (name, kind) = text.split_once(':')?;
    let (kind, is_replaced) = kind.strip_suffix('=').map_or((kind, false), |kind| (kind, true));
    let (kind, retains_keys) = kind.strip_suffix('!').map_or((kind, false), |kind| (kind, true));
    let (kind, merge_key) = kind.split_once('@').map_or((kind, None), |(kind, key)| (kind, Some(key)));
    Some((name, Field { kind, merge_key, retains_keys, is_replaced }))
}

/// The type of an object, if it is of a kind of Kubernetes' own and all its values fit.
pub(super) fn of(object: &Json) -> Option<Type> {
    let text = |key: &str| object.get(key).and_then(Json::as_str).unwrap_or_default();
    let kind = table().kinds.iter().find(|((version, kind), _)| (*version, *kind) == (text("apiVersion"), text("kind")))?.1;
    fits(object, kind).then_some(*kind)
}

/// A field of a type; unknown ones may hold anything.
pub(super) fn field_of(kind: Type, name: &str) -> Field {
    let unknown = |kind| Field { kind, merge_key: None, retains_keys: false, is_replaced: false };
    match inner(kind, '{', '}') {
        Some(values) => unknown(values),
        None => table().types.get(kind).and_then(|fields| fields.get(name)).copied().unwrap_or(unknown(ANYTHING)),
    }
}

/// The type of the items of a list.
pub(super) fn item_of(kind: Type) -> Type {
    inner(kind, '[', ']').unwrap_or(ANYTHING)
}

fn inner(kind: Type, open: char, close: char) -> Option<Type> {
    kind.strip_prefix(open)?.strip_suffix(close)
}

/// Whether Go would decode a value into a type. Fields that the type does not have are passed over.
fn fits(value: &Json, kind: Type) -> bool {
    if value.is_null() {
        return true;
    }
    if let Some(item) = inner(kind, '[', ']') {
        return value.as_array().is_some_and(|items| items.iter().all(|value| fits(value, item)));
    }
    if let Some(values) = inner(kind, '{', '}') {
        return value.as_object().is_some_and(|map| map.values().all(|value| fits(value, values)));
    }
    match kind {
        ANYTHING => true,
        "s" => value.is_string(),
        "t" => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        "y" => value.as_str().is_some_and(is_base64),
        "b" => value.is_boolean(),
        "n" => value.is_number(),
        "i" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "l" => value.as_i64().is_some(),
        "q" => super::quantity::parse(value).is_some(),
        "x" => value.is_string() || value.as_i64().is_some(),
        name => match (value.as_object(), table().types.get(name)) {
            (Some(map), Some(fields)) => {
                map.iter().all(|(key, value)| fields.get(key.as_str()).is_none_or(|field| fits(value, field.kind)))
            }
            _ => false,
        },
    }
}

fn is_base64(text: &str) -> bool {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text.replace(['\n', '\r'], "")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_is_whole() {
        let table = table();
        let names = |kind: Type| kind.trim_matches(['[', ']', '{', '}']);
        let known = |kind: Type| names(kind).len() == 1 || table.types.contains_key(names(kind));
        assert!(table.kinds.values().all(|kind| known(kind)));
        for (name, fields) in &table.types {
            assert!(fields.values().all(|field| known(field.kind)), "{name}");
        }
        assert_eq!(table.kinds[&("apps/v1", "Deployment")], "apps.v1.Deployment");
    }

    #[test]
    fn fields_have_their_strategies() {
        let field = |name| field_of("core.v1.PodSpec", name);
        assert_eq!((field("containers").kind, field("containers").merge_key), ("[core.v1.Container]", Some("name")));
        assert!(field("volumes").retains_keys && !field("containers").retains_keys);
        assert_eq!(field_of("meta.v1.ObjectMeta", "finalizers").merge_key, Some(""));
        assert!(field_of("policy.v1.PodDisruptionBudgetSpec", "selector").is_replaced);
        assert_eq!(field("nonsense").kind, ANYTHING);
    }

    #[test]
    fn objects_that_do_not_decode_have_no_type() {
        let map = |data: Json| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": data});
        assert_eq!(of(&map(json!({"a": "b"}))), Some("core.v1.ConfigMap"));
        assert_eq!(of(&map(json!({"a": 5}))), None);
        assert_eq!(of(&json!({"apiVersion": "example.com/v1", "kind": "ConfigMap"})), None);
        let cpu = |value: Json| {
            let container = json!({"name": "a", "resources": {"limits": {"cpu": value}}, "colour": 1});
            json!({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}})
        };
        assert!(of(&cpu(json!(0.5))).is_some() && of(&cpu(json!("1x"))).is_none());
    }
}
