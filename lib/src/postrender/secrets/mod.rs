//! `rhelm-scan-secrets`: passes a stream through as it is, and finds credentials in everything that is no Secret.
//!
//! ```text
//! document → keywords, runs of random characters → tree → fields, variables, arguments, texts → findings − allowed ones
//! ```
//!
//! Most documents hold nothing that any rule cares about, and are not even parsed. A report never shows a credential, only its
//! first characters.

mod allow;
mod baseline;
mod config;
mod document;
mod finding;
pub mod report;
mod rules;
mod scanner;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use allow::Allow;
pub use baseline::{Baseline, BaselineError};
pub use config::{Config, ConfigError};
pub use finding::Finding;
pub use rules::{BY_NAME, Rule, built_in};
pub use scanner::{RuleError, Scanner};

use super::documents::{Documents, Group};
use super::filter::{self, FilterError};
use super::select::Selection;
use crate::parallel;
use std::io::{Read, Write};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It may be a credential.
    Low,
    /// It is called a credential.
    Medium,
    /// It is a credential, or looks exactly like one.
    High,
    /// It opens much to whoever has it.
    Critical,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.pad(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// What is looked for, and what is not reported.
#[derive(Debug)]
pub struct Secrets {
    /// The rules.
    pub scanner: Scanner,
    /// What is left out of the report.
    pub allow: Vec<Allow>,
    /// Findings that are known.
    pub baseline: Baseline,
    /// Which objects are scanned.
    pub selection: Selection,
}

impl Secrets {
    /// Copies `input` to `output` and returns what was found, in the order of the stream.
    ///
    /// # Errors
    /// Those of reading and writing. A document that is no YAML is scanned as text.
    pub fn scan(&self, input: &mut dyn Read, output: &mut dyn Write) -> Result<Vec<Finding>, FilterError> {
        let mut documents = Documents::new(input);
        let (mut findings, mut line, mut more) = (Vec::new(), 1, true);
        while more {
            let groups = filter::groups(&mut documents)?;
            more = !groups.is_empty();
            let mut parts = Vec::with_capacity(groups.len());
            for group in &groups {
                output.write_all(group.bytes())?;
                parts.push((group, line));
                line += lines(group.bytes());
            }
            findings.extend(parallel::map(parts, |(group, line)| self.found(group, line)).into_iter().flatten());
        }
        output.flush()?;
        Ok(findings)
    }

    /// What is found in a group that begins at `line` of the stream.
    fn found(&self, group: &Group, mut line: usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        for document in group.documents() {
            if self.scanner.is_suspicious(document.bytes) {
                let found = document::scan(&self.scanner, &self.selection, document, line);
                findings.extend(found.into_iter().filter(|finding| self.is_reported(finding)));
            }
            line += lines(document.bytes);
        }
        findings
    }

    fn is_reported(&self, finding: &Finding) -> bool {
        !self.allow.iter().any(|allow| allow.matches(finding)) && !self.baseline.contains(finding)
    }
}

fn lines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}
