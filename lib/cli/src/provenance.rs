//! Signatures at the command line: where the keys are, and what `--verify` comes to.

use crate::{Failure, ask_hidden, say, variable};
use rhelm_fetch::FetchError;
use rhelm_provenance::{Keyring, ProvenanceError, SigningKey, Verified, verify};
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// The key that something is signed with.
#[derive(clap::Args)]
pub struct SigningArgs {
    /// Name of the key to sign with
    #[arg(long)]
    key: Option<String>,
    /// File with the keys
    #[arg(long)]
    keyring: Option<String>,
    /// File with the key's passphrase, `-` for standard input
    #[arg(long)]
    passphrase_file: Option<String>,
}

impl SigningArgs {
    /// The name that was given for the key; empty where none was.
    #[must_use]
    pub fn key_name(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// The key to sign a chart with.
    ///
    /// # Errors
    /// When it cannot be found.
    pub fn chart_key(&self) -> Result<SigningKey, Failure> {
        Ok(self.read_keyring()?.signing_key(self.key_name())?)
    }

    /// The key to sign a plugin with.
    ///
    /// # Errors
    /// As for [`SigningArgs::chart_key`], in the words that Helm has for plugins.
    pub fn plugin_key(&self) -> Result<SigningKey, Failure> {
        let unread = |error: &dyn std::fmt::Display| Failure::new(format!("error reading from keyring: {error}"));
        let keyring = self.read_keyring().map_err(|error| unread(&error))?;
        if self.key_name().is_empty() {
            return Err(ProvenanceError::NoKey.into());
        }
        keyring.signing_key(self.key_name()).map_err(|error| match error {
            ProvenanceError::Ambiguous(_) => unread(&error),
            error => error.into(),
        })
    }

    /// The passphrase of a key that is locked: the first line of a file, of standard input for `-`, or what the user types.
    ///
    /// # Errors
    /// When there is none.
    pub fn passphrase(&self, key: &SigningKey) -> Result<Vec<u8>, Failure> {
        passphrase(key, self.passphrase_file.as_deref())
    }

    fn read_keyring(&self) -> Result<Keyring, FetchError> {
        read_keyring(&keyring_path(self.keyring.as_deref()))
    }
}

/// The file with the keys: what the flag says, or gpg's.
#[must_use]
pub fn keyring_path(flag: Option<&str>) -> PathBuf {
    let given = flag.filter(|path| !path.is_empty()).map(PathBuf::from);
    given.unwrap_or_else(|| {
        let home = variable("GNUPGHOME").map(PathBuf::from);
        let home = home.unwrap_or_else(|| PathBuf::from(variable("HOME").unwrap_or_default()).join(".gnupg"));
        let [old, new] = ["pubring.gpg", "pubring.kbx"].map(|name| home.join(name));
        if !old.exists() && new.exists() { new } else { old }
    })
}

/// Checks archives with the keys of a file.
pub struct Verifier(PathBuf);

impl Verifier {
    /// A verifier; the file is read when it is needed.
    #[must_use]
    pub fn new(keyring: Option<&str>) -> Self {
        Self(keyring_path(keyring))
    }

    /// Checks an archive by its provenance file.
    ///
    /// # Errors
    /// When it is not to be trusted.
    pub fn verify(&self, file_name: &str, archive: &[u8], provenance: &[u8]) -> Result<Verified, FetchError> {
        let keyring =
            read_keyring(&self.0).map_err(|error| FetchError::Other(format!("failed to load keyring: {error}")))?;
        verify(file_name, archive, provenance, &keyring).map_err(|error| FetchError::Other(error.to_string()))
    }

    /// Checks a plugin's archive by its provenance file.
    ///
    /// # Errors
    /// As for [`Verifier::verify`], in the words that Helm has for plugins.
    pub fn verify_plugin(&self, file_name: &str, archive: &[u8], provenance: &[u8]) -> Result<Verified, FetchError> {
        let keyring = read_keyring(&self.0)?;
        verify(file_name, archive, provenance, &keyring).map_err(|error| FetchError::Other(error.to_string()))
    }

    /// Checks an archive by the provenance file beside it.
    ///
    /// # Errors
    /// When it is not to be trusted.
    pub fn verify_file(&self, path: &Path) -> Result<Verified, Failure> {
        let kind = path.metadata().map_err(|error| FetchError::file("stat", path, &error))?;
        if kind.is_dir() {
            return Err(Failure::new("unpacked charts cannot be verified"));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".tgz") && !name.ends_with(".tar.gz") && !name.ends_with(".gz") {
            return Err(Failure::new("chart must be a tgz file"));
        }
        let beside = PathBuf::from(format!("{}.prov", path.display()));
        let provenance = std::fs::read(&beside).map_err(|error| {
            let cause = FetchError::file("stat", &beside, &error);
            Failure::new(format!("could not load provenance file {}: {cause}", beside.display()))
        })?;
        Ok(self.verify(&name, &std::fs::read(path)?, &provenance)?)
    }
}

/// What is said of a signature that is good; `what` is signed: `Chart`.
#[must_use]
pub fn verified_text(what: &str, verified: &Verified) -> String {
    let signers: String = verified.signers.iter().map(|name| format!("Signed by: {name}\n")).collect();
    let Verified { fingerprint, sum, .. } = verified;
    format!("{signers}Using Key With Fingerprint: {fingerprint}\n{what} Hash Verified: {sum}\n")
}

fn read_keyring(path: &Path) -> Result<Keyring, FetchError> {
    let data = std::fs::read(path).map_err(|error| FetchError::file("open", path, &error))?;
    Keyring::read(&data).map_err(|error| FetchError::Other(error.to_string()))
}

fn passphrase(key: &SigningKey, file: Option<&str>) -> Result<Vec<u8>, Failure> {
    let first_line = |text: &[u8]| text.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec();
    match file.filter(|file| !file.is_empty()) {
        _ if !key.is_locked() => Ok(Vec::new()),
        Some("-") => {
            let mut text = Vec::new();
            std::io::stdin().lock().read_until(b'\n', &mut text)?;
            match text.is_empty() {
                true => Err(Failure::new("specified reading passphrase from stdin, without input on stdin")),
                false => Ok(first_line(&text)),
            }
        }
        Some(path) => {
            let read = std::fs::read(path).map_err(|error| FetchError::file("open", path.as_ref(), &error));
            Ok(first_line(&read?))
        }
        None => {
            let typed = ask_hidden(&format!("Password for key {:?} >  ", key.name()));
            typed.map(String::into_bytes).inspect_err(|_| say(""))
        }
    }
}
