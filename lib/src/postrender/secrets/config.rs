//! The file with further rules and exceptions.

use super::{Allow, Rule, Severity};
use serde::Deserialize;

/// What a configuration file adds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Exceptions.
    pub allow: Vec<Allow>,
    /// Further rules.
    pub rules: Vec<Rule>,
    /// Names of rules that are not used.
    pub disable: Vec<String>,
}

/// A file that is no configuration.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(#[from] serde_yaml::Error);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    allow: Vec<Allow>,
    #[serde(default)]
    rules: Vec<FileRule>,
    #[serde(default)]
    disable: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRule {
    id: String,
    severity: Severity,
    #[serde(default)]
    description: String,
    keywords: Vec<String>,
    pattern: String,
    #[serde(default)]
    entropy: f64,
}

impl Config {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is no YAML of this form.
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        let file: File = if text.trim().is_empty() { File::default() } else { serde_yaml::from_str(text)? };
        let rule = |rule: FileRule| Rule {
            id: rule.id.into(),
            severity: rule.severity,
            description: rule.description.into(),
            keywords: rule.keywords.into_iter().map(Into::into).collect(),
            pattern: rule.pattern.into(),
            entropy: rule.entropy,
        };
        Ok(Self { allow: file.allow, rules: file.rules.into_iter().map(rule).collect(), disable: file.disable })
    }
}
