//! X.509 certificates, laid out as Go's `x509.CreateCertificate` lays out those of Helm.

use super::der::{self, BIT_STRING, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, PRINTABLE_STRING, Reader, SEQUENCE, SET};
use super::der::{UTC_TIME, UTF8_STRING, context, element, sequence, unsigned};
use super::keys::PrivateKey;
use gotemplate::format::quoted;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// What a certificate says.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub common_name: Vec<u8>,
    /// Bytes of the serial number.
    pub serial: [u8; 16],
    /// Year, month, day, hour, minute, second.
    pub not_before: [i64; 6],
    pub not_after: [i64; 6],
    pub addresses: Vec<IpAddr>,
    pub dns_names: Vec<Vec<u8>>,
    pub is_ca: bool,
}

/// What a new certificate needs from that of its issuer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Issuer {
    /// The name, as DER.
    name: Vec<u8>,
    key_id: Vec<u8>,
    /// The public key, as DER.
    public_key: Vec<u8>,
}

const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const KEY_ID: &[u8] = &[0x55, 0x1d, 14];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 35];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
const SERVER_AUTHENTICATION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTHENTICATION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
const TRUE: &[u8] = &[1, 1, 0xff];

/// Makes the certificate of `key`, signed by `signer`, which belongs to the issuer, or to the certificate itself.
///
/// # Errors
/// Go's text.
pub(super) fn create(
    template: &Template,
    key: &PrivateKey,
    issuer: Option<&Issuer>,
    signer: &PrivateKey,
) -> Result<Vec<u8>, String> {
    // Whether the key can sign is asked before anything else.
    let algorithm = signer.sign(b"")?.algorithm;
    let public_key = key.public_key().ok_or("x509: unsupported public key type: *dsa.PublicKey")?;
    if issuer.is_some_and(|issuer| signer.public_key().as_ref() != Some(&issuer.public_key)) {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".into());
    }
    let subject = name(&template.common_name)?;
    let issuer_name = issuer.map_or(&subject, |issuer| &issuer.name);
    let authority = issuer.filter(|issuer| issuer.name != subject && !issuer.key_id.is_empty());
    let extensions = extensions(template, &subject, &public_key, authority)?;
    let to_be_signed = sequence(&[
        &element(context(0), &unsigned(&[2])),
        &unsigned(&template.serial),
        &algorithm,
        issuer_name,
        &sequence(&[&time(template.not_before), &time(template.not_after)]),
        &subject,
        &public_key,
        &element(context(3), &sequence(&[&extensions])),
    ]);
    let signature = signer.sign(&to_be_signed)?;
    Ok(sequence(&[&to_be_signed, &signature.algorithm, &der::bits(&signature.bytes)]))
}

/// A name that is the common name only, or nothing.
fn name(common_name: &[u8]) -> Result<Vec<u8>, String> {
    if common_name.is_empty() {
        return Ok(sequence(&[]));
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte);
    let tag = match common_name.iter().all(plain) {
        true => PRINTABLE_STRING,
        false if std::str::from_utf8(common_name).is_ok() => UTF8_STRING,
        false => return Err("asn1: string not valid UTF-8".into()),
    };
    let attribute = sequence(&[&element(OID, COMMON_NAME), &element(tag, common_name)]);
    Ok(sequence(&[&element(SET, &attribute)]))
}

/// Years of this and the last century have two digits.
fn time([year, month, day, hour, minute, second]: [i64; 6]) -> Vec<u8> {
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    match year {
        1950..2050 => element(UTC_TIME, format!("{:02}{rest}", year % 100).as_bytes()),
        _ => element(GENERALIZED_TIME, format!("{year:04}{rest}").as_bytes()),
    }
}

fn extension(oid: &[u8], critical: bool, content: &[u8]) -> Vec<u8> {
    sequence(&[&element(OID, oid), if critical { TRUE } else { b"" }, &element(OCTET_STRING, content)])
}

