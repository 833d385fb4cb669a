//! What becomes of the files of `crds/`, in a cluster and a store that are kept in memory.

use rhelm_lib::action::Crds;
use rhelm_lib::action::DryRun;
use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::upgrade::UpgradeOptions;
use rhelm_testutil::world::{World, config_map};
use serde_json::json;

fn definition(versions: &[(&str, bool)]) -> String {
    let version = |(name, served): &(&str, bool)| json!({"name": name, "served": served, "storage": *name == versions[0].0, "schema": {"openAPIV3Schema": {"type": "object"}}});
    let spec = json!({
        "group": "example.com", "scope": "Namespaced", "versions": versions.iter().map(version).collect::<Vec<_>>(),
        "names": {"plural": "gadgets", "singular": "gadget", "kind": "Gadget"},
    });
    let metadata = json!({"name": "gadgets.example.com"});
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata, "spec": spec})
        .to_string()
}

/// A release of a chart with a definition whose objects are stored in `v1`.
fn installed() -> World {
    let mut world = World::default();
    world.crds = vec![definition(&[("v1", true), ("v1alpha1", true)])];
    let options = InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() };
    world.install(&options, &config_map("a", "", "a")).expect("installed");
    let mut live = world.cluster.objects().into_iter().find(|object| object["kind"] == "CustomResourceDefinition");
    if let Some(live) = &mut live {
        live["status"]["storedVersions"] = json!(["v1"]);
        world.cluster.put(live.clone());
    }
    let _ = world.changes();
    world
}

fn upgrade(world: &World, crds: Crds, dry_run: DryRun) -> Result<(), String> {
    let options =
        UpgradeOptions { name: "web".into(), namespace: "default".into(), crds, dry_run, ..UpgradeOptions::default() };
    world.upgrade(&options, &config_map("a", "", "a")).map(drop).map_err(|error| error.to_string())
}

const APPLIED: &str = "apply CustomResourceDefinition//gadgets.example.com";

#[test]
fn an_upgrade_leaves_definitions_alone_unless_it_is_told_otherwise() {
    let mut world = installed();
    world.crds = vec![definition(&[("v2", true), ("v1", true), ("v1alpha1", true)])];
    for crds in [Crds::Create, Crds::Skip] {
        upgrade(&world, crds, DryRun::None).expect("upgraded");
        assert_eq!(world.changes(), Vec::<String>::new());
    }
    upgrade(&world, Crds::Upgrade, DryRun::Server).expect("nothing is done");
    assert_eq!(world.changes(), Vec::<String>::new());
    upgrade(&world, Crds::Upgrade, DryRun::None).expect("upgraded");
    assert_eq!(world.changes(), [APPLIED]);
}

#[test]
fn versions_in_use_are_not_lost() {
    let mut world = installed();
    let end = "; migrate the objects first, or leave the CRDs alone with --crds=skip";
    let refused = |what: &str| Err(format!("the CRDs cannot be upgraded: gadgets.example.com: {what}{end}"));
    world.crds = vec![definition(&[("v2", true), ("v1alpha1", true)])];
    let stored = refused("version v1 would be removed, and objects are stored in it");
    assert_eq!(upgrade(&world, Crds::Upgrade, DryRun::None), stored);
    assert_eq!(upgrade(&world, Crds::Upgrade, DryRun::Server), stored);
    world.crds = vec![definition(&[("v1", true), ("v1alpha1", false)])];
    let unserved = refused("version v1alpha1 would no longer be served");
    assert_eq!(upgrade(&world, Crds::Upgrade, DryRun::None), unserved);
    assert_eq!(world.changes(), Vec::<String>::new());
    assert_eq!(world.recorded(), ["deployed: Install complete"]);
}

#[test]
fn an_installation_checks_definitions_that_are_there() {
    let mut world = installed();
    world.crds = vec![definition(&[("v2", true)])];
    let options = InstallOptions { name: "b".into(), namespace: "default".into(), ..InstallOptions::default() };
    let checked = InstallOptions { crds: Crds::Upgrade, ..options.clone() };
    let error = world.install(&checked, &config_map("b", "", "b")).expect_err("a version is lost");
    assert!(error.to_string().starts_with("the CRDs cannot be upgraded: "), "{error}");
    let skipped = InstallOptions { crds: Crds::Skip, ..options };
    world.install(&skipped, &config_map("b", "", "b")).expect("installed");
    assert_eq!(world.changes(), ["apply ConfigMap/default/b"]);
}
