//! Credentials of registries, in Docker's format: in the file itself, or with a program that keeps them.

use crate::{FetchError, files};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A user and a password, or a token that is one or can be changed into one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Login {
    /// The user.
    pub username: String,
    /// The password.
    pub password: String,
    /// What the registry changes into a token for each request; empty for none.
    pub identity_token: String,
    /// What is sent with each request as it is; empty for none.
    pub registry_token: String,
}

/// The user that a credential helper names when its secret is an identity token.
const TOKEN_USER: &str = "<token>";

/// The credentials for a host, from Helm's file or else Docker's.
///
/// # Errors
/// When a file or a helper's answer cannot be read.
pub fn load_login(config: &Path, host: &str) -> Result<Option<Login>, FetchError> {
    for path in [Some(config.to_owned()), docker_config()].into_iter().flatten() {
        if let Some(login) = login_in(&read(&path)?, host)? {
            return Ok(Some(login));
        }
    }
    Ok(None)
}

fn docker_config() -> Option<PathBuf> {
    let folder = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    folder
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".docker")))
        .map(|folder| folder.join("config.json"))
}

fn read(path: &Path) -> Result<Json, FetchError> {
    match std::fs::read(path) {
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|error| FetchError::other(format!("failed to load config file {}: {error}", path.display()))),
        Err(_) => Ok(json!({})),
    }
}

fn login_in(config: &Json, host: &str) -> Result<Option<Login>, FetchError> {
    if let Some(helper) = helper(config, host) {
        return ask(&helper, host);
    }
    let entry = &config["auths"][host];
    if !entry.is_object() {
        return Ok(None);
    }
    let text = |name: &str| entry[name].as_str().unwrap_or_default();
    let decoded =
        STANDARD.decode(text("auth")).map_err(|error| FetchError::other(format!("credentials for {host}: {error}")))?;
    let decoded = String::from_utf8_lossy(&decoded);
    let (username, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
    let login = Login {
        username: username.to_owned(),
        password: password.trim_end_matches('\0').to_owned(),
        identity_token: text("identitytoken").to_owned(),
        registry_token: text("registrytoken").to_owned(),
    };
    Ok(Some(login).filter(|login| *login != Login::default()))
}

fn helper(config: &Json, host: &str) -> Option<String> {
    config["credHelpers"][host].as_str().or_else(|| config["credsStore"].as_str()).map(str::to_owned)
}

fn run(helper: &str, action: &str, input: &str) -> Result<Option<Vec<u8>>, FetchError> {
    let program = format!("docker-credential-{helper}");
    let failed = |error: std::io::Error| FetchError::other(format!("{program} {action}: {error}"));
    let mut command = Command::new(&program);
    let mut child = command.arg(action).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program may end without reading what it does not need.
        let written = stdin.write_all(input.as_bytes());
        written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(failed(error)) })?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    Ok(output.status.success().then_some(output.stdout))
}

fn ask(helper: &str, host: &str) -> Result<Option<Login>, FetchError> {
    let Some(answer) = run(helper, "get", host)? else { return Ok(None) };
    let answer: Json = serde_json::from_slice(&answer).map_err(|error| FetchError::other(error.to_string()))?;
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let (username, secret) = (text("Username"), text("Secret"));
    Ok(Some(match username.as_str() {
        TOKEN_USER => Login { identity_token: secret, ..Login::default() },
        _ => Login { username, password: secret, ..Login::default() },
    }))
}

/// Keeps the credentials for a host.
///
/// # Errors
/// When they cannot be written.
pub fn save_login(path: &Path, host: &str, login: &Login) -> Result<(), FetchError> {
    let mut config = read(path)?;
    if let Some(helper) = helper(&config, host) {
        let input = json!({"ServerURL": host, "Username": login.username, "Secret": login.password}).to_string();
        let stored = run(&helper, "store", &input)?;
        return stored.map(drop).ok_or_else(|| FetchError::other(format!("docker-credential-{helper} store failed")));
    }
    let auth = STANDARD.encode(format!("{}:{}", login.username, login.password));
    config["auths"][host] = json!({"auth": auth});
    write(path, &config)
}

/// Forgets the credentials for a host; without any that is no error.
///
/// # Errors
/// When the file cannot be written.
pub fn remove_login(path: &Path, host: &str) -> Result<(), FetchError> {
    let mut config = read(path)?;
    if let Some(helper) = helper(&config, host) {
        return run(&helper, "erase", host).map(drop);
    }
    let known = config["auths"].as_object_mut().and_then(|auths| auths.remove(host));
    if known.is_some() { write(path, &config) } else { Ok(()) }
}

fn write(path: &Path, config: &Json) -> Result<(), FetchError> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    serde::Serialize::serialize(config, &mut serializer).map_err(|error| FetchError::other(error.to_string()))?;
    files::write(path, &text, 0o600)
}
