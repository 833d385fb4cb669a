//! Why a pattern is none, in the words of Go's `regexp/syntax`.

use gotemplate::format::quoted;
use std::fmt;

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cause {
    InvalidRange,
    InvalidEscape,
    InvalidNamedCapture,
    InvalidPerlSyntax,
    NestedRepetition,
    RepeatCount,
    InvalidUtf8,
    MissingBracket,
    MissingParenthesis,
    MissingRepetitionArgument,
    TrailingBackslash,
    UnexpectedParenthesis,
    TooDeep,
    TooLarge,
}

/// A cause and the part of the pattern that shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Error {
    cause: Cause,
    fragment: Vec<u8>,
}

impl Error {
    pub(super) fn new(cause: Cause, fragment: &[u8]) -> Self {
        Self { cause, fragment: fragment.to_vec() }
    }

    /// What `regexp.MustCompile` panics with.
    pub(crate) fn of_must_compile(&self, pattern: &[u8]) -> String {
        let quoted =
            if can_backquote(pattern) { format!("`{}`", String::from_utf8_lossy(pattern)) } else { quoted(pattern) };
        format!("regexp: Compile({quoted}): {self}")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fragment = String::from_utf8_lossy(&self.fragment);
        write!(f, "error parsing regexp: {}: `{fragment}`", self.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidRange => "invalid character class range",
            Self::InvalidEscape => "invalid escape sequence",
            Self::InvalidNamedCapture => "invalid named capture",
            Self::InvalidPerlSyntax => "invalid or unsupported Perl syntax",
            Self::NestedRepetition => "invalid nested repetition operator",
            Self::RepeatCount => "invalid repeat count",
            Self::InvalidUtf8 => "invalid UTF-8",
            Self::MissingBracket => "missing closing ]",
            Self::MissingParenthesis => "missing closing )",
            Self::MissingRepetitionArgument => "missing argument to repetition operator",
            Self::TrailingBackslash => "trailing backslash at end of expression",
            Self::UnexpectedParenthesis => "unexpected )",
            Self::TooDeep => "expression nests too deeply",
            Self::TooLarge => "expression too large",
        })
    }
}

/// Go's `strconv.CanBackquote`: one line of UTF-8 without backquotes or control characters other than tabs.
fn can_backquote(text: &[u8]) -> bool {
    let refused = |c: char| c == '`' || c == '\u{feff}' || c == '\u{7f}' || c < ' ' && c != '\t';
    std::str::from_utf8(text).is_ok_and(|text| !text.contains(refused))
}
