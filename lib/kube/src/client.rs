//! One connection: requests go in as method, path and body, answers come out as bytes or as a [`ClusterError`].
//!
//! What is sent again, and when, is decided by [`crate::retry`].

use crate::config::{self, ConnectOptions};
use crate::error;
use crate::retry::{Attempts, Outcome, Repeat};
use crate::transport;
use futures_util::Stream;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, USER_AGENT, WARNING};
use http::{Method, Request, StatusCode};
use kube::client::Body;
use kube::core::WatchEvent;
use rhelm_lib::cluster::ClusterError;
use serde_json::Value as Json;
use std::sync::Arc;

/// Is told what a server warns of.
pub type OnWarning = Arc<dyn Fn(&str) + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Connection {
    client: kube::Client,
    url: String,
    authority: String,
    namespace: String,
    on_warning: Option<OnWarning>,
}

/// One request.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// With its query.
    pub(crate) path: String,
    pub(crate) accept: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: Vec<u8>,
    pub(crate) repeat: Repeat,
    /// Only if the answer has another tag than this; empty for any.
    pub(crate) known: String,
}

impl<'a> Call<'a> {
    /// All but creations may be repeated, unless somebody says otherwise.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        let json = "application/json";
        let repeat = if method == Method::POST { Repeat::Harmful } else { Repeat::Harmless };
        Self { method, path: path.into(), accept: json, content_type: json, body: Vec::new(), repeat, known: String::new() }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn accept(mut self, accept: &'a str) -> Self {
        self.accept = accept;
        self
    }

    pub(crate) fn unless(mut self, known: &str) -> Self {
        known.clone_into(&mut self.known);
        self
    }

    pub(crate) fn content_type(mut self, content_type: &'a str) -> Self {
        self.content_type = content_type;
        self
    }

    pub(crate) fn body(mut self, body: &Json) -> Self {
        self.body = body.to_string().into_bytes();
        self
    }
}

impl Connection {
    /// Prepares a connection; nothing is sent yet.
    pub(crate) async fn new(options: &ConnectOptions) -> Result<Self, ClusterError> {
        // Two providers may be compiled in; naming one keeps rustls from having to guess. It fails only when one is
        // installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut config = config::load(options).await.map_err(ClusterError::Unreachable)?;
        config.default_retry = false;
        config.headers.push((USER_AGENT, HeaderValue::from_static(concat!("rhelm/", env!("CARGO_PKG_VERSION")))));
        let url = config.cluster_url.to_string().trim_end_matches('/').to_owned();
        let uri = &config.cluster_url;
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        let authority = format!("{}:{port}", uri.host().unwrap_or_default());
        let namespace = config.default_namespace.clone();
        let client = transport::client(config).map_err(|error| ClusterError::Unreachable(error.to_string()))?;
        Ok(Self { client, url, authority, namespace, on_warning: None })
    }

    pub(crate) fn default_namespace(&self) -> &str {
        &self.namespace
    }

    /// The server's address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets somebody know of the server's warnings.
    pub(crate) fn warn_by(&mut self, on_warning: OnWarning) {
        self.on_warning = Some(on_warning);
    }

    /// Sends one request; the answer's JSON.
    pub(crate) async fn json(&self, call: Call<'_>) -> Result<Json, ClusterError> {
        let body = self.send(&call).await?;
        match serde_json::from_slice(&body) {
            Ok(json) => Ok(json),
            // Cut off on its way, most likely.
            Err(_) if call.method == Method::GET => self.parse(&call, &self.send(&call).await?),
            Err(_) => self.parse(&call, &body),
        }
    }

    fn parse(&self, call: &Call<'_>, body: &[u8]) -> Result<Json, ClusterError> {
        let unreadable =
            |error| failed(format!("{} \"{}{}\": the answer is not JSON: {error}", call.method, self.url, call.path));
        serde_json::from_slice(body).map_err(unreadable)
    }

    /// Sends one request; the answer's bytes.
    pub(crate) async fn bytes(&self, call: Call<'_>) -> Result<Vec<u8>, ClusterError> {
        self.send(&call).await
    }

