//! Certificates that a template makes: authorities, certificates signed by them, certificates that sign themselves.

use super::certificate::{self, Issuer, Template};
use super::keys::PrivateKey;
use super::pem;
use crate::render::Environment;
use crate::render::functions::codes::decode64;
use crate::render::functions::dates::utc_fields;
use crate::render::functions::random::Random;
use gotemplate::format;
use gotemplate::function::{FunctionError, FunctionTable, Parameter, ParameterType};
use gotemplate::value::{List, Map, Object, Str, Value};
use std::any::Any;
use std::borrow::Cow;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

const CERTIFICATE: &str = "sprig.certificate";

const DAY: i64 = 24 * 3600 * 1_000_000_000;

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable, environment: &Environment) {
    let issuance = Rc::new(Issuance { clock: environment.clock.clone(), random: Random::new(environment) });
    add_self_signed(table, &issuance);
    add_signed(table, &issuance);
    table.add("buildCustomCert", |certificate: Str, key: Str| build(certificate.as_bytes(), key.as_bytes()));
}

fn add_self_signed(table: &mut FunctionTable, issuance: &Rc<Issuance>) {
    let shared = issuance.clone();
    table.add("genCA", move |name: Str, days: i64| {
        let key = shared.key()?;
        shared.sign_itself(&Subject::authority(&name, days), &key)
    });
    let shared = issuance.clone();
    table.add("genCAWithKey", move |name: Str, days: i64, key: Str| {
        shared.sign_itself(&Subject::authority(&name, days), &own_key(&key)?)
    });
    let shared = issuance.clone();
    table.add("genSelfSignedCert", move |name: Str, addresses: List, names: List, days: i64| {
        let subject = Subject::host(&name, &addresses, &names, days)?;
        shared.sign_itself(&subject, &shared.key()?)
    });
    let shared = issuance.clone();
    table.add("genSelfSignedCertWithKey", move |name: Str, addresses: List, names: List, days: i64, key: Str| {
        let key = own_key(&key)?;
        shared.sign_itself(&Subject::host(&name, &addresses, &names, days)?, &key)
    });
}

fn add_signed(table: &mut FunctionTable, issuance: &Rc<Issuance>) {
    let shared = issuance.clone();
    table.add("genSignedCert", move |name: Str, addresses: List, names: List, days: i64, authority: Certificate| {
        let authority = authority.authority()?;
        let subject = Subject::host(&name, &addresses, &names, days)?;
        shared.sign(&subject, &shared.key()?, &authority)
    });
    let shared = issuance.clone();
    table.add(
        "genSignedCertWithKey",
        move |name: Str, addresses: List, names: List, days: i64, authority: Certificate, key: Str| {
            let key = own_key(&key)?;
            let authority = authority.authority()?;
            shared.sign(&Subject::host(&name, &addresses, &names, days)?, &key, &authority)
        },
    );
}

/// Go's `sprig.certificate`: a certificate and its private key, both as PEM.
#[derive(Clone, Debug)]
struct Certificate {
    certificate: Str,
    key: Str,
}

/// Who a certificate is for.
struct Subject {
    name: Vec<u8>,
    days: i64,
    addresses: Vec<IpAddr>,
    dns_names: Vec<Vec<u8>>,
    is_ca: bool,
}

/// Who signs it.
struct Authority {
    issuer: Issuer,
    key: PrivateKey,
}

/// What issuing takes from the environment.
struct Issuance {
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    random: Random,
}

impl Issuance {
    fn key(&self) -> Result<PrivateKey, FunctionError> {
        PrivateKey::generate_rsa::<16>(&self.random).map_err(|error| format!("error generating rsa key: {error}").into())
    }

    fn sign_itself(&self, subject: &Subject, key: &PrivateKey) -> Result<Value, FunctionError> {
        self.issue(subject, key, None, key)
    }

    fn sign(&self, subject: &Subject, key: &PrivateKey, authority: &Authority) -> Result<Value, FunctionError> {
        self.issue(subject, key, Some(&authority.issuer), &authority.key)
    }

