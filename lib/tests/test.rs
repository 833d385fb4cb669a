//! Testing a release in a cluster and a store that are kept in memory.

use rhelm_lib::action::Error;
use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::test::{TestOptions, Tested, test};
use rhelm_testutil::world::{World, config_map};

fn installed() -> World {
    let world = World::default();
    let tests = ["a", "b"].map(|name| config_map(name, "helm.sh/hook: test", "x"));
    let options = InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() };
    world.install(&options, &tests.concat()).expect("installed");
    let _ = world.changes();
    world
}

fn tested(world: &World, include: &[&str], exclude: &[&str]) -> Result<Tested, Error> {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (include, exclude) = (texts(include), texts(exclude));
    let options =
        TestOptions { name: "web".into(), namespace: "default".into(), include, exclude, ..TestOptions::default() };
    world.run(async |context| test(context, &options).await)
}

#[test]
fn tests_that_are_left_out_come_first_on_record() {
    let world = installed();
    let done = tested(&world, &[], &["b"]).expect("tested");
    done.result.expect("well");
    let hooks: Vec<_> = done.release.hooks.iter().map(|hook| (&*hook.hook.manifest.head.name, &*hook.phase)).collect();
    assert_eq!(hooks, [("b", ""), ("a", "Succeeded")]);
    assert_eq!(world.changes(), ["delete ConfigMap/default/a", "apply ConfigMap/default/a"]);
    assert_eq!(world.recorded(), ["deployed: Install complete"]);
}

#[test]
fn a_test_that_does_not_exist_is_not_all_tests() {
    let world = installed();
    let error = tested(&world, &["c"], &[]).expect_err("unknown");
    assert_eq!(error.to_string(), "release web has no test named c");
    assert!(world.changes().is_empty());
}

#[test]
fn tests_that_are_excluded_come_before_those_that_are_not_included() {
    let world = installed();
    let done = tested(&world, &["b"], &["b"]).expect("tested");
    let hooks: Vec<_> = done.release.hooks.iter().map(|hook| &*hook.hook.manifest.head.name).collect();
    assert_eq!(hooks, ["b", "a"]);
    assert!(world.changes().is_empty());
}
