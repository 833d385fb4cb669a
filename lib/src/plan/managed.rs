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

/// Whether applying an object would change nothing: Helm's last application set exactly these fields, nobody has taken one
/// of them since, and each has its value. Where that cannot be told, the answer is no.
///
/// A server rewrites some values and adds defaults inside of others. With `is_last`, the last application is known to have
/// been of this very object; then whatever its fields hold now is what became of it.
#[must_use]
pub fn is_applied(object: &Json, live: &Json, is_last: bool) -> bool {
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
    match (written(object), applied["fieldsV1"].as_object()) {
        (Some(fields), Some(owned)) => Comparison { is_last }.same_map(&children(owned), &fields, &visible(live)),
        _ => false,
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

/// Compares the set of fields, the object that is to be applied and the live one.
struct Comparison {
    is_last: bool,
}

impl Comparison {
    fn same(&self, owned: &Json, object: &Json, live: &Json) -> bool {
        let Some(owned) = owned.as_object() else { return false };
        match (object, children(owned)) {
            // A field that is owned as a whole.
            (_, owned) if owned.is_empty() => self.is_last || object == live,
            (Json::Object(object), owned) => self.same_map(&owned, object, live),
            (Json::Array(items), owned) => self.same_list(&owned, items, live),
            _ => false,
        }
    }

    fn same_map(&self, owned: &[(&String, &Json)], object: &Map<String, Json>, live: &Json) -> bool {
        owned.len() == object.len()
            && owned.iter().all(|(key, below)| {
                let Some(name) = key.strip_prefix("f:") else { return false };
                match (object.get(name), live.get(name)) {
                    (Some(object), Some(live)) => self.same(below, object, live),
                    _ => false,
                }
            })
    }

    /// Lists whose items have keys (`k:`), or are a set of values (`v:`).
    fn same_list(&self, owned: &[(&String, &Json)], items: &[Json], live: &Json) -> bool {
        let (Some(live), true) = (live.as_array(), owned.len() == items.len()) else { return false };
        let mut places = Vec::with_capacity(items.len());
        let all = items.iter().all(|item| {
            let mut fitting = owned.iter().filter(|(key, _)| is_item(key, item));
            let (Some((key, below)), None) = (fitting.next(), fitting.next()) else { return false };
            let at = live.iter().position(|live| is_item_with_all(key, live));
            places.extend(at);
            at.is_some_and(|at| key.starts_with("v:") || self.same(below, item, &live[at]))
        });
        // Applying puts the items into its own order.
        all && places.is_sorted()
    }
}

fn children(owned: &Map<String, Json>) -> Vec<(&String, &Json)> {
    owned.iter().filter(|(key, _)| key.as_str() != ".").collect()
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

#[cfg(test)]
#[path = "managed_tests.rs"]
mod tests;
