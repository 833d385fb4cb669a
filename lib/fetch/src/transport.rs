//! Fetching a URL: certificates, credentials, redirects, limits.
//!
//! Credentials go to the server they are meant for and to no other, unless the user wants that; a redirect elsewhere leaves them behind.

use crate::plugins::Plugins;
use crate::{FetchError, Watch, url};
use base64::Engine as _;
use rustls::CertificateError;
use std::io::Read;
use std::net::ToSocketAddrs;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use ureq::http::{Request, StatusCode};
use ureq::tls::{Certificate, ClientCert, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, SendBody};

const USER_AGENT: &str = "Helm/4.3.1";
const MAX_REDIRECTS: usize = 10;
/// What Helm waits for a download.
const TIMEOUT: Duration = Duration::from_secs(120);
/// What a download may hold.
pub(crate) const MAX_SIZE: u64 = 512 << 20;

/// How a server is to be spoken to.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The user, empty for none.
    pub username: String,
    /// The password.
    pub password: String,
    /// Send the credentials to every server.
    pub pass_credentials: bool,
    /// File with the certificates that are trusted, instead of the system's.
    pub ca_file: String,
    /// File with the client's certificate.
    pub cert_file: String,
    /// File with its key.
    pub key_file: String,
    /// Trust every certificate.
    pub insecure: bool,
    /// Speak to registries without TLS.
    pub plain_http: bool,
    /// How long a request may take, instead of two minutes.
    pub timeout: Option<Duration>,
}

impl Access {
    fn without_credentials(&self) -> Self {
        Self { username: String::new(), password: String::new(), ..self.clone() }
    }
}

/// A client.
pub struct Fetcher {
    access: Access,
    plugins: Plugins,
    watch: Watch,
    agents: [OnceLock<Result<Agent, FetchError>>; 2],
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// The status's number.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Fetched {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Fetcher {
    /// A client.
    #[must_use]
    pub fn new(access: Access) -> Self {
        let agents = [OnceLock::new(), OnceLock::new()];
        Self { access, plugins: Plugins::default(), watch: Watch::default(), agents }
    }

    pub(crate) fn with(self, plugins: Plugins, watch: Watch) -> Self {
        Self { plugins, watch, ..self }
    }

    /// How servers are spoken to.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Whether there is a client for the protocol of a URL.
    ///
    /// # Errors
    /// [`FetchError::Protocol`].
    pub fn check_scheme(&self, target: &str) -> Result<(), FetchError> {
        let scheme = target.split_once(':').map_or("", |(scheme, _)| scheme).to_lowercase();
        let is_known = matches!(scheme.as_str(), "http" | "https") || self.plugins.getter(&scheme).is_some();
        if is_known { Ok(()) } else { Err(FetchError::Protocol(scheme)) }
    }

    /// The content of a URL. The credentials are those of the server of `owner`.
    ///
    /// # Errors
    /// When it cannot be had whole.
    pub fn get(&self, target: &str, owner: &str) -> Result<Vec<u8>, FetchError> {
        let Access { username, password, pass_credentials, .. } = &self.access;
        let may_send = *pass_credentials || url::same_server(owner, target);
        let scheme = url::scheme(target).to_lowercase();
        if !matches!(scheme.as_str(), "http" | "https") {
            let access = if may_send { self.access.clone() } else { self.access.without_credentials() };
            let fetched = self.plugins.get(&scheme, target, &access);
            return fetched.unwrap_or(Err(FetchError::Protocol(scheme)));
        }
        let basic = (may_send && !username.is_empty() && !password.is_empty()).then(|| basic(username, password));
        let fetched = self.send("GET", target, &[], basic.as_deref(), None)?;
        if fetched.status != 200 {
            return Err(FetchError::Status { url: target.to_owned(), status: status_text(fetched.status) });
        }
        Ok(fetched.body)
    }

    /// Sends a request and follows redirects; a body is never sent twice.
    ///
    /// # Errors
    /// When there is no answer, or no whole one.
    pub fn send(
        &self,
        method: &'static str,
        target: &str,
        headers: &[(&str, &str)],
        authorization: Option<&str>,
        body: Option<&[u8]>,
    ) -> Result<Fetched, FetchError> {
        let mut target = target.to_owned();
        let mut authorization = authorization.map(str::to_owned);
        let mut shown = target.clone();
        for _ in 0..=MAX_REDIRECTS {
            let fetched = self.send_once(method, &target, headers, authorization.as_deref(), body)?;
            let location = fetched.header("location").filter(|_| matches!(fetched.status, 301 | 302 | 303 | 307 | 308));
            let Some(location) = location.filter(|_| body.is_none()) else { return Ok(fetched) };
            let next = url::redirect(&target, location).map_err(|cause| unreachable(method, location, cause))?;
            let is_near =
                url::same_server(&target, &next) || (self.access.pass_credentials && url::same_host(&target, &next));
            if !is_near {
                authorization = None;
            }
            shown = location.to_owned();
            target = next;
        }
        Err(unreachable(method, &shown, format!("stopped after {MAX_REDIRECTS} redirects")))
    }

