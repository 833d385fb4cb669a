//! Encryption as libpq's `sslmode` asks for it.

use crate::error::{Cause, SqlError};
use crate::settings::{Settings, SslMode};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How to encrypt; with which certificates of authorities, if any, the server must prove itself.
pub(crate) fn connector(settings: &Settings) -> Result<MakeRustlsConnect, SqlError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        trusted: trusted(settings, &provider)?,
        check_name: settings.ssl_mode == SslMode::VerifyFull,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match &settings.client_certificate {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
            config.with_client_auth_cert(certificates(certificate)?, key).map_err(|error| failed(&error))?
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

fn failed(error: &Error) -> SqlError {
    SqlError::new(Cause::Other, format!("tls: {error}"))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> SqlError {
    SqlError::new(Cause::Other, format!("{}: {error}", path.display()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SqlError> {
    let all = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(path, &error))?;
    all.collect::<Result<_, _>>().map_err(|error| unreadable(path, &error))
}

/// What a server's certificate is checked against: nothing, unless the mode or a given file asks for it.
fn trusted(settings: &Settings, provider: &Arc<CryptoProvider>) -> Result<Option<Trusted>, SqlError> {
    let verifies = matches!(settings.ssl_mode, SslMode::VerifyCa | SslMode::VerifyFull);
    let root = settings.root_certificate.as_deref().filter(|path| path.as_os_str() != "system");
    let certificates = match root {
        // A given file makes `require` mean `verify-ca`.
        Some(path) if verifies || settings.ssl_mode == SslMode::Require => certificates(path)?,
        _ if !verifies => return Ok(None),
        _ => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.iter().cloned());
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    let chain = chain.map_err(|error| SqlError::new(Cause::Other, format!("tls: no certificates to trust: {error}")))?;
    Ok(Some(Trusted { certificates, chain }))
}

#[derive(Debug)]
struct Trusted {
    certificates: Vec<CertificateDer<'static>>,
    chain: Arc<WebPkiServerVerifier>,
}

#[derive(Debug)]
struct Verifier {
    trusted: Option<Trusted>,
    check_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trusted) = &self.trusted else { return Ok(ServerCertVerified::assertion()) };
        if trusted.certificates.iter().any(|root| root == certificate) {
            // A server's own certificate as its authority: usual with PostgreSQL, refused by the chain's rules.
            if self.check_name {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match trusted.chain.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The name is looked at last: everything else is right.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.check_name => Ok(ServerCertVerified::assertion()),
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
