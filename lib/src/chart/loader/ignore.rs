//! `.helmignore`: which files of a chart's directory are not part of the chart.
//!
//! The rules resemble those of git but are not the same: there is no `**`, a rule with a slash is matched against the whole
//! path, and a rule that begins with `!` ignores all that it does not match.

use crate::pattern::{BadPattern, Pattern};

/// The longest line of a file of rules.
const MAX_LINE: usize = 64 * 1024;

/// Why a rule cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IgnoreError {
    /// It contains `**`.
    #[error("double-star (**) syntax is not supported")]
    DoubleStar,
    /// Its pattern is malformed.
    #[error("syntax error in pattern")]
    Pattern,
    /// Its line is too long.
    #[error("bufio.Scanner: token too long")]
    LongLine,
}

impl From<BadPattern> for IgnoreError {
    fn from(_: BadPattern) -> Self {
        Self::Pattern
    }
}

/// The rules of a chart.
#[derive(Clone, Debug)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    is_negated: bool,
    only_directories: bool,
    /// Whether only the last part of a path is looked at.
    only_name: bool,
}

impl Rules {
    /// Reads the content of a `.helmignore`, which may be empty, and adds the rule that all charts have.
    ///
    /// # Errors
    /// [`IgnoreError`] for the first rule that cannot be read.
    pub(super) fn parse(content: &str) -> Result<Self, IgnoreError> {
        let content = content.strip_prefix('\u{feff}').unwrap_or(content);
        let mut rules = Vec::new();
        for line in content.split('\n') {
            if line.len() >= MAX_LINE {
                return Err(IgnoreError::LongLine);
            }
            rules.extend(Rule::parse(line.trim())?);
        }
        rules.extend(Rule::parse("templates/.?*")?);
        Ok(Self(rules))
    }

    /// Whether `path`, relative to the chart, is ignored. The first rule that says so decides.
    pub(super) fn ignore(&self, path: &str, is_directory: bool) -> bool {
        self.0.iter().any(|rule| rule.ignores(path, is_directory))
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Option<Self>, IgnoreError> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err(IgnoreError::DoubleStar);
        }
        // The whole line has to be a pattern, though only a part of it is used as one.
        Pattern::parse(line)?;
        let (is_negated, rule) = strip(line, |line| line.strip_prefix('!'));
        let (only_directories, rule) = strip(rule, |rule| rule.strip_suffix('/'));
        let (is_rooted, pattern) = strip(rule, |rule| rule.strip_prefix('/'));
        let only_name = !is_rooted && !pattern.contains('/');
        Ok(Some(Self { pattern: Pattern::parse(pattern)?, is_negated, only_directories, only_name }))
    }

    fn ignores(&self, path: &str, is_directory: bool) -> bool {
        if self.only_directories && !is_directory {
            return self.is_negated;
        }
        let name = if self.only_name { path.rsplit('/').next().unwrap_or(path) } else { path };
        self.pattern.matches(name) != self.is_negated
    }
}

