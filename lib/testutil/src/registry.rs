//! A real OCI registry for tests, the CNCF's, as Debian packages it. Its user is `user`, the password `secret`.
//!
//! Without it, tests skip with one line; `RHELM_TEST_REQUIRE=all` makes that a failure.

use crate::certificates::Certificates;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const MISSING: &str = "no registry: install the package docker-registry";

/// `user` and `secret`, as htpasswd writes them.
const LOGINS: &str = "user:$2y$05$/RgdMlpGqUCvelJ3.AwZv.1W5thagD8ZJHDqiVX80hEM7YaMLFrBO\n";

/// A running registry; it ends when this is dropped.
pub struct Registry {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Registry {
    /// Starts one, with TLS where there are certificates; `None` when the test is to be skipped.
    ///
    /// # Panics
    /// When there is none and `RHELM_TEST_REQUIRE` is `all`.
    #[must_use]
    pub fn start(certificates: Option<&Certificates>) -> Option<Self> {
        match Self::try_start(certificates) {
            Ok(registry) => Some(registry),
            Err(why) => {
                crate::announce(&format!("{MISSING} ({why})"));
                crate::skip(MISSING)
            }
        }
    }

    fn try_start(certificates: Option<&Certificates>) -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().display();
        let tls = certificates.map_or_else(String::new, |certificates| {
            let [certificate, key] = ["server.crt", "server.key"].map(|name| certificates.path(name).display().to_string());
            format!(", tls: {{certificate: {certificate}, key: {key}}}")
        });
        let config = format!(
            "version: 0.1\nlog: {{level: info}}\nstorage: {{filesystem: {{rootdirectory: {root}/data}}}}\n\
             http: {{addr: \"127.0.0.1:0\", secret: none{tls}}}\nauth: {{htpasswd: {{realm: test, path: {root}/logins}}}}\n"
        );
        std::fs::write(folder.path().join("logins"), LOGINS)?;
        std::fs::write(folder.path().join("config.yml"), config)?;
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(folder.path().join("config.yml")).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut registry = Self { process: command.spawn()?, address: String::new(), _folder: folder };
        let mut log = BufReader::new(registry.process.stderr.take().ok_or(std::io::ErrorKind::BrokenPipe)?);
        let mut line = String::new();
        while registry.address.is_empty() {
            line.clear();
            if log.read_line(&mut line)? == 0 {
                return Err(std::io::Error::other("it did not start"));
            }
            let address =
                line.split_once("listening on ").map(|(_, rest)| rest.split(['"', ',']).next().unwrap_or_default());
            registry.address = address.unwrap_or_default().to_owned();
        }
        // What nobody reads would stop it.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Ok(registry)
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
