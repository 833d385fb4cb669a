//! Keys for signatures, as gpg makes and exports them.

use std::process::{Command, Stdio};
use tempfile::TempDir;

/// `signer` and `locked`, whose passphrase is `secret`, and `curve`.
const KEYS: &str = r#"
set -e
cd "$1"
export GNUPGHOME="$1"
make() { gpg --batch --quiet --pinentry-mode loopback --passphrase "$2" --quick-gen-key "$1" "$3" sign never; }
make 'Test Signer <signer@example.com>' '' rsa2048
make 'Locked <locked@example.com>' secret rsa2048
make 'Curve <curve@elsewhere.com>' '' ed25519
gpg --batch --export > public.gpg
gpg --batch --export curve > other.gpg
gpg --batch --armor --export > public.asc
gpg --batch --pinentry-mode loopback --passphrase secret --export-secret-keys > secret.gpg
gpgconf --kill gpg-agent
"#;

/// Makes the keys: `public.gpg`, `other.gpg` with one of them, `public.asc` and `secret.gpg`.
///
/// # Panics
/// When gpg does not make them.
#[must_use]
pub fn make() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut script = Command::new("sh");
    script.args(["-c", KEYS, "sh"]).arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(script.status().is_ok_and(|status| status.success()), "gpg makes keys: install the package gnupg");
    folder
}
