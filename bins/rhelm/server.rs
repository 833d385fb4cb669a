//! What a render may ask the cluster: `.Capabilities`, and `lookup`.

use super::connect::{Connected, connect as reach};
use rhelm_cli::template::Server;
use rhelm_cli::{Failure, GlobalArgs, print_logs};
use rhelm_lib::action::check_installable;
use rhelm_lib::cluster::{Cluster, ClusterError, ObjectId};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::manifest::Manifests;
use rhelm_lib::render::{Capabilities, KubeVersion, Lookup, LookupError, ReleaseFacts};
use serde_json::Value as Json;
use std::sync::{Arc, OnceLock};

/// Reaches the cluster and asks what it serves.
///
/// # Errors
/// When it cannot be reached.
pub(crate) fn connect(global: &GlobalArgs) -> Result<Server, Failure> {
    let connected = reach(global)?;
    let info = connected.runtime.block_on(connected.cluster.capabilities())?;
    let kube_version = KubeVersion::parse(&info.git_version)?;
    let capabilities = Capabilities { kube_version, api_versions: info.api_versions };
    let live = Arc::new(Live(connected));
    let lookup = Arc::clone(&live);
    let check = Box::new(move |manifests: &Manifests, release: &ReleaseFacts, take_ownership: bool| {
        let Connected { runtime, cluster } = &live.0;
        let (name, namespace) = (&release.name, &release.namespace);
        Ok(runtime.block_on(check_installable(cluster, manifests, name, namespace, take_ownership))?)
    });
    Ok(Server { capabilities, lookup, check })
}

/// A `lookup` that connects when it is first asked.
pub(crate) fn lookup(global: &GlobalArgs) -> Arc<dyn Lookup> {
    Arc::new(OnDemand { global: global.clone(), live: OnceLock::new() })
}

struct OnDemand {
    global: GlobalArgs,
    live: OnceLock<Result<Live, String>>,
}

impl Lookup for OnDemand {
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<goyaml::Value, LookupError> {
        let live = self.live.get_or_init(|| reach(&self.global).map(Live).map_err(|error| error.to_string()));
        let live = live.as_ref().map_err(|error| LookupError(error.clone()))?;
        live.lookup(api_version, kind, namespace, name)
    }
}

struct Live(Connected);

impl Lookup for Live {
    fn lookup(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<goyaml::Value, LookupError> {
        let found = self.0.runtime.block_on(self.find(api_version, kind, namespace, name));
        let found = match found {
            Err(ClusterError::NoMatch { .. }) => self.0.runtime.block_on(self.unknown(api_version, kind, name))?,
            found => found.map_err(|error| LookupError(error.to_string()))?,
        };
        Ok(found.as_ref().map_or_else(|| goyaml::Value::Map(goyaml::Map::new()), plain))
    }
}

impl Live {
    async fn find(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Option<Json>, ClusterError> {
        let cluster = &self.0.cluster;
        if name.is_empty() {
            return cluster.list(api_version, kind, namespace).await.map(Some);
        }
        let id = ObjectId {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        cluster.get(&id).await
    }

    /// What Helm finds of a kind that is not served: nothing if its version is, else an error.
    async fn unknown(&self, api_version: &str, kind: &str, name: &str) -> Result<Option<Json>, LookupError> {
        let served = self.0.cluster.capabilities().await.map_err(|error| LookupError(error.to_string()))?.api_versions;
        if served.iter().any(|served| served == api_version) {
            return Ok(name.is_empty().then(|| serde_json::json!({"items": []})));
        }
        let (group, version) = match api_version.split_once('/') {
            None => ("", api_version),
            Some((group, version)) if !version.contains('/') => (group, version),
            Some(_) => ("", ""),
        };
        let cause = match version {
            "" => "groupVersion shouldn't be empty",
            _ => "the server could not find the requested resource",
        };
        let kind = format!("{group}/{version}, Kind={kind}");
        let log = |message: &str, field: (&'static str, String)| {
            let fields = vec![field, ("error", cause.to_owned())];
            Log { level: Level::Error, message: message.to_owned(), fields }
        };
        let group_version = if version.is_empty() { "" } else { api_version };
        let list = log("unable to retrieve resource list", ("GroupVersion", group_version.to_owned()));
        print_logs(&[list, log("unable to get apiresource", ("groupVersionKind", kind.clone()))], false);
        Err(LookupError(format!("unable to get apiresource from unstructured: {kind}: {cause}")))
    }
}

/// Whole numbers stay integers, as in objects that come from a server.
fn plain(json: &Json) -> goyaml::Value {
    match json {
        Json::Null => goyaml::Value::Null,
        Json::Bool(flag) => goyaml::Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(number) => goyaml::Value::Int(number),
            None => goyaml::Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => goyaml::Value::String(text.clone()),
        Json::Array(items) => goyaml::Value::List(items.iter().map(plain).collect()),
        Json::Object(entries) => {
            goyaml::Value::Map(entries.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
    }
}
