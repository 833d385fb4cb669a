//! Keyrings: the keys that `gpg --export` and `gpg --export-secret-keys` write, and gpg's own keyboxes.

use crate::{ProvenanceError, keybox};
use pgp::composed::{PublicOrSecret, SignedKeyDetails, SignedPublicKey, SignedSecretKey};
use pgp::types::{KeyDetails, Password};

/// Keys, public and secret.
pub struct Keyring(Vec<PublicOrSecret>);

/// The key to sign with.
pub struct SigningKey {
    pub(crate) key: SignedSecretKey,
    name: String,
}

impl Keyring {
    /// Reads a keyring.
    ///
    /// # Errors
    /// When it holds something else.
    pub fn read(data: &[u8]) -> Result<Self, ProvenanceError> {
        let broken = |error: pgp::errors::Error| ProvenanceError::Keyring(format!("openpgp: invalid data: {error}"));
        if keybox::is_keybox(data) {
            let keys = keybox::keys(data)?;
            let keys = PublicOrSecret::from_bytes_many(keys.as_slice()).map_err(broken)?;
            return keys.collect::<Result<_, _>>().map(Self).map_err(broken);
        }
        let (keys, _) = PublicOrSecret::from_reader_many(data).map_err(broken)?;
        keys.collect::<Result<_, _>>().map(Self).map_err(broken)
    }

    pub(crate) fn public(&self) -> Vec<SignedPublicKey> {
        let public = |key: &PublicOrSecret| match key {
            PublicOrSecret::Public(key) => key.clone(),
            PublicOrSecret::Secret(key) => key.to_public_key(),
        };
        self.0.iter().map(public).collect()
    }

    /// The key that `id` names: one of its user ids, or the one key with a user id that holds it.
    ///
    /// # Errors
    /// When there is none, or more than one, or no secret half of it.
    pub fn signing_key(&self, id: &str) -> Result<SigningKey, ProvenanceError> {
        let mut found: Option<(&PublicOrSecret, String)> = None;
        for key in &self.0 {
            for name in names(details(key)) {
                if name == id {
                    return signing(key, name);
                }
                if name.contains(id) {
                    if found.as_ref().is_some_and(|(known, _)| !std::ptr::eq(*known, key)) {
                        return Err(ProvenanceError::Ambiguous(id.to_owned()));
                    }
                    found = Some((key, name));
                }
            }
        }
        let (key, name) = found.ok_or(ProvenanceError::NoKey)?;
        signing(key, name)
    }
}

fn signing(key: &PublicOrSecret, name: String) -> Result<SigningKey, ProvenanceError> {
    match key {
        PublicOrSecret::Secret(key) => Ok(SigningKey { key: key.clone(), name }),
        PublicOrSecret::Public(_) => Err(ProvenanceError::Public),
    }
}

fn details(key: &PublicOrSecret) -> &SignedKeyDetails {
    match key {
        PublicOrSecret::Public(key) => &key.details,
        PublicOrSecret::Secret(key) => &key.details,
    }
}

pub(crate) fn names(details: &SignedKeyDetails) -> Vec<String> {
    let name = |user: &pgp::types::SignedUser| String::from_utf8_lossy(user.id.id()).into_owned();
    details.users.iter().map(name).collect()
}

pub(crate) fn fingerprint(key: &SignedPublicKey) -> String {
    format!("{:X}", key.fingerprint())
}

impl SigningKey {
    /// The key's user id.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a passphrase is needed.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.key.primary_key.secret_params().is_encrypted()
    }

    pub(crate) fn check(&self, passphrase: &Password) -> Result<(), ProvenanceError> {
        let unlocked = self.key.primary_key.unlock(passphrase, |_, _| Ok(()));
        unlocked.and_then(|inner| inner).map_err(|_| ProvenanceError::Passphrase)
    }
}
