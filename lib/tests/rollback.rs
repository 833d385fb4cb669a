//! Rolling back in a cluster and a store that are kept in memory.

use rhelm_lib::action::Error;
use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::rollback::{RollbackOptions, rollback};
use rhelm_lib::action::upgrade::UpgradeOptions;
use rhelm_lib::release::Release;
use rhelm_testutil::world::{World, config_map};

fn options() -> RollbackOptions {
    RollbackOptions { name: "web".into(), namespace: "default".into(), ..RollbackOptions::default() }
}

/// A release with two revisions.
fn upgraded(first: &str, second: &str) -> World {
    let world = World::default();
    let install = InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() };
    world.install(&install, first).expect("installed");
    let upgrade = UpgradeOptions { name: "web".into(), namespace: "default".into(), ..UpgradeOptions::default() };
    world.upgrade(&upgrade, second).expect("upgraded");
    let _ = world.changes();
    world
}

fn back(world: &World, options: &RollbackOptions) -> Result<Release, Error> {
    world.run(async |context| rollback(context, options).await)
}

#[test]
fn the_objects_of_the_revision_before_come_back() {
    let first = [config_map("a", "", "1"), config_map("b", "", "1")].concat();
    let world = upgraded(&first, &[config_map("a", "", "2"), config_map("c", "", "2")].concat());
    let release = back(&world, &options()).expect("rolled back");
    assert_eq!((release.revision, release.info.rollback_revision), (3, 1));
    let expected = ["apply ConfigMap/default/a", "apply ConfigMap/default/b", "delete ConfigMap/default/c"];
    assert_eq!(world.changes(), expected);
    let recorded = ["superseded: Install complete", "superseded: Upgrade complete", "deployed: Rollback to 1"];
    assert_eq!(world.recorded(), recorded);
    let error = back(&world, &RollbackOptions { revision: 9, ..options() }).expect_err("no such revision");
    assert_eq!(error.to_string(), "release has no 9 version");
}

#[test]
fn a_hook_that_fails_does_not_block_upgrades() {
    let hook = config_map("h", "helm.sh/hook: pre-rollback", "x");
    let world = upgraded(&[config_map("a", "", "1"), hook].concat(), &config_map("a", "", "2"));
    world.refuse("apply ConfigMap/default/h", 403);
    let error = back(&world, &options()).expect_err("refused");
    let text = "warning: Hook pre-rollback c/templates/h.yaml failed: \
                server-side apply failed for object default/h /v1, Kind=ConfigMap: no";
    assert_eq!(error.to_string(), text);
    assert_eq!(world.recorded()[2], format!("failed: Rollback \"web\" failed: {text}"));
    let upgrade = UpgradeOptions { name: "web".into(), namespace: "default".into(), ..UpgradeOptions::default() };
    world.upgrade(&upgrade, &config_map("a", "", "3")).expect("upgraded");
}

#[test]
fn the_error_is_not_hidden_by_a_clean_up_of_nothing() {
    let world = upgraded(&config_map("a", "", "1"), &config_map("a", "", "2"));
    world.refuse("apply ConfigMap/default/a", 403);
    let error = back(&world, &RollbackOptions { cleanup_on_fail: true, ..options() }).expect_err("refused");
    let text = "server-side apply failed for object default/a /v1, Kind=ConfigMap: no";
    assert_eq!(error.to_string(), text);
    let failed = format!("failed: Rollback \"web\" failed: {text}");
    assert_eq!(world.recorded()[1..], ["superseded: Upgrade complete".to_owned(), failed]);
}
