//! What is not reported although a rule found it.

use super::Finding;
use serde::Deserialize;

/// An exception: every field that is given has to match. `*` stands for any text.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of a finding")]
pub struct Allow {
    pub rule: Option<String>,
    pub kind: Option<String>,
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub path: Option<String>,
    pub source: Option<String>,
}

impl Allow {
    /// Whether the finding is excepted.
    #[must_use]
    pub fn matches(&self, finding: &Finding) -> bool {
        let fields = [
            (&self.rule, &finding.rule),
            (&self.kind, &finding.kind),
            (&self.namespace, &finding.namespace),
            (&self.name, &finding.name),
            (&self.path, &finding.path),
            (&self.source, &finding.source),
        ];
        fields.into_iter().all(|(pattern, value)| pattern.as_ref().is_none_or(|pattern| matches(pattern, value)))
    }
}

/// Whether a text matches a pattern in which `*` stands for any text, and nothing else is special.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_text() {
        assert!(matches("spec.*.env[*].value", "spec.containers[0].env[12].value"));
        assert!(
            matches("*", "") && matches("a", "a") && matches("a*", "a") && matches("*b*", "abc") && matches("a*b*b", "abb")
        );
        assert!(!matches("a", "ab") && !matches("a*b", "abc") && !matches("a*a", "a") && !matches("", "a"));
    }
}
