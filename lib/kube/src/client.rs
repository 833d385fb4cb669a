//! One connection: requests go in as method, path and body, answers come out as bytes or as a [`ClusterError`].
//!
//! Answers 429 and 5xx with `Retry-After` are asked again as client-go does; nothing else is ever sent twice.

use crate::config::{self, ConnectOptions};
use crate::error;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::{Method, Request, Response};
use kube::client::Body;
use rhelm_lib::cluster::ClusterError;
use serde_json::Value as Json;
use std::time::Duration;

/// How often client-go asks again.
const RETRIES: u32 = 10;
/// A server that asks for more patience than this is taken at its word only this long.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(crate) struct Connection {
    client: kube::Client,
    url: String,
    authority: String,
    namespace: String,
}

/// One request.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// With its query.
    pub(crate) path: String,
    pub(crate) accept: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: Vec<u8>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        let json = "application/json";
        Self { method, path: path.into(), accept: json, content_type: json, body: Vec::new() }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn accept(mut self, accept: &'a str) -> Self {
        self.accept = accept;
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
        let client = kube::Client::try_from(config).map_err(|error| ClusterError::Unreachable(error.to_string()))?;
        Ok(Self { client, url, authority, namespace })
    }

    pub(crate) fn default_namespace(&self) -> &str {
        &self.namespace
    }

    /// Sends one request; the answer's JSON.
    pub(crate) async fn json(&self, call: Call<'_>) -> Result<Json, ClusterError> {
        let (method, path) = (call.method.clone(), call.path.clone());
        let body = self.bytes(call).await?;
        serde_json::from_slice(&body)
            .map_err(|error| failed(format!("{method} \"{}{path}\": the answer is not JSON: {error}", self.url)))
    }

    /// Sends one request; the answer's bytes.
    pub(crate) async fn bytes(&self, call: Call<'_>) -> Result<Vec<u8>, ClusterError> {
        let mut retries = 0;
        loop {
            let answer = self.once(&call).await?;
            let pause = retry_after(&answer).filter(|_| retries < RETRIES);
            let code = answer.status().as_u16();
            let body = answer.into_body().collect_bytes().await.map_err(|error| self.no_answer(&call, &error))?;
            match pause {
                Some(pause) => {
                    retries += 1;
                    tokio::time::sleep(pause).await;
                }
                None if (200..300).contains(&code) => return Ok(body.to_vec()),
                None => return Err(error::refused(code, &body)),
            }
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<Response<Body>, ClusterError> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(call.path.as_str())
            .header::<HeaderName, &str>(ACCEPT, call.accept);
        if !call.body.is_empty() {
            request = request.header::<HeaderName, &str>(CONTENT_TYPE, call.content_type);
        }
        let request = request.body(Body::from(call.body.clone())).map_err(|error| failed(error.to_string()))?;
        self.client.send(request).await.map_err(|error| self.no_answer(call, &error))
    }

    fn no_answer(&self, call: &Call<'_>, error: &kube::Error) -> ClusterError {
        failed(error::no_answer(&call.method, &format!("{}{}", self.url, call.path), &self.authority, error))
    }
}

/// A failure below HTTP: code 0.
fn failed(message: String) -> ClusterError {
    ClusterError::Api { code: 0, reason: String::new(), message }
}

fn retry_after<B>(answer: &Response<B>) -> Option<Duration> {
    let status = answer.status();
    if status.as_u16() != 429 && !status.is_server_error() {
        return None;
    }
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
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
    fn only_throttled_answers_with_the_header_are_asked_again() {
        let answer = |code: u16, header: Option<&str>| {
            let builder = Response::builder().status(code);
            let builder = header.into_iter().fold(builder, |b, value| b.header(RETRY_AFTER, value));
            retry_after(&builder.body(()).expect("valid"))
        };
        assert_eq!(answer(429, Some("2")), Some(Duration::from_secs(2)));
        assert_eq!(answer(503, Some("0")), Some(Duration::ZERO));
        assert_eq!(answer(503, None), None);
        assert_eq!(answer(409, Some("1")), None);
    }

    #[test]
    fn names_cannot_leave_their_segment() {
        assert_eq!(segment("system:node"), "system:node");
        assert_eq!(segment("a/b?c"), "a%2Fb%3Fc");
    }
}
