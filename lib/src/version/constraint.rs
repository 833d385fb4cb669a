//! Constraints on versions: `^1.2`, `>=1.20-0 <2 || 3.x`, `1.2 - 1.4`.
//!
//! Groups with `||` between them are alternatives; comparisons in one group all have to hold, with blanks or commas between
//! them. A prerelease is accepted only by a group in which some comparison names a prerelease itself.

use super::Version;
use super::scan::Parts;
use gotemplate::format::quoted;
use std::cmp::Ordering;

/// The longest text that is read as a constraint.
const MAX_LEN: usize = 512;

/// The most alternatives in one constraint.
const MAX_GROUPS: usize = 32;

/// Longest first, so that a prefix does not win.
const OPERATORS: [(&str, Operator); 12] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterEqual),
    ("=>", Operator::GreaterEqual),
    ("<=", Operator::LessEqual),
    ("=<", Operator::LessEqual),
    ("~>", Operator::Tilde),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
    ("", Operator::Equal),
];

/// What a version has to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Constraint {
    groups: Vec<Group>,
}

/// A text that is no constraint.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ConstraintError {
    /// It is too long.
    #[error("constraint string is too long (max {MAX_LEN} bytes)")]
    TooLong,
    /// It has too many alternatives.
    #[error("too many constraint groups (max {MAX_GROUPS})")]
    TooManyGroups,
    /// An alternative, hyphen ranges already rewritten, has another shape.
    #[error("improper constraint: {}", quoted(.0.as_bytes()))]
    Improper(String),
    /// The version of a comparison is none: a number too big, a wildcard beside digits.
    #[error("constraint parser error")]
    Version,
}

/// Comparisons that all have to hold.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Group {
    comparisons: Vec<Comparison>,
    names_prerelease: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Comparison {
    operator: Operator,
    version: Version,
    wildcard: Wildcard,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// The first number that is missing or `x`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wildcard {
    None,
    Patch,
    Minor,
    Major,
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// # Errors
    /// [`ConstraintError`] when it is none.
    pub fn parse(text: &str) -> Result<Self, ConstraintError> {
        if text.len() > MAX_LEN {
            return Err(ConstraintError::TooLong);
        }
        let text = rewrite_ranges(text);
        if text.split("||").count() > MAX_GROUPS {
            return Err(ConstraintError::TooManyGroups);
        }
        Ok(Self { groups: text.split("||").map(Group::parse).collect::<Result<_, _>>()? })
    }

    /// Whether `version` is what this asks for.
    #[must_use]
    pub fn accepts(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| group.accepts(version))
    }
}

impl Group {
    fn parse(text: &str) -> Result<Self, ConstraintError> {
        let parts = split_group(text).ok_or_else(|| ConstraintError::Improper(text.to_owned()))?;
        let comparisons: Vec<_> = parts.into_iter().map(Comparison::new).collect::<Result<_, _>>()?;
        let names_prerelease = comparisons.iter().any(|comparison| !comparison.version.prerelease.is_empty());
        Ok(Self { comparisons, names_prerelease })
    }

    fn accepts(&self, version: &Version) -> bool {
        (self.names_prerelease || version.prerelease.is_empty())
            && self.comparisons.iter().all(|comparison| comparison.accepts(version))
    }
}

impl Comparison {
    fn new(part: Part<'_>) -> Result<Self, ConstraintError> {
        let is_wild = |segment: &str| matches!(segment, "x" | "X" | "*");
        let Parts { major, minor, patch, prerelease, .. } = part.parts;
        let (minor, patch) = (minor.unwrap_or("x"), patch.unwrap_or("x"));
        let prerelease = if prerelease.is_empty() { String::new() } else { format!("-{prerelease}") };
        let (wildcard, text) = if is_wild(major) {
            (Wildcard::Major, format!("0.0.0{prerelease}"))
        } else if is_wild(minor) {
            (Wildcard::Minor, format!("{major}.0.0{prerelease}"))
        } else if is_wild(patch) {
            (Wildcard::Patch, format!("{major}.{minor}.0{prerelease}"))
        } else {
            (Wildcard::None, part.version.to_owned())
        };
        let version = Version::parse(&text).map_err(|_| ConstraintError::Version)?;
        Ok(Self { operator: part.operator, version, wildcard })
    }