    fn issue(
        &self,
        subject: &Subject,
        key: &PrivateKey,
        issuer: Option<&Issuer>,
        signer: &PrivateKey,
    ) -> Result<Value, FunctionError> {
        let mut serial = [0; 16];
        self.random.fill(&mut serial);
        let now = nanoseconds((self.clock)());
        let seconds = |nanoseconds: i128| nanoseconds.div_euclid(1_000_000_000) as i64;
        let template = Template {
            common_name: subject.name.clone(),
            serial,
            not_before: utc_fields(seconds(now)),
            // Beyond 292 years Go's duration wraps around.
            not_after: utc_fields(seconds(now + i128::from(DAY.wrapping_mul(subject.days)))),
            addresses: subject.addresses.clone(),
            dns_names: subject.dns_names.clone(),
            is_ca: subject.is_ca,
        };
        let der = certificate::create(&template, key, issuer, signer);
        let der = der.map_err(|error| format!("error creating certificate: {error}"))?;
        Ok(value(Certificate { certificate: pem::encode("CERTIFICATE", &der).into(), key: key.to_pem().into() }))
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(error) => -(error.duration().as_nanos() as i128),
    }
}

impl Subject {
    fn authority(name: &Str, days: i64) -> Self {
        Self { name: name.as_bytes().to_vec(), days, addresses: Vec::new(), dns_names: Vec::new(), is_ca: true }
    }

    fn host(name: &Str, addresses: &List, names: &List, days: i64) -> Result<Self, FunctionError> {
        let addresses = addresses.items().iter().map(address).collect::<Result<_, _>>()?;
        let dns_names = names.items().iter().map(dns_name).collect::<Result<_, _>>()?;
        Ok(Self { name: name.as_bytes().to_vec(), days, addresses, dns_names, is_ca: false })
    }
}

fn address(value: &Value) -> Result<IpAddr, FunctionError> {
    let Value::String(text) = value else {
        return Err(format!("error parsing ip: {} is not a string", printed(value)).into());
    };
    let address = text.to_str().and_then(|text| text.parse().ok());
    address.ok_or_else(|| format!("error parsing ip: {}", text.to_str_lossy()).into())
}

fn dns_name(value: &Value) -> Result<Vec<u8>, FunctionError> {
    match value {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        other => Err(format!("error processing alternate dns name: {} is not a string", printed(other)).into()),
    }
}

fn printed(value: &Value) -> String {
    String::from_utf8_lossy(&format::print(value).unwrap_or_default()).into_owned()
}

/// The key that a template hands in.
fn own_key(text: &Str) -> Result<PrivateKey, FunctionError> {
    PrivateKey::from_pem(text.as_bytes()).map_err(|error| format!("parsing private key: {error}").into())
}

/// A certificate that was made elsewhere, checked.
fn build(certificate: &[u8], key: &[u8]) -> Result<Value, FunctionError> {
    let certificate = decode64(certificate).map_err(|_| "unable to decode base64 certificate")?;
    let key = decode64(key).map_err(|_| "unable to decode base64 private key")?;
    let block = pem::decode(&certificate).ok_or("unable to decode certificate")?;
    certificate::parse(&block.content).map_err(|error| format!("error parsing certificate: decodedCert.Bytes: {error}"))?;
    PrivateKey::from_pem(&key).map_err(|error| format!("error parsing private key: {error}"))?;
    Ok(value(Certificate { certificate: certificate.into(), key: key.into() }))
}

impl Certificate {
    fn authority(&self) -> Result<Authority, FunctionError> {
        let block = pem::decode(self.certificate.as_bytes()).ok_or("unable to decode certificate")?;
        let issuer = certificate::parse(&block.content);
        let issuer = issuer.map_err(|error| format!("error parsing certificate: decodedSignerCert.Bytes: {error}"))?;
        let key = PrivateKey::from_pem(self.key.as_bytes());
        Ok(Authority { issuer, key: key.map_err(|error| format!("error parsing private key: {error}"))? })
    }
}

