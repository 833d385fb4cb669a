//! Installing and uninstalling in a cluster and a store that are kept in memory.

use rhelm_lib::action::install::{self, InstallError, InstallInput, InstallOptions};
use rhelm_lib::action::uninstall::{self, UninstallOptions};
use rhelm_lib::action::{Context, WaitOptions, WaitStrategy};
use rhelm_lib::chart::{Chart, Metadata};
use rhelm_lib::cluster::ClusterError;
use rhelm_lib::cluster::memory::MemoryCluster;
use rhelm_lib::manifest::collect;
use rhelm_lib::release::{Release, Status};
use rhelm_lib::store::Store;
use rhelm_lib::store::memory::MemoryDriver;
use serde_json::json;
use std::future::Future;
use std::pin::pin;
use std::task::{Poll, Waker};

/// Runs what never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut std::task::Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory never waits"),
    }
}

struct World {
    cluster: MemoryCluster,
    store: Store,
}

impl World {
    fn new() -> Self {
        Self { cluster: MemoryCluster::new(), store: Store::new(Box::new(MemoryDriver::default()), || 1_700_000_000) }
    }

    fn run<T>(&self, operation: impl AsyncFnOnce(Context<'_>) -> T) -> T {
        let time = || "2026-01-02T03:04:05Z".to_owned();
        now(operation(Context { cluster: &self.cluster, store: &self.store, now: &time, log: &|_| {} }))
    }

    fn install(&self, options: &InstallOptions, stream: &str) -> Result<Release, InstallError> {
        let (manifests, _) = collect::read(stream).expect("documents");
        let metadata = Metadata { name: "c".into(), version: "1.0.0".into(), ..Metadata::default() };
        let chart = Chart { metadata, ..Chart::default() };
        self.run(async |context| {
            install::begin(context, options).await?;
            install::install(context, options, InstallInput { chart, manifests, ..InstallInput::default() }).await
        })
    }

    /// Status and description of each revision.
    fn recorded(&self) -> Vec<(Status, String)> {
        let all = now(self.store.history("default", "web")).expect("records");
        all.into_iter().map(|release| (release.info.status, release.info.description)).collect()
    }
}

fn web() -> InstallOptions {
    InstallOptions { name: "web".into(), ..InstallOptions::default() }
}

fn config_map(name: &str, annotations: &str) -> String {
    format!(
        "---\n# Source: c/templates/{name}.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations: {{{annotations}}}\n"
    )
}

#[test]
fn hooks_run_around_the_objects_in_the_order_of_kinds() {
    let world = World::new();
    let hook = |name: &str, annotations: &str| config_map(name, &format!("helm.sh/hook: {annotations}"));
    let stream = [
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n".to_owned(),
        config_map("a", ""),
        hook("late", "post-install, helm.sh/hook-delete-policy: hook-succeeded"),
        hook("second", "pre-install, helm.sh/hook-weight: \"1\""),
        hook("first", "pre-install"),
    ];
    let release = world.install(&web(), &stream.concat()).expect("installed");
    assert_eq!((release.info.status, release.apply_method.as_str()), (Status::Deployed, "ssa"));
    let calls: Vec<String> = world.cluster.take_calls().into_iter().filter(|call| !call.starts_with("get")).collect();
    let expected = [
        "delete ConfigMap/default/first",
        "apply ConfigMap/default/first",
        "delete ConfigMap/default/second",
        "apply ConfigMap/default/second",
        "apply ConfigMap/default/a",
        "apply Service/default/s",
        "apply ConfigMap/default/late",
        "delete ConfigMap/default/late",
    ];
    assert_eq!(calls, expected);
    assert_eq!(world.recorded(), [(Status::Deployed, "Install complete".to_owned())]);
}

#[test]
fn a_name_in_use_is_refused_and_a_failed_one_can_be_replaced() {
    let world = World::new();
    let refused = ClusterError::Api { code: 403, reason: "Forbidden".into(), message: "no".into() };
    world.cluster.refuse("apply ConfigMap/default/b", refused);
    let stream = [config_map("b", ""), config_map("c", "")].concat();
    let error = world.install(&web(), &stream).expect_err("refused");
    let text = "server-side apply failed for object default/b /v1, Kind=ConfigMap: no";
    assert_eq!(error.to_string(), text);
    assert_eq!(world.recorded(), [(Status::Failed, format!("Release \"web\" failed: {text}"))]);
    assert_eq!(world.cluster.objects().len(), 1, "the others are there all the same");
    assert_eq!(world.install(&web(), &stream), Err(InstallError::InUse));
    world.cluster.refuse_nothing();
    let again = InstallOptions { replace: true, ..web() };
    assert_eq!(world.install(&again, &stream).expect("installed").revision, 2);
    assert_eq!(world.recorded()[1], (Status::Deployed, "Install complete".to_owned()));
}

#[test]
fn nothing_is_left_of_what_is_refused_beforehand() {
    let world = World::new();
    world
        .cluster
        .put(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "taken", "namespace": "default"}}));
    let cases = [
        (
            config_map("taken", ""),
            "unable to continue with install: ConfigMap \"taken\" in namespace \"default\" exists and cannot be imported into the \
             current release: invalid ownership metadata; label validation error: missing key \"app.kubernetes.io/managed-by\": must \
             be set to \"Helm\"; annotation validation error: missing key \"meta.helm.sh/release-name\": must be set to \"web\"; \
             annotation validation error: missing key \"meta.helm.sh/release-namespace\": must be set to \"default\"",
        ),
        (
            "---\nkind: ConfigMap\n".to_owned(),
            "unable to build kubernetes objects from release manifest: error validating \"\": error validating data: apiVersion not set",
        ),
        (
            "---\napiVersion: a/v1\nkind: B\nmetadata: {name: x}\n".to_owned(),
            "unable to build kubernetes objects from release manifest: resource mapping not found for name: \"x\" namespace: \"\" from \
             \"\": no matches for kind \"B\" in version \"a/v1\"\nensure CRDs are installed first",
        ),
        (
            [config_map("a", ""), config_map("a", "")].concat(),
            "unable to build kubernetes objects from release manifest: ConfigMap \"a\" in namespace \"default\" is in both \
             c/templates/a.yaml and c/templates/a.yaml",
        ),
    ];
    for (stream, expected) in cases {
        assert_eq!(world.install(&web(), &stream).expect_err("refused").to_string(), expected);
        assert_eq!((world.recorded(), world.cluster.objects().len()), (vec![], 1));
    }
    let bad = InstallOptions { name: "Bad".into(), ..InstallOptions::default() };
    assert!(matches!(world.install(&bad, ""), Err(InstallError::Name(..))));
}

