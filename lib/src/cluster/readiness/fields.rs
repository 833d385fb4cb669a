//! Reading the fields that rules look at, with the defaults that kstatus takes for missing ones.

use serde_json::Value as Json;

pub(super) fn integer(object: &Json, path: &str, default: i64) -> i64 {
    object.pointer(path).and_then(Json::as_i64).unwrap_or(default)
}

pub(super) fn text<'a>(object: &'a Json, path: &str) -> &'a str {
    object.pointer(path).and_then(Json::as_str).unwrap_or_default()
}

pub(super) fn is_true(object: &Json, path: &str) -> bool {
    object.pointer(path).and_then(Json::as_bool).unwrap_or_default()
}

/// An entry of `status.conditions`.
pub(super) struct Condition<'a> {
    pub(super) kind: &'a str,
    pub(super) status: &'a str,
    pub(super) reason: &'a str,
    pub(super) message: &'a str,
}

impl Condition<'_> {
    pub(super) fn is(&self, kind: &str, status: &str) -> bool {
        self.kind == kind && self.status == status
    }
}

pub(super) fn conditions(object: &Json) -> impl Iterator<Item = Condition<'_>> {
    let list = object.pointer("/status/conditions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().map(|condition| Condition {
        kind: text(condition, "/type"),
        status: text(condition, "/status"),
        reason: text(condition, "/reason"),
        message: text(condition, "/message"),
    })
}

/// `apps/Deployment`; `Pod` in the core group.
pub(super) fn group_kind(object: &Json) -> String {
    let kind = text(object, "/kind");
    match text(object, "/apiVersion").split_once('/') {
        Some((group, _)) => format!("{group}/{kind}"),
        None => kind.to_owned(),
    }
}
