//! Certificates for tests, made by `openssl`: an authority, a server's for `localhost`, and a client's.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

/// The files `ca.crt`, `server.crt`, `server.key`, `client.crt` and `client.key`.
pub struct Certificates(TempDir);

const SCRIPT: &str = r#"
set -e
cd "$1"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -subj /CN=authority
for name in server client; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $name.key -out $name.csr -subj /CN=$name
  echo subjectAltName=DNS:localhost,IP:127.0.0.1 > $name.ext
  openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile $name.ext -out $name.crt
done
"#;

impl Certificates {
    /// Makes new ones; `None` when the test is to be skipped.
    ///
    /// # Panics
    /// When there is no `openssl` and `RHELM_TEST_REQUIRE` is `all`.
    #[must_use]
    pub fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut script = Command::new("sh");
        script.args(["-c", SCRIPT, "sh"]).arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        match script.status() {
            Ok(status) if status.success() => Some(Self(folder)),
            _ => crate::skip("no openssl"),
        }
    }

    /// The path of a file.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A server with its certificate; with `asks` it wants to see that of the client.
    ///
    /// # Panics
    /// When the files are not what they should be.
    #[must_use]
    pub fn server(&self, asks: bool) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let builder = if asks {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(chain(&self.path("ca.crt")));
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::from_pem_file(self.path("server.key")).expect("a key");
        builder.with_single_cert(chain(&self.path("server.crt")), key).expect("a certificate")
    }
}

fn chain(path: &Path) -> Vec<CertificateDer<'static>> {
    let found = CertificateDer::pem_file_iter(path).expect("certificates");
    found.map(|certificate| certificate.expect("a certificate")).collect()
}
