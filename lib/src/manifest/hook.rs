//! Recognising hooks by their annotations.

use super::{Hook, Manifest};

const EVENTS: &str = "helm.sh/hook";
const WEIGHT: &str = "helm.sh/hook-weight";
const DELETE_POLICY: &str = "helm.sh/hook-delete-policy";
const OUTPUT_LOG_POLICY: &str = "helm.sh/hook-output-log-policy";

const KNOWN_EVENTS: &[&str] = &[
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
];

/// What a document is.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// One to apply.
    Resource(Manifest),
    /// One to run at its events.
    Hook(Box<Hook>),
    /// A hook with an unknown event, which is left out; its annotation.
    Unknown(String),
}

/// Tells a resource from a hook.
#[must_use]
pub fn classify(manifest: Manifest) -> Role {
    let Some(annotation) = manifest.head.annotations.get(EVENTS) else {
        return Role::Resource(manifest);
    };
    let events: Vec<String> = listed(annotation).map(|event| event.to_lowercase()).map(canonical).collect();
    if !events.iter().all(|event| KNOWN_EVENTS.contains(&event.as_str())) {
        return Role::Unknown(annotation.clone());
    }
    let annotated = |name| manifest.head.annotations.get(name).map(String::as_str);
    let weight = annotated(WEIGHT).and_then(|weight| weight.parse().ok()).unwrap_or(0);
    let policies = |name| annotated(name).map(|all| listed(all).map(str::to_lowercase).collect()).unwrap_or_default();
    let (delete_policies, output_log_policies) = (policies(DELETE_POLICY), policies(OUTPUT_LOG_POLICY));
    Role::Hook(Box::new(Hook { manifest, events, weight, delete_policies, output_log_policies }))
}

fn canonical(event: String) -> String {
    if event == "test-success" { "test".to_owned() } else { event }
}

fn listed(annotation: &str) -> impl Iterator<Item = &str> {
    annotation.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotated(annotations: &[(&str, &str)]) -> Manifest {
        let mut manifest = Manifest::default();
        manifest.head.annotations = annotations.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        manifest
    }

    #[test]
    fn events_are_trimmed_lower_cased_and_renamed() {
        let manifest = annotated(&[(EVENTS, "Pre-Install, test-success"), (WEIGHT, "-5"), (DELETE_POLICY, "hook-failed")]);
        let Role::Hook(hook) = classify(manifest) else { panic!("no hook") };
        assert_eq!(hook.events, ["pre-install", "test"]);
        assert_eq!((hook.weight, hook.delete_policies), (-5, vec!["hook-failed".to_owned()]));
    }

    #[test]
    fn one_unknown_event_drops_the_document() {
        let role = classify(annotated(&[(EVENTS, "pre-install,bogus")]));
        assert_eq!(role, Role::Unknown("pre-install,bogus".into()));
    }
}
