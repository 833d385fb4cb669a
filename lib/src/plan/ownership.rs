//! Ownership: the marks that tie an object to a release, and whether a live object carries them.

use serde_json::{Value as Json, json};

const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const HELM: &str = "Helm";
const RELEASE_NAME: &str = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";

/// The release that objects belong to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Owner {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
}

/// An object that belongs to somebody else, or to nobody.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("invalid ownership metadata; {}", .0.join("; "))]
pub struct NotOwned(Vec<String>);

impl Owner {
    /// Puts the marks on an object, in the place of any that are there.
    pub fn mark(&self, object: &mut Json) {
        set(object, "labels", &[(MANAGED_BY, HELM)]);
        set(object, "annotations", &[(RELEASE_NAME, &self.name), (RELEASE_NAMESPACE, &self.namespace)]);
    }

    /// Checks the marks of a live object.
    ///
    /// # Errors
    /// [`NotOwned`], with every mark that is missing or says something else.
    pub fn check(&self, live: &Json) -> Result<(), NotOwned> {
        let labels = live.pointer("/metadata/labels");
        let annotations = live.pointer("/metadata/annotations");
        let problems = [
            problem(labels, "label", MANAGED_BY, HELM),
            problem(annotations, "annotation", RELEASE_NAME, &self.name),
            problem(annotations, "annotation", RELEASE_NAMESPACE, &self.namespace),
        ];
        let problems: Vec<String> = problems.into_iter().flatten().collect();
        if problems.is_empty() { Ok(()) } else { Err(NotOwned(problems)) }
    }
}

/// Puts the marks of one object on another.
pub(super) fn copy_marks(from: &Json, to: &mut Json) {
    for (map, keys) in [("labels", &[MANAGED_BY][..]), ("annotations", &[RELEASE_NAME, RELEASE_NAMESPACE])] {
        let marks = keys.iter().filter_map(|key| Some((*key, from["metadata"][map].get(key)?.as_str()?)));
        let marks: Vec<_> = marks.collect();
        if !marks.is_empty() {
            set(to, map, &marks);
        }
    }
}

fn problem(map: Option<&Json>, what: &str, key: &str, wanted: &str) -> Option<String> {
    match map.and_then(|map| map.get(key)).and_then(Json::as_str) {
        Some(value) if value == wanted => None,
        Some(value) => {
            Some(format!("{what} validation error: key \"{key}\" must equal \"{wanted}\": current value is \"{value}\""))
        }
        None => Some(format!("{what} validation error: missing key \"{key}\": must be set to \"{wanted}\"")),
    }
}

fn set(object: &mut Json, map: &str, entries: &[(&str, &str)]) {
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    let place = &mut object["metadata"][map];
    if !place.is_object() {
        *place = json!({});
    }
    for (key, value) in entries {
        place[*key] = (*value).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_put_on_and_found_again() {
        let owner = Owner { name: "web".into(), namespace: "team".into() };
        let mut object =
            json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": "me", "a": "b"}, "annotations": null}});
        owner.mark(&mut object);
        let expected = json!({
            "labels": {"app.kubernetes.io/managed-by": "Helm", "a": "b"},
            "annotations": {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "team"},
        });
        assert_eq!(object["metadata"], expected);
        assert_eq!(owner.check(&object), Ok(()));
    }

    #[test]
    fn every_problem_is_named() {
        let owner = Owner { name: "web".into(), namespace: "team".into() };
        let live = json!({"metadata": {"annotations": {"meta.helm.sh/release-name": "other"}}});
        let text = "invalid ownership metadata; label validation error: missing key \"app.kubernetes.io/managed-by\": must be set to \"Helm\"; \
                    annotation validation error: key \"meta.helm.sh/release-name\" must equal \"web\": current value is \"other\"; \
                    annotation validation error: missing key \"meta.helm.sh/release-namespace\": must be set to \"team\"";
        assert_eq!(owner.check(&live).expect_err("not ours").to_string(), text);
    }
}
