//! The registry's protocol: manifests, blobs, tags, and the dance for a token.

use super::credentials::{Login, load_login};
use crate::transport::{basic, status_text};
use crate::{Access, FetchError, Fetched, Fetcher, Home, url};
use rhelm_lib::chart::document::sha256;
use serde_json::Value as Json;
use std::sync::Mutex;

/// How many pages of tags are asked for.
const MAX_PAGES: usize = 1000;

/// A registry that is spoken to.
pub struct Registry {
    fetcher: Fetcher,
    host: String,
    base: String,
    login: Option<Login>,
    authorization: Mutex<Option<String>>,
}

impl Registry {
    /// A client for the registry of that host, with the credentials given or saved.
    ///
    /// # Errors
    /// When the saved credentials cannot be read.
    pub fn new(home: &Home, host: &str, access: &Access) -> Result<Self, FetchError> {
        let given = Login { username: access.username.clone(), password: access.password.clone(), ..Login::default() };
        let login = match given.username.is_empty() {
            true => load_login(&home.registry_config, host)?,
            false => Some(given),
        };
        Ok(Self { fetcher: home.fetcher(access.clone()), ..Self::with_login(host, access, login) })
    }

    /// A client with these credentials.
    #[must_use]
    pub fn with_login(host: &str, access: &Access, login: Option<Login>) -> Self {
        let scheme = if access.plain_http { "http" } else { "https" };
        let server = if host == "docker.io" { "registry-1.docker.io" } else { host };
        Self {
            fetcher: Fetcher::new(access.clone()),
            host: host.to_owned(),
            base: format!("{scheme}://{server}"),
            login,
            authorization: Mutex::default(),
        }
    }

    /// Asks whether the credentials are good.
    ///
    /// # Errors
    /// When they are not, or the registry does not answer.
    pub fn ping(&self) -> Result<(), FetchError> {
        let target = format!("{}/v2/", self.base);
        let answer = self.send("GET", &target, &[], None)?;
        self.expect("GET", &target, answer, &[200]).map(drop)
    }

