//! Field ownership: what `managedFields` says of the fields that Helm set, and whether setting them again would change
//! anything.

use super::{Patch, PatchKind};
use serde_json::{Map, Value as Json, json};

const MANAGER: &str = "helm";

/// Turns what client-side apply left behind into the form of server-side apply: a patch of `managedFields` that gives the
/// fields of Helm's `Update` entries to its `Apply` entry. `None` where there are none.
#[must_use]
pub fn adopt(live: &Json) -> Option<Patch> {
    let entries = live.pointer("/metadata/managedFields")?.as_array()?;
    let updates: Vec<&Json> = entries.iter().filter(|entry| is_helms(entry, "Update")).collect();
    let newest = *updates.first()?;
    let applied = entries.iter().find(|entry| is_helms(entry, "Apply"));
    let mut heir = applied.unwrap_or(newest).clone();
    heir["operation"] = "Apply".into();
    for update in &updates {
        unite(&mut heir["fieldsV1"], &update["fieldsV1"]);
    }
    let place = applied.unwrap_or(newest);
    let kept = entries.iter().filter(|entry| std::ptr::eq(*entry, place) || !is_helms(entry, "Update"));
    let managed: Vec<Json> =
        kept.map(|entry| if std::ptr::eq(entry, place) { heir.clone() } else { entry.clone() }).collect();
    let body = json!([
        {"op": "replace", "path": "/metadata/managedFields", "value": managed},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": live.pointer("/metadata/resourceVersion")},
    ]);
    Some(Patch { kind: PatchKind::Json, body })
}

fn is_helms(entry: &Json, operation: &str) -> bool {
    let is = |key: &str, value: &str| entry.get(key).and_then(Json::as_str).unwrap_or_default() == value;
    is("manager", MANAGER) && is("operation", operation) && is("subresource", "")
}

fn unite(fields: &mut Json, others: &Json) {
    let Json::Object(others) = others else { return };
    if !fields.is_object() {
        *fields = json!({});
    }
    for (key, value) in others {
        unite(&mut fields[key.as_str()], value);
    }
    // A leaf is an empty set.
    if let Json::Object(fields) = fields {
        fields.values_mut().filter(|value| value.is_null()).for_each(|value| *value = json!({}));
    }
}

/// Whether applying an object would change nothing: Helm's last application set exactly these fields, and each of them still
/// has its value. Where that cannot be told, the answer is no.
#[must_use]
pub fn is_applied(object: &Json, live: &Json) -> bool {
    if live.pointer("/metadata/deletionTimestamp").is_some() {
        return false;
    }
    let entries = live.pointer("/metadata/managedFields").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let helms: Vec<_> =
        entries.iter().filter(|entry| entry["manager"] == MANAGER && entry.get("subresource").is_none()).collect();
    let [applied] = helms.as_slice() else { return false };
    if applied["operation"] != "Apply" || applied["apiVersion"] != object["apiVersion"] {
        return false;
    }
    match written(object) {
        Some(fields) => {
            let place = |name: &str| Place::of(object, name);
            applied["fieldsV1"].as_object().is_some_and(|owned| same_map(&children(owned), &fields, &visible(live), &place))
        }
        None => false,
    }
}

/// The part of an object that server-side apply takes into account.
fn written(object: &Json) -> Option<Map<String, Json>> {
    let mut fields = object.as_object()?.clone();
    fields.retain(|key, _| !matches!(key.as_str(), "apiVersion" | "kind" | "status"));
    let metadata = fields.get_mut("metadata")?.as_object_mut()?;
    metadata.retain(|key, _| !matches!(key.as_str(), "name" | "namespace" | "creationTimestamp" | "managedFields"));
    if metadata.is_empty() {
        fields.remove("metadata");
    }
    Some(fields)
}

/// A live object with the fields that can only be written put back: `stringData` ends up in `data`.
fn visible(live: &Json) -> Json {
    let mut live = live.clone();
    if live["apiVersion"] == "v1" && live["kind"] == "Secret" {
        let data = live["data"].as_object().into_iter().flatten();
        let texts = data.filter_map(|(key, value)| Some((key.clone(), Json::String(text_of(value.as_str()?)?))));
        live["stringData"] = Json::Object(texts.collect());
    }
    live
}

