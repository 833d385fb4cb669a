//! Private keys: made, read from PEM, written as PEM, signing.

use super::curve::Curve;
use super::der::{self, BIT_STRING, NULL, OCTET_STRING, OID, context, element, sequence, unsigned};
use super::dsa::DsaKey;
use super::{pem, primes};
use crate::render::functions::random::Random;
use ring::signature::{Ed25519KeyPair, KeyPair};
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::pkcs1v15;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, PrivateKey as RsaPrivateKey};
use sha2::Sha256;

/// A private key of a kind that Go knows.
#[derive(Clone, Debug)]
pub(super) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    Ec(Curve, Vec<u8>),
    Ed25519([u8; 32]),
    Dsa(Box<DsaKey>),
}

/// How a signature is made: the algorithm identifier as DER, and the signature.
pub(super) struct Signature {
    pub algorithm: Vec<u8>,
    pub bytes: Vec<u8>,
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const ECDSA_WITH_SHA: [&[u8]; 3] = [
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4],
];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// RSA's public exponent.
const EXPONENT: u64 = 65_537;

/// An algorithm identifier without parameters, or with those.
fn algorithm(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
    sequence(&[&element(OID, oid), parameters])
}

impl PrivateKey {
    /// A new RSA key of `64 * 2 * N` bits.
    ///
    /// # Errors
    /// When the library refuses the primes, which it does not.
    pub(super) fn generate_rsa<const N: usize>(random: &Random) -> Result<Self, String> {
        let (first, second) = (random.words::<N>(), random.words::<N>());
        // The search for a prime is nearly all the work, and there are two of them.
        let (p, q) = std::thread::scope(|scope| {
            let other = scope.spawn(|| primes::random(second));
            (primes::random(first), other.join())
        });
        let q = q.map_err(|_| "prime search failed")?;
        let key = RsaPrivateKey::from_p_q(p, q, BoxedUint::from(EXPONENT)).map_err(|error| error.to_string())?;
        Ok(Self::Rsa(Box::new(key)))
    }

    /// A new key on P-256.
    pub(super) fn generate_ec(random: &Random) -> Self {
        let curve = Curve::P256;
        loop {
            let mut private = vec![0; curve.len()];
            random.fill(&mut private);
            if curve.point(&private).is_some() {
                return Self::Ec(curve, private);
            }
        }
    }

    /// A new Ed25519 key.
    pub(super) fn generate_ed25519(random: &Random) -> Self {
        let mut seed = [0; 32];
        random.fill(&mut seed);
        Self::Ed25519(seed)
    }

