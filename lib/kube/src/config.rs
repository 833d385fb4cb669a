//! From flags and kubeconfig files to the settings of one connection.
//!
//! A file named explicitly must exist; those of `KUBECONFIG` need not; without any file and inside a pod the pod's service
//! account is used, and outside `http://localhost:8080` is tried, as client-go does.

use kube::Config;
use kube::config::{AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where to find the cluster and who to be there; empty fields leave it to the kubeconfig.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    /// The only kubeconfig file to read.
    pub kubeconfig: Option<PathBuf>,
    /// The value of `KUBECONFIG`: a list of files, the first to set something wins; files that are missing are skipped.
    pub kubeconfig_list: Option<OsString>,
    /// The user's home folder, for `.kube/config`.
    pub home: Option<PathBuf>,
    /// The context instead of the current one.
    pub context: Option<String>,
    /// The default namespace instead of the context's.
    pub namespace: Option<String>,
    /// The address of the API server.
    pub apiserver: Option<String>,
    /// A bearer token.
    pub token: Option<String>,
    /// A file with the certificates of the server's authority.
    pub ca_file: Option<PathBuf>,
    /// Accept any certificate of the server.
    pub insecure: bool,
    /// The name that the server's certificate must have.
    pub tls_server_name: Option<String>,
    /// The user to act as.
    pub as_user: Option<String>,
    /// The groups to act as, with `as_user`.
    pub as_groups: Vec<String>,
    /// Where kubectl caches what servers serve, for a file of our own there; nothing is cached without.
    pub cache: Option<PathBuf>,
}

/// What cannot be read or found, in client-go's words.
pub(crate) async fn load(options: &ConnectOptions) -> Result<Config, String> {
    let files = read_files(options)?;
    if files.contexts.is_empty()
        && options.apiserver.is_none()
        && options.context.is_none()
        && let Ok(mut config) = Config::incluster()
    {
        if let Some(namespace) = &options.namespace {
            config.default_namespace.clone_from(namespace);
        }
        return Ok(config);
    }
    let chosen = choose(&files, options)?;
    let mut config =
        Config::from_custom_kubeconfig(chosen, &KubeConfigOptions::default()).await.map_err(|error| error.to_string())?;
    config.default_retry = false;
    Ok(config)
}

/// The contexts of the kubeconfig, by name, each with its cluster; none where it cannot be read.
#[must_use]
pub fn contexts(options: &ConnectOptions) -> Vec<(String, String)> {
    let contexts = read_files(options).unwrap_or_default().contexts;
    let cluster = |context: Option<Context>| context.map(|context| context.cluster).unwrap_or_default();
    let mut all: Vec<_> = contexts.into_iter().map(|named| (named.name, cluster(named.context))).collect();
    all.sort();
    all
}

fn read_files(options: &ConnectOptions) -> Result<Kubeconfig, String> {
    if let Some(path) = &options.kubeconfig {
        return read_file(path)?.ok_or_else(|| format!("stat {}: no such file or directory", path.display()));
    }
    let paths = match options.kubeconfig_list.as_deref().filter(|list| !list.is_empty()) {
        Some(list) => std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect(),
        None => options.home.iter().map(|home| home.join(".kube/config")).collect::<Vec<_>>(),
    };
    let mut merged = Kubeconfig::default();
    for path in paths {
        if let Some(file) = read_file(&path)? {
            merged = merged.merge(file).map_err(|error| error.to_string())?;
        }
    }
    Ok(merged)
}

fn read_file(path: &Path) -> Result<Option<Kubeconfig>, String> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        _ => {}
    }
    let named = |error: String| format!("error loading config file \"{}\": {error}", path.display());
    // For what Go says of text that is no YAML.
    let text = std::fs::read(path).map_err(|error| named(error.to_string()))?;
    let cause = |error: goyaml::Error| error.to_string().replacen("error converting YAML to JSON: ", "", 1);
    goyaml::decode_bytes(&text).map_err(|error| named(cause(error)))?;
    Kubeconfig::read_from(path).map(Some).map_err(|error| named(error.to_string()))
}

