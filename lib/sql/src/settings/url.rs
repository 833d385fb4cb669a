//! `postgresql://user:password@host:port,host:port/database?key=value`.

use super::{Parameters, SettingsError};

/// Reads a URL whose scheme is known to be right.
pub(super) fn parse(text: &str) -> Result<Parameters, SettingsError> {
    let (_, rest) = text.split_once("://").unwrap_or_default();
    let rest = rest.split('#').next().unwrap_or_default();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let mut parameters = Parameters::new();
    let hosts = match authority.rsplit_once('@') {
        Some((who, hosts)) => {
            add_user(who, &mut parameters)?;
            hosts
        }
        None => authority,
    };
    add_hosts(hosts, &mut parameters)?;
    add("dbname", database, &mut parameters)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or(SettingsError::Url("a parameter without a value"))?;
        let (key, value) = (decode(key)?, decode(&value.replace('+', " "))?);
        // Go takes a database named as a key as well.
        let key = if key == "database" { "dbname".to_owned() } else { key };
        parameters.push((key, value));
    }
    Ok(parameters)
}

fn add(key: &str, text: &str, parameters: &mut Parameters) -> Result<(), SettingsError> {
    if !text.is_empty() {
        parameters.push((key.to_owned(), decode(text)?));
    }
    Ok(())
}

fn add_user(who: &str, parameters: &mut Parameters) -> Result<(), SettingsError> {
    let (user, password) = who.split_once(':').unwrap_or((who, ""));
    add("user", user, parameters)?;
    add("password", password, parameters)
}

fn add_hosts(hosts: &str, parameters: &mut Parameters) -> Result<(), SettingsError> {
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = split_port(host)?;
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SettingsError::Url("a port that is no number"));
        }
        names.push(decode(name)?);
        ports.push(port);
    }
    if names.iter().any(|name| !name.is_empty()) {
        parameters.push(("host".to_owned(), names.join(",")));
    }
    if ports.iter().any(|port| !port.is_empty()) {
        parameters.push(("port".to_owned(), ports.join(",")));
    }
    Ok(())
}

fn split_port(host: &str) -> Result<(&str, &str), SettingsError> {
    if let Some(rest) = host.strip_prefix('[') {
        let (address, rest) = rest.split_once(']').ok_or(SettingsError::Url("an address without its ]"))?;
        let port = rest.strip_prefix(':').unwrap_or(rest);
        return Ok((address, port));
    }
    Ok(host.rsplit_once(':').unwrap_or((host, "")))
}

/// Resolves `%41`.
pub(super) fn decode(text: &str) -> Result<String, SettingsError> {
    const BROKEN: SettingsError = SettingsError::Url("a broken escape (% without two digits)");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(BROKEN);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).map_err(|_| BROKEN)?);
    }
    String::from_utf8(bytes).map_err(|_| SettingsError::Url("an escape that makes no text"))
}
