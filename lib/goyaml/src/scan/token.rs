//! What the scanner yields.

use std::borrow::Cow;

/// A place in the text.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Mark {
    /// Byte offset.
    pub offset: usize,
    /// Line, from 0.
    pub line: u32,
    /// Characters since the start of the line.
    pub column: u32,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind<'a>,
    pub(crate) start: Mark,
    pub(crate) end: Mark,
    /// Level of the simple key that may begin with this token.
    pub(super) key_level: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind<'a> {
    StreamStart,
    StreamEnd,
    VersionDirective { major: u8, minor: u8 },
    TagDirective(Box<RawTag<'a>>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    Tag(Box<RawTag<'a>>),
    Scalar { value: Cow<'a, str>, style: ScalarStyle },
}

/// A tag as written, or what `%TAG` says of its handle.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RawTag<'a> {
    /// What stands for the start of the tag; nothing if it is whole.
    pub(crate) handle: &'a str,
    /// The rest of the tag, or the start that a handle stands for.
    pub(crate) text: String,
}