    fn send_once(
        &self,
        method: &'static str,
        target: &str,
        headers: &[(&str, &str)],
        authorization: Option<&str>,
        body: Option<&[u8]>,
    ) -> Result<Fetched, FetchError> {
        let agent = self.agent(target)?;
        let asked = url::asked(target).map_err(|cause| unreachable(method, target, cause))?;
        let run = || {
            let mut request = Request::builder().method(method).uri(&asked);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            if let Some(authorization) = authorization {
                request = request.header("Authorization", authorization);
            }
            agent.run(match body {
                Some(body) => request.body(SendBody::from_owned_reader(std::io::Cursor::new(body.to_vec())))?,
                None => request.body(SendBody::none())?,
            })
        };
        let answer = match run() {
            // The server ended a connection that was kept for this; Go's client begins anew, too.
            Err(ureq::Error::Io(error)) if body.is_none() && was_closed(&error) => run(),
            answer => answer,
        };
        let answer = answer.map_err(|error| failed(method, target, &error))?;
        let (parts, mut body) = answer.into_parts();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers: Vec<(String, String)> =
            parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect();
        let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, length)| length.parse().ok());
        let mut data = Vec::new();
        let reader = self.watch.over(body.as_reader(), target, length);
        reader.take(MAX_SIZE + 1).read_to_end(&mut data).map_err(|error| match error.kind() {
            // Go's client has handed the body over by then, and names no URL.
            std::io::ErrorKind::UnexpectedEof => FetchError::other("unexpected EOF"),
            _ => broken(method, target, &error),
        })?;
        if data.len() as u64 > MAX_SIZE {
            return Err(FetchError::TooLarge { url: target.to_owned(), limit: MAX_SIZE });
        }
        let fetched = Fetched { status: parts.status.as_u16(), headers, body: data };
        match length.filter(|length| method != "HEAD" && *length > fetched.body.len() as u64) {
            Some(_) => Err(FetchError::other("unexpected EOF")),
            None => Ok(fetched),
        }
    }

    fn agent(&self, target: &str) -> Result<Agent, FetchError> {
        let is_secure = target.starts_with("https:");
        self.agents[usize::from(is_secure)].get_or_init(|| make_agent(&self.access, is_secure)).clone()
    }
}

fn was_closed(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

/// The header of a user and a password.
#[must_use]
pub(crate) fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{username}:{password}")))
}

pub(crate) fn status_text(status: u16) -> String {
    let words = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    format!("{status} {words}")
}

/// System certificates take milliseconds to read: only for those who need them.
fn make_agent(access: &Access, is_secure: bool) -> Result<Agent, FetchError> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .user_agent(USER_AGENT)
        .accept("")
        .timeout_global(Some(access.timeout.unwrap_or(TIMEOUT)));
    if !is_secure {
        return Ok(config.build().into());
    }
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(roots(access)?)))
        .client_cert(client_certificate(access)?)
        .disable_verification(access.insecure)
        .build();
    Ok(config.tls_config(tls).build().into())
}

fn roots(access: &Access) -> Result<Vec<Certificate<'static>>, FetchError> {
    if access.insecure {
        return Ok(Vec::new());
    }
    if !access.ca_file.is_empty() {
        let path = &access.ca_file;
        let read = std::fs::read(path).map_err(|error| {
            let cause = FetchError::file("open", path.as_ref(), &error);
            FetchError::other(format!("can't create TLS config for client: can't read CA file: {path:?}: {cause}"))
        });
        return Ok(pem(path, &read?)?.0);
    }
    let found = rustls_native_certs::load_native_certs().certs;
    Ok(found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect())
}

fn client_certificate(access: &Access) -> Result<Option<ClientCert>, FetchError> {
    if access.cert_file.is_empty() || access.key_file.is_empty() {
        return Ok(None);
    }
    let read = |path: &String| {
        std::fs::read(path).map_err(|error| {
            let cause = FetchError::file("open", path.as_ref(), &error);
            let key = (&access.cert_file, &access.key_file);
            FetchError::other(format!(
                "can't create TLS config for client: can't load key pair from cert {:?} and key {:?}: {cause}",
                key.0, key.1
            ))
        })
    };
    let (chain, _) = pem(&access.cert_file, &read(&access.cert_file)?)?;
    let (_, mut keys) = pem(&access.key_file, &read(&access.key_file)?)?;
    let key = keys.pop().ok_or_else(|| FetchError::other(format!("no private key in {}", access.key_file)))?;
    Ok(Some(ClientCert::new_with_certs(&chain, key)))
}

type Pem = (Vec<Certificate<'static>>, Vec<ureq::tls::PrivateKey<'static>>);