fn value(certificate: Certificate) -> Value {
    Value::Object(Rc::new(certificate))
}

impl Parameter for Certificate {
    const TYPE: ParameterType = ParameterType::Object(CERTIFICATE);

    fn take(value: Value) -> Self {
        let certificate = match &value {
            Value::Object(object) => object.as_any().downcast_ref().cloned(),
            _ => None,
        };
        certificate.unwrap_or_else(|| Self { certificate: "".into(), key: "".into() })
    }
}

impl Object for Certificate {
    fn type_name(&self) -> Cow<'static, str> {
        CERTIFICATE.into()
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::String(self.certificate.clone())),
            "Key" => Some(Value::String(self.key.clone())),
            _ => None,
        }
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(vec![("Cert", Value::String(self.certificate.clone())), ("Key", Value::String(self.key.clone()))])
    }

    fn display(&self) -> String {
        format!("{{{} {}}}", self.certificate.to_str_lossy(), self.key.to_str_lossy())
    }

    fn plain(&self) -> Value {
        Value::Map(self.fields().into_iter().flatten().map(|(name, value)| (name.into(), value)).collect::<Map>())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::environment;
    use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
    use std::time::Duration;
    use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring};

    const NOW: u64 = 1_600_000_000;

    fn call(name: &str, arguments: &[Value]) -> Result<Certificate, String> {
        let mut table = FunctionTable::new();
        add(&mut table, &environment());
        let function = table.get(name).expect("a known function");
        function.call(&gotemplate::Set::default(), arguments.to_vec()).map(Certificate::take).map_err(|error| error.message)
    }

    fn text(text: &str) -> Value {
        Value::string(text)
    }

    fn key(kind: &str) -> Value {
        let random = Random::new(&environment());
        let key = match kind {
            "ecdsa" => PrivateKey::generate_ec(&random),
            _ => PrivateKey::generate_ed25519(&random),
        };
        text(&key.to_pem())
    }

    fn der(certificate: &Certificate) -> CertificateDer<'static> {
        pem::decode(certificate.certificate.as_bytes()).expect("PEM").content.into()
    }

    /// What an independent implementation says of a server's certificate under an authority.
    fn verify(authority: &Certificate, server: &Certificate, name: &str, at: u64) -> Result<(), webpki::Error> {
        let (authority, server) = (der(authority), der(server));
        let anchor = anchor_from_trusted_cert(&authority)?;
        let server = EndEntityCert::try_from(&server)?;
        let algorithms = [ring::RSA_PKCS1_2048_8192_SHA256, ring::ECDSA_P256_SHA256, ring::ED25519];
        let time = UnixTime::since_unix_epoch(Duration::from_secs(at));
        server.verify_for_usage(&algorithms, &[anchor], &[], time, KeyUsage::server_auth(), None, None)?;
        server.verify_is_valid_for_subject_name(&ServerName::try_from(name).expect("a name"))
    }

    #[test]
    fn a_chain_verifies() {
        let authority = call("genCA", &[text("my ca"), Value::Int(2)]).expect("an authority");
        let names = [Value::list(vec![text("10.0.0.1"), text("fe80::1")]), Value::list(vec![text("a.b"), text("*.c.d")])];
        let object = value(authority.clone());
        let arguments = [&[text("x")], names.as_slice(), &[Value::Int(1), object]].concat();
        let server = call("genSignedCert", &arguments).expect("a certificate");
        for name in ["a.b", "x.c.d", "10.0.0.1", "fe80::1"] {
            assert_eq!(verify(&authority, &server, name, NOW + 86_399), Ok(()), "{name}");
        }
        assert!(verify(&authority, &server, "x", NOW).is_err());
        assert!(verify(&authority, &server, "a.b", NOW + 86_401).is_err());
    }

    #[test]
    fn other_keys_make_chains_too() {
        let authority = call("genCAWithKey", &[text("ca"), Value::Int(2), key("ecdsa")]).expect("an authority");
        let arguments = [text("x"), Value::list(vec![]), Value::list(vec![text("h")]), Value::Int(1)];
        let signed = [arguments.as_slice(), &[value(authority.clone()), key("ed25519")]].concat();
        let server = call("genSignedCertWithKey", &signed).expect("a certificate");
        assert_eq!(verify(&authority, &server, "h", NOW), Ok(()));
        assert!(server.key.to_str_lossy().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let own =
            call("genSelfSignedCertWithKey", &[arguments.as_slice(), &[key("ecdsa")]].concat()).expect("a certificate");
        assert_eq!(verify(&own, &own, "h", NOW), Ok(()));
    }

    // The expected texts are Helm's.
    #[test]
    fn refusals_are_helm_s() {
        let empty = || Value::list(vec![]);
        let self_signed = |addresses: Value, names: Value| {
            call("genSelfSignedCertWithKey", &[text("x"), addresses, names, Value::Int(1), key("ecdsa")]).map(drop)
        };
        let one = |value: Value| Value::list(vec![value]);
        assert_eq!(self_signed(one(text("bad")), empty()), Err("error parsing ip: bad".into()));
        assert_eq!(self_signed(one(one(Value::Int(1))), empty()), Err("error parsing ip: [1] is not a string".into()));
        let not_string = "error processing alternate dns name: 1 is not a string";
        assert_eq!(self_signed(empty(), one(Value::Int(1))), Err(not_string.into()));
        let not_ascii = "error creating certificate: x509: \"é\" cannot be encoded as an IA5String";
        assert_eq!(self_signed(empty(), one(text("é"))), Err(not_ascii.into()));
        let with_key = |key: &str| call("genCAWithKey", &[text("x"), Value::Int(1), text(key)]).map(drop);
        assert_eq!(with_key(""), Err("parsing private key: no PEM data in input".into()));
        let block = |kind: &str| with_key(&pem::encode(kind, b"foo"));
        assert_eq!(
            block("CERTIFICATE"),
            Err("parsing private key: no private key data in PEM block of type CERTIFICATE".into())
        );
        assert_eq!(block("X PRIVATE KEY"), Err("parsing private key: invalid private key type X PRIVATE KEY".into()));
        let tags = "asn1: structure error: tags don't match (16 vs {class:1 tag:6 length:111 isCompound:true}) {optional:false \
                    explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 \
                    set:false omitEmpty:false} pkcs1PrivateKey @2";
        assert_eq!(block("RSA PRIVATE KEY"), Err(format!("parsing private key: parsing RSA private key from PEM: {tags}")));
    }

    #[test]
    fn certificates_made_elsewhere_are_checked() {
        let made = call("genCAWithKey", &[text("x"), Value::Int(1), key("ecdsa")]).expect("an authority");
        let base64 = |bytes: &[u8]| {
            use base64::Engine as _;
            text(&base64::engine::general_purpose::STANDARD.encode(bytes))
        };
        let certificate = base64(made.certificate.as_bytes());
        let build = |certificate: Value, key: Value| call("buildCustomCert", &[certificate, key]);
        let built = build(certificate.clone(), base64(made.key.as_bytes())).expect("a certificate");
        assert_eq!((built.certificate, built.key), (made.certificate, made.key));
        let error = |certificate: Value, key: Value| build(certificate, key).expect_err("no certificate");
        assert_eq!(error(text("!"), text("")), "unable to decode base64 certificate");
        assert_eq!(error(certificate.clone(), text("!")), "unable to decode base64 private key");
        assert_eq!(error(base64(b"x"), text("")), "unable to decode certificate");
        let broken = base64(pem::encode("CERTIFICATE", b"foo").as_bytes());
        assert_eq!(error(broken, text("")), "error parsing certificate: decodedCert.Bytes: x509: malformed certificate");
        assert_eq!(error(certificate, text("")), "error parsing private key: no PEM data in input");
    }
}