/// A kubeconfig with one context, in which the options already replace what the files say.
fn choose(files: &Kubeconfig, options: &ConnectOptions) -> Result<Kubeconfig, String> {
    let context = context(files, options)?;
    let mut cluster = files
        .clusters
        .iter()
        .find(|named| named.name == context.cluster)
        .and_then(|named| named.cluster.clone())
        .unwrap_or_default();
    if cluster.server.is_none() && !context.cluster.is_empty() && options.apiserver.is_none() {
        return Err(format!("cluster \"{}\" does not exist", context.cluster));
    }
    override_cluster(&mut cluster, options);
    check_authority(&cluster, &context.cluster)?;
    let mut user = context
        .user
        .as_ref()
        .and_then(|name| files.auth_infos.iter().find(|named| &named.name == name))
        .and_then(|named| named.auth_info.clone())
        .unwrap_or_default();
    override_user(&mut user, options);
    check_impersonation(&user, context.user.as_deref().unwrap_or_default())?;
    let name = "rhelm".to_owned();
    let context = Context {
        cluster: name.clone(),
        user: Some(name.clone()),
        namespace: options.namespace.clone().or(context.namespace).filter(|namespace| !namespace.is_empty()),
        ..Context::default()
    };
    Ok(Kubeconfig {
        clusters: vec![NamedCluster { name: name.clone(), cluster: Some(cluster), ..NamedCluster::default() }],
        auth_infos: vec![NamedAuthInfo { name: name.clone(), auth_info: Some(user), ..NamedAuthInfo::default() }],
        contexts: vec![NamedContext { name: name.clone(), context: Some(context), ..NamedContext::default() }],
        current_context: Some(name),
        ..Kubeconfig::default()
    })
}

/// client-go refuses it before it connects.
fn check_impersonation(user: &AuthInfo, name: &str) -> Result<(), String> {
    let is_set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let has_groups = user.impersonate_groups.as_ref().is_some_and(|groups| !groups.is_empty());
    if has_groups && !is_set(&user.impersonate) {
        return Err(format!(
            "invalid configuration: requesting uid, groups or user-extra for {name} without impersonating a user"
        ));
    }
    Ok(())
}

/// client-go opens the file before it connects.
fn check_authority(cluster: &Cluster, name: &str) -> Result<(), String> {
    let Some(path) = cluster.certificate_authority.as_deref().filter(|path| !path.is_empty()) else { return Ok(()) };
    let why = match std::fs::File::open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(format!("invalid configuration: unable to read certificate-authority {path} for {name} due to open {path}: {why}"))
}

fn context(files: &Kubeconfig, options: &ConnectOptions) -> Result<Context, String> {
    let asked = options.context.as_deref().filter(|name| !name.is_empty());
    let Some(name) = asked.or(files.current_context.as_deref()).filter(|name| !name.is_empty()) else {
        return Ok(Context::default());
    };
    let found = files.contexts.iter().find(|named| named.name == name).and_then(|named| named.context.clone());
    found.ok_or_else(|| format!("context \"{name}\" does not exist"))
}

fn override_cluster(cluster: &mut Cluster, options: &ConnectOptions) {
    if let Some(server) = &options.apiserver {
        let address = if server.contains("://") { server.clone() } else { format!("http://{server}") };
        cluster.server = Some(address);
    }
    if cluster.server.is_none() {
        cluster.server = Some("http://localhost:8080".to_owned());
    }
    if let Some(file) = &options.ca_file {
        cluster.certificate_authority = Some(file.display().to_string());
        cluster.certificate_authority_data = None;
    }
    if options.insecure {
        cluster.insecure_skip_tls_verify = Some(true);
        cluster.certificate_authority = None;
        cluster.certificate_authority_data = None;
    }
    if let Some(name) = &options.tls_server_name {
        cluster.tls_server_name = Some(name.clone());
    }
}