    fn accepts(&self, version: &Version) -> bool {
        match self.operator {
            Operator::Equal if self.wildcard == Wildcard::None => self.order(version).is_eq(),
            Operator::Equal | Operator::Tilde => self.accepts_tilde(version),
            Operator::NotEqual => self.accepts_other(version),
            Operator::Greater => self.accepts_greater(version),
            Operator::Less => self.order(version).is_lt(),
            Operator::GreaterEqual => self.order(version).is_ge(),
            Operator::LessEqual => self.accepts_less_equal(version),
            Operator::Caret => self.accepts_caret(version),
        }
    }

    /// How `version` stands to the constraint's own.
    fn order(&self, version: &Version) -> Ordering {
        version.precedence(&self.version)
    }

    /// `!=1.x` refuses all of 1, but `!=*` only 0.0.0.
    fn accepts_other(&self, version: &Version) -> bool {
        let (same_major, same_minor) = (version.major == self.version.major, version.minor == self.version.minor);
        match self.wildcard {
            Wildcard::None | Wildcard::Major => self.order(version).is_ne(),
            Wildcard::Minor => !same_major,
            Wildcard::Patch if same_major && same_minor => self.accepts_other_prerelease(version),
            Wildcard::Patch => true,
        }
    }

    fn accepts_other_prerelease(&self, version: &Version) -> bool {
        version.prerelease != self.version.prerelease
    }

    /// `>1.2` begins at 1.3.0.
    fn accepts_greater(&self, version: &Version) -> bool {
        match self.wildcard {
            Wildcard::None | Wildcard::Major => self.order(version).is_gt(),
            Wildcard::Minor => version.major > self.version.major,
            Wildcard::Patch => (version.major, version.minor) > (self.version.major, self.version.minor),
        }
    }

    /// `<=1.2` ends before 1.3.0.
    fn accepts_less_equal(&self, version: &Version) -> bool {
        match self.wildcard {
            Wildcard::None => self.order(version).is_le(),
            Wildcard::Minor => version.major <= self.version.major,
            Wildcard::Patch | Wildcard::Major => (version.major, version.minor) <= (self.version.major, self.version.minor),
        }
    }

    /// `~1.2.3` is at least 1.2.3 and below 1.3; `~1` any 1; `~0.0.0` anything.
    fn accepts_tilde(&self, version: &Version) -> bool {
        let own = &self.version;
        if self.order(version).is_lt() {
            return false;
        }
        let no_numbers = (own.major, own.minor, own.patch) == (0, 0, 0);
        if no_numbers && matches!(self.wildcard, Wildcard::None | Wildcard::Major) {
            return true;
        }
        version.major == own.major && (version.minor == own.minor || self.wildcard == Wildcard::Minor)
    }

    /// `^1.2.3` is at least 1.2.3 and below 2; below 1.0.0 the first number that is not 0 must stay.
    fn accepts_caret(&self, version: &Version) -> bool {
        let own = &self.version;
        if self.order(version).is_lt() {
            return false;
        }
        if own.major > 0 || self.wildcard == Wildcard::Minor {
            return version.major == own.major;
        }
        if version.major > 0 {
            return false;
        }
        if own.minor > 0 || self.wildcard == Wildcard::Patch {
            return version.minor == own.minor;
        }
        version.minor == 0 && version.patch == own.patch
    }
}

/// Digits and what may stand for them. The library takes `|` too, and refuses it afterwards.
fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|')
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// A comparison as it stands in the text.
struct Part<'a> {
    operator: Operator,
    version: &'a str,
    parts: Parts<'a>,
}

/// The comparisons of a group; `None` when it has another shape.
fn split_group(text: &str) -> Option<Vec<Part<'_>>> {
    let mut comparisons = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    loop {
        let (comparison, after) = take_comparison(rest)?;
        comparisons.push(comparison);
        let next = after.trim_start_matches(is_space);
        rest = match next.strip_prefix(',') {
            _ if next.is_empty() => return Some(comparisons),
            Some(next) => next.trim_start_matches(is_space),
            None if next.len() < after.len() => next,
            None => return None,
        };
    }
}

