//! One finding: where a credential is, which rule found it, and as little of it as is of use.

use super::Severity;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A credential that was found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule that found it.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What the rule finds.
    pub description: String,
    /// The object's kind, namespace and name, as far as it has them.
    pub kind: String,
    /// See `kind`.
    pub namespace: String,
    /// See `kind`.
    pub name: String,
    /// Where it is in the object: `spec.containers[0].env[1].value`.
    pub path: String,
    /// The template that the object came from, where the stream says so.
    pub source: String,
    /// The line of the stream.
    pub line: usize,
    /// The credential, masked.
    pub excerpt: String,
    /// Names this finding in a baseline: the same as long as rule, object, path and credential are the same.
    pub fingerprint: String,
}

impl Finding {
    /// `Deployment prod/web`.
    #[must_use]
    pub fn object(&self) -> String {
        let namespace = if self.namespace.is_empty() { String::new() } else { format!("{}/", self.namespace) };
        let kind = if self.kind.is_empty() { "document" } else { &self.kind };
        format!("{kind} {namespace}{}", self.name).trim_end().to_owned()
    }

    /// Fills in what depends on the credential itself, of which nothing else is kept.
    pub(super) fn seal(mut self, secret: &str) -> Self {
        self.excerpt = mask(secret);
        self.fingerprint = self.fingerprint(secret);
        self
    }

    /// Of the credential's own digest only 16 bits go in, too few to try out passwords against a baseline.
    fn fingerprint(&self, secret: &str) -> String {
        let secret = Sha256::digest(secret.as_bytes());
        let mut digest = Sha256::new();
        for part in [&self.rule, &self.kind, &self.namespace, &self.name, &self.path] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(&secret[..2]);
        digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The first characters, never more than four and never more than a fifth, and how many there are.
fn mask(secret: &str) -> String {
    let count = secret.chars().count();
    let shown: String = secret.chars().take((count / 5).min(4)).filter(|c| !c.is_control()).collect();
    format!("{shown}*** ({count} characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_shown() {
        assert_eq!(mask("pw"), "*** (2 characters)");
        assert_eq!(mask("hunter2!!!"), "hu*** (10 characters)");
        assert_eq!(mask(&"x".repeat(100)), "xxxx*** (100 characters)");
    }
}
