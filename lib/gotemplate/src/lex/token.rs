//! The tokens of a template.

use crate::program::Span;

/// What a token is. Those from [`Kind::Dot`] on are keywords.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// The text breaks off; the lexer holds the message.
    Error,
    End,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    /// A printable character with no meaning of its own, such as a comma.
    Char,
    LeftParen,
    RightParen,
    Pipe,
    Assign,
    Declare,
    Bool,
    CharConstant,
    Complex,
    Number,
    String,
    RawString,
    /// `.name`.
    Field,
    Identifier,
    /// `$` or `$name`.
    Variable,
    Dot,
    Block,
    Break,
    Continue,
    Define,
    Else,
    EndKeyword,
    If,
    Nil,
    Range,
    Template,
    With,
}

/// A token: a kind and a part of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Token {
    pub(crate) fn text(self, source: &[u8]) -> &[u8] {
        self.span().of(source)
    }

    pub(crate) fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }
}

impl Kind {
    /// The kind of a word.
    pub(super) fn of_word(word: &[u8]) -> Self {
        match word {
            b"true" | b"false" => Self::Bool,
            b"block" => Self::Block,
            b"break" => Self::Break,
            b"continue" => Self::Continue,
            b"define" => Self::Define,
            b"else" => Self::Else,
            b"end" => Self::EndKeyword,
            b"if" => Self::If,
            b"nil" => Self::Nil,
            b"range" => Self::Range,
            b"template" => Self::Template,
            b"with" => Self::With,
            _ => Self::Identifier,
        }
    }

    pub(crate) fn is_keyword(self) -> bool {
        self >= Self::Dot
    }
}
