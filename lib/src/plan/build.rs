//! Comparing manifests and live objects.

use super::{Change, Method, Object, Operation, Patch, PatchKind, Plan, Write, managed, merge, ownership, strategic, types};
use serde_json::Value as Json;

/// `helm.sh/resource-policy`, in a JSON pointer.
const RESOURCE_POLICY: &str = "/metadata/annotations/helm.sh~1resource-policy";

/// Plans the way from one manifest to another.
///
/// `new` are the objects to have, each with the live one if there is one; `old` those of the last manifest; `gone` those of
/// them that `new` lacks, with the live ones. `is_settled` says that `old` was applied, whole and last of all.
#[must_use]
pub fn build(
    new: Vec<(Object, Option<Json>)>,
    old: &[Object],
    gone: &[(Object, Option<Json>)],
    method: Method,
    is_settled: bool,
) -> Plan {
    let wanted = new.into_iter().map(|(object, live)| {
        let id = object.id.clone();
        let last = old.iter().find(|last| last.id.is_same(&id));
        let is_foreign = live.is_some() && last.is_none();
        let change = match live {
            None => Change::Create(creation(object, method)),
            Some(live) => {
                let is_last = is_settled && last.is_some_and(|last| is_same_but_marks(&last.content, &object.content));
                update(object, last.map(|last| &last.content), live, method, is_last)
            }
        };
        Operation { id, is_foreign, change }
    });
    let unwanted = gone.iter().filter_map(|(object, live)| {
        let keeps = live.as_ref()?.pointer(RESOURCE_POLICY).and_then(Json::as_str) == Some("keep");
        let change = if keeps { Change::Keep } else { Change::Delete };
        Some(Operation { id: object.id.clone(), is_foreign: false, change })
    });
    Plan { operations: wanted.chain(unwanted).collect() }
}

/// Whether two manifests of an object are the same; recorded ones lack the marks of ownership.
fn is_same_but_marks(last: &Json, object: &Json) -> bool {
    let mut last = last.clone();
    ownership::copy_marks(object, &mut last);
    last == *object
}

fn creation(object: Object, method: Method) -> Write {
    let object = object.content;
    match method {
        Method::ServerSide { force, .. } => Write::Apply { object, force, dry_run: false, adopt: None },
        Method::ClientSide { .. } | Method::Replace => Write::Create { object },
    }
}

fn update(object: Object, last: Option<&Json>, live: Json, method: Method, is_last: bool) -> Change {
    match method {
        Method::ServerSide { .. } if managed::is_applied(&object.content, &live, is_last) => Change::Unchanged(live),
        Method::ServerSide { force, adopt } => {
            let adopt = adopt.then(|| managed::adopt(&live)).flatten();
            Change::Update(Write::Apply { object: object.content, force, dry_run: false, adopt })
        }
        Method::Replace => {
            let mut object = object.content;
            object["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"].clone();
            Change::Update(Write::Replace { object })
        }
        Method::ClientSide { live_custom } => patch(object, last, live, live_custom),
    }
}

fn patch(object: Object, last: Option<&Json>, live: Json, live_custom: bool) -> Change {
    let (new, last) = (&object.content, last.unwrap_or(&live));
    let patch = match types::of(new) {
        Some(kind) => match strategic::three_way(last, new, &live, kind) {
            Ok(body) => Patch { kind: PatchKind::Strategic, body },
            Err(error) => return Change::Impossible(format!("failed to create patch: {error}")),
        },
        None if live_custom => Patch { kind: PatchKind::Merge, body: merge::three_way(last, new, &live) },
        None => Patch { kind: PatchKind::Merge, body: merge::two_way(last, new) },
    };
    if changes_nothing(&patch.body, &live) {
        return Change::Unchanged(live);
    }
    Change::Update(Write::Patch { id: object.id, patch })
}

/// Whether a patch says only what is so already. One with lists of keys or directives says more.
fn changes_nothing(patch: &Json, live: &Json) -> bool {
    !has_directives(patch) && merge::apply(live, patch) == *live
}

fn has_directives(patch: &Json) -> bool {
    match patch {
        Json::Object(map) => map.iter().any(|(key, value)| key.starts_with('$') || has_directives(value)),
        Json::Array(items) => items.iter().any(has_directives),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::ObjectId;
    use serde_json::json;

    const SERVER_SIDE: Method = Method::ServerSide { force: false, adopt: false };
    const CLIENT_SIDE: Method = Method::ClientSide { live_custom: false };

    fn object(name: &str, value: &str) -> Object {
        let content = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "w"}, "data": {"a": value},
        });
        Object { id: ObjectId::of(&content), content }
    }

    fn verbs(plan: &Plan) -> Vec<(&str, &str)> {
        let verb = |operation: &'_ Operation| match operation.change {
            Change::Create(_) => "create",
            Change::Update(_) => "update",
            Change::Unchanged(_) => "unchanged",
            Change::Delete => "delete",
            Change::Keep => "keep",
            Change::Impossible(_) => "impossible",
        };
        plan.operations.iter().map(|operation| (verb(operation), operation.id.name.as_str())).collect()
    }

    #[test]
    fn objects_come_change_and_go() {
        let (old, new) = (object("a", "1"), object("a", "2"));
        let mut kept = object("kept", "1");
        kept.content["metadata"]["annotations"] = json!({"helm.sh/resource-policy": "keep"});
        let gone = [
            (object("gone", "1"), Some(object("gone", "1").content)),
            (object("gone before", "1"), None),
            (kept.clone(), Some(kept.content)),
        ];
        let wanted = [(new, Some(old.content.clone())), (object("b", "1"), None)];
        let plan = build(wanted.to_vec(), &[old], &gone, SERVER_SIDE, false);
        assert_eq!(verbs(&plan), [("update", "a"), ("create", "b"), ("delete", "gone"), ("keep", "kept")]);
    }

    #[test]
    fn client_side_patches_say_only_what_differs() {
        let (old, new) = (object("a", "1"), object("a", "2"));
        let plan = build(vec![(new, Some(old.content.clone()))], std::slice::from_ref(&old), &[], CLIENT_SIDE, false);
        let Change::Update(Write::Patch { patch, .. }) = &plan.operations[0].change else { panic!("{plan:?}") };
        assert_eq!(*patch, Patch { kind: PatchKind::Strategic, body: json!({"data": {"a": "2"}}) });
        let plan = build(vec![(old.clone(), Some(old.content.clone()))], &[old], &[], CLIENT_SIDE, false);
        assert_eq!(verbs(&plan), [("unchanged", "a")]);
    }

    #[test]
    fn objects_that_do_not_decode_are_merged_without_keys() {
        let (mut old, mut new) = (object("a", "1"), object("a", "2"));
        old.content["data"] = json!({"a": 1, "b": 1});
        new.content["data"] = json!({"a": 2});
        let plan = build(vec![(new, Some(old.content.clone()))], &[old], &[], CLIENT_SIDE, false);
        let Change::Update(Write::Patch { patch, .. }) = &plan.operations[0].change else { panic!("{plan:?}") };
        assert_eq!(*patch, Patch { kind: PatchKind::Merge, body: json!({"data": {"a": 2, "b": null}}) });
    }

    #[test]
    fn an_object_of_no_manifest_is_its_own_past() {
        let live = object("a", "1").content;
        let plan = build(vec![(object("a", "1"), Some(live))], &[], &[], CLIENT_SIDE, false);
        assert!(plan.operations[0].is_foreign);
        assert_eq!(verbs(&plan), [("unchanged", "a")]);
    }
}