fn extensions(
    template: &Template,
    subject: &[u8],
    public_key: &[u8],
    authority: Option<&Issuer>,
) -> Result<Vec<u8>, String> {
    // Digital signature, key encipherment; of an authority, signing certificates too.
    let usage: &[u8] = if template.is_ca { &[2, 0xa4] } else { &[5, 0xa0] };
    let purposes = sequence(&[&element(OID, SERVER_AUTHENTICATION), &element(OID, CLIENT_AUTHENTICATION)]);
    let constraints = sequence(&[if template.is_ca { TRUE } else { b"" }]);
    let mut extensions = vec![
        extension(KEY_USAGE, true, &element(BIT_STRING, usage)),
        extension(EXTENDED_KEY_USAGE, false, &purposes),
        extension(BASIC_CONSTRAINTS, true, &constraints),
    ];
    if template.is_ca {
        extensions.push(extension(KEY_ID, false, &element(OCTET_STRING, &key_id(public_key))));
    }
    if let Some(authority) = authority {
        let id = sequence(&[&element(0x80, &authority.key_id)]);
        extensions.push(extension(AUTHORITY_KEY_ID, false, &id));
    }
    if !template.dns_names.is_empty() || !template.addresses.is_empty() {
        let names = alternative_names(template)?;
        extensions.push(extension(ALTERNATIVE_NAMES, subject == sequence(&[]), &names));
    }
    Ok(extensions.concat())
}

fn alternative_names(template: &Template) -> Result<Vec<u8>, String> {
    let mut names = Vec::new();
    for name in &template.dns_names {
        if !name.is_ascii() {
            return Err(format!("x509: {} cannot be encoded as an IA5String", quoted(name)));
        }
        names.push(element(0x82, name));
    }
    for address in &template.addresses {
        names.push(match address.to_canonical() {
            IpAddr::V4(address) => element(0x87, &address.octets()),
            IpAddr::V6(address) => element(0x87, &address.octets()),
        });
    }
    Ok(sequence(&[&names.concat()]))
}

/// The first 160 bits of the digest of a public key's bits (RFC 7093).
fn key_id(public_key: &[u8]) -> Vec<u8> {
    let mut parts = der::open(public_key).unwrap_or(Reader(b""));
    parts.element();
    let bits = parts.take_bits().unwrap_or_default();
    Sha256::digest(bits)[..20].to_vec()
}

/// Reads a certificate.
///
/// # Errors
/// The texts of Go's `x509.ParseCertificate`.
pub(super) fn parse(certificate: &[u8]) -> Result<Issuer, &'static str> {
    let mut outer = Reader(certificate);
    let mut whole = Reader(outer.take(SEQUENCE).ok_or("x509: malformed certificate")?);
    let mut fields = Reader(whole.take(SEQUENCE).ok_or("x509: malformed tbs certificate")?);
    let version = match fields.take(context(0)) {
        None => 1,
        Some(version) => match Reader(version).take_unsigned().ok_or("x509: malformed version")? {
            [version @ 0..=2] => version + 1,
            _ => return Err("x509: invalid version"),
        },
    };
    let serial = fields.take(INTEGER).filter(|serial| !serial.is_empty()).ok_or("x509: malformed serial number")?;
    if serial[0] & 0x80 != 0 {
        return Err("x509: negative serial number");
    }
    let algorithm = fields.take(SEQUENCE).ok_or("x509: malformed signature algorithm identifier")?;
    if whole.take(SEQUENCE).ok_or("x509: malformed algorithm identifier")? != algorithm {
        return Err("x509: inner and outer signature algorithm identifiers don't match");
    }
    fields.take(SEQUENCE).ok_or("x509: malformed issuer")?;
    fields.take(SEQUENCE).ok_or("x509: malformed validity")?;
    let name = fields.take_whole(SEQUENCE).ok_or("x509: malformed issuer")?.to_vec();
    let public_key = fields.take_whole(SEQUENCE).ok_or("x509: malformed spki")?.to_vec();
    // Unique identifiers of issuer and subject.
    for number in [1, 2] {
        fields.take(0x80 | number);
    }
    let extensions = if version == 3 { fields.take(context(3)) } else { None };
    let key_id = extensions.map_or(Ok(Vec::new()), find_key_id)?;
    whole.take_bits().ok_or("x509: malformed signature")?;
    if !outer.0.is_empty() {
        return Err("x509: trailing data");
    }
    Ok(Issuer { name, key_id, public_key })
}

fn find_key_id(extensions: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut extensions = der::open(extensions).ok_or("x509: malformed extensions")?;
    let mut key_id = Vec::new();
    while !extensions.0.is_empty() {
        let mut extension = Reader(extensions.take(SEQUENCE).ok_or("x509: malformed extension")?);
        let oid = extension.take(OID).ok_or("x509: malformed extension OID field")?;
        extension.take(1);
        let content = extension.take(OCTET_STRING).ok_or("x509: malformed extension value field")?;
        if oid == KEY_ID {
            key_id = Reader(content).take(OCTET_STRING).ok_or("x509: invalid subject key identifier")?.to_vec();
        }
    }
    Ok(key_id)
}
