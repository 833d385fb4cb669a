//! `repositories.yaml`: the repositories that the user has added.

use crate::{Access, FetchError, Home, files, typed};
use goyaml::{Map, Value};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A repository.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Repository {
    /// The name it goes by.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// The user.
    pub username: String,
    /// The password.
    pub password: String,
    /// The client's certificate.
    pub cert_file: String,
    /// The client's key.
    pub key_file: String,
    /// The certificates to trust.
    pub ca_file: String,
    /// Trust every certificate.
    pub insecure: bool,
    /// Send the credentials to every server.
    pub pass_credentials: bool,
}

/// All repositories, in the order in which they were added.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Repositories {
    api_version: String,
    generated: String,
    /// The repositories.
    pub list: Vec<Repository>,
}

impl Repository {
    /// How the repository's server is spoken to.
    #[must_use]
    pub fn access(&self) -> Access {
        Access {
            username: self.username.clone(),
            password: self.password.clone(),
            pass_credentials: self.pass_credentials,
            ca_file: self.ca_file.clone(),
            cert_file: self.cert_file.clone(),
            key_file: self.key_file.clone(),
            insecure: self.insecure,
            ..Access::default()
        }
    }

    fn read(value: &Value, place: &str) -> Result<Self, FetchError> {
        if !matches!(value, Value::Map(_)) {
            return Err(typed::refused(value, &format!("into {place} of type repo.Entry")));
        }
        let text = |name: &str| typed::text(value, name, place);
        let flag = |name: &str| typed::flag(value, name, place);
        Ok(Self {
            name: text("name")?,
            url: text("url")?,
            username: text("username")?,
            password: text("password")?,
            cert_file: text("certFile")?,
            key_file: text("keyFile")?,
            ca_file: text("caFile")?,
            insecure: flag("insecure_skip_tls_verify")?,
            pass_credentials: flag("pass_credentials_all")?,
        })
    }

    fn document(&self) -> Value {
        let texts = [
            ("name", &self.name),
            ("url", &self.url),
            ("username", &self.username),
            ("password", &self.password),
            ("certFile", &self.cert_file),
            ("keyFile", &self.key_file),
            ("caFile", &self.ca_file),
        ];
        let mut map: Map = texts.map(|(name, text)| (name.to_owned(), Value::from(text.as_str()))).into();
        map.insert("insecure_skip_tls_verify".into(), Value::Bool(self.insecure));
        map.insert("pass_credentials_all".into(), Value::Bool(self.pass_credentials));
        Value::Map(map)
    }
}

impl Repositories {
    /// Reads the file; there are none when it does not exist.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn load(path: &Path) -> Result<Self, FetchError> {
        let text = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                let cause = FetchError::file("open", path, &error);
                return Err(FetchError::other(format!("couldn't load repositories file ({}): {cause}", path.display())));
            }
            Ok(text) => text,
        };
        Self::read(&text)
    }

    fn read(text: &[u8]) -> Result<Self, FetchError> {
        let value = goyaml::decode_bytes(text).map_err(|error| FetchError::other(error.to_string()))?;
        if !matches!(value, Value::Map(_) | Value::Null) {
            return Err(typed::refused(&value, "into Go value of type repo.File"));
        }
        let list = match value.get("repositories") {
            // Nothing stands for no repository; Helm panics.
            Some(Value::List(list)) => list.iter().enumerate().filter(|(_, entry)| **entry != Value::Null).collect(),
            Some(Value::Null) | None => Vec::new(),
            Some(other) => {
                return Err(typed::refused(other, "into Go struct field .repositories of type []*repo.Entry"));
            }
        };
        let list = list.into_iter().map(|(at, entry)| Repository::read(entry, &format!(".repositories.{at}")));
        let generated = match value.get("generated") {
            Some(Value::String(time)) => time.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => return Err(typed::refused(other, "into Go struct field .generated of type time.Time")),
        };
        let api_version = typed::text(&value, "apiVersion", "")?;
        Ok(Self { api_version, generated, list: list.collect::<Result<_, _>>()? })
    }

    /// Writes the file: a new one for its owner's eyes only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), FetchError> {
        let generated = if self.generated.is_empty() { "0001-01-01T00:00:00Z" } else { &self.generated };
        let document = Map::from([
            ("apiVersion".into(), self.api_version.as_str().into()),
            ("generated".into(), generated.into()),
            ("repositories".into(), Value::List(self.list.iter().map(Repository::document).collect())),
        ]);
        let text = goyaml::to_yaml(&Value::Map(document)).map_err(|error| FetchError::other(error.to_string()))?;
        let mode = path.metadata().map_or(0o600, |known| known.permissions().mode() & 0o777);
        files::write(path, text.as_bytes(), mode)
    }

    /// The repository of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Repository> {
        self.list.iter().find(|repository| repository.name == name)
    }

    /// Adds a repository, or puts it in the place of the one of the same name.
    pub fn put(&mut self, repository: Repository) {
        match self.list.iter_mut().find(|known| known.name == repository.name) {
            Some(known) => *known = repository,
            None => self.list.push(repository),
        }
    }
}

/// Keeps other programs, Helm too, from changing the file until it is dropped.
///
/// # Errors
/// When the lock file cannot be made.
pub fn lock(config: &Path) -> Result<File, FetchError> {
    let path = config.with_extension("lock");
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| FetchError::file("mkdir", folder, &error))?;
    let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = opened.map_err(|error| FetchError::file("open", &path, &error))?;
    file.lock().map_err(|error| FetchError::file("flock", &path, &error))?;
    Ok(file)
}

/// The cached index of a repository.
#[must_use]
pub fn index_path(home: &Home, name: &str) -> PathBuf {
    home.repository_cache.join(format!("{name}-index.yaml"))
}

/// The cached list of a repository's charts.
#[must_use]
pub fn charts_path(home: &Home, name: &str) -> PathBuf {
    home.repository_cache.join(format!("{name}-charts.txt"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_other_types_are_refused_as_helm_refuses_them() {
        let refused = |text: &str| Repositories::read(text.as_bytes()).expect_err("refused").to_string();
        let cases = [
            ("foo", "string into Go value of type repo.File"),
            ("repositories: foo", "string into Go struct field .repositories of type []*repo.Entry"),
            ("repositories: [foo]", "string into .repositories.0 of type repo.Entry"),
            ("repositories: [{url: [b]}]", "array into Go struct field .repositories.0.url of type string"),
            (
                "repositories: [{insecure_skip_tls_verify: 'true'}]",
                "string into Go struct field .repositories.0.insecure_skip_tls_verify of type bool",
            ),
            ("generated: 5", "number into Go struct field .generated of type time.Time"),
        ];
        for (text, expected) in cases {
            let expected = format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {expected}");
            assert_eq!(refused(text), expected, "{text}");
        }
        let read =
            Repositories::read(b"apiVersion: 3\nx: 1\nrepositories: [~, {name: 1.5, url: true, foo: 1}]").expect("read");
        assert_eq!((read.api_version.as_str(), read.list.len()), ("3", 1));
        assert_eq!((read.list[0].name.as_str(), read.list[0].url.as_str()), ("1.5", "true"));
    }
}
