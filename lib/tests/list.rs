//! Listing releases of a store that is kept in memory.

use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::list::{ListOptions, list};
use rhelm_testutil::world::{World, at_once, config_map};

#[test]
fn equal_names_are_sorted_by_namespace() {
    let world = World::default();
    for (namespace, name) in [("c", "web"), ("a", "web"), ("b", "web"), ("b", "api")] {
        let stream = config_map(&format!("{namespace}-{name}"), "", "x");
        let options = InstallOptions { name: name.into(), namespace: namespace.into(), ..InstallOptions::default() };
        world.install(&options, &stream).expect("installed");
    }
    let listed = |options: &ListOptions| -> Vec<String> {
        let entries = at_once(list(&world.store, options)).expect("a list");
        entries.iter().map(|entry| format!("{}/{}", entry.head.name(), entry.head.id.namespace)).collect()
    };
    assert_eq!(listed(&ListOptions::default()), ["api/b", "web/a", "web/b", "web/c"]);
    let reversed = ListOptions { reverse: true, ..ListOptions::default() };
    assert_eq!(listed(&reversed), ["web/c", "web/b", "web/a", "api/b"]);
}
