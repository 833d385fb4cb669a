//! Digests, password hashes, keys, certificates and encrypted texts. All randomness comes from the environment.

mod aes;
mod authority;
mod certificate;
mod curve;
mod der;
mod dsa;
mod keys;
mod password;
mod pem;
mod primes;

use super::random::Random;
use crate::render::Environment;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dsa::DsaKey;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::Str;
use keys::PrivateKey;
use password::Purpose;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable, environment: &Environment) {
    table.add("sha1sum", |text: Str| hexadecimal(&Sha1::digest(text.as_bytes())));
    table.add("sha256sum", |text: Str| hexadecimal(&Sha256::digest(text.as_bytes())));
    table.add("sha512sum", |text: Str| hexadecimal(&Sha512::digest(text.as_bytes())));
    table.add("adler32sum", |text: Str| adler32(text.as_bytes()).to_string());
    add_passwords(table, environment);
    let random = Random::new(environment);
    let source = random.clone();
    table.add("randBytes", move |count: i64| source.bytes(count).map(|bytes| STANDARD.encode(bytes)));
    let source = random.clone();
    table.add("encryptAES", move |password: Str, text: Str| aes::encrypt(password.as_bytes(), text.as_bytes(), &source));
    table.add("decryptAES", |password: Str, text: Str| aes::decrypt(password.as_bytes(), text.as_bytes()));
    table.add("genPrivateKey", move |kind: Str| private_key(&kind, &random));
    authority::add(table, environment);
}

fn add_passwords(table: &mut FunctionTable, environment: &Environment) {
    let random = Random::new(environment);
    let source = random.clone();
    table.add("bcrypt", move |password: Str| password::hash(password.as_bytes(), &source));
    table.add("htpasswd", move |user: Str, password: Str| password::htpasswd(&user, &password, &random));
    table.add("derivePassword", |counter: u32, kind: Str, password: Str, user: Str, site: Str| {
        let purpose = Purpose { counter, kind: &kind.to_str_lossy(), user: user.as_bytes(), site: site.as_bytes() };
        password::derive(password.as_bytes(), &purpose)
    });
}