fn take_comparison(text: &str) -> Option<(Part<'_>, &str)> {
    let (operator, rest) = OPERATORS.iter().find_map(|(name, operator)| Some((*operator, text.strip_prefix(name)?)))?;
    let (version, parts, rest) = take_version(rest.trim_start_matches(is_space))?;
    Some((Part { operator, version, parts }, rest))
}

/// Writes `a - b` as `>= a, <= b`.
///
/// As in the library, the ranges are found first and then each one's text is replaced where it occurs first, which need not
/// be where it was found: `1 - 2 - 3 2 - 3` becomes `>= 1, <=>= 2, <= 3  2 - 3`.
fn rewrite_ranges(text: &str) -> String {
    let mut rewritten = text.to_owned();
    let mut at = 0;
    while at < text.len() {
        match take_range(&text[at..]) {
            Some(range) => {
                let comparisons = format!(">= {}, <= {} ", range.from, range.to);
                rewritten = rewritten.replacen(range.text, &comparisons, 1);
                at += range.text.len();
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    rewritten
}

struct Range<'a> {
    text: &'a str,
    from: &'a str,
    to: &'a str,
}

fn take_range(text: &str) -> Option<Range<'_>> {
    let (from, _, rest) = take_version(text.trim_start_matches(is_space))?;
    let rest = skip_space(rest)?.strip_prefix('-')?;
    let (to, _, rest) = take_version(skip_space(rest)?)?;
    let rest = rest.trim_start_matches(is_space);
    Some(Range { text: &text[..text.len() - rest.len()], from, to })
}

fn take_version(text: &str) -> Option<(&str, Parts<'_>, &str)> {
    let (parts, rest) = Parts::scan(text, is_digit)?;
    Some((&text[..text.len() - rest.len()], parts, rest))
}

/// At least one blank.
fn skip_space(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(is_space);
    (rest.len() < text.len()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(constraint: &str, version: &str) -> bool {
        let constraint = Constraint::parse(constraint).expect("a constraint");
        constraint.accepts(&Version::parse(version).expect("a version"))
    }

    fn error(constraint: &str) -> String {
        Constraint::parse(constraint).expect_err("no constraint").to_string()
    }

    #[test]
    fn ranges_are_rewritten_before_anything_else() {
        assert_eq!(error("1 - 2 - 3"), "improper constraint: \">= 1, <= 2 - 3\"");
        assert_eq!(error("1 - 2 - 3 2 - 3"), "improper constraint: \">= 1, <=>= 2, <= 3  2 - 3\"");
        assert!(check("1.2 - 1.4", "1.4.9") && !check("1.2 - 1.4", "1.5.0"));
        assert!(!check("1.2.3-2.3.4", "1.2.3") && check("1.2.3-2.3.4", "1.2.3-2.3.4"));
    }

    #[test]
    fn what_is_no_constraint() {
        for text in ["", "==1", "1,", "1 || ", ">=1<2", "V1", "\u{a0}1", "1..2"] {
            let part = text.rsplit("||").next().unwrap_or_default();
            assert_eq!(error(text), format!("improper constraint: {}", quoted(part.as_bytes())), "{text}");
        }
        for text in ["1.2|3", "xx", "1-01", "99999999999999999999"] {
            assert_eq!(error(text), "constraint parser error", "{text}");
        }
        assert_eq!(error(&"1".repeat(513)), "constraint string is too long (max 512 bytes)");
        assert_eq!(error(&"1||".repeat(32)), "too many constraint groups (max 32)");
    }

    #[test]
    fn zeros_are_special_to_tildes_and_carets() {
        assert!(check("~0.0.0", "9.1.1") && !check("~0.0", "9.1.1") && check("~>*", "9.1.1"));
        assert!(check("^0.0", "0.0.9") && !check("^0.0", "0.1.0") && !check("^0.0.3", "0.0.4"));
        assert!(!check("!=*", "0.0.0") && check("!=*", "0.0.1"));
    }
}
