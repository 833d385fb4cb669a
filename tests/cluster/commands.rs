//! What the real Helm has installed is listed, got and shown with the same bytes as it shows itself.

use super::{cluster, options, run};
use assert_cmd::Command;
use rhelm_testutil::chart::Files;
use rhelm_testutil::controlplane;
use std::path::{Path, PathBuf};

const GUESTBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/guestbook");

/// Both programs, on one namespace.
struct Both {
    helm: PathBuf,
    kubeconfig: PathBuf,
    namespace: String,
}

impl Both {
    /// A namespace in which Helm has installed, upgraded and rolled back a chart with everything in it.
    fn with_guestbook() -> Option<Self> {
        let options = options()?;
        let helm = controlplane::real_program("helm/helm")?;
        run(async { cluster(&options).await });
        let both = Self { helm, kubeconfig: options.kubeconfig?, namespace: options.namespace? };
        let done = |arguments: &[&str]| assert_eq!(both.ask(&both.helm, arguments).1, Some(0), "{arguments:?}");
        done(&["install", "web", GUESTBOOK, "--wait", "--labels", "team=red,area=5"]);
        done(&[
            "upgrade",
            "web",
            GUESTBOOK,
            "--wait",
            "--set",
            "replicas=1,settings.greeting=<hi & é>",
            "--description",
            "more",
        ]);
        done(&["rollback", "web", "1", "--wait"]);
        Some(both)
    }

    /// Both streams and the exit status.
    fn ask(&self, program: &Path, arguments: &[&str]) -> (String, Option<i32>) {
        let mut command = Command::new(program);
        command.args(arguments).arg("--kubeconfig").arg(&self.kubeconfig).args(["--namespace", &self.namespace]);
        let output = command.env_remove("HELM_DRIVER").output().expect("it runs");
        (String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(), output.status.code())
    }

    fn helm(&self, line: &str) -> (String, Option<i32>) {
        self.ask(&self.helm, &line.split(' ').collect::<Vec<_>>())
    }

    fn rhelm(&self, line: &str) -> (String, Option<i32>) {
        self.ask(Path::new(env!("CARGO_BIN_EXE_rhelm")), &line.split(' ').collect::<Vec<_>>())
    }

    /// The live objects may change between two commands: Helm is asked before and after, until both times agree.
    #[track_caller]
    fn assert_same_objects(&self, line: &str, normal: impl Fn(&str) -> String) {
        for _ in 0..20 {
            let before = normal(&self.helm(line).0);
            let ours = normal(&self.rhelm(line).0);
            if normal(&self.helm(line).0) == before {
                assert_eq!(ours, before, "{line}");
                return;
            }
        }
        panic!("{line}: the objects never come to rest");
    }
}

/// Helm's tables stand in an order of chance; ages go on.
fn without_chance(status: &str) -> String {
    let (before, rest) = status.split_once("RESOURCES:\n").unwrap_or((status, ""));
    let (tables, after) = rest.split_once("\n\n\n").unwrap_or((rest, ""));
    let mut tables: Vec<String> = tables.split("\n\n").map(without_ages).collect();
    tables.sort();
    format!("{before}{}{after}", tables.join("\n"))
}

/// Without the last column. Pods of one workload come in any order, and so do headers of equal tables.
fn without_ages(table: &str) -> String {
    table.lines().map(|line| line.rsplit_once(' ').map_or(line, |(row, _)| row).trim_end().to_owned() + "\n").collect()
}

