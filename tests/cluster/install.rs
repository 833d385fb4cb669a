//! Releases that `rhelm` installs are the real Helm's, and the other way round; what goes wrong leaves no trace, or a release
//! that can be replaced.

use super::{cluster, options, run};
use assert_cmd::Command;
use rhelm_kube::{ConnectOptions, KubeDriver};
use rhelm_lib::release::{Release, Status};
use rhelm_lib::store::Store;
use rhelm_testutil::controlplane;
use std::path::Path;

const GUESTBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/guestbook");

/// A chain of one filter of ours and one of the machine's.
const CHAIN: &[&str] = &[
    "--post-renderer",
    "rhelm-inject-labels",
    "--post-renderer-args",
    "--annotation",
    "--post-renderer-args",
    "note=it's blue",
    "--post-renderer",
    "sed",
    "--post-renderer-args",
    "s/kind: ConfigMap/& # a map/",
];

/// A namespace of one's own, and programs that work on it.
pub(super) struct Place {
    pub(super) options: ConnectOptions,
}

impl Place {
    pub(super) fn new() -> Option<Self> {
        let options = options()?;
        run(async { cluster(&options).await });
        Some(Self { options })
    }

    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let folder = Path::new(env!("CARGO_BIN_EXE_rhelm")).parent().expect("a folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
        let mut command = Command::new(program.as_ref());
        command
            .env("PATH", std::env::join_paths(paths).expect("paths"))
            .env("KUBECONFIG", self.options.kubeconfig.as_ref().expect("set"))
            .env("HELM_NAMESPACE", self.namespace());
        command
    }

    pub(super) fn namespace(&self) -> &str {
        self.options.namespace.as_deref().expect("set")
    }

    #[track_caller]
    fn output(&self, program: impl AsRef<Path>, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).assert().success().get_output().stdout.clone();
        String::from_utf8(output).expect("text")
    }

    #[track_caller]
    pub(super) fn rhelm(&self, arguments: &[&str]) -> String {
        self.output(env!("CARGO_BIN_EXE_rhelm"), arguments)
    }

    #[track_caller]
    pub(super) fn refuses(&self, arguments: &[&str], message: &str) {
        self.command(env!("CARGO_BIN_EXE_rhelm")).args(arguments).assert().code(1).stdout("").stderr(message.to_owned());
    }

    pub(super) fn releases(&self) -> Vec<Release> {
        run(async {
            let cluster = cluster(&self.options).await;
            let store = Store::new(Box::new(KubeDriver::secrets(&cluster, self.namespace())), || 0);
            store.list(self.namespace()).await.expect("releases")
        })
    }
}

/// What has to be the same of two installations.
fn timeless(mut release: Release) -> Release {
    for time in [&mut release.info.first_deployed, &mut release.info.last_deployed] {
        time.clear();
    }
    release.labels.clear();
    release
}

#[test]
fn real_helm_takes_over_what_rhelm_installed() {
    let (Some(place), Some(helm)) = (Place::new(), controlplane::real_program("helm/helm")) else { return };
    place.rhelm(&[&["install", "web", GUESTBOOK], CHAIN].concat());
    assert_eq!(place.output(&helm, &["list", "--short"]), "web\n");
    for part in ["manifest", "hooks", "notes", "values"] {
        assert_eq!(place.output(&helm, &["get", part, "web"]), place.rhelm(&["get", part, "web"]), "{part}");
    }
    let manifest = place.rhelm(&["get", "manifest", "web"]);
    assert!(manifest.contains("kind: ConfigMap # a map\n") && manifest.contains("note: \"it's blue\"\n"), "{manifest}");
    assert_eq!(place.output(&helm, &["uninstall", "web"]), "release \"web\" uninstalled\n");
    assert_eq!(place.rhelm(&["list", "--short"]), "");
}

