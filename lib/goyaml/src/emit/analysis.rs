//! Which styles a text can be written in.

use crate::resolve::{self, Resolved};
use crate::timestamp::is_timestamp;

/// How a text is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// What a text contains, as far as it matters.
#[derive(Default)]
pub(super) struct Analysis {
    /// Characters that end lines.
    pub(super) multiline: bool,
    indicators: bool,
    special: bool,
    tab: bool,
    edge_space: bool,
    trailing_space: bool,
    break_space: bool,
    space_break: bool,
}

impl Analysis {
    pub(super) fn of(text: &str) -> Self {
        let mut found = Self { indicators: text.starts_with("---") || text.starts_with("..."), ..Self::default() };
        let bytes = text.as_bytes();
        let mut previous = Kind::Break;
        let mut after_white = true;
        for (at, character) in text.char_indices() {
            let after = at + character.len_utf8();
            let before_white = matches!(bytes.get(after), None | Some(b' ' | b'\t'));
            found.indicators |= is_indicator(character, at == 0, after_white, before_white);
            let kind = Kind::of(character);
            let at_edge = at == 0 || after == bytes.len();
            match kind {
                Kind::Space => {
                    found.edge_space |= at_edge;
                    found.trailing_space |= after == bytes.len();
                    found.break_space |= at > 0 && previous == Kind::Break;
                }
                Kind::Break => {
                    found.multiline = true;
                    found.space_break |= previous == Kind::Space;
                }
                Kind::Tab => found.tab = true,
                Kind::Special => found.special = true,
                Kind::Other => {}
            }
            // A break that cannot be printed is special, too.
            found.special |= character == '\r' || character == '\u{85}';
            after_white = matches!(kind, Kind::Space | Kind::Break | Kind::Tab);
            previous = kind;
        }
        found
    }

    /// The style for this text, given whether it would be read back as text without quotes. A tab forbids blocks unless
    /// `tabs_in_blocks`.
    pub(super) fn style(&self, text: &str, reads_back: bool, tabs_in_blocks: bool) -> Style {
        let special = self.space_break || self.special || (self.tab && !tabs_in_blocks);
        if text.contains('\n') {
            return if special || self.trailing_space { Style::DoubleQuoted } else { Style::Literal };
        }
        if !reads_back || self.break_space || special || self.tab {
            Style::DoubleQuoted
        } else if self.edge_space || self.multiline || self.indicators {
            Style::SingleQuoted
        } else {
            Style::Plain
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Space,
    Break,
    Tab,
    /// Written as an escape.
    Special,
    Other,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            ' ' => Self::Space,
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Self::Break,
            '\t' => Self::Tab,
            _ if is_printable(character) => Self::Other,
            _ => Self::Special,
        }
    }
}

/// What go-yaml's emitter writes as it is. It knows no characters beyond U+FFFD.
pub(super) fn is_printable(character: char) -> bool {
    match character {
        ' '..='~' | '\n' => true,
        '\u{feff}' => false,
        '\u{a0}'..='\u{fffd}' => true,
        _ => false,
    }
}

/// Whether a character keeps the text from being plain.
fn is_indicator(character: char, first: bool, after_white: bool, before_white: bool) -> bool {
    match character {
        '#' => first || after_white,
        ':' => before_white,
        ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => first,
        '-' | '?' => first && before_white,
        _ => false,
    }
}

/// Whether a text, written plainly, is read back as text: by go-yaml, and by readers that take `12:30` for a number. Version 3
/// takes some more octal numbers.
pub(super) fn reads_back(text: &str, version_3: bool) -> bool {
    let is_number = is_base_60(text) || (version_3 && resolve::is_signed_octal(text));
    !is_number && !is_timestamp(text) && matches!(resolve::resolve_plain(text), Resolved::Text(_))
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let is_part = |part: &str| match part.as_bytes() {
        [ones] => ones.is_ascii_digit(),
        [b'0'..=b'5', ones] => ones.is_ascii_digit(),
        _ => false,
    };
    whole.contains(':')
        && first.starts_with(|character: char| character.is_ascii_digit())
        && is_digits(first)
        && parts.all(is_part)
        && is_digits(fraction)
}
