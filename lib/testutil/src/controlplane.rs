//! A real Kubernetes for tests: one for each test run, taken down when the run ends or is killed.
//!
//! Sources in order: the kubeconfig that `RHELM_TEST_KUBECONFIG` names, then `scripts/controlplane`, which takes
//! `KUBEBUILDER_ASSETS`, its cache, or a build with Go. Without any, tests skip with one line; `RHELM_TEST_REQUIRE=all`
//! makes that a failure.

use crate::{announce, skip};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const NO_HELM: &str = "no real Helm: install python3 with pip";

/// A running Kubernetes.
pub struct ControlPlane {
    kubeconfig: PathBuf,
    /// Its standard input is what keeps the control plane alive.
    keeper: Option<Child>,
}

impl ControlPlane {
    /// Starts a private one with more arguments for `controlplane up`: `--audit`, `--api-only`, `--stages FILE`.
    ///
    /// # Errors
    /// What is missing on this machine, or why it did not start.
    pub fn start(arguments: &[&str]) -> Result<Self, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/controlplane");
        let mut keeper = Command::new(&script)
            .args(["up", "--until-eof"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", script.display()))?;
        let mut dir = String::new();
        if let Some(mut output) = keeper.stdout.take() {
            output.read_to_string(&mut dir).map_err(|error| error.to_string())?;
        }
        // Waiting closes standard input, which is the end of the control plane.
        let input = keeper.stdin.take();
        let status = keeper.wait().map_err(|error| error.to_string())?;
        keeper.stdin = input;
        if !status.success() {
            return Err("no control plane: install Go 1.26, curl and openssl, or set RHELM_TEST_KUBECONFIG".to_owned());
        }
        Ok(Self { kubeconfig: Path::new(dir.trim()).join("kubeconfig"), keeper: Some(keeper) })
    }

    /// The administrator's kubeconfig.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The log of all requests, when started with `--audit`.
    #[must_use]
    pub fn audit_log(&self) -> PathBuf {
        self.kubeconfig.with_file_name("audit.log")
    }

    /// Whether this was started here, and not given by `RHELM_TEST_KUBECONFIG`.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.keeper.is_some()
    }
}

/// The control plane of this test run, started at the first call; `None` when the test is to be skipped.
///
/// # Panics
/// When there is none and `RHELM_TEST_REQUIRE` is `all`.
pub fn shared() -> Option<&'static ControlPlane> {
    static SHARED: OnceLock<Result<ControlPlane, String>> = OnceLock::new();
    let found = SHARED.get_or_init(|| match std::env::var_os("RHELM_TEST_KUBECONFIG") {
        Some(path) => Ok(ControlPlane { kubeconfig: path.into(), keeper: None }),
        None => ControlPlane::start(&[]).inspect_err(|why| announce(why)),
    });
    match found {
        Ok(found) => Some(found),
        Err(why) => skip(why),
    }
}

/// A program of the real Helm's folder, `helm/helm` or `kubectl/kubectl`; `None` when the test is to be skipped.
///
/// # Panics
/// When it cannot be had and `RHELM_TEST_REQUIRE` is `all`.
pub fn real_program(path: &str) -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    fetched(&FOLDER, &[], path)
}

/// The same for the last Helm 3 that can be had.
///
/// # Panics
/// When it cannot be had and `RHELM_TEST_REQUIRE` is `all`.
pub fn real_helm_3() -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    fetched(&FOLDER, &["3"], "helm/helm")
}

fn fetched(folder: &OnceLock<Option<PathBuf>>, arguments: &[&str], path: &str) -> Option<PathBuf> {
    let fetch = || {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/fetch-helm");
        let output = Command::new(script).args(arguments).stderr(Stdio::inherit()).output().ok()?;
        output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
    };
    let fetch = || {
        fetch().or_else(|| {
            announce(NO_HELM);
            None
        })
    };
    match folder.get_or_init(fetch) {
        Some(folder) => Some(folder.join(path)),
        None => skip(NO_HELM),
    }
}

/// A name for a namespace that no other test uses.
#[must_use]
pub fn unique_namespace() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("rhelm-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
