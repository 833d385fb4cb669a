//! `--crds`: definitions on a real API server, which keeps account of the versions that objects are stored in.

use super::{cluster, options, run};
use rhelm_kube::{ConnectOptions, connect};
use rhelm_lib::cluster::{Cluster, ObjectId};
use rhelm_testutil::chart::Files;
use serde_json::json;
use std::process::Command;

struct Place {
    options: ConnectOptions,
    /// A group of its own: definitions belong to no namespace.
    group: String,
}

impl Place {
    fn new() -> Option<Self> {
        let options = options()?;
        run(async { cluster(&options).await });
        let group = format!("{}.example", options.namespace.as_ref().expect("set"));
        Some(Self { options, group })
    }

    /// A definition of these versions: name, whether it is served. Objects are stored in the first one.
    fn definition(&self, versions: &[(&str, bool)]) -> String {
        let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
        let version = |(name, served): &(&str, bool)| json!({"name": name, "served": served, "storage": *name == versions[0].0, "schema": schema});
        let versions: Vec<_> = versions.iter().map(version).collect();
        let names = json!({"plural": "gadgets", "singular": "gadget", "kind": "Gadget"});
        let spec = json!({"group": self.group, "scope": "Namespaced", "versions": versions, "names": names});
        let metadata = json!({"name": format!("gadgets.{}", self.group)});
        json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata, "spec": spec})
            .to_string()
    }

    /// What the program says on standard error, with a chart that has this definition and an object of it.
    fn rhelm(&self, line: &str, versions: &[(&str, bool)]) -> String {
        let object = format!("apiVersion: {}/v1\nkind: Gadget\nmetadata: {{name: a}}\n", self.group);
        let chart =
            Files::chart("c").file("crds/g.yaml", self.definition(versions)).file("templates/a.yaml", object).write();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhelm"));
        command
            .current_dir(&chart)
            .args(line.split(' '))
            .args(["--namespace", self.options.namespace.as_ref().expect("set")]);
        let output = command.env("KUBECONFIG", self.options.kubeconfig.as_ref().expect("set")).output().expect("it runs");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// The versions that are defined, and those that objects are stored in.
    fn versions(&self) -> (Vec<String>, Vec<String>) {
        let id = ObjectId {
            api_version: "apiextensions.k8s.io/v1".into(),
            kind: "CustomResourceDefinition".into(),
            namespace: String::new(),
            name: format!("gadgets.{}", self.group),
        };
        run(async {
            let cluster = connect(&self.options).await.expect("valid");
            let live = cluster.get(&id).await.expect("an answer").expect("it is there");
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let defined =
                live["spec"]["versions"].as_array().expect("versions").iter().map(|version| text(&version["name"]));
            let stored = live["status"]["storedVersions"].as_array().expect("versions").iter().map(text);
            (defined.collect(), stored.collect())
        })
    }
}

#[test]
fn definitions_are_upgraded_where_no_version_in_use_is_lost() {
    let Some(place) = Place::new() else { return };
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let v1 = ("v1", true);
    assert_eq!(place.rhelm("install web .", &[v1, ("v1beta1", true)]), "");
    assert_eq!(place.versions(), (owned(&["v1", "v1beta1"]), owned(&["v1"])));
    let second = &[("v2", true), v1, ("v1beta1", true)];
    for crds in ["", " --crds=create", " --crds=skip", " --crds=upgrade --dry-run=server"] {
        assert_eq!(place.rhelm(&format!("upgrade web .{crds}"), second), "");
        assert_eq!(place.versions().0, ["v1", "v1beta1"], "{crds}");
    }
    assert_eq!(place.rhelm("upgrade web . --crds=upgrade", second), "");
    assert_eq!(place.versions(), (owned(&["v2", "v1", "v1beta1"]), owned(&["v1", "v2"])));
    let refused = |what: &str| {
        let group = &place.group;
        format!(
            "Error: UPGRADE FAILED: the CRDs cannot be upgraded: gadgets.{group}: {what}; migrate the objects first, or leave the CRDs \
             alone with --crds=skip\n"
        )
    };
    let removed = place.rhelm("upgrade web . --crds=upgrade", &[("v2", true), ("v1beta1", true)]);
    assert_eq!(removed, refused("version v1 would be removed, and objects are stored in it"));
    let unserved = place.rhelm("upgrade web . --crds=upgrade", &[("v2", true), v1, ("v1beta1", false)]);
    assert_eq!(unserved, refused("version v1beta1 would no longer be served"));
    assert_eq!(place.versions().0, ["v2", "v1", "v1beta1"]);
}