fn override_user(user: &mut AuthInfo, options: &ConnectOptions) {
    if let Some(token) = &options.token {
        user.token = Some(token.clone().into());
        user.token_file = None;
    }
    if let Some(token) = user.token_file.as_deref().and_then(trimmed) {
        user.token = Some(token.into());
        user.token_file = None;
    }
    if let Some(name) = &options.as_user {
        user.impersonate = Some(name.clone());
    }
    if !options.as_groups.is_empty() {
        user.impersonate_groups = Some(options.as_groups.clone());
    }
}

/// The token of a file that ends with a line break, which is not the token's; `None` for one that can be sent as it is.
fn trimmed(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let token = text.trim_end();
    (token.len() < text.len()).then(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: u, user: {token: file-token}}]
contexts: [{name: one, context: {cluster: c, user: u, namespace: team}}, {name: two, context: {cluster: gone, user: u}}]
current-context: one
";

    fn chosen(options: &ConnectOptions) -> Result<Kubeconfig, String> {
        choose(&Kubeconfig::from_yaml(FILE).expect("valid"), options)
    }

    fn with(change: impl FnOnce(&mut ConnectOptions)) -> ConnectOptions {
        let mut options = ConnectOptions::default();
        change(&mut options);
        options
    }

    #[test]
    fn unknown_context_and_cluster_are_named() {
        let error = chosen(&with(|o| o.context = Some("nope".into()))).expect_err("no such context");
        assert_eq!(error, "context \"nope\" does not exist");
        let error = chosen(&with(|o| o.context = Some("two".into()))).expect_err("no such cluster");
        assert_eq!(error, "cluster \"gone\" does not exist");
    }

    #[test]
    fn explicit_file_must_exist() {
        let error = read_files(&with(|o| o.kubeconfig = Some("/nonexistent".into()))).expect_err("no file");
        assert_eq!(error, "stat /nonexistent: no such file or directory");
        assert!(read_files(&with(|o| o.kubeconfig_list = Some("/nonexistent".into()))).is_ok());
    }

    #[test]
    fn options_win_over_the_file() {
        let config = chosen(&with(|o| {
            o.apiserver = Some("https://other:2".into());
            o.namespace = Some("mine".into());
            o.as_user = Some("alice".into());
        }))
        .expect("valid");
        let cluster = config.clusters[0].cluster.as_ref().expect("one");
        assert_eq!(cluster.server.as_deref(), Some("https://other:2"));
        assert_eq!(config.contexts[0].context.as_ref().and_then(|c| c.namespace.as_deref()), Some("mine"));
        assert_eq!(config.auth_infos[0].auth_info.as_ref().and_then(|u| u.impersonate.as_deref()), Some("alice"));
    }

    #[test]
    fn a_missing_authority_is_named() {
        let error = chosen(&with(|o| o.ca_file = Some("/nonexistent".into()))).expect_err("no file");
        let text = "invalid configuration: unable to read certificate-authority /nonexistent for c due to open /nonexistent: \
                    no such file or directory";
        assert_eq!(error, text);
    }

    #[test]
    fn groups_need_a_user() {
        let error = chosen(&with(|o| o.as_groups = vec!["g".into()])).expect_err("no user");
        let text = "invalid configuration: requesting uid, groups or user-extra for u without impersonating a user";
        assert_eq!(error, text);
    }

    #[test]
    fn a_token_ends_before_the_line_break_of_its_file() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let read = |text: &str| {
            std::fs::write(file.path(), text).expect("written");
            trimmed(&file.path().display().to_string())
        };
        assert_eq!(["secret\n", "secret"].map(read), [Some("secret".to_owned()), None]);
        assert_eq!(trimmed("/nonexistent"), None);
    }

    #[test]
    fn no_file_means_localhost() {
        let config = choose(&Kubeconfig::default(), &ConnectOptions::default()).expect("valid");
        let cluster = config.clusters[0].cluster.as_ref().expect("one");
        assert_eq!(cluster.server.as_deref(), Some("http://localhost:8080"));
    }
}
