//! Where rhelm does on purpose what Helm does not: both on the same server, each in a namespace of its own.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;
use rhelm_testutil::controlplane;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

/// What Helm and rhelm say of a line, after others that both have to do.
fn both(before: &str, line: &str) -> Option<[String; 2]> {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n";
    let beside = Beside::new(RHELM)?.files("web", &Files::chart("web").file("templates/a.yaml", map));
    let beside = beside.variable("KUBECONFIG", &controlplane::shared()?.kubeconfig().display().to_string());
    let [theirs, ours] = [controlplane::unique_namespace(), controlplane::unique_namespace()];
    let lines = |namespace: &str| format!("export HELM_NAMESPACE={namespace}; ({before}) >/dev/null && {line}");
    Some([beside.theirs(&lines(&theirs)), beside.ours(&lines(&ours))])
}

#[test]
fn an_upgrade_leaves_the_values_of_the_revision_before() {
    let before = "helm install w web --create-namespace --set l=1,m.n=2,m.o=3 && helm upgrade w web --reuse-values --set l=null,m.n=null";
    let Some([theirs, ours]) = both(before, "helm get values w --revision 1 -o json") else { return };
    assert_eq!(theirs, "{\"l\":null,\"m\":{\"n\":null,\"o\":3}}\nexit 0\n");
    assert_eq!(ours, "{\"l\":1,\"m\":{\"n\":2,\"o\":3}}\nexit 0\n");
}

#[test]
fn what_was_uninstalled_is_installed_again_whatever_its_number() {
    let before = "helm install w web --create-namespace && for n in 2 3 4 5 6 7 8 9 10; do helm upgrade w web; done && \
                  helm uninstall w --keep-history";
    let Some([theirs, ours]) = both(before, "helm upgrade -i w web --hide-notes | head -n 1") else { return };
    assert_eq!(theirs, "exit 0\nError: UPGRADE FAILED: \"w\" has no deployed releases\n");
    assert_eq!(ours, "Release \"w\" does not exist. Installing it now.\nexit 0\n");
}
