//! The rules made ready: keywords in one automaton, each pattern compiled when its first keyword is met.

use super::rules::{HIGH_ENTROPY, Rule};
use super::{BY_NAME, Severity, words};
use aho_corasick::AhoCorasick;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use std::ops::Range;
use std::sync::OnceLock;

/// Parts of names of credentials; the rules by name need one of them.
const NAME_PARTS: &[&str] = &["pass", "pwd", "token", "secret", "key", "credential"];

/// Matches of one rule in one text.
const MOST_MATCHES: usize = 100;

/// A rule that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// Its pattern is no regular expression.
    #[error("rule {id}: {cause}")]
    Pattern {
        /// The rule.
        id: String,
        /// What is wrong.
        cause: String,
    },
    /// No rule has this name.
    #[error("there is no rule {0:?}")]
    Unknown(String),
    /// It would never be tried.
    #[error("rule {0} needs a keyword that is not empty")]
    Keywords(String),
}

/// Rules to scan with.
#[derive(Debug)]
pub struct Scanner {
    rules: Vec<Rule>,
    by_name: Vec<(&'static str, Severity, &'static str)>,
    keywords: AhoCorasick,
    /// The rule of each keyword; the parts of names come after all of them.
    owners: Vec<usize>,
    patterns: Vec<OnceLock<Option<Regex>>>,
}

/// A match of a rule's pattern: the rule, and the place of the credential.
pub(super) type Match = (usize, Range<usize>);

impl Scanner {
    /// A scanner with these rules, without those that are disabled.
    ///
    /// # Errors
    /// When a rule that is disabled does not exist, or one has neither keyword nor pattern.
    pub fn new(rules: Vec<Rule>, disabled: &[String]) -> Result<Self, RuleError> {
        let known = |id: &str| rules.iter().any(|rule| rule.id == id) || BY_NAME.iter().any(|(name, ..)| *name == id);
        if let Some(unknown) = disabled.iter().find(|id| !known(id)) {
            return Err(RuleError::Unknown(unknown.clone()));
        }
        if let Some(rule) =
            rules.iter().find(|rule| rule.keywords.is_empty() || rule.keywords.iter().any(|word| word.is_empty()))
        {
            return Err(RuleError::Keywords(rule.id.to_string()));
        }
        let rules: Vec<Rule> = rules.into_iter().filter(|rule| !disabled.iter().any(|id| *id == rule.id)).collect();
        let by_name = BY_NAME.iter().filter(|(id, ..)| !disabled.iter().any(|other| other == id)).copied().collect();
        let owned =
            rules.iter().enumerate().flat_map(|(index, rule)| rule.keywords.iter().map(move |word| (index, word.as_ref())));
        let (owners, words): (Vec<usize>, Vec<&str>) = owned.unzip();
        let keywords = AhoCorasick::builder().ascii_case_insensitive(true).build(words.iter().chain(NAME_PARTS));
        let keywords =
            keywords.map_err(|error| RuleError::Pattern { id: "keywords".to_owned(), cause: error.to_string() })?;
        let patterns = rules.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { rules, by_name, keywords, owners, patterns })
    }

    /// Compiles all patterns.
    ///
    /// # Errors
    /// For the first that is no regular expression.
    pub fn check(&self) -> Result<(), RuleError> {
        for rule in &self.rules {
            compile(&rule.pattern).map_err(|cause| RuleError::Pattern { id: rule.id.to_string(), cause })?;
        }
        Ok(())
    }

    /// Whether a document needs a closer look: no rule can match one that does not.
    #[must_use]
    pub fn is_suspicious(&self, document: &[u8]) -> bool {
        self.keywords.is_match(document) || (self.rule_by_name(HIGH_ENTROPY).is_some() && words::has_random_run(document))
    }

    pub(super) fn rule(&self, index: usize) -> &Rule {
        &self.rules[index]
    }

    /// Severity and description of a rule without pattern; `None` when it is disabled.
    pub(super) fn rule_by_name(&self, id: &str) -> Option<(Severity, &'static str)> {
        self.by_name.iter().find(|(name, ..)| *name == id).map(|&(_, severity, description)| (severity, description))
    }

    /// What the patterns find in a text, and whether it holds a part of a credential's name.
    pub(super) fn matches(&self, text: &str) -> (Vec<Match>, bool) {
        let (mut tried, mut named, mut found) = (Vec::new(), false, Vec::new());
        for keyword in self.keywords.find_overlapping_iter(text) {
            match self.owners.get(keyword.pattern().as_usize()) {
                Some(&rule) if !tried.contains(&rule) => {
                    tried.push(rule);
                    self.add_matches(rule, text, &mut found);
                }
                Some(_) => {}
                None => named = true,
            }
        }
        found.sort_by_key(|(rule, place)| (place.start, *rule));
        (found, named)
    }

    fn add_matches(&self, index: usize, text: &str, found: &mut Vec<Match>) {
        let rule = &self.rules[index];
        let pattern = self.patterns[index].get_or_init(|| compile(&rule.pattern).ok());
        let Some(pattern) = pattern else { return };
        for captures in pattern.captures_iter(text).take(MOST_MATCHES) {
            let groups = (1..captures.group_len()).find_map(|group| captures.get_group(group));
            let Some(place) = groups.or_else(|| captures.get_group(0)).map(|span| span.range()) else { continue };
            let Some(secret) = text.get(place.clone()) else { continue };
            if words::entropy(secret) >= rule.entropy && words::is_literal(secret) {
                found.push((index, place));
            }
        }
    }
}

/// Compiles a pattern, of bytes as Go's and other scanners' patterns are: `\w` and `\b` know ASCII only.
fn compile(pattern: &str) -> Result<Regex, String> {
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    Regex::builder().syntax(syntax).configure(Regex::config().utf8_empty(false)).build(pattern).map_err(|error| match error
        .syntax_error()
    {
        Some(syntax) => syntax.to_string(),
        None => error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postrender::secrets::built_in;

    #[test]
    fn every_pattern_can_be_compiled_and_every_rule_has_a_name_of_its_own() {
        let rules = built_in();
        let mut ids: Vec<_> = rules.iter().map(|rule| rule.id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), rules.len());
        Scanner::new(rules, &[]).expect("rules").check().expect("patterns");
    }

    #[test]
    fn wrong_rules_are_refused() {
        let rule = |keywords: Vec<&'static str>, pattern: &'static str| Rule {
            id: "x".into(),
            severity: Severity::High,
            description: "".into(),
            keywords: keywords.into_iter().map(Into::into).collect(),
            pattern: pattern.into(),
            entropy: 0.0,
        };
        assert_eq!(Scanner::new(vec![], &["y".into()]).err(), Some(RuleError::Unknown("y".into())));
        assert_eq!(Scanner::new(vec![rule(vec![], "a")], &[]).err(), Some(RuleError::Keywords("x".into())));
        let broken = Scanner::new(vec![rule(vec!["a"], "(")], &[]).expect("a scanner");
        assert!(matches!(broken.check(), Err(RuleError::Pattern { .. })));
    }
}
