//! Upgrading in a cluster and a store that are kept in memory.

use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::upgrade::UpgradeOptions;
use rhelm_lib::action::{Strategy, WaitOptions};

use rhelm_lib::store::StoreError;
use rhelm_testutil::world::{World, config_map};
use serde_json::json;

fn web() -> UpgradeOptions {
    UpgradeOptions { name: "web".into(), namespace: "default".into(), ..UpgradeOptions::default() }
}

fn installed(stream: &str) -> World {
    let world = World::default();
    let options = InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() };
    world.install(&options, stream).expect("installed");
    let _ = world.changes();
    world
}

#[test]
fn what_left_the_chart_is_deleted_and_what_is_as_it_was_is_not_written() {
    let world = installed(&[config_map("a", "", "a"), config_map("b", "", "b"), config_map("gone", "", "x")].concat());
    let stream = [config_map("a", "", "a"), config_map("b", "", "changed"), config_map("new", "", "n")].concat();
    let release = world.upgrade(&web(), &stream).expect("upgraded");
    assert_eq!(release.revision, 2);
    let expected = ["apply ConfigMap/default/b", "apply ConfigMap/default/new", "delete ConfigMap/default/gone"];
    assert_eq!(world.changes(), expected);
    assert_eq!(world.recorded(), ["superseded: Install complete", "deployed: Upgrade complete"]);
}

#[test]
fn an_upgrade_that_changes_nothing_writes_no_object() {
    let stream = [config_map("a", "", "a"), config_map("b", "", "b")].concat();
    let world = installed(&stream);
    world.upgrade(&web(), &stream).expect("upgraded");
    assert!(world.changes().is_empty());
}

#[test]
fn what_was_kept_and_comes_back_is_written() {
    let kept = |value: &str| config_map("k", "helm.sh/resource-policy: keep", value);
    let world = installed(&[config_map("a", "", "a"), kept("old")].concat());
    world.upgrade(&web(), &config_map("a", "", "a")).expect("upgraded");
    assert_eq!(world.objects(), ["ConfigMap/a", "ConfigMap/k"]);
    world.upgrade(&web(), &[config_map("a", "", "a"), kept("new")].concat()).expect("upgraded");
    assert_eq!(world.cluster.objects()[1]["data"], json!({"key": "new"}));
}

#[test]
fn what_is_pending_is_not_upgraded() {
    let world = installed(&config_map("a", "", "a"));
    (0..2).for_each(|_| world.refuse_record("replace deployed", StoreError::Failed("500".into())));
    let stream = config_map("a", "", "b");
    let error = world.upgrade(&web(), &stream).expect_err("not recorded");
    assert_eq!(error.to_string(), "release web is deployed, but its record could not be written: 500");
    let error = world.upgrade(&web(), &stream).expect_err("pending");
    assert_eq!(error.to_string(), "another operation (install/upgrade/rollback) is in progress");
}

#[test]
fn a_failure_leaves_the_old_revision_deployed_and_cleans_up_on_request() {
    let world = installed(&config_map("a", "", "a"));
    world.refuse("apply ConfigMap/default/c", 403);
    let options = UpgradeOptions { cleanup_on_fail: true, ..web() };
    let stream = [config_map("a", "", "b"), config_map("b", "", "b"), config_map("c", "", "c")].concat();
    let error = world.upgrade(&options, &stream).expect_err("refused");
    let text = "failed to create resource: server-side apply failed for object default/c /v1, Kind=ConfigMap: no";
    assert_eq!(error.to_string(), text);
    assert_eq!(world.objects(), ["ConfigMap/a"]);
    let failed = format!("failed: Upgrade \"web\" failed: {text}");
    assert_eq!(world.recorded(), ["deployed: Install complete".to_owned(), failed]);
}

#[test]
fn a_field_that_somebody_else_took_does_not_stop_the_way_back() {
    let world = installed(&[config_map("a", "", "a"), config_map("b", "", "b")].concat());
    // As the server does while another manager owns the field.
    world.refuse("apply ConfigMap/default/a", 409);
    let options = UpgradeOptions { rollback_on_failure: true, ..web() };
    let stream = [config_map("a", "", "x"), config_map("b", "", "y")].concat();
    let error = world.upgrade(&options, &stream).expect_err("a conflict");
    let text = "release web failed, and has been rolled back due to rollback-on-failure being set: \
                conflict occurred while applying object default/a /v1, Kind=ConfigMap: no";
    assert_eq!(error.to_string(), text);
    let data: Vec<_> = world.cluster.objects().iter().map(|object| object["data"]["key"].clone()).collect();
    assert_eq!(data, [json!("a"), json!("b")]);
    assert_eq!(world.recorded()[2], "deployed: Rollback to 1");
}

#[test]
fn the_way_back_undoes_what_an_earlier_upgrade_did_that_failed_too() {
    let world = installed(&[config_map("a", "", "green"), config_map("k", "", "k")].concat());
    let kept = config_map("k", "", "k");
    world.refuse("apply ConfigMap/default/z", 403);
    let broken = [config_map("a", "", "blue"), kept.clone(), config_map("z", "", "z")].concat();
    world.upgrade(&web(), &broken).expect_err("refused");
    assert_eq!(world.cluster.objects()[0]["data"], json!({"key": "blue"}));
    world.refuse("apply ConfigMap/default/h", 403);
    let _ = world.changes();
    let options = UpgradeOptions { rollback_on_failure: true, ..web() };
    let broken = [config_map("a", "", "red"), kept, config_map("h", "helm.sh/hook: pre-upgrade", "h")].concat();
    world.upgrade(&options, &broken).expect_err("refused before anything was touched");
    assert_eq!(world.cluster.objects()[0]["data"], json!({"key": "green"}));
    let changes = world.changes();
    assert!(changes.iter().all(|change| !change.ends_with("default/k")), "{changes:?}");
}

#[test]
fn what_the_failed_revision_lacks_is_told_of_on_the_way_back_and_left_alone() {
    let world = installed(&config_map("a", "", "a"));
    world.refuse("apply ConfigMap/default/b", 403);
    let options = UpgradeOptions { rollback_on_failure: true, ..web() };
    world.upgrade(&options, &config_map("b", "", "b")).expect_err("refused");
    let failed = "failed to create resource: server-side apply failed for object default/b /v1, Kind=ConfigMap: no";
    let told = [
        format!("WARN upgrade failed name=web error={failed}"),
        "WARN resource exists on cluster but not in original release, using cluster state as baseline \
         namespace=default name=a kind=ConfigMap"
            .to_owned(),
    ];
    assert_eq!(world.told(), told);
    let changes = world.changes();
    assert!(changes.iter().all(|change| !change.ends_with("default/a")), "{changes:?}");
}

#[test]
fn the_way_back_waits_for_what_it_leaves_alone() {
    let claim = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\n";
    let world = installed(&[&config_map("a", "", "a"), claim].concat());
    let wait = WaitOptions { strategy: Strategy::Watcher, ..WaitOptions::default() };
    let options = UpgradeOptions { rollback_on_failure: true, wait, ..web() };
    let error = world.upgrade(&options, &[&config_map("a", "", "b"), claim].concat()).expect_err("never bound");
    let unready = "resource PersistentVolumeClaim/default/c not ready. status: InProgress, message: PVC is not Bound. phase: unknown\n\
                   context deadline exceeded";
    let text = format!(
        "an error occurred while rolling back the release. original upgrade error: {unready}: release web failed: {unready}"
    );
    assert_eq!(error.to_string(), text);
    let states: Vec<_> = world.recorded().iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(states, ["deployed", "failed", "failed"]);
}
