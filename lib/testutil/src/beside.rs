//! The real Helm and rhelm side by side: each has a home of its own, in which `helm` is that program, and shell lines that run in
//! both homes have to come to the same.

use crate::chart::Files;
use crate::controlplane;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Two homes.
pub struct Beside {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

const HOMES: [&str; 2] = ["theirs", "ours"];

impl Beside {
    /// Two empty homes, for Helm 4 and the program `rhelm`; `None` when the test is to be skipped.
    ///
    /// # Panics
    /// When there is no real Helm and `RHELM_TEST_REQUIRE` is `all`.
    #[must_use]
    pub fn new(rhelm: &str) -> Option<Self> {
        Some(Self::of(&controlplane::real_program("helm/helm")?, rhelm))
    }

    /// The same for Helm 3.
    ///
    /// # Panics
    /// When there is no real Helm and `RHELM_TEST_REQUIRE` is `all`.
    #[must_use]
    pub fn helm_3(rhelm: &str) -> Option<Self> {
        Some(Self::of(&controlplane::real_helm_3()?, rhelm).variable("RHELM_HELM_VERSION", "v3"))
    }

    fn of(helm: &Path, rhelm: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (home, program) in HOMES.iter().zip([helm, Path::new(rhelm)]) {
            let bin = folder.path().join(home).join("bin");
            std::fs::create_dir_all(&bin).expect("a folder");
            symlink(program, bin.join("helm")).expect("a link");
        }
        Self { folder, variables: Vec::new() }
    }

    /// Sets a variable in both homes.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The home of the real Helm and ours.
    #[must_use]
    pub fn homes(&self) -> [PathBuf; 2] {
        HOMES.map(|home| self.folder.path().join(home))
    }

    /// Writes files into a folder of both homes.
    #[must_use]
    pub fn files(self, folder: &str, files: &Files) -> Self {
        for home in self.homes() {
            std::fs::create_dir_all(home.join(folder)).expect("a folder");
            files.write_to(&home.join(folder));
        }
        self
    }

    /// Runs each line in both homes. What it prints and how it ends has to be equal, but for the home's own path.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn same(&self, lines: &[&str]) {
        let mut differences = String::new();
        for line in lines {
            let [theirs, ours] = HOMES.map(|home| self.run(home, line));
            if ours != theirs {
                differences.push_str(&format!("\n{line}\n--- helm\n{theirs}\n--- rhelm\n{ours}"));
            }
        }
        assert!(differences.is_empty(), "{differences}");
    }

    /// Runs a line in both homes, or in one of them, and gives what rhelm says.
    #[must_use]
    pub fn ours(&self, line: &str) -> String {
        self.run(HOMES[1], line)
    }

    /// Runs a line with the real Helm only.
    #[must_use]
    pub fn theirs(&self, line: &str) -> String {
        self.run(HOMES[0], line)
    }

    fn run(&self, home: &str, line: &str) -> String {
        let home = self.folder.path().join(home);
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&home).env_clear().env("HOME", &home);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", home.join("bin").display())).env("KUBECONFIG", "none");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().expect("a shell");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*home.to_string_lossy(), "~");
        let status = output.status.code().unwrap_or(-1);
        format!("{}exit {status}\n{}", text(&output.stdout), text(&output.stderr))
    }
}