    /// Reads the first block of a PEM text.
    ///
    /// # Errors
    /// Helm's text.
    pub(super) fn from_pem(text: &[u8]) -> Result<Self, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        let label = String::from_utf8_lossy(&block.label);
        if label == "PRIVATE KEY" {
            return parse_pkcs8(&block.content).map_err(|error| format!("decoding PEM as PKCS#8: {error}"));
        }
        let Some(kind) = label.strip_suffix(" PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {label}"));
        };
        let parsed = match kind {
            "RSA" => parse_pkcs1(&block.content),
            "EC" => parse_sec1(&block.content, None),
            "DSA" => DsaKey::parse(&block.content).map(|key| Self::Dsa(Box::new(key))),
            _ => return Err(format!("invalid private key type {label}")),
        };
        parsed.map_err(|error| format!("parsing {kind} private key from PEM: {error}"))
    }

    /// As a block of PEM.
    pub(super) fn to_pem(&self) -> String {
        match self {
            Self::Rsa(key) => {
                // Every key that could be read or made can be written.
                let der = key.to_pkcs1_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default();
                pem::encode("RSA PRIVATE KEY", &der)
            }
            Self::Ec(curve, private) => pem::encode("EC PRIVATE KEY", &sec1(*curve, private)),
            Self::Ed25519(seed) => pem::encode("PRIVATE KEY", &pkcs8_of_ed25519(seed)),
            Self::Dsa(key) => pem::encode("DSA PRIVATE KEY", &key.to_der()),
        }
    }

    /// The public key as a certificate holds it: algorithm and bits, as DER. `None` for DSA, which Go does not put there.
    pub(super) fn public_key(&self) -> Option<Vec<u8>> {
        let (algorithm, key) = match self {
            Self::Rsa(key) => {
                let der = key.to_public_key().to_pkcs1_der().ok()?;
                (algorithm(RSA, &element(NULL, b"")), der.as_bytes().to_vec())
            }
            Self::Ec(curve, private) => (algorithm(EC, &element(OID, curve.oid())), curve.point(private)?),
            Self::Ed25519(seed) => (algorithm(ED25519, b""), ed25519(seed)?.public_key().as_ref().to_vec()),
            Self::Dsa(_) => return None,
        };
        Some(sequence(&[&algorithm, &der::bits(&key)]))
    }

    /// Signs with the algorithm that Go takes for such a key.
    ///
    /// # Errors
    /// Go's text, when such a key cannot sign a certificate.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Signature, String> {
        let (algorithm, bytes) = match self {
            Self::Rsa(key) => {
                let bits = key.n_bits_precision();
                if bits < 1024 {
                    return Err(insecure(bits));
                }
                let signature = pkcs1v15::SigningKey::<Sha256>::new(key.as_ref().clone()).try_sign(message);
                let signature = signature.map_err(|error| error.to_string())?;
                (algorithm(SHA256_WITH_RSA, &element(NULL, b"")), signature.to_vec())
            }
            Self::Ec(curve, private) => {
                let signature = curve.sign(private, message).ok_or("ecdsa: invalid private key")?;
                (algorithm(ECDSA_WITH_SHA[*curve as usize], b""), signature)
            }
            Self::Ed25519(seed) => {
                let key = ed25519(seed).ok_or("ed25519: invalid private key")?;
                (algorithm(ED25519, b""), key.sign(message).as_ref().to_vec())
            }
            Self::Dsa(_) => return Err("x509: certificate private key does not implement crypto.Signer".into()),
        };
        Ok(Signature { algorithm, bytes })
    }
}

fn insecure(bits: u32) -> String {
    format!("crypto/rsa: {bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)")
}

fn ed25519(seed: &[u8; 32]) -> Option<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(seed).ok()
}

/// An EC key with its curve and public point.
fn sec1(curve: Curve, private: &[u8]) -> Vec<u8> {
    let point = curve.point(private).unwrap_or_default();
    sequence(&[
        &unsigned(&[1]),
        &element(OCTET_STRING, private),
        &element(context(0), &element(OID, curve.oid())),
        &element(context(1), &der::bits(&point)),
    ])
}

fn pkcs8_of_ed25519(seed: &[u8]) -> Vec<u8> {
    let key = element(OCTET_STRING, &element(OCTET_STRING, seed));
    sequence(&[&unsigned(&[]), &algorithm(ED25519, b""), &key])
}

fn parse_pkcs1(der: &[u8]) -> Result<PrivateKey, String> {
    der::check(der, "pkcs1PrivateKey")?;
    if der::Reader(der).element().is_some_and(|element| element.whole.len() < der.len()) {
        return Err("asn1: syntax error: trailing data".into());
    }
    match RsaPrivateKey::from_pkcs1_der(der) {
        Ok(key) => Ok(PrivateKey::Rsa(Box::new(key))),
        Err(_) if read_sec1(der).is_some() => Err(use_instead("ParseECPrivateKey")),
        Err(_) if read_pkcs8(der).is_some() => Err(use_instead("ParsePKCS8PrivateKey")),
        Err(error) => Err(error.to_string()),
    }
}

fn use_instead(name: &str) -> String {
    format!("x509: failed to parse private key (use {name} instead for this key format)")
}