#[test]
fn rhelm_takes_over_what_real_helm_installed() {
    let (Some(place), Some(helm)) = (Place::new(), controlplane::real_program("helm/helm")) else { return };
    place.output(&helm, &["install", "web", GUESTBOOK]);
    let theirs = place.releases().pop().map(timeless);
    assert_eq!(place.rhelm(&["list", "--short"]), "web\n");
    assert_eq!(place.rhelm(&["get", "manifest", "web"]), place.output(&helm, &["get", "manifest", "web"]));
    assert_eq!(place.rhelm(&["uninstall", "web"]), "release \"web\" uninstalled\n");
    assert_eq!(place.output(&helm, &["list", "--short"]), "");
    place.rhelm(&["install", "web", GUESTBOOK]);
    assert_eq!(place.releases().pop().map(timeless), theirs, "both record the same");
}

#[test]
fn the_pasted_pipe_makes_an_equal_release() {
    let Some(place) = Place::new() else { return };
    let install = [&["install", "web", GUESTBOOK, "--set", "replicas=1,settings.greeting=$(date) 'x'"], CHAIN].concat();
    let pipe = place.rhelm(&[&install[..], &["--print-pipeline"]].concat());
    assert_eq!(place.releases(), []);
    place.rhelm(&install);
    let ours = place.releases().pop().map(timeless);
    place.rhelm(&["uninstall", "web"]);
    place.output("/bin/sh", &["-c", &pipe]);
    assert_eq!(place.releases().pop().map(timeless), ours);
}

#[test]
fn a_stage_of_the_pasted_pipe_that_fails_stops_everything() {
    let Some(place) = Place::new() else { return };
    let failing = ["--post-renderer", "sh", "--post-renderer-args", "-c", "--post-renderer-args", "cat; exit 3"];
    let pipe = place.rhelm(&[&["install", "web", GUESTBOOK, "--print-pipeline"], &failing[..]].concat());
    place.command("/bin/sh").args(["-c", &pipe]).assert().code(1).stdout("");
    assert_eq!(place.releases(), []);
}

#[test]
fn what_is_refused_leaves_no_trace() {
    let Some(place) = Place::new() else { return };
    let with = |stage: &[&'static str]| [&["install", "web", GUESTBOOK, "--post-renderer"], stage].concat();
    let bad = "Error: INSTALLATION FAILED: ";
    let name = "release name \\\"Web\\\": invalid release name, must match regex \
                ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53";
    let plain = name.replace("\\\"", "\"").replace("\\\\", "\\");
    let sh = which_sh();
    let cases = [
        (vec!["install", "web", "./nothing"], format!("{bad}path \"./nothing\" not found\n")),
        (
            vec!["install", "Web", GUESTBOOK],
            format!(
                "level=ERROR msg=\"release name check failed\" error=\"{name}\"\n{bad}release name check failed: {plain}\n"
            ),
        ),
        (
            with(&["sh", "--post-renderer-args", "-c", "--post-renderer-args", "echo why >&2; exit 3"]),
            format!(
                "[sh] why\n{bad}error while running post render on files: error while running command {sh}. error output:\nwhy\n: exit status 3\n"
            ),
        ),
        (
            with(&["true"]),
            format!("{bad}error while running post render on files: post-renderer \"true\" produced empty output\n"),
        ),
        (
            with(&["sh", "--post-renderer-args", "-c", "--post-renderer-args", "exec <&-; echo '{'"]),
            format!(
                "{bad}error while parsing post rendered output: post-renderer \"sh\": document 1: error parsing YAML: yaml: line 1: did not find expected node content\n"
            ),
        ),
    ];
    for (arguments, message) in cases {
        place.refuses(&arguments, &message);
        assert_eq!(place.releases(), [], "{arguments:?}");
    }
}

fn which_sh() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("sh")).find(|path| path.exists());
    found.expect("a shell").display().to_string()
}

#[test]
fn manifests_of_any_tool_become_a_release() {
    let Some(place) = Place::new() else { return };
    let stream = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: any}\n";
    let apply = || place.command(env!("CARGO_BIN_EXE_rhelm-apply"));
    apply().arg("any").write_stdin(stream).assert().success();
    let release = place.releases().pop().expect("a release");
    assert_eq!((release.info.status, release.chart.metadata.name.as_str()), (Status::Deployed, "manifests"));
    assert_eq!(release.manifest, format!("---\n{stream}"));
    apply().arg("none").write_stdin("").assert().code(1).stderr("Error: no manifests on standard input\n");
    assert_eq!(place.rhelm(&["uninstall", "any"]), "release \"any\" uninstalled\n");
}