    /// Sends one request; the answer, unless it is what is known.
    pub(crate) async fn changed(&self, call: Call<'_>) -> Result<Option<(HeaderMap, Vec<u8>)>, ClusterError> {
        let (status, headers, body) = self.exchange(&call).await?;
        Ok((status != StatusCode::NOT_MODIFIED).then_some((headers, body)))
    }

    async fn send(&self, call: &Call<'_>) -> Result<Vec<u8>, ClusterError> {
        self.exchange(call).await.map(|(.., body)| body)
    }

    async fn exchange(&self, call: &Call<'_>) -> Result<(StatusCode, HeaderMap, Vec<u8>), ClusterError> {
        let is_known = |status| status == StatusCode::NOT_MODIFIED && !call.known.is_empty();
        let mut attempts = Attempts::default();
        loop {
            let (error, pause) = match self.once(call).await {
                Ok((status, headers, body)) if status.is_success() || is_known(status) => {
                    return Ok((status, headers, body));
                }
                Ok((status, headers, body)) => {
                    let outcome = Outcome::Answer { status, headers: &headers, body: &body };
                    (error::refused(status.as_u16(), &body), attempts.next(&outcome, call.repeat))
                }
                Err(error) => {
                    let outcome = Outcome::NoAnswer { reached: error::was_reached(&error) };
                    (self.no_answer(call, &error), attempts.next(&outcome, call.repeat))
                }
            };
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<(StatusCode, HeaderMap, Vec<u8>), kube::Error> {
        let request = request(call)?.map(Body::from);
        let (head, body) = self.client.send(request).await?.into_parts();
        self.report_warnings(&head.headers);
        Ok((head.status, head.headers, body.collect_bytes().await?.into()))
    }

    /// `Warning: 299 - "unknown field \"foo\""`.
    fn report_warnings(&self, headers: &HeaderMap) {
        let Some(on_warning) = &self.on_warning else { return };
        for header in headers.get_all(WARNING).iter().filter_map(|value| value.to_str().ok()) {
            if let Some(text) = error::warning(header) {
                on_warning(&text);
            }
        }
    }

    /// The events of a watch, until it ends.
    pub(crate) async fn events(
        &self,
        call: &Call<'_>,
    ) -> Result<impl Stream<Item = Result<WatchEvent<Json>, kube::Error>> + use<>, ClusterError> {
        let request = request(call).map_err(|error| failed(error.to_string()))?;
        self.client.request_events::<Json>(request).await.map_err(|error| self.watch_failed(call, &error))
    }

    fn watch_failed(&self, call: &Call<'_>, error: &kube::Error) -> ClusterError {
        match error {
            kube::Error::Api(status) => {
                ClusterError::Api { code: status.code, reason: status.reason.clone(), message: status.message.clone() }
            }
            error => self.no_answer(call, error),
        }
    }

    fn no_answer(&self, call: &Call<'_>, error: &kube::Error) -> ClusterError {
        failed(error::no_answer(&call.method, &format!("{}{}", self.url, call.path), &self.authority, error))
    }
}

/// A failure below HTTP: code 0.
fn failed(message: String) -> ClusterError {
    ClusterError::Api { code: 0, reason: String::new(), message }
}

fn request(call: &Call<'_>) -> Result<Request<Vec<u8>>, kube::Error> {
    let mut request = Request::builder()
        .method(call.method.clone())
        .uri(call.path.as_str())
        .header::<HeaderName, &str>(ACCEPT, call.accept);
    if !call.body.is_empty() {
        request = request.header::<HeaderName, &str>(CONTENT_TYPE, call.content_type);
    }
    if !call.known.is_empty() {
        request = request.header::<HeaderName, &str>(IF_NONE_MATCH, &call.known);
    }
    request.body(call.body.clone()).map_err(kube::Error::HttpError)
}

/// A name as one segment of a path.
pub(crate) fn segment(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_segment() {
        assert_eq!(segment("system:node"), "system:node");
        assert_eq!(segment("a/b?c"), "a%2Fb%3Fc");
    }
}
