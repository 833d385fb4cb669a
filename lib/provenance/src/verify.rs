//! Checking a provenance file: who signed it, and whether the archive is the one that is signed.

use crate::keyring::{fingerprint, names};
use crate::{Keyring, ProvenanceError};
use pgp::composed::{CleartextSignedMessage, SignedPublicKey};
use pgp::packet::Signature;
use pgp::types::VerifyingKey;
use rhelm_lib::chart::document::sha256;
use std::collections::BTreeMap;

/// A signature that is good.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Verified {
    /// The user ids of the key.
    pub signers: Vec<String>,
    /// The key's fingerprint.
    pub fingerprint: String,
    /// The archive's SHA-256.
    pub sum: String,
}

/// Checks that the archive of that name is the one that the provenance file is of, and that a key of the keyring says so.
///
/// # Errors
/// Whatever is not as it should be.
pub fn verify(file_name: &str, archive: &[u8], provenance: &[u8], keyring: &Keyring) -> Result<Verified, ProvenanceError> {
    let message = read(provenance)?;
    let signer = signer(&message, &keyring.public())?;
    let expected = sums(&message)?.remove(file_name);
    let expected = expected.ok_or_else(|| ProvenanceError::NotNamed(file_name.to_owned()))?;
    let found = format!("sha256:{}", sha256(archive));
    if expected != found {
        return Err(ProvenanceError::Sum { file: file_name.to_owned(), expected, found });
    }
    Ok(Verified { signers: names(&signer.details), fingerprint: fingerprint(&signer), sum: found })
}

/// The key that signed the message: of those it names, one whose signature is good.
fn signer(message: &CleartextSignedMessage, keys: &[SignedPublicKey]) -> Result<SignedPublicKey, ProvenanceError> {
    let text = message.signed_text();
    let mut failure = ProvenanceError::UnknownSigner;
    for signature in message.signatures() {
        for key in keys {
            let subkeys = key.public_subkeys.iter().filter(|subkey| subkey.verify_bindings(&key.primary_key).is_ok());
            let results = std::iter::once(try_key(signature, &key.primary_key, &text))
                .chain(subkeys.map(|subkey| try_key(signature, &subkey.key, &text)));
            for result in results.flatten() {
                match result {
                    Ok(()) => return Ok(key.clone()),
                    Err(error) => failure = error,
                }
            }
        }
    }
    Err(failure)
}

/// Nothing when the signature says it is of another key.
fn try_key(signature: &Signature, key: &impl VerifyingKey, text: &str) -> Option<Result<(), ProvenanceError>> {
    let ids = signature.issuer_key_id();
    let is_meant = ids.is_empty() || ids.iter().any(|id| **id == key.legacy_key_id());
    let result = || {
        signature.verify(key, text.as_bytes()).map_err(|error| {
            let is_rsa = key.algorithm() == pgp::crypto::public_key::PublicKeyAlgorithm::RSA;
            ProvenanceError::BadSignature(if is_rsa { "RSA verification failure".to_owned() } else { error.to_string() })
        })
    };
    is_meant.then(result)
}

/// What a provenance file says of files: their names and sums. Whether the signature is good is not asked.
///
/// # Errors
/// When it is no provenance file.
pub fn signed_sums(provenance: &[u8]) -> Result<BTreeMap<String, String>, ProvenanceError> {
    sums(&read(provenance)?)
}

fn read(provenance: &[u8]) -> Result<CleartextSignedMessage, ProvenanceError> {
    let text = std::str::from_utf8(provenance).map_err(|_| ProvenanceError::NoSignature)?;
    let start = text.find("-----BEGIN PGP SIGNED MESSAGE-----").ok_or(ProvenanceError::NoSignature)?;
    let parsed = CleartextSignedMessage::from_string(&text[start..]);
    parsed.map(|(message, _)| message).map_err(|_| ProvenanceError::NoSignature)
}

/// The sums that are signed, by the names of the files.
fn sums(message: &CleartextSignedMessage) -> Result<BTreeMap<String, String>, ProvenanceError> {
    let broken = |text: &str| ProvenanceError::Message(text.to_owned());
    let text = message.signed_text().replace("\r\n", "\n");
    let (_, sums) = text.split_once("\n...\n").ok_or_else(|| broken("message block must have at least two parts"))?;
    let sums = goyaml::decode(sums).map_err(|error| broken(&error.to_string()))?;
    let files = sums.get("files").and_then(goyaml::Value::as_map).into_iter().flatten();
    Ok(files.filter_map(|(name, sum)| Some((name.clone(), sum.as_str()?.to_owned()))).collect())
}
