//! Writing a provenance file.

use crate::{ProvenanceError, SigningKey};
use goyaml::{Map, Value};
use pgp::composed::{ArmorOptions, CleartextSignedMessage};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::types::{KeyDetails, Password, Timestamp};
use rhelm_lib::chart::document::sha256;

/// The provenance file of an archive with that metadata; `passphrase` unlocks the key, if it is locked.
///
/// # Errors
/// When the passphrase is wrong.
pub fn sign(
    metadata: Map,
    file_name: &str,
    archive: &[u8],
    key: &SigningKey,
    passphrase: &[u8],
) -> Result<String, ProvenanceError> {
    let failed = |error: &dyn std::fmt::Display| ProvenanceError::Message(format!("failed to sign: {error}"));
    let passphrase = if key.is_locked() { Password::from(passphrase) } else { Password::empty() };
    key.check(&passphrase)?;
    let text = message(metadata, file_name, archive).map_err(|error| failed(&error))?;
    let signer = &key.key.primary_key;
    let signed = || -> pgp::errors::Result<String> {
        let mut config = SignatureConfig::from_key(rand::rngs::OsRng, signer, SignatureType::Text)?;
        config.hash_alg = HashAlgorithm::Sha512;
        config.hashed_subpackets = vec![
            Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::now()))?,
            Subpacket::regular(SubpacketData::IssuerFingerprint(signer.fingerprint()))?,
        ];
        config.unhashed_subpackets = vec![Subpacket::regular(SubpacketData::IssuerKeyId(signer.legacy_key_id()))?];
        CleartextSignedMessage::new(&text, config, signer, &passphrase)?.to_armored_string(ArmorOptions::default())
    };
    signed().map_err(|error| failed(&error))
}

fn message(metadata: Map, file_name: &str, archive: &[u8]) -> Result<String, goyaml::Error> {
    let sum = format!("sha256:{}", sha256(archive));
    let files = Map::from([(file_name.to_owned(), sum.as_str().into())]);
    let sums = Map::from([("files".to_owned(), Value::Map(files))]);
    let head = goyaml::to_yaml(&Value::Map(metadata))?;
    Ok(format!("{head}\n...\n{}", goyaml::to_yaml(&Value::Map(sums))?))
}
