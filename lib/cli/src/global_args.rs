//! The flags that every subcommand takes.

use clap::Args;

/// Helm's global flags. A flag that is absent may have a default in the environment: see [`GlobalArgs::with_environment`].
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Print more, and raw YAML when it does not parse
    #[arg(long, global = true)]
    pub debug: bool,
    /// Colours: never, auto or always
    #[arg(long, global = true, alias = "colour", value_name = "MODE")]
    pub color: Option<String>,
    /// Whether output is coloured; see [`crate::color::is_colored`].
    #[arg(skip)]
    pub colored: bool,
    /// Namespace to work in
    #[arg(short, long, global = true)]
    pub namespace: Option<String>,
    /// The kubeconfig file
    #[arg(long, global = true)]
    pub kubeconfig: Option<String>,
    /// Context of the kubeconfig to use
    #[arg(long, global = true)]
    pub kube_context: Option<String>,
    /// Address of the API server
    #[arg(long, global = true)]
    pub kube_apiserver: Option<String>,
    /// Bearer token
    #[arg(long, global = true)]
    pub kube_token: Option<String>,
    /// User to impersonate
    #[arg(long, global = true)]
    pub kube_as_user: Option<String>,
    /// Group to impersonate (repeatable)
    #[arg(long, global = true)]
    pub kube_as_group: Vec<String>,
    /// Certificate authority of the API server
    #[arg(long, global = true)]
    pub kube_ca_file: Option<String>,
    /// Name to expect in the API server's certificate
    #[arg(long, global = true)]
    pub kube_tls_server_name: Option<String>,
    /// Do not verify the API server's certificate
    #[arg(long, global = true)]
    pub kube_insecure_skip_tls_verify: bool,
    /// Requests that may be sent at once before throttling begins
    #[arg(long, global = true, value_parser = crate::parse_int)]
    pub burst_limit: Option<i64>,
    /// Requests per second
    #[arg(long, global = true, value_parser = crate::parse_float)]
    pub qps: Option<f64>,
    /// File with the repositories
    #[arg(long, global = true)]
    pub repository_config: Option<String>,
    /// Folder of cached indexes
    #[arg(long, global = true)]
    pub repository_cache: Option<String>,
    /// Folder of downloaded charts
    #[arg(long, global = true)]
    pub content_cache: Option<String>,
    /// File with the credentials of registries
    #[arg(long, global = true)]
    pub registry_config: Option<String>,
}

impl GlobalArgs {
    /// Fills in what the environment says where the command line says nothing.
    #[must_use]
    pub fn with_environment(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let fill = |flag: &mut Option<String>, name| *flag = flag.take().or_else(|| variable(name));
        fill(&mut self.namespace, "HELM_NAMESPACE");
        fill(&mut self.kube_context, "HELM_KUBECONTEXT");
        fill(&mut self.kube_apiserver, "HELM_KUBEAPISERVER");
        fill(&mut self.kube_token, "HELM_KUBETOKEN");
        fill(&mut self.kube_as_user, "HELM_KUBEASUSER");
        fill(&mut self.kube_ca_file, "HELM_KUBECAFILE");
        fill(&mut self.kube_tls_server_name, "HELM_KUBETLS_SERVER_NAME");
        if self.kube_as_group.is_empty() {
            let groups = variable("HELM_KUBEASGROUPS").unwrap_or_default();
            self.kube_as_group = groups.split(',').filter(|group| !group.is_empty()).map(ToOwned::to_owned).collect();
        }
        let is_on =
            |name| variable(name).is_some_and(|value| matches!(value.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True"));
        self.debug |= is_on("HELM_DEBUG");
        self.kube_insecure_skip_tls_verify |= is_on("HELM_KUBEINSECURE_SKIP_TLS_VERIFY");
        self.burst_limit = self.burst_limit.or_else(|| variable("HELM_BURST_LIMIT")?.parse().ok());
        self.qps = self.qps.or_else(|| variable("HELM_QPS")?.parse().ok());
        self
    }
}
