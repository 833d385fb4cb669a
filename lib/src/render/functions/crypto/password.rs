//! Passwords: `bcrypt`, `htpasswd` and the derived ones of Master Password.

use crate::render::functions::random::Random;
use bcrypt::Version;
use gotemplate::value::Str;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The work factor of hashes.
const COST: u32 = 10;

/// The longest password that can be hashed.
const MAX_LEN: usize = 72;

/// The hash of a password; a password that is too long becomes the text of the error.
pub(super) fn hash(password: &[u8], random: &Random) -> String {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let failed = |reason: &str| format!("failed to encrypt string with bcrypt: {reason}");
    if password.len() > MAX_LEN {
        return failed("bcrypt: password length exceeds 72 bytes");
    }
    match bcrypt::hash_with_salt(password, COST, salt) {
        Ok(parts) => parts.format_for_version(Version::TwoA),
        Err(error) => failed(&error.to_string()),
    }
}

/// A line of a password file; a user with a colon becomes the text of the error.
pub(super) fn htpasswd(user: &Str, password: &Str, random: &Random) -> Vec<u8> {
    if user.as_bytes().contains(&b':') {
        return [b"invalid username: ", user.as_bytes()].concat();
    }
    [user.as_bytes(), b":", hash(password.as_bytes(), random).as_bytes()].concat()
}

/// What a password is for, and with what.
pub(super) struct Purpose<'a> {
    pub counter: u32,
    pub kind: &'a str,
    pub user: &'a [u8],
    pub site: &'a [u8],
}

/// The password that belongs to a purpose, by the algorithm of Master Password.
pub(super) fn derive(password: &[u8], purpose: &Purpose<'_>) -> String {
    let Some((_, patterns)) = PATTERNS.iter().find(|(kind, _)| *kind == purpose.kind) else {
        return format!("cannot find password template {}", purpose.kind);
    };
    let failed = |error: &dyn std::fmt::Display| format!("failed to derive password: {error}");
    let salt = [SCOPE, &length(purpose.user), purpose.user].concat();
    let mut key = [0; 64];
    let derived = scrypt::Params::new(15, 8, 2)
        .map_err(|error| failed(&error))
        .and_then(|params| scrypt::scrypt(password, &salt, &params, &mut key).map_err(|error| failed(&error)));
    if let Err(text) = derived {
        return text;
    }
    let mut mac = match Hmac::<Sha256>::new_from_slice(&key) {
        Ok(mac) => mac,
        Err(error) => return failed(&error),
    };
    mac.update(&[SCOPE, &length(purpose.site), purpose.site, &purpose.counter.to_be_bytes()].concat());
    let seed = mac.finalize().into_bytes();
    let pattern = patterns[usize::from(seed[0]) % patterns.len()];
    let letters = pattern.bytes().zip(&seed[1..]).map(|(class, byte)| {
        let class = characters(class);
        char::from(class[usize::from(*byte) % class.len()])
    });
    letters.collect()
}

const SCOPE: &[u8] = b"com.lyndir.masterpassword";

fn length(text: &[u8]) -> [u8; 4] {
    (text.len() as u32).to_be_bytes()
}

/// The shapes of passwords, one letter for a class of characters.
const PATTERNS: [(&str, &[&str]); 6] = [
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

/// The characters of a class.
fn characters(class: u8) -> &'static [u8] {
    match class {
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}
