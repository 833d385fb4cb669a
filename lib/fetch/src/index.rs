//! `index.yaml`: what charts a repository has.

mod scan;

use crate::repositories::{Repository, charts_path, index_path};
use crate::{FetchError, Fetcher, Home, files, typed, url};
use goyaml::{Map, Value};
use rhelm_lib::chart::document::metadata_json;
use rhelm_lib::version::{Constraint, Version};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

/// An index: the versions of each chart, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// By the chart's name.
    pub entries: BTreeMap<String, Vec<Entry>>,
    /// When it was made.
    pub generated: String,
}

/// One version of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// The version as written.
    pub version: String,
    /// The version, if it is one.
    pub parsed: Option<Version>,
    /// Where its archives are; relative to the repository.
    pub urls: Vec<String>,
    /// The archive's SHA-256.
    pub digest: String,
    /// The fields as they stand in the index; of one that was skimmed only some.
    pub fields: Map,
}

impl Entry {
    /// An entry of its fields.
    #[must_use]
    pub fn new(mut fields: Map) -> Self {
        fields.retain(|_, value| *value != Value::Null);
        // A digest of digits looks like a number, and is a text all the same.
        if let Some(digest) = fields.get("digest").and_then(typed::as_text) {
            fields.insert("digest".to_owned(), Value::String(digest));
        }
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let version = text("version");
        let urls = match fields.get("urls") {
            Some(Value::List(urls)) => urls.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        Self { parsed: Version::parse(&version).ok(), version, urls, digest: text("digest"), fields }
    }

    /// Whether it has a name and a version; others are passed over.
    pub(crate) fn is_proper(&self) -> bool {
        self.parsed.is_some() && !self.text("name").is_empty()
    }

    /// A field that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Index {
    /// Reads an index.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &[u8]) -> Result<Self, FetchError> {
        if text.is_empty() {
            return Err(FetchError::other("empty index.yaml file"));
        }
        let decoded = goyaml::decode_bytes(text).map_err(|error| FetchError::other(error.to_string()))?;
        let mut document = match decoded {
            Value::Map(document) => document,
            Value::Null => Map::new(),
            other => return Err(typed::refused(&other, "into Go value of type repo.IndexFile")),
        };
        if document.get("apiVersion").and_then(Value::as_str).unwrap_or_default().is_empty() {
            return Err(FetchError::other("no API version specified"));
        }
        let generated = document.get("generated").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut index = Self { generated, ..Self::default() };
        if let Some(Value::Map(entries)) = document.remove("entries") {
            for (name, versions) in entries {
                let Value::List(versions) = versions else { continue };
                let of_map = |value| if let Value::Map(fields) = value { Some(Entry::new(fields)) } else { None };
                let entries = versions.into_iter().filter_map(of_map).filter(Entry::is_proper).collect();
                index.entries.insert(name, entries);
            }
        }
        index.sort();
        Ok(index)
    }

    /// Reads an index, of each version at least what is needed to find and fetch it.
    ///
    /// # Errors
    /// When it is none.
    pub fn skim(text: &[u8]) -> Result<Self, FetchError> {
        match std::str::from_utf8(text).ok().and_then(scan::scan) {
            Some((entries, generated)) => {
                let mut index = Self { entries, generated };
                index.sort();
                Ok(index)
            }
            None => Self::parse(text),
        }
    }

    /// Skims an index file.
    ///
    /// # Errors
    /// When there is none, or it is none.
    pub fn load(path: &Path) -> Result<Self, FetchError> {
        let text = std::fs::read(path).map_err(|error| FetchError::file("open", path, &error))?;
        let failed = |error| FetchError::other(format!("error loading {}: {error}", path.display()));
        Self::skim(&text).map_err(failed)
    }

    /// Reads an index file with every field of it.
    ///
    /// # Errors
    /// When there is none, or it is none.
    pub fn load_whole(path: &Path) -> Result<Self, FetchError> {
        let text = std::fs::read(path).map_err(|error| FetchError::file("open", path, &error))?;
        Self::parse(&text).map_err(|error| FetchError::other(format!("error loading {}: {error}", path.display())))
    }