fn pem(path: &str, text: &[u8]) -> Result<Pem, FetchError> {
    let (mut certificates, mut keys) = (Vec::new(), Vec::new());
    for item in parse_pem(text) {
        match item.map_err(|error| FetchError::other(format!("can't create TLS config: {path}: {error}")))? {
            PemItem::Certificate(certificate) => certificates.push(certificate),
            PemItem::PrivateKey(key) => keys.push(key),
            _ => {}
        }
    }
    if certificates.is_empty() && keys.is_empty() {
        return Err(FetchError::other(format!("can't create TLS config: failed to append certificates from file: {path}")));
    }
    Ok((certificates, keys))
}

fn unreachable(method: &'static str, target: &str, cause: String) -> FetchError {
    let method = match method {
        "GET" => "Get",
        "HEAD" => "Head",
        "PUT" => "Put",
        "POST" => "Post",
        other => other,
    };
    FetchError::Unreachable { method, url: target.to_owned(), cause }
}

fn failed(method: &'static str, target: &str, error: &ureq::Error) -> FetchError {
    let cause = match error {
        ureq::Error::HostNotFound => unknown_host(target),
        ureq::Error::Io(error) => return broken(method, target, error),
        ureq::Error::ConnectionFailed => format!("dial tcp {}: connect: connection refused", address(target)),
        ureq::Error::Timeout(_) => "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned(),
        ureq::Error::Rustls(error) => tls_cause(error),
        other => other.to_string(),
    };
    unreachable(method, target, cause)
}

fn broken(method: &'static str, target: &str, error: &std::io::Error) -> FetchError {
    let cause = match error.kind() {
        std::io::ErrorKind::ConnectionRefused => format!("dial tcp {}: connect: connection refused", address(target)),
        std::io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
        _ if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) => tls_cause(error),
        _ if error.to_string().contains("lookup address") => unknown_host(target),
        _ => error.to_string(),
    };
    unreachable(method, target, cause)
}

/// What is wrong with a certificate, in Go's words where they are known.
fn tls_cause(error: &rustls::Error) -> String {
    let cause = match error {
        rustls::Error::InvalidCertificate(cause) => cause,
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            return "tls: first record does not look like a TLS handshake".to_owned();
        }
        error => return format!("tls: {error}"),
    };
    let cause = match cause {
        CertificateError::UnknownIssuer => "x509: certificate signed by unknown authority".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "x509: certificate has expired or is not yet valid".to_owned()
        }
        cause => format!("x509: {cause}"),
    };
    format!("tls: failed to verify certificate: {cause}")
}

/// Go names the server that it asked.
fn unknown_host(target: &str) -> String {
    let url = url::parse(target);
    let host = String::from_utf8_lossy(url.hostname());
    let settings = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let server = settings.lines().find_map(|line| line.strip_prefix("nameserver")?.split_whitespace().next());
    let server = match server {
        Some(server) if server.contains(':') => format!(" on [{server}]:53"),
        Some(server) => format!(" on {server}:53"),
        None => String::new(),
    };
    format!("dial tcp: lookup {host}{server}: no such host")
}

/// The address that a URL's host has, as Go names it when it cannot be reached.
fn address(target: &str) -> String {
    let url = url::parse(target);
    let host = String::from_utf8_lossy(&url.host);
    let has_port = url.host.len() > url.hostname().len() && !host.ends_with(']');
    let port = if url.scheme == b"https" { ":443" } else { ":80" };
    let host = format!("{host}{}", if has_port { "" } else { port });
    let found = host.to_socket_addrs().ok().and_then(|mut found| found.next());
    found.map_or(host, |address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_connection_that_ends_is_followed_by_a_new_one() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", server.local_addr().expect("an address"));
        let serving = std::thread::spawn(move || {
            let read_head = |stream: &std::net::TcpStream| {
                let lines = std::io::BufRead::lines(std::io::BufReader::new(stream));
                lines.map_while(Result::ok).take_while(|line| !line.is_empty()).count()
            };
            let answer = |mut stream: &std::net::TcpStream, text: &str| {
                let length = text.len();
                std::io::Write::write_all(
                    &mut stream,
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{text}").as_bytes(),
                )
            };
            let (first, _) = server.accept()?;
            read_head(&first);
            answer(&first, "one")?;
            // The second request comes on the same connection, which ends without an answer.
            read_head(&first);
            drop(first);
            let (second, _) = server.accept()?;
            read_head(&second);
            answer(&second, "two")
        });
        let fetcher = Fetcher::new(Access::default());
        let texts = [(); 2].map(|()| fetcher.get(&url, &url).map_err(|error| error.to_string()));
        assert_eq!(texts, [Ok(b"one".to_vec()), Ok(b"two".to_vec())]);
        serving.join().expect("no panic").expect("it served");
    }
}
