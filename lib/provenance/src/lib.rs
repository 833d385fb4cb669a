//! Provenance files: what a chart's archive is, signed with OpenPGP, as Helm writes and checks it.
//!
//! ```text
//! metadata + "..." + SHA-256 of the archive → clear-signed text → NAME-VERSION.tgz.prov
//! ```
//!
//! Nothing here reads files or asks anybody: keyrings, archives and passphrases are handed in.

mod keybox;
mod keyring;
mod sign;
mod verify;

pub use keyring::{Keyring, SigningKey};
pub use sign::sign;
pub use verify::{Verified, signed_sums, verify};

/// Why something is not signed or not to be trusted, in Helm's words where it has some.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProvenanceError {
    /// The provenance file holds no signature.
    #[error("signature block not found")]
    NoSignature,
    /// No key of the keyring has made the signature.
    #[error("openpgp: signature made by unknown entity")]
    UnknownSigner,
    /// The signature is not of this text.
    #[error("openpgp: invalid signature: {0}")]
    BadSignature(String),
    /// The text does not name the archive.
    #[error("provenance does not contain a SHA for a file named {0:?}")]
    NotNamed(String),
    /// The archive is another.
    #[error("sha256 sum does not match for {file}: {expected:?} != {found:?}")]
    Sum {
        /// The archive's name.
        file: String,
        /// What is signed.
        expected: String,
        /// What there is.
        found: String,
    },
    /// The signed text has another form.
    #[error("{0}")]
    Message(String),
    /// The keyring holds no keys.
    #[error("{0}")]
    Keyring(String),
    /// No key is of that name.
    #[error("private key not found")]
    NoKey,
    /// More than one key is of that name.
    #[error("more than one key contain the id {0:?}")]
    Ambiguous(String),
    /// Only the public half is there.
    #[error("provided key is not a private key. Try providing a keyring with secret keys")]
    Public,
    /// The passphrase is wrong.
    #[error("openpgp: invalid data: private key checksum failure")]
    Passphrase,
}