/// The parts of an EC key: version, private number, curve.
fn read_sec1(der: &[u8]) -> Option<(&[u8], &[u8], Option<&[u8]>)> {
    let mut reader = der::open(der)?;
    let (version, private) = (reader.take_unsigned()?, reader.take(OCTET_STRING)?);
    let curve = reader.take(context(0)).and_then(|content| der::Reader(content).take(OID));
    let _ = reader.take(context(1)).filter(|content| der::Reader(content).take(BIT_STRING).is_some());
    Some((version, private, curve))
}

/// Reads an EC key; a PKCS#8 wrapping names the curve outside.
fn parse_sec1(der: &[u8], outer: Option<&[u8]>) -> Result<PrivateKey, String> {
    let failed = |error: &str| format!("x509: failed to parse EC private key: {error}");
    der::check(der, "ecPrivateKey").map_err(|error| failed(&error))?;
    let Some((version, private, inner)) = read_sec1(der) else {
        return Err(match () {
            () if read_pkcs8(der).is_some() => use_instead("ParsePKCS8PrivateKey"),
            () if RsaPrivateKey::from_pkcs1_der(der).is_ok() => use_instead("ParsePKCS1PrivateKey"),
            () => failed("asn1: syntax error: sequence truncated"),
        });
    };
    if version != [1] {
        return Err(format!("x509: unknown EC private key version {}", version.first().copied().unwrap_or_default()));
    }
    let oid = outer.or(inner).unwrap_or_default();
    let curve = Curve::ALL.into_iter().find(|curve| curve.oid() == oid).ok_or("x509: unknown elliptic curve")?;
    // Some programs leave out zeros at the start, some write too many.
    let digits = &private[private.iter().take_while(|byte| **byte == 0).count()..];
    let missing = curve.len().checked_sub(digits.len());
    let padded = missing.map(|missing| [vec![0; missing], digits.to_vec()].concat());
    let key = padded.filter(|key| curve.point(key).is_some()).ok_or("x509: invalid elliptic curve private key value")?;
    Ok(PrivateKey::Ec(curve, key))
}

/// The parts of a PKCS#8 key: algorithm, its parameters, key.
fn read_pkcs8(der: &[u8]) -> Option<(&[u8], der::Reader<'_>, &[u8])> {
    let mut reader = der::open(der)?;
    reader.take_unsigned()?;
    let mut algorithm = der::Reader(reader.take(der::SEQUENCE)?);
    Some((algorithm.take(OID)?, algorithm, reader.take(OCTET_STRING)?))
}

fn parse_pkcs8(der: &[u8]) -> Result<PrivateKey, String> {
    der::check(der, "pkcs8")?;
    let Some((oid, mut parameters, key)) = read_pkcs8(der) else {
        return Err(match () {
            () if read_sec1(der).is_some() => use_instead("ParseECPrivateKey"),
            () if RsaPrivateKey::from_pkcs1_der(der).is_ok() => use_instead("ParsePKCS1PrivateKey"),
            () => "asn1: syntax error: sequence truncated".into(),
        });
    };
    let embedded = |kind: &str| format!("x509: failed to parse {kind} private key embedded in PKCS#8: ");
    match oid {
        RSA => parse_pkcs1(key).map_err(|error| embedded("RSA") + &error),
        EC => parse_sec1(key, parameters.take(OID)).map_err(|error| embedded("EC") + &error),
        ED25519 => {
            let seed = der::Reader(key).take(OCTET_STRING).unwrap_or_default();
            let seed = seed.try_into().map_err(|_| format!("x509: invalid Ed25519 private key length: {}", seed.len()))?;
            Ok(PrivateKey::Ed25519(seed))
        }
        _ => Err(format!("x509: PKCS#8 wrapping contained private key with unknown algorithm: {}", der::dotted(oid))),
    }
}