    /// Puts the newest versions first.
    pub fn sort(&mut self) {
        self.entries.values_mut().for_each(|versions| versions.sort_by(newest_first));
    }

    /// The version of a chart that is asked for: the newest that the constraint accepts.
    ///
    /// # Errors
    /// When there is none, in Helm's words.
    pub fn find(&self, name: &str, version: &str) -> Result<&Entry, FetchError> {
        let versions = self.entries.get(name).ok_or_else(|| FetchError::other("no chart name found"))?;
        if versions.is_empty() {
            return Err(FetchError::other("no chart version found"));
        }
        let constraint = if version.is_empty() { "*" } else { version };
        let constraint = Constraint::parse(constraint).map_err(|error| FetchError::other(error.to_string()))?;
        let exact = versions.iter().find(|entry| !version.is_empty() && entry.version == version);
        let accepted =
            || versions.iter().find(|entry| entry.parsed.as_ref().is_some_and(|version| constraint.accepts(version)));
        exact.or_else(accepted).ok_or_else(|| FetchError::other(format!("no chart version found for {name}-{version}")))
    }

    /// The index as YAML's value.
    #[must_use]
    pub fn document(&self) -> Map {
        let list =
            |versions: &Vec<Entry>| Value::List(versions.iter().map(|entry| Value::Map(entry.fields.clone())).collect());
        let entries = self.entries.iter().map(|(name, versions)| (name.clone(), list(versions))).collect();
        Map::from([
            ("apiVersion".into(), "v1".into()),
            ("entries".into(), Value::Map(entries)),
            ("generated".into(), self.generated.as_str().into()),
        ])
    }

    /// The index as Go encodes the struct, on one line.
    ///
    /// # Errors
    /// When a value has no JSON form.
    pub fn json(&self) -> Result<String, FetchError> {
        let failed = |error: goyaml::Error| FetchError::other(error.to_string());
        let text = |text: &str| goyaml::json::write(&Value::from(text)).map_err(failed);
        let mut entries = Vec::new();
        for (name, versions) in &self.entries {
            let versions: Result<Vec<String>, _> = versions.iter().map(|entry| metadata_json(&entry.fields)).collect();
            entries.push(format!("{}:[{}]", text(name)?, versions.map_err(failed)?.join(",")));
        }
        let generated = text(&self.generated)?;
        Ok(format!("{{\"apiVersion\":\"v1\",\"generated\":{generated},\"entries\":{{{}}}}}", entries.join(",")))
    }

    /// Adds what another index has that this one lacks.
    pub fn merge(&mut self, other: Self) {
        for (name, versions) in other.entries {
            let own = self.entries.entry(name).or_default();
            for entry in versions {
                if !own.iter().any(|known| known.version == entry.version) {
                    own.push(entry);
                }
            }
        }
    }
}

fn newest_first(one: &Entry, other: &Entry) -> Ordering {
    match (&one.parsed, &other.parsed) {
        (Some(one), Some(other)) => other.precedence(one),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Fetches a repository's index.
///
/// # Errors
/// When it cannot be had, or is none.
pub fn fetch(fetcher: &Fetcher, repository: &str) -> Result<(Vec<u8>, Index), FetchError> {
    let text = fetcher.get(&url::resolve(repository, "index.yaml")?, repository)?;
    let index = Index::skim(&text)?;
    Ok((text, index))
}

/// Fetches a repository's index into the cache, under that name.
///
/// # Errors
/// When it cannot be had, or is none.
pub fn update(home: &Home, repository: &Repository, access: crate::Access) -> Result<Index, FetchError> {
    let (text, index) = fetch(&home.fetcher(access), &repository.url)?;
    let names: String = index.entries.keys().map(|name| format!("{name}\n")).collect();
    files::write(&charts_path(home, &repository.name), names.as_bytes(), 0o644)?;
    files::write(&index_path(home, &repository.name), &text, 0o644)?;
    Ok(index)
}