    pub(super) fn tags(&self, repository: &str) -> Result<Vec<String>, FetchError> {
        let mut tags = Vec::new();
        let mut target = format!("{}/v2/{repository}/tags/list", self.base);
        for _ in 0..MAX_PAGES {
            let answer = self.send("GET", &target, &[], None)?;
            let answer = self.expect("GET", &target, answer, &[200])?;
            let page: Json = serde_json::from_slice(&answer.body).map_err(|error| FetchError::other(error.to_string()))?;
            tags.extend(page["tags"].as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned));
            let next = answer.header("link").and_then(|link| link.strip_prefix('<')?.split_once('>')).map(|(next, _)| next);
            match next {
                Some(next) => target = url::redirect(&target, next).map_err(FetchError::other)?,
                None => break,
            }
        }
        Ok(tags)
    }

    pub(super) fn manifest(&self, repository: &str, wanted: &str, kind: &str) -> Result<(Json, String), FetchError> {
        let target = format!("{}/v2/{repository}/manifests/{wanted}", self.base);
        let during =
            |error: FetchError| FetchError::other(format!("failed to perform \"FetchReference\" on source: {error}"));
        let answer = self.send("GET", &target, &[("Accept", kind)], None).map_err(during)?;
        if answer.status == 404 {
            let separator = if wanted.contains(':') { '@' } else { ':' };
            return Err(during(FetchError::other(format!("{}/{repository}{separator}{wanted}: not found", self.host))));
        }
        let answer = self.expect("GET", &target, answer, &[200]).map_err(during)?;
        let digest = format!("sha256:{}", sha256(&answer.body));
        if wanted.starts_with("sha256:") && wanted != digest {
            return Err(FetchError::Digest { url: target, expected: wanted.to_owned(), found: digest });
        }
        let manifest = serde_json::from_slice(&answer.body).map_err(|error| FetchError::other(error.to_string()))?;
        Ok((manifest, digest))
    }

    pub(super) fn blob(&self, repository: &str, digest: &str) -> Result<Vec<u8>, FetchError> {
        let target = format!("{}/v2/{repository}/blobs/{digest}", self.base);
        let answer = self.send("GET", &target, &[], None)?;
        let answer = self.expect("GET", &target, answer, &[200])?;
        let found = format!("sha256:{}", sha256(&answer.body));
        if found != digest {
            return Err(FetchError::Digest { url: target, expected: digest.to_owned(), found });
        }
        Ok(answer.body)
    }

    /// Whether a manifest is there.
    pub(super) fn has_manifest(&self, repository: &str, digest: &str, kind: &str) -> Result<bool, FetchError> {
        let target = format!("{}/v2/{repository}/manifests/{digest}", self.base);
        let during = |error: FetchError| match error {
            FetchError::Other(text) => FetchError::other(format!("failed to perform \"Exists\" on destination: {text}")),
            error => error,
        };
        let answer = self.send("HEAD", &target, &[("Accept", kind)], None).map_err(during)?;
        if answer.status == 404 {
            return Ok(false);
        }
        self.expect("HEAD", &target, answer, &[200]).map(|_| true).map_err(during)
    }

    /// Uploads a blob, unless it is there.
    pub(super) fn upload(&self, repository: &str, digest: &str, data: &[u8]) -> Result<(), FetchError> {
        let target = format!("{}/v2/{repository}/blobs/{digest}", self.base);
        if self.send("HEAD", &target, &[], None)?.status == 200 {
            return Ok(());
        }
        let target = format!("{}/v2/{repository}/blobs/uploads/", self.base);
        let answer = self.send("POST", &target, &[("Content-Length", "0")], Some(&[]))?;
        let answer = self.expect("POST", &target, answer, &[202])?;
        let location = answer.header("location").ok_or_else(|| FetchError::other("registry: upload without a location"))?;
        let mut place = url::redirect(&target, location).map_err(FetchError::other)?;
        place.push(if place.contains('?') { '&' } else { '?' });
        place.push_str(&format!("digest={}", digest.replace(':', "%3A")));
        let length = data.len().to_string();
        let headers = [("Content-Type", "application/octet-stream"), ("Content-Length", length.as_str())];
        let answer = self.send("PUT", &place, &headers, Some(data))?;
        self.expect("PUT", &place, answer, &[201]).map(drop)
    }

    pub(super) fn put_manifest(&self, repository: &str, tag: &str, kind: &str, data: &[u8]) -> Result<(), FetchError> {
        let target = format!("{}/v2/{repository}/manifests/{tag}", self.base);
        let length = data.len().to_string();
        let answer =
            self.send("PUT", &target, &[("Content-Type", kind), ("Content-Length", length.as_str())], Some(data))?;
        self.expect("PUT", &target, answer, &[201]).map(drop)
    }

    /// Sends a request, and once more with what the registry asks for when it wants to know who asks.
    fn send(
        &self,
        method: &'static str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Fetched, FetchError> {
        let known = self.authorization.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let answer = self.fetcher.send(method, target, headers, known.as_deref(), body)?;
        let challenge =
            answer.header("www-authenticate").filter(|_| answer.status == 401 && url::same_server(&self.base, target));
        let Some(challenge) = challenge.map(str::to_owned) else { return Ok(answer) };
        let refused = |why: &str| FetchError::other(format!("{method} \"{target}\": {why}"));
        let authorization = match self.authorize(&challenge)? {
            Ok(authorization) => authorization,
            Err(why) => return Err(refused(why)),
        };
        *self.authorization.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(authorization.clone());
        self.fetcher.send(method, target, headers, Some(&authorization), body)
    }

    /// What answers a challenge, or why nothing does.
    fn authorize(&self, challenge: &str) -> Result<Result<String, &'static str>, FetchError> {
        let (kind, rest) = challenge.split_once(' ').unwrap_or((challenge, ""));
        let login = self.login.as_ref().filter(|login| **login != Login::default());
        if kind.eq_ignore_ascii_case("basic") {
            return Ok(match login {
                None => Err("basic credential not found"),
                Some(login) if login.username.is_empty() || login.password.is_empty() => {
                    Err("missing username or password for basic auth")
                }
                Some(login) => Ok(basic(&login.username, &login.password)),
            });
        }
        let Some(realm) = parameter(rest, "realm").filter(|_| kind.eq_ignore_ascii_case("bearer")) else {
            return Err(FetchError::other(format!("unknown challenge: {challenge}")));
        };
        let wanted = ["service", "scope"].into_iter().filter_map(|name| Some((name, parameter(rest, name)?)));
        let token = match login {
            Some(login) if !login.registry_token.is_empty() => Some(login.registry_token.clone()),
            Some(login) if !login.identity_token.is_empty() => self.exchange(&realm, wanted, &login.identity_token)?,
            login => self.token(&realm, wanted, login)?,
        };
        Ok(token.map(|token| format!("Bearer {token}")).ok_or("the answer has no token"))
    }

    /// Asks for a token, with a user and a password or without.
    fn token<'n>(
        &self,
        realm: &str,
        wanted: impl Iterator<Item = (&'n str, String)>,
        login: Option<&Login>,
    ) -> Result<Option<String>, FetchError> {
        let separator = if realm.contains('?') { '&' } else { '?' };
        let target = format!("{realm}{separator}{}", form(wanted));
        let own = login.map(|login| basic(&login.username, &login.password));
        let target = target.trim_end_matches(separator);
        let answer = self.fetcher.send("GET", target, &[], own.as_deref(), None)?;
        self.token_in("GET", target, answer)
    }

    /// Changes an identity token into one for a request, as OAuth 2 does: <https://distribution.github.io/distribution/spec/auth/oauth/>.
    fn exchange<'n>(
        &self,
        realm: &str,
        wanted: impl Iterator<Item = (&'n str, String)>,
        identity: &str,
    ) -> Result<Option<String>, FetchError> {
        let grant = [("grant_type", "refresh_token"), ("refresh_token", identity), ("client_id", "oras-go")];
        let body = form(grant.into_iter().map(|(name, value)| (name, value.to_owned())).chain(wanted));
        let length = body.len().to_string();
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", length.as_str())];
        let answer = self.fetcher.send("POST", realm, &headers, None, Some(body.as_bytes()))?;
        self.token_in("POST", realm, answer)
    }

    fn token_in(&self, method: &str, target: &str, answer: Fetched) -> Result<Option<String>, FetchError> {
        let answer = self.expect(method, target, answer, &[200])?;
        let text: Json = serde_json::from_slice(&answer.body).map_err(|error| FetchError::other(error.to_string()))?;
        let token = text["token"].as_str().or_else(|| text["access_token"].as_str());
        Ok(token.map(str::to_owned))
    }

    fn expect(&self, method: &str, target: &str, answer: Fetched, good: &[u16]) -> Result<Fetched, FetchError> {
        if good.contains(&answer.status) {
            return Ok(answer);
        }
        let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let first = &body["errors"][0];
        let detail = match (first["code"].as_str(), first["message"].as_str()) {
            (Some(code), Some(message)) => {
                let code = code.to_lowercase().replace('_', " ");
                let detail = Some(&first["detail"]).filter(|detail| !detail.is_null()).map(go_text);
                format!("{code}: {message}{}", detail.map(|detail| format!(": {detail}")).unwrap_or_default())
            }
            _ => status_text(answer.status).split_once(' ').map(|(_, words)| words.to_owned()).unwrap_or_default(),
        };
        let status = answer.status;
        Err(FetchError::other(format!("{method} \"{target}\": response status code {status}: {detail}")))
    }
}

/// A value as Go's `%v` prints it.
fn go_text(value: &Json) -> String {
    match value {
        Json::Null => "<nil>".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) => format!("[{}]", items.iter().map(go_text).collect::<Vec<_>>().join(" ")),
        Json::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}:{}", go_text(value)));
            format!("map[{}]", fields.collect::<Vec<_>>().join(" "))
        }
        other => other.to_string(),
    }
}

fn parameter(text: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("{name}=\""))? + name.len() + 2;
    let rest = text.get(start..)?;
    Some(rest.split('"').next().unwrap_or_default().to_owned())
}

/// `name=value&…`.
fn form<'n>(fields: impl Iterator<Item = (&'n str, String)>) -> String {
    fields.map(|(name, value)| format!("{name}={}", escape(&value))).collect::<Vec<_>>().join("&")
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
