//! The namespace to work in when no flag names one: what the kubeconfig's current context says. Read here as well as in the
//! Kubernetes client, because a renderer has no client.

use crate::GlobalArgs;
use serde::Deserialize;
use std::ffi::OsString;
use std::path::PathBuf;

const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

#[derive(Default, Deserialize)]
struct Kubeconfig {
    #[serde(rename = "current-context", default)]
    current_context: String,
    #[serde(default)]
    contexts: Vec<NamedContext>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    #[serde(default)]
    context: Context,
}

#[derive(Default, Deserialize)]
struct Context {
    #[serde(default)]
    namespace: String,
}

/// Finds the namespace: the flag or `HELM_NAMESPACE`, the context's, that of the pod's account, or `default`.
/// Of several kubeconfig files the first to say something wins; one that cannot be read says nothing, as in client-go.
#[must_use]
pub fn namespace(global: &GlobalArgs, variable: impl Fn(&str) -> Option<OsString>) -> String {
    if let Some(namespace) = global.namespace.as_ref().filter(|name| !name.is_empty()) {
        return namespace.clone();
    }
    let files: Vec<Kubeconfig> = paths(global, &variable).into_iter().filter_map(|path| read(&path)).collect();
    let of_context = of_context(&files, global.kube_context.as_deref());
    let of_pod = || {
        let is_pod = files.iter().all(|file| file.contexts.is_empty()) && variable("KUBERNETES_SERVICE_HOST").is_some();
        if is_pod { std::fs::read_to_string(format!("{ACCOUNT}/namespace")).ok() } else { None }
    };
    of_context.or_else(of_pod).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or("default".into())
}

fn paths(global: &GlobalArgs, variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    if let Some(path) = &global.kubeconfig {
        return vec![path.into()];
    }
    match variable("KUBECONFIG") {
        Some(list) if !list.is_empty() => std::env::split_paths(&list).collect(),
        _ => variable("HOME").map(|home| PathBuf::from(home).join(".kube/config")).into_iter().collect(),
    }
}

fn read(path: &std::path::Path) -> Option<Kubeconfig> {
    serde_yaml::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

fn of_context(files: &[Kubeconfig], chosen: Option<&str>) -> Option<String> {
    let current = files.iter().map(|file| file.current_context.as_str()).find(|name| !name.is_empty());
    let name = chosen.or(current)?;
    let context = files.iter().flat_map(|file| &file.contexts).find(|context| context.name == name)?;
    Some(context.context.namespace.clone()).filter(|namespace| !namespace.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "current-context: b\ncontexts:\n- name: a\n  context: {namespace: one, cluster: x}\n";
    const SECOND: &str = "current-context: a\ncontexts:\n- name: b\n  context: {namespace: two}\n- {name: c}\n";

    #[test]
    fn the_first_file_to_say_something_wins() {
        let files: Vec<Kubeconfig> = [FIRST, SECOND].map(|text| serde_yaml::from_str(text).expect("a kubeconfig")).into();
        assert_eq!(of_context(&files, None).as_deref(), Some("two"));
        assert_eq!(of_context(&files, Some("a")).as_deref(), Some("one"));
        assert_eq!(of_context(&files, Some("c")), None);
        assert_eq!(of_context(&files, Some("nope")), None);
    }

    #[test]
    fn without_a_kubeconfig_it_is_default() {
        assert_eq!(namespace(&GlobalArgs::default(), |_| None), "default");
        let global = GlobalArgs { namespace: Some("x".into()), ..GlobalArgs::default() };
        assert_eq!(namespace(&global, |_| None), "x");
        let global = GlobalArgs { namespace: Some(String::new()), ..GlobalArgs::default() };
        assert_eq!(namespace(&global, |_| None), "default");
    }
}
