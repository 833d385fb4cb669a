//! Uninstalling in a cluster and a store that are kept in memory.

use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::uninstall::{UninstallOptions, Uninstalled, uninstall};
use rhelm_lib::action::{Error, Strategy, WaitOptions};
use rhelm_lib::store::StoreError;
use rhelm_testutil::world::{World, config_map};
use serde_json::json;

fn installed(stream: &str) -> World {
    let world = World::default();
    let options = InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() };
    world.install(&options, stream).expect("installed");
    world
}

fn remove(world: &World, options: &UninstallOptions) -> Result<Uninstalled, Error> {
    world.run(async |context| uninstall(context, "default", "web", options).await)
}

#[test]
fn what_is_not_its_own_is_left() {
    let keep = config_map("kept", "helm.sh/resource-policy: keep", "a");
    let world = installed(&[config_map("a", "", "a"), keep, config_map("stolen", "", "a")].concat());
    world
        .cluster
        .put(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "stolen", "namespace": "default"}}));
    let options = UninstallOptions { keep_history: true, ..UninstallOptions::default() };
    let kept = "These resources were kept due to the resource policy:\n[ConfigMap] kept\n\n\
                1 resource(s) were not deleted because they are not owned by this release:\n[ConfigMap] stolen\n";
    assert_eq!(remove(&world, &options).expect("uninstalled").kept, kept);
    assert_eq!(world.objects(), ["ConfigMap/kept", "ConfigMap/stolen"]);
    assert_eq!(world.recorded(), ["uninstalled: Uninstallation complete"]);
    let again = remove(&world, &options).expect_err("refused");
    assert_eq!(again.to_string(), "the release named \"web\" is already deleted");
    remove(&world, &UninstallOptions::default()).expect("purged");
    assert!(world.recorded().is_empty());
}

#[test]
fn the_record_stays_as_long_as_objects_do() {
    let held = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [a/b]}\n";
    let world = installed(held);
    let wait = WaitOptions { strategy: Strategy::Watcher, ..WaitOptions::default() };
    let error = remove(&world, &UninstallOptions { wait, ..UninstallOptions::default() }).expect_err("held");
    let text = "uninstallation completed with 1 error(s): resource ConfigMap/default/held still exists. status: Terminating, \
                message: Resource scheduled for deletion\ncontext deadline exceeded";
    assert_eq!(error.to_string(), text);
    assert_eq!(world.recorded(), ["uninstalling: Deletion in progress (or silently failed)"]);
}

#[test]
fn the_record_stays_when_objects_may_not_be_seen_or_deleted() {
    let denied = [
        (
            "get",
            "uninstallation completed with 1 error(s): ownership of ConfigMap \"a\" in namespace \"default\" could not be verified: no",
        ),
        ("delete", "failed to delete release: web: no"),
    ];
    for (verb, text) in denied {
        let world = installed(&config_map("a", "", "a"));
        world.refuse(&format!("{verb} ConfigMap/default/a"), 403);
        assert_eq!(remove(&world, &UninstallOptions::default()).expect_err("denied").to_string(), text);
        assert_eq!(world.recorded(), ["uninstalling: Deletion in progress (or silently failed)"]);
        world.cluster.refuse_nothing();
        remove(&world, &UninstallOptions::default()).expect("it can be done again");
        assert_eq!((world.recorded(), world.objects()), (vec![], vec![]));
    }
}

#[test]
fn only_absence_counts_as_not_found() {
    let ignoring = UninstallOptions { ignore_not_found: true, ..UninstallOptions::default() };
    let world = World::default();
    assert!(remove(&world, &ignoring).expect("nothing to do").release.is_none());
    let world = installed(&config_map("a", "", "a"));
    world.refuse_record("heads", StoreError::Denied("you may not".into()));
    let error = remove(&world, &ignoring).expect_err("denied");
    assert_eq!(error.to_string(), "uninstall: Release not loaded: web: you may not");
    assert_eq!((world.recorded().len(), world.objects().len()), (1, 1));
}