fn strip(text: &str, strip: impl Fn(&str) -> Option<&str>) -> (bool, &str) {
    strip(text).map_or((false, text), |rest| (true, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&str; 15] = [
        "#x",
        ".helmignore",
        ".hidden",
        "[a]",
        "a b",
        "a/b",
        "a/c",
        "axb",
        "crds/x.yaml",
        "d/e/f",
        "d/e/g.txt",
        "g.txt",
        "sub/.helmignore",
        "sub/g.txt",
        "é",
    ];

    /// The files that rules leave out, as a walk finds them: what is below an ignored directory is not looked at.
    fn ignored(rules: &Rules) -> Vec<&'static str> {
        let is_ignored = |file: &&str| {
            let directories = file.match_indices('/').map(|(at, _)| &file[..at]);
            directories.into_iter().any(|directory| rules.ignore(directory, true)) || rules.ignore(file, false)
        };
        FILES.into_iter().filter(is_ignored).collect()
    }

    #[test]
    fn rules_ignore_what_helm_ignores() {
        let cases: &[(&str, &[&str])] = &[
            ("/a[^x]b", &["a b", "a/b"]),
            ("a[^x]b", &["a b"]),
            ("/a?b", &["a b", "axb"]),
            ("/a[!x]b", &["axb"]),
            ("/a\\xb", &["axb"]),
            ("\\#x", &["#x"]),
            ("#x", &[]),
            ("*.txt", &["d/e/g.txt", "g.txt", "sub/g.txt"]),
            ("d/e/*", &["d/e/f", "d/e/g.txt"]),
            ("d/*", &["d/e/f", "d/e/g.txt"]),
            ("d/", &["d/e/f", "d/e/g.txt"]),
            ("/d/", &["d/e/f", "d/e/g.txt"]),
            ("e", &["d/e/f", "d/e/g.txt"]),
            ("/e", &[]),
            ("d/e", &["d/e/f", "d/e/g.txt"]),
            ("d/e/", &["d/e/f", "d/e/g.txt"]),
            ("./g.txt", &[]),
            ("g.txt/", &[]),
            ("  g.txt  \r", &["d/e/g.txt", "g.txt", "sub/g.txt"]),
            ("\u{feff}g.txt", &["d/e/g.txt", "g.txt", "sub/g.txt"]),
            ("x\n\u{feff}g.txt", &[]),
            ("a b", &["a b"]),
            ("[a]", &["a/b", "a/c"]),
            ("\\[a\\]", &["[a]"]),
            ("é", &["é"]),
            ("?", &["a/b", "a/c", "d/e/f", "d/e/g.txt", "é"]),
            ("[^a-z]", &["é"]),
            ("//", &[]),
            ("/", &[]),
            (".*", &[".helmignore", ".hidden", "sub/.helmignore"]),
            ("/.*", &[".helmignore", ".hidden"]),
            ("a//b", &[]),
            ("/a/b/", &[]),
            ("[b-a]", &[]),
            ("[\\a-\\c]", &["a/b", "a/c"]),
            ("[*]", &[]),
            ("!*", &[]),
            ("!*\ng.txt", &["d/e/g.txt", "g.txt", "sub/g.txt"]),
            ("axb\n\n# c\nsub/*", &["axb", "sub/.helmignore", "sub/g.txt"]),
        ];
        for (content, expected) in cases {
            let rules = Rules::parse(content).expect("rules");
            assert_eq!(ignored(&rules), *expected, "{content:?}");
        }
    }

    #[test]
    fn a_negated_rule_ignores_all_else() {
        let rules = Rules::parse("!*.txt").expect("rules");
        assert_eq!((rules.ignore("g.txt", false), rules.ignore("Chart.yaml", false)), (false, true));
        let rules = Rules::parse("!d/").expect("rules");
        assert_eq!((rules.ignore("d", true), rules.ignore("d", false)), (false, true));
    }

    #[test]
    fn hidden_templates_are_ignored_in_every_chart() {
        let rules = Rules::parse("").expect("rules");
        assert_eq!((rules.ignore("templates/.a", false), rules.ignore("templates/x/.a", false)), (true, false));
    }

    #[test]
    fn malformed_rules() {
        for (content, error) in [
            ("a\n[[]a[]]", IgnoreError::Pattern),
            ("[a-", IgnoreError::Pattern),
            ("[]a]", IgnoreError::Pattern),
            ("[a-]", IgnoreError::Pattern),
            ("a\\", IgnoreError::Pattern),
            ("a**b", IgnoreError::DoubleStar),
            ("!**", IgnoreError::DoubleStar),
        ] {
            assert_eq!(Rules::parse(content).err(), Some(error), "{content}");
        }
        assert_eq!(Rules::parse(&"x".repeat(MAX_LINE)).err(), Some(IgnoreError::LongLine));
    }
}
