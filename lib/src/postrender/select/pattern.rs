//! Patterns for kinds and names.

use super::super::object::Object;
use crate::pattern::Pattern;

/// A pattern that is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PatternError {
    /// There is nothing in it.
    #[error("must not be empty")]
    Empty,
    /// A bracket is not closed, or a backslash ends it.
    #[error("syntax error in pattern")]
    Syntax,
}

/// A kind, in any case, and perhaps its group: `Deployment`, `deployment.apps`, `Service.core`, `!Secret`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KindPattern {
    kind: String,
    group: Option<String>,
    /// Whether it excludes.
    pub negated: bool,
}

impl KindPattern {
    /// Whether the object is of this kind, negated or not.
    #[must_use]
    pub fn matches(&self, object: &Object) -> bool {
        let group = |group: &str| group == object.group() || (group == "core" && object.group().is_empty());
        (self.kind == "*" || self.kind.eq_ignore_ascii_case(&object.kind)) && self.group.as_deref().is_none_or(group)
    }
}

impl std::str::FromStr for KindPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let (negated, text) = negation(text);
        let (kind, group) = text.split_once('.').map_or((text, None), |(kind, group)| (kind, Some(group.to_owned())));
        if kind.is_empty() {
            return Err(PatternError::Empty);
        }
        Ok(Self { kind: kind.to_owned(), group, negated })
    }
}

/// A name with `*`, `?` and `[a-z]`: `web-*`, `!web-db`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamePattern {
    pattern: Pattern,
    /// Whether it excludes.
    pub negated: bool,
}

impl NamePattern {
    /// Whether the name is one of these, negated or not.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.pattern.matches(name)
    }
}

impl std::str::FromStr for NamePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let (negated, pattern) = negation(text);
        let pattern = Pattern::parse(pattern).map_err(|_| PatternError::Syntax)?;
        Ok(Self { pattern, negated })
    }
}

fn negation(text: &str) -> (bool, &str) {
    text.strip_prefix('!').map_or((false, text), |rest| (true, rest))
}

/// Whether a field passes its patterns.
pub(super) fn any<P>(patterns: &[P], matches: impl Fn(&P) -> bool, negated: impl Fn(&P) -> bool) -> bool {
    let (excluding, including): (Vec<&P>, Vec<&P>) = patterns.iter().partition(|pattern| negated(pattern));
    let included = including.is_empty() || including.into_iter().any(&matches);
    included && !excluding.into_iter().any(matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(patterns: &[&str], name: &str) -> bool {
        let patterns: Vec<NamePattern> = patterns.iter().map(|text| text.parse().expect("a pattern")).collect();
        any(&patterns, |pattern| pattern.matches(name), |pattern| pattern.negated)
    }

    #[test]
    fn one_pattern_has_to_match_and_no_excluding_one_may() {
        assert!(passes(&[], "web"));
        assert!(passes(&["api", "web-*"], "web-1"));
        assert!(!passes(&["api", "web-*"], "web"));
        assert!(!passes(&["web-*", "!*-db"], "web-db"));
        assert!(passes(&["!*-db"], "web"));
        assert!(passes(&[""], ""));
        assert_eq!("web[".parse::<NamePattern>(), Err(PatternError::Syntax));
    }

    #[test]
    fn kinds_may_have_a_group() {
        let object = |api_version: &str, kind: &str| Object {
            node: crate::postrender::tree::NodeId::ROOT,
            api_version: api_version.to_owned().into(),
            kind: kind.to_owned().into(),
            name: "".into(),
            namespace: "".into(),
        };
        let matches = |pattern: &str, object: &Object| pattern.parse::<KindPattern>().expect("a pattern").matches(object);
        let deployment = object("apps/v1", "Deployment");
        assert!(matches("deployment", &deployment) && matches("Deployment.apps", &deployment) && matches("*", &deployment));
        assert!(!matches("Deployment.core", &deployment) && !matches("Deploy", &deployment));
        assert!(
            matches("Service.core", &object("v1", "Service"))
                && !matches("Service.serving.knative.dev", &object("v1", "Service"))
        );
    }
}