fn text_of(base64: &str) -> Option<String> {
    use base64::Engine;
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(base64).ok()?).ok()
}

/// Where in an object a value stands, as far as its form depends on that.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Anywhere,
    /// In the specification of a kind of Kubernetes' own, where quantities are rewritten.
    Specification,
    /// Below a field whose values are quantities.
    Quantities,
}

/// Whether the set of fields, the object that is to be applied and the live one agree.
fn same(owned: &Json, object: &Json, live: &Json, place: Place) -> bool {
    let Some(owned) = owned.as_object() else { return false };
    match (object, children(owned)) {
        // A field that is owned as a whole.
        (_, owned) if owned.is_empty() => equal(object, live, place),
        (Json::Object(object), owned) => same_map(&owned, object, live, &|name| place.below(name)),
        (Json::Array(items), owned) => same_list(&owned, items, live, place),
        _ => false,
    }
}

fn children(owned: &Map<String, Json>) -> Vec<(&String, &Json)> {
    owned.iter().filter(|(key, _)| key.as_str() != ".").collect()
}

fn same_map(owned: &[(&String, &Json)], object: &Map<String, Json>, live: &Json, place: &dyn Fn(&str) -> Place) -> bool {
    owned.len() == object.len()
        && owned.iter().all(|(key, below)| {
            let Some(name) = key.strip_prefix("f:") else { return false };
            match (object.get(name), live.get(name)) {
                (Some(object), Some(live)) => same(below, object, live, place(name)),
                _ => false,
            }
        })
}

/// Lists whose items have keys (`k:`), or are a set of values (`v:`).
fn same_list(owned: &[(&String, &Json)], items: &[Json], live: &Json, place: Place) -> bool {
    let (Some(live), true) = (live.as_array(), owned.len() == items.len()) else { return false };
    let mut places = Vec::with_capacity(items.len());
    let all = items.iter().all(|item| {
        let mut fitting = owned.iter().filter(|(key, _)| is_item(key, item));
        let (Some((key, below)), None) = (fitting.next(), fitting.next()) else { return false };
        let at = live.iter().position(|live| is_item_with_all(key, live));
        places.extend(at);
        at.is_some_and(|at| key.starts_with("v:") || same(below, item, &live[at], place))
    });
    // Applying puts the items into its own order.
    all && places.is_sorted()
}

/// Whether a key can be that of an item; the item may leave out what has a default.
fn is_item(key: &str, item: &Json) -> bool {
    matches_key(key, item, |value, wanted| value.is_none_or(|value| value == wanted))
}

fn is_item_with_all(key: &str, item: &Json) -> bool {
    matches_key(key, item, |value, wanted| value == Some(wanted))
}

fn matches_key(key: &str, item: &Json, matches: impl Fn(Option<&Json>, &Json) -> bool) -> bool {
    if let Some(value) = key.strip_prefix("v:") {
        return serde_json::from_str::<Json>(value).is_ok_and(|value| value == *item);
    }
    let Some(Ok(Json::Object(key))) = key.strip_prefix("k:").map(serde_json::from_str) else { return false };
    key.iter().all(|(name, wanted)| matches(item.get(name), wanted))
}

impl Place {
    fn below(self, name: &str) -> Self {
        match (self, name) {
            (
                Self::Specification,
                "requests" | "limits" | "capacity" | "hard" | "default" | "defaultRequest" | "min" | "max",
            ) => Self::Quantities,
            (Self::Specification, "sizeLimit" | "storage" | "divisor") => Self::Quantities,
            (place, _) => place,
        }
    }

    /// At the top of an object.
    fn of(object: &Json, field: &str) -> Self {
        let group = object["apiVersion"].as_str().and_then(|version| version.split_once('/')).map_or("", |(group, _)| group);
        let is_own = matches!(group, "" | "apps" | "batch" | "autoscaling" | "policy" | "node.k8s.io" | "storage.k8s.io");
        if is_own && field == "spec" { Self::Specification } else { Self::Anywhere }
    }
}

fn equal(object: &Json, live: &Json, place: Place) -> bool {
    if object == live {
        return true;
    }
    match (object, live) {
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equal(value, other, place.below(key))))
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b, place)),
        _ if place == Place::Quantities => match (super::quantity::parse(object), super::quantity::parse(live)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
#[path = "managed_tests.rs"]
mod tests;