/// A new private key as PEM; an unknown kind becomes the text of the error.
fn private_key(kind: &Str, random: &Random) -> Result<Str, FunctionError> {
    let key = match kind.as_bytes() {
        b"" | b"rsa" => PrivateKey::generate_rsa::<32>(random)?,
        b"dsa" => PrivateKey::Dsa(Box::new(DsaKey::generate(random).ok_or("failed to generate dsa params")?)),
        b"ecdsa" => PrivateKey::generate_ec(random),
        b"ed25519" => PrivateKey::generate_ed25519(random),
        other => return Ok([b"Unknown type ", other].concat().into()),
    };
    Ok(key.to_pem().into())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1, 0);
    // So many sums still fit into 32 bits.
    for chunk in bytes.chunks(5552) {
        for byte in chunk {
            low += u32::from(*byte);
            high += low;
        }
        (low, high) = (low % 65_521, high % 65_521);
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::{call, environment};
    use gotemplate::value::Value;

    fn ask(name: &str, arguments: &[Value]) -> Result<String, String> {
        let mut table = FunctionTable::new();
        add(&mut table, &environment());
        call(&table, name, arguments)
    }

    fn ask_texts(name: &str, texts: &[&str]) -> Result<String, String> {
        ask(name, &texts.iter().map(|text| Value::string(*text)).collect::<Vec<_>>())
    }

    // The expected values are Helm's.
    #[test]
    fn digests_are_written_in_hexadecimal() {
        assert_eq!(ask_texts("sha1sum", &["abc"]), Ok("a9993e364706816aba3e25717850c26c9cd0d89d".into()));
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(ask_texts("sha256sum", &[""]), Ok(sha256.into()));
        let sha512 = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(ask_texts("sha512sum", &["abc"]), Ok(sha512.into()));
        assert_eq!(ask_texts("adler32sum", &["Wikipedia"]), Ok("300286872".into()));
        assert_eq!(adler32(&[0xff; 100_000]), 345649196);
    }

    #[test]
    fn hashes_check() {
        let hash = ask_texts("bcrypt", &["secret"]).expect("a hash");
        assert!(hash.starts_with("$2a$10$") && hash.len() == 60 && bcrypt::verify("secret", &hash).expect("a hash"));
        let line = ask_texts("htpasswd", &["user", "p\0w"]).expect("a line");
        assert!(bcrypt::verify("p\0w", line.strip_prefix("user:").expect("a user")).expect("a hash"));
        assert_eq!(ask_texts("htpasswd", &["a:b", "p"]), Ok("invalid username: a:b".into()));
        let error = "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
        assert_eq!(ask_texts("bcrypt", &[&"a".repeat(73)]), Ok(error.into()));
        assert_eq!(ask_texts("bcrypt", &[&"a".repeat(72)]).map(|hash| hash.len()), Ok(60));
    }

    #[test]
    fn passwords_are_derived() {
        let derive = |counter: i64, kind: &str, site: &str| {
            let texts = [kind, "pw", "jo", site].map(Value::string);
            ask("derivePassword", &[&[Value::Int(counter)], texts.as_slice()].concat()).expect("a password")
        };
        assert_eq!(derive(1, "pin", ""), "1280");
        assert_eq!(derive(3, "long", "site.io"), "MuzoCojrRizo3$");
        assert_eq!(derive(1, "maximum", "site.io"), "A3]X43R6aG@kPHH3$z7L");
        assert_eq!(derive(1, "x", ""), "cannot find password template x");
    }

    #[test]
    fn texts_are_encrypted_and_decrypted() {
        let decrypt = |text: &str| ask_texts("decryptAES", &["secretkey", text]);
        assert_eq!(decrypt("30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ="), Ok("plaintext".into()));
        for len in [1, 15, 16, 17] {
            let text = "x".repeat(len);
            let encrypted = ask_texts("encryptAES", &["secretkey", &text]).expect("a text");
            assert_eq!(decrypt(&encrypted), Ok(text));
        }
        assert_eq!((ask_texts("encryptAES", &["k", ""]), decrypt("")), (Ok(String::new()), Ok(String::new())));
        let errors = [
            ("!!!", "illegal base64 data at input byte 0"),
            ("eHg=", "runtime error: slice bounds out of range [:16] with capacity 3"),
            ("eHgxMjM0NTY3ODkwMTIzNA==", "runtime error: index out of range [-1]"),
            ("eHgxMjM0NTY3ODkwMTIzNDU2Nzg5MA==", "crypto/cipher: input not full blocks"),
        ];
        for (text, error) in errors {
            assert_eq!(decrypt(text), Err(error.into()), "{text}");
        }
        let error = "runtime error: slice bounds out of range [:-19]";
        assert_eq!(ask_texts("decryptAES", &["k", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]), Err(error.into()));
    }

    #[test]
    fn random_bytes_are_many_but_not_too_many() {
        assert_eq!(ask("randBytes", &[Value::Int(16)]).map(|text| text.len()), Ok(24));
        let error = Err("runtime error: makeslice: len out of range".to_owned());
        assert_eq!([-1, i64::MAX].map(|count| ask("randBytes", &[Value::Int(count)])), [error.clone(), error]);
    }

    #[test]
    fn keys_of_every_kind_are_made() {
        let lines = |kind: &str| {
            let pem = ask_texts("genPrivateKey", &[kind]).expect("a key");
            let first = pem.lines().next().map(str::to_owned);
            (first, PrivateKey::from_pem(pem.as_bytes()).map(|key| key.to_pem() == pem))
        };
        let pem = |kind: &str| (Some(format!("-----BEGIN {kind}PRIVATE KEY-----")), Ok(true));
        assert_eq!(lines("dsa"), pem("DSA "));
        assert_eq!(lines("ecdsa"), pem("EC "));
        assert_eq!(lines("ed25519"), pem(""));
        assert_eq!(ask_texts("genPrivateKey", &["x"]), Ok("Unknown type x".into()));
        // A template's has 4096 bits, and takes so much longer.
        let rsa = PrivateKey::generate_rsa::<16>(&Random::new(&environment())).expect("a key").to_pem();
        assert!(rsa.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
        assert_eq!(PrivateKey::from_pem(rsa.as_bytes()).map(|key| key.to_pem()), Ok(rsa));
    }
}
