//! The settings under the names of their variables: what `rhelm env` shows and plugins are given.

use crate::{Folders, GlobalArgs, namespace, variable};
use std::collections::BTreeMap;

/// All settings.
#[must_use]
pub fn settings(global: &GlobalArgs) -> BTreeMap<&'static str, String> {
    let folders = Folders::of(variable);
    let home = global.home(variable);
    let text = |flag: &Option<String>| flag.clone().unwrap_or_default();
    let or = |name: &str, default: &str| variable(name).filter(|value| !value.is_empty()).unwrap_or(default.to_owned());
    let mut settings = BTreeMap::from([
        ("HELM_BIN", std::env::args().next().unwrap_or_default()),
        ("HELM_BURST_LIMIT", global.burst_limit.unwrap_or(100).to_string()),
        ("HELM_CACHE_HOME", folders.cache.display().to_string()),
        ("HELM_CONFIG_HOME", folders.config.display().to_string()),
        ("HELM_CONTENT_CACHE", home.content_cache.display().to_string()),
        ("HELM_DATA_HOME", folders.data.display().to_string()),
        ("HELM_DEBUG", global.debug.to_string()),
        ("HELM_KUBEAPISERVER", text(&global.kube_apiserver)),
        ("HELM_KUBEASGROUPS", global.kube_as_group.join(",")),
        ("HELM_KUBEASUSER", text(&global.kube_as_user)),
        ("HELM_KUBECAFILE", text(&global.kube_ca_file)),
        ("HELM_KUBECONTEXT", text(&global.kube_context)),
        ("HELM_KUBEINSECURE_SKIP_TLS_VERIFY", global.kube_insecure_skip_tls_verify.to_string()),
        ("HELM_KUBETLS_SERVER_NAME", text(&global.kube_tls_server_name)),
        ("HELM_KUBETOKEN", text(&global.kube_token)),
        ("HELM_MAX_HISTORY", or("HELM_MAX_HISTORY", "10")),
        ("HELM_NAMESPACE", namespace(global, |name| std::env::var_os(name))),
        ("HELM_PLUGINS", folders.plugins(variable)),
        ("HELM_QPS", format!("{:.2}", global.qps.unwrap_or_default())),
        ("HELM_REGISTRY_CONFIG", home.registry_config.display().to_string()),
        ("HELM_REPOSITORY_CACHE", home.repository_cache.display().to_string()),
        ("HELM_REPOSITORY_CONFIG", home.repository_config.display().to_string()),
    ]);
    // Helm has no variable of its own for it.
    settings.extend(global.kubeconfig.clone().map(|path| ("KUBECONFIG", path)));
    settings
}

/// Whether the user's scripts are written for Helm 3.
#[must_use]
pub fn speaks_helm_3() -> bool {
    variable("RHELM_HELM_VERSION").is_some_and(|version| version.starts_with("v3"))
}