#[test]
fn a_failure_is_undone_on_request() {
    let world = World::new();
    let refused = ClusterError::Api { code: 403, reason: "Forbidden".into(), message: "no".into() };
    world.cluster.refuse("apply ConfigMap/default/b", refused);
    let options = InstallOptions { rollback_on_failure: true, ..web() };
    let error = world.install(&options, &[config_map("a", ""), config_map("b", "")].concat()).expect_err("refused");
    let text = "release web failed, and has been uninstalled due to rollback-on-failure being set: \
                server-side apply failed for object default/b /v1, Kind=ConfigMap: no";
    assert_eq!(error.to_string(), text);
    assert_eq!((world.recorded(), world.cluster.objects()), (vec![], vec![]));
}

#[test]
fn uninstalling_leaves_what_is_not_its_own() {
    let world = World::new();
    let stream = [config_map("a", ""), config_map("kept", "helm.sh/resource-policy: keep"), config_map("stolen", "")];
    world.install(&web(), &stream.concat()).expect("installed");
    world
        .cluster
        .put(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "stolen", "namespace": "default"}}));
    let options = UninstallOptions { keep_history: true, ..UninstallOptions::default() };
    let done = world.run(async |context| uninstall::uninstall(context, &options, "web").await).expect("uninstalled");
    let info = "These resources were kept due to the resource policy:\n[ConfigMap] kept\n\
                1 resource(s) were not deleted because they are not owned by this release:\n[ConfigMap] stolen\n";
    assert_eq!(done.info, info);
    assert_eq!(world.cluster.objects().len(), 2);
    assert_eq!(world.recorded(), [(Status::Uninstalled, "Uninstallation complete".to_owned())]);
    let again = world.run(async |context| uninstall::uninstall(context, &options, "web").await).expect_err("refused");
    assert_eq!(again.to_string(), "the release named \"web\" is already deleted");
    let purge = UninstallOptions::default();
    world.run(async |context| uninstall::uninstall(context, &purge, "web").await).expect("purged");
    assert_eq!(world.recorded(), []);
}

#[test]
fn records_stay_as_long_as_objects_do() {
    let world = World::new();
    let held = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [a/b]}\n";
    world.install(&web(), held).expect("installed");
    let wait = WaitOptions { strategy: WaitStrategy::Watcher, ..WaitOptions::default() };
    let options = UninstallOptions { wait, ..UninstallOptions::default() };
    let error = world.run(async |context| uninstall::uninstall(context, &options, "web").await).expect_err("held");
    assert!(
        error
            .to_string()
            .starts_with("uninstallation completed with 1 error(s): resource ConfigMap/default/held still exists.")
    );
    assert_eq!(world.recorded()[0].0, Status::Uninstalling);
}
