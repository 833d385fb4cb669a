//! The elliptic curves of ECDSA keys.

use p256::ecdsa::signature::Signer;

/// A curve that Go knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    pub(super) const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// The bytes of its object identifier.
    pub(super) fn oid(self) -> &'static [u8] {
        match self {
            Self::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
            Self::P384 => &[0x2b, 0x81, 4, 0, 0x22],
            Self::P521 => &[0x2b, 0x81, 4, 0, 0x23],
        }
    }

    /// The bytes of a private key.
    pub(super) fn len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The public point of a private key, uncompressed. `None` when there is no such key.
    pub(super) fn point(self, private: &[u8]) -> Option<Vec<u8>> {
        macro_rules! point {
            ($curve:ident) => {{
                let key = $curve::ecdsa::SigningKey::from_slice(private).ok()?;
                Some(key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
            }};
        }
        match self {
            Self::P256 => point!(p256),
            Self::P384 => point!(p384),
            Self::P521 => point!(p521),
        }
    }

    /// The signature of a message, as DER, with the digest that belongs to the curve and no randomness (RFC 6979).
    pub(super) fn sign(self, private: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        macro_rules! sign {
            ($curve:ident) => {{
                let key = $curve::ecdsa::SigningKey::from_slice(private).ok()?;
                let signature: $curve::ecdsa::Signature = key.try_sign(message).ok()?;
                Some(signature.to_der().as_bytes().to_vec())
            }};
        }
        match self {
            Self::P256 => sign!(p256),
            Self::P384 => sign!(p384),
            Self::P521 => sign!(p521),
        }
    }
}
