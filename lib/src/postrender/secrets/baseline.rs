//! A baseline: findings that are known, so that only new ones are reported.

use super::Finding;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Known findings, by their fingerprints.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Baseline(BTreeMap<String, Entry>);

/// What a baseline file says of a finding, for its readers; only the fingerprint counts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Entry {
    fingerprint: String,
    rule: String,
    object: String,
    path: String,
}

#[derive(Deserialize, Serialize)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not JSON of this form.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It is of a form to come.
    #[error("baseline version {0} is not known")]
    Version(u32),
}

impl Baseline {
    /// A baseline of these findings.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let entry = |finding: &Finding| Entry {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            object: finding.object(),
            path: finding.path.clone(),
        };
        Self(findings.iter().map(|finding| (finding.fingerprint.clone(), entry(finding))).collect())
    }

    /// Reads a file that [`Baseline::write`] made.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let file: File = serde_json::from_str(text)?;
        if file.version != 1 {
            return Err(BaselineError::Version(file.version));
        }
        Ok(Self(file.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry)).collect()))
    }

    /// The text of a file with this baseline.
    ///
    /// # Errors
    /// Never, for data of this form.
    pub fn write(&self) -> Result<String, BaselineError> {
        let file = File { version: 1, findings: self.0.values().cloned().collect() };
        Ok(serde_json::to_string_pretty(&file)? + "\n")
    }

    /// Whether the finding is known.
    #[must_use]
    pub fn contains(&self, finding: &Finding) -> bool {
        self.0.contains_key(&finding.fingerprint)
    }
}