#[test]
fn what_helm_installed_is_shown_with_the_same_bytes() {
    let Some(both) = Both::with_guestbook() else { return };
    let lines = "list|ls -q|list -o json|list -o yaml|list -q -o json|list --no-headers|list -d -r|list --superseded|list -l team=red -q\
        |list -l team!=red|list -f nothing -o yaml|list --time-format 2006-01-02|list --max 1 --offset 1|list --failed --pending\
        |history web|hist web --max 2 -o json|history web -o yaml|history web --show-rollback-revision|history web --max=-1\
        |get manifest web|get manifest web --revision 2|get values web|get values web -a|get values web --revision 2 -o json\
        |get values web --revision 2|get notes web|get hooks web|get metadata web|get metadata web -o json|get metadata web -o yaml\
        |get metadata web --revision 2|get all web|get all web --template {{.Release.Chart.Name}}\
        |get all web --template {{.Release.Chart.AppVersion}}{{.Release.Chart.IsRoot}}{{.Release.Chart.ChartFullPath}}{{.Release.Chart.Dependencies}}|get all web --revision=2|status web --revision 9|status none|status Bad_Name\
        |get all none|get values Bad_Name|get metadata web --revision 7|history none|history Bad_Name|list -f ( -q|list -l ===\
        |list -o csv|status web -o toml|status web --revision x|history web --max x|get values web -o xml";
    for line in lines.split('|') {
        assert_eq!(both.rhelm(line), both.helm(line), "{line}");
    }
}

#[test]
fn live_objects_are_shown_as_helm_shows_them() {
    let Some(both) = Both::with_guestbook() else { return };
    both.assert_same_objects("status web -o json", str::to_owned);
    both.assert_same_objects("status web -o yaml --revision 2", str::to_owned);
    both.assert_same_objects("status web", without_chance);
}

#[test]
fn a_render_with_the_servers_eyes_tells_of_definitions() {
    let Some(both) = Both::with_guestbook() else { return };
    let definition =
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.rhelm.test}\n";
    let folder = Files::chart("crds").file("crds/a.yaml", definition).write();
    let chart = folder.path().display();
    for flags in ["--dry-run=server", "--dry-run=server --skip-crds", "--validate", "--dry-run=client"] {
        let line = format!("template x {chart} {flags}");
        assert_eq!(both.rhelm(&line), both.helm(&line), "{line}");
    }
}

#[test]
fn a_kind_that_is_not_served_is_looked_up_as_helm_does() {
    let Some(both) = Both::with_guestbook() else { return };
    let looked_up =
        ["v9 Nope", "nope.io/v1 Foo", "apps/v9 Deployment", "a/b/c X", "/ Pod", "v1 Nope", "apps/v1 Deploymentx"];
    for (version, kind) in looked_up.into_iter().filter_map(|looked_up| looked_up.split_once(' ')) {
        let version = version.trim_start_matches('/');
        let object = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n\
             data: {{x: {{{{ lookup \"{version}\" \"{kind}\" \"default\" \"x\" | toJson | quote }}}}}}\n"
        );
        let folder = Files::chart("looks").file("templates/a.yaml", object).write();
        let line = format!("template x {} --dry-run=server", folder.path().display());
        assert_eq!(both.rhelm(&line), both.helm(&line), "{version} {kind}");
    }
}

#[test]
fn what_the_server_named_itself_does_not_keep_the_record() {
    let Some(options) = options() else { return };
    run(async { cluster(&options).await });
    let both = Both {
        helm: PathBuf::new(),
        kubeconfig: options.kubeconfig.expect("set"),
        namespace: options.namespace.expect("set"),
    };
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n";
    let folder = Files::chart("made").file("templates/a.yaml", object).write();
    both.rhelm(&format!("install web {} --server-side=false", folder.path().display()));
    let text = format!(
        "1 resource(s) were not deleted because their ownership could not be verified:\n[ConfigMap] : resource name may not be empty\n\n\
         release \"web\" uninstalled\nlevel=WARN msg=\"skipping delete of resource because ownership could not be verified\" \
         kind=ConfigMap name=\"\" namespace={} release=web error=\"resource name may not be empty\"\n",
        both.namespace
    );
    assert_eq!(both.rhelm("uninstall web"), (text, Some(0)));
    assert_eq!(both.rhelm("list -q"), (String::new(), Some(0)));
}
