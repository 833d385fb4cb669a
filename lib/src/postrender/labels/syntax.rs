//! What Kubernetes accepts as labels and annotations, checked before anything is changed. The messages are Kubernetes' own.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A label: `team=payments`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Label {
    pub key: String,
    pub value: String,
}

/// An annotation: `example.com/note=any text`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Annotation {
    pub key: String,
    pub value: String,
}

/// A label or annotation that Kubernetes would refuse.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MetadataError {
    /// There is no `=`.
    #[error("must be KEY=VALUE")]
    Pair,
    /// The key.
    #[error("invalid key {key:?}: {cause}")]
    Key {
        /// As given.
        key: String,
        /// In Kubernetes' words.
        cause: String,
    },
    /// The value of a label.
    #[error("invalid value {value:?}: {cause}")]
    Value {
        /// As given.
        value: String,
        /// In Kubernetes' words.
        cause: String,
    },
    /// A file that does not hold `labels` and `annotations`.
    #[error("{0}")]
    File(String),
}

impl Label {
    /// A label that Kubernetes accepts.
    ///
    /// # Errors
    /// When it does not.
    pub fn new(key: &str, value: &str) -> Result<Self, MetadataError> {
        check_key(key)?;
        let error = |cause: &str| MetadataError::Value { value: value.to_owned(), cause: cause.to_owned() };
        if value.len() > LONGEST_NAME {
            return Err(error("must be no more than 63 bytes"));
        }
        if !value.is_empty() && !is_name(value) {
            return Err(error(LABEL_VALUE));
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

impl std::str::FromStr for Label {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        let (key, value) = text.split_once('=').ok_or(MetadataError::Pair)?;
        Self::new(key, value)
    }
}

impl Annotation {
    /// An annotation that Kubernetes accepts. The value may be any text.
    ///
    /// # Errors
    /// When the key is none.
    pub fn new(key: &str, value: &str) -> Result<Self, MetadataError> {
        // Kubernetes checks an annotation's key in lower case: its prefix may have capitals.
        let checked =
            key.split_once('/').map_or_else(|| key.to_owned(), |(prefix, name)| format!("{}/{name}", prefix.to_lowercase()));
        check_key(&checked)?;
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

impl std::str::FromStr for Annotation {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        let (key, value) = text.split_once('=').ok_or(MetadataError::Pair)?;
        Self::new(key, value)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// Reads a file with `labels` and `annotations`, two mappings of texts.
///
/// # Errors
/// When it is no such file, or Kubernetes would refuse one of them.
pub fn read_file(text: &str) -> Result<(Vec<Label>, Vec<Annotation>), MetadataError> {
    let file: File = serde_yaml::from_str(text).map_err(|error| MetadataError::File(error.to_string()))?;
    let labels = file.labels.iter().map(|(key, value)| Label::new(key, value)).collect::<Result<_, _>>()?;
    let annotations = file.annotations.iter().map(|(key, value)| Annotation::new(key, value)).collect::<Result<_, _>>()?;
    Ok((labels, annotations))
}

fn check_key(key: &str) -> Result<(), MetadataError> {
    let error = |cause: String| Err(MetadataError::Key { key: key.to_owned(), cause });
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    match prefix {
        Some("") => return error("prefix part must be non-empty".to_owned()),
        Some(prefix) if prefix.len() > LONGEST_PREFIX => {
            return error("prefix part must be no more than 253 bytes".to_owned());
        }
        Some(prefix) if !is_subdomain(prefix) => return error(format!("prefix part {SUBDOMAIN}")),
        _ => {}
    }
    if name.contains('/') {
        return error(QUALIFIED_NAME.to_owned());
    }
    match name {
        "" => error("name part must be non-empty".to_owned()),
        name if name.len() > LONGEST_NAME => error("name part must be no more than 63 bytes".to_owned()),
        name if !is_name(name) => error(format!("name part {NAME}")),
        _ => Ok(()),
    }
}

fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let ends = [text.bytes().next(), text.bytes().next_back()];
    text.bytes().all(inner) && ends.iter().all(|byte| byte.is_some_and(|byte| byte.is_ascii_alphanumeric()))
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(|part| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        part.bytes().all(inner) && !part.is_empty() && !part.starts_with('-') && !part.ends_with('-')
    })
}

const LONGEST_NAME: usize = 63;
const LONGEST_PREFIX: usize = 253;

const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
    start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
    '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character \
    (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const QUALIFIED_NAME: &str = "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with \
    an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start \
    and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_accepts() {
        for good in ["a=b", "a=", "example.com/a.b-c_d=1", "A=x.y_z-0", "app.kubernetes.io/name=web"] {
            assert!(good.parse::<Label>().is_ok(), "{good}");
        }
        let long = "x".repeat(64);
        for wrong in [
            "a",
            "=b",
            "a/b/c=d",
            "/a=b",
            "Example.com/a=b",
            "-a=b",
            "a=b=c",
            "a=-",
            "a= b",
            "é=x",
            &format!("{long}=x"),
            &format!("x={long}"),
        ] {
            assert!(wrong.parse::<Label>().is_err(), "{wrong}");
        }
        assert!("Example.com/a=any text\n=".parse::<Annotation>().is_ok());
        assert!("a b=c".parse::<Annotation>().is_err());
    }

    #[test]
    fn files_hold_texts() {
        let (labels, annotations) = read_file("labels: {a: 1.10}\nannotations:\n  x/y: |\n    z\n").expect("a file");
        assert_eq!(labels, [Label { key: "a".into(), value: "1.10".into() }]);
        assert_eq!(annotations, [Annotation { key: "x/y".into(), value: "z\n".into() }]);
        let error = |text: &str| read_file(text).expect_err("no file").to_string();
        assert_eq!(error("labels: {a: [1]}\n"), "labels.a: invalid type: sequence, expected a string at line 1 column 13");
        assert_eq!(error("label: {}\n"), "unknown field `label`, expected `labels` or `annotations`");
    }
}
