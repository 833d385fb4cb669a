//! JSON merge patches (RFC 7386), for kinds whose types are not known.

use serde_json::{Map, Value as Json};

/// The patch that turns `from` into `to`.
pub(super) fn two_way(from: &Json, to: &Json) -> Json {
    diff(from, to, true, true)
}

/// The patch that turns `live` into what `new` says, and deletes what `old` had and `new` lacks.
pub(super) fn three_way(old: &Json, new: &Json, live: &Json) -> Json {
    let mut patch = diff(old, new, true, false);
    unite(&mut patch, diff(live, new, false, true));
    patch
}

/// What a patch makes of an object.
pub(super) fn apply(live: &Json, patch: &Json) -> Json {
    let Json::Object(changes) = patch else { return patch.clone() };
    let mut result = live.as_object().cloned().unwrap_or_default();
    for (key, value) in changes {
        if value.is_null() {
            result.remove(key);
        } else {
            let value = apply(result.get(key).unwrap_or(&Json::Null), value);
            result.insert(key.clone(), value);
        }
    }
    Json::Object(result)
}

fn diff(from: &Json, to: &Json, deletes: bool, changes: bool) -> Json {
    let (Json::Object(from), Json::Object(to)) = (from, to) else { return to.clone() };
    let mut patch = Map::new();
    for (key, wanted) in to {
        match (from.get(key), wanted) {
            (Some(from @ Json::Object(_)), to @ Json::Object(_)) => {
                let below = diff(from, to, deletes, changes);
                if below.as_object().is_some_and(|below| !below.is_empty()) {
                    patch.insert(key.clone(), below);
                }
            }
            (Some(from), to) if from == to => {}
            // A null in a manifest asks for nothing here: it would be a deletion.
            _ if changes && (deletes || !wanted.is_null()) => drop(patch.insert(key.clone(), wanted.clone())),
            _ => {}
        }
    }
    if deletes {
        patch.extend(from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Json::Null)));
    }
    Json::Object(patch)
}

fn unite(patch: &mut Json, changes: Json) {
    match (patch, changes) {
        (Json::Object(patch), Json::Object(changes)) => {
            for (key, change) in changes {
                match patch.get_mut(&key) {
                    Some(place @ Json::Object(_)) if change.is_object() => unite(place, change),
                    _ => drop(patch.insert(key, change)),
                }
            }
        }
        (patch, changes) => *patch = changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn two_ways_see_only_the_manifests() {
        let old = json!({"spec": {"a": 1, "b": [1], "c": {"d": 1}}});
        let new = json!({"spec": {"a": 2, "b": [1], "c": {}}, "metadata": {"labels": {"x": "y"}}});
        let patch = json!({"spec": {"a": 2, "c": {"d": null}}, "metadata": {"labels": {"x": "y"}}});
        assert_eq!(two_way(&old, &new), patch);
        assert_eq!(two_way(&old, &old), json!({}));
    }

    #[test]
    fn three_ways_keep_what_others_added() {
        let old = json!({"spec": {"a": 1, "gone": 1}});
        let new = json!({"spec": {"a": 1, "null": null}});
        let live = json!({"spec": {"a": 5, "gone": 1, "theirs": 1}, "status": {}});
        assert_eq!(three_way(&old, &new, &live), json!({"spec": {"a": 1, "gone": null}}));
        assert_eq!(apply(&live, &three_way(&old, &new, &live)), json!({"spec": {"a": 1, "theirs": 1}, "status": {}}));
    }
}
