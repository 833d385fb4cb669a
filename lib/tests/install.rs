//! Installing in a cluster and a store that are kept in memory.

use rhelm_lib::action::DryRun;
use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::store::StoreError;
use rhelm_testutil::world::{World, config_map};
use serde_json::json;

fn web() -> InstallOptions {
    InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() }
}

#[test]
fn hooks_run_around_the_objects_by_weight() {
    let world = World::default();
    let hook = |name: &str, annotations: &str| config_map(name, &format!("helm.sh/hook: {annotations}"), "a");
    let stream = [
        config_map("a", "", "a"),
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n".to_owned(),
        hook("late", "post-install, helm.sh/hook-delete-policy: hook-succeeded"),
        hook("second", "pre-install, helm.sh/hook-weight: \"1\""),
        hook("first", "pre-install"),
    ];
    let release = world.install(&web(), &stream.concat()).expect("installed");
    assert_eq!(release.apply_method, "ssa");
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
    assert_eq!(world.changes(), expected);
    assert_eq!(world.recorded(), ["deployed: Install complete"]);
}

#[test]
fn a_name_in_use_is_refused_and_a_failed_one_can_be_replaced() {
    let world = World::default();
    world.refuse("apply ConfigMap/default/b", 403);
    let stream = [config_map("b", "", "a"), config_map("c", "", "a")].concat();
    let text = "server-side apply failed for object default/b /v1, Kind=ConfigMap: no";
    assert_eq!(world.install(&web(), &stream).expect_err("refused").to_string(), text);
    assert_eq!(world.recorded(), [format!("failed: Release \"web\" failed: {text}")]);
    assert_eq!(world.objects(), ["ConfigMap/c"], "the others are there all the same");
    let error = world.install(&web(), &stream).expect_err("in use").to_string();
    assert_eq!(error, "release name check failed: cannot reuse a name that is still in use");
    world.cluster.refuse_nothing();
    let again = InstallOptions { replace: true, ..web() };
    assert_eq!(world.install(&again, &stream).expect("installed").revision, 2);
    assert_eq!(world.recorded()[1], "deployed: Install complete");
}

#[test]
fn a_name_is_not_free_because_it_cannot_be_looked_up() {
    let world = World::default();
    world.refuse_record("heads", StoreError::Failed("no list today".into()));
    let error = world.install(&web(), &config_map("a", "", "a")).expect_err("unknown").to_string();
    assert_eq!(error, "release name check failed: no list today");
    assert_eq!((world.recorded(), world.changes()), (vec![], vec![]));
}

#[test]
fn what_is_not_recorded_is_not_called_deployed() {
    for (times, expected) in [(1, "deployed: Install complete"), (2, "pending-install: Initial install underway")] {
        let world = World::default();
        (0..times).for_each(|_| world.refuse_record("replace deployed", StoreError::Failed("500".into())));
        let result = world.install(&web(), &config_map("a", "", "a"));
        assert_eq!(result.is_ok(), times == 1, "a failure that passes is got over");
        if let Err(error) = result {
            let text = "release web is deployed, but its record could not be written: 500";
            assert_eq!(error.to_string(), text);
        }
        assert_eq!(world.recorded(), [expected]);
    }
}

#[test]
fn nothing_is_left_of_what_is_refused_beforehand() {
    let world = World::default();
    world
        .cluster
        .put(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "taken", "namespace": "default"}}));
    let building = "unable to build kubernetes objects from release manifest";
    let cases = [
        (
            config_map("taken", "", "a"),
            "unable to continue with install: ConfigMap \"taken\" in namespace \"default\" exists and cannot be imported into the \
             current release: invalid ownership metadata; label validation error: missing key \"app.kubernetes.io/managed-by\": must \
             be set to \"Helm\"; annotation validation error: missing key \"meta.helm.sh/release-name\": must be set to \"web\"; \
             annotation validation error: missing key \"meta.helm.sh/release-namespace\": must be set to \"default\""
                .to_owned(),
        ),
        (
            "---\nkind: ConfigMap\n".to_owned(),
            format!("{building}: error validating \"\": error validating data: apiVersion not set"),
        ),
        (
            "---\napiVersion: a/v1\nkind: B\nmetadata: {name: x}\n".to_owned(),
            format!(
                "{building}: resource mapping not found for name: \"x\" namespace: \"\" from \"\": no matches for kind \"B\" in \
                 version \"a/v1\"\nensure CRDs are installed first"
            ),
        ),
        (
            [config_map("a", "", "a"), config_map("b", "", "b").replace("name: b", "name: a")].concat(),
            format!(
                "{building}: ConfigMap \"a\" in namespace \"default\" is defined twice: in c/templates/a.yaml and in c/templates/b.yaml"
            ),
        ),
    ];
    for (stream, expected) in cases {
        assert_eq!(world.install(&web(), &stream).expect_err("refused").to_string(), expected);
        assert_eq!((world.recorded(), world.objects()), (vec![], vec!["ConfigMap/taken".to_owned()]));
    }
}

#[test]
fn the_last_of_an_object_that_is_defined_twice_wins_on_request() {
    let world = World::default();
    let stream = [config_map("a", "", "first"), config_map("a", "", "second")].concat();
    let options = InstallOptions { last_wins: true, ..web() };
    world.install(&options, &stream).expect("installed");
    assert_eq!(world.cluster.objects()[0]["data"], json!({"key": "second"}));
}

#[test]
fn a_failure_is_undone_on_request() {
    let world = World::default();
    world.refuse("apply ConfigMap/default/b", 403);
    let options = InstallOptions { rollback_on_failure: true, ..web() };
    let stream = [config_map("a", "", "a"), config_map("b", "", "a")].concat();
    let error = world.install(&options, &stream).expect_err("refused");
    let text = "release web failed, and has been uninstalled due to rollback-on-failure being set: \
                server-side apply failed for object default/b /v1, Kind=ConfigMap: no";
    assert_eq!(error.to_string(), text);
    assert_eq!((world.recorded(), world.objects()), (vec![], vec![]));
}

#[test]
fn a_hook_that_is_being_deleted_is_not_made_again() {
    let world = World::default();
    let held = json!({"name": "h", "namespace": "default", "finalizers": ["a/b"]});
    world.cluster.put(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": held}));
    let error = world.install(&web(), &config_map("h", "helm.sh/hook: pre-install", "a")).expect_err("it is still there");
    let text = "failed pre-install: resource ConfigMap/default/h still exists. status: Terminating, \
                message: Resource scheduled for deletion\ncontext deadline exceeded";
    assert_eq!(error.to_string(), text);
    assert_eq!(world.changes(), ["delete ConfigMap/default/h"]);
}

#[test]
fn hidden_secrets_are_hidden_in_hooks_too() {
    let secret = |name: &str, hook: &str| {
        format!(
            "---\n# Source: c/s.yaml\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, annotations: {{{hook}}}}}\n"
        )
    };
    let options = InstallOptions { hide_secret: true, dry_run: DryRun::Server, ..web() };
    let stream = [secret("a", ""), secret("b", "helm.sh/hook: pre-install")].concat();
    let release = World::default().install(&options, &stream).expect("shown");
    let hidden = "# HIDDEN: The Secret output has been suppressed";
    assert_eq!(release.manifest, format!("---\n# Source: c/s.yaml\n{hidden}\n"));
    assert_eq!(release.hooks[0].hook.manifest.content, hidden);
}
