//! What the parser yields.

use crate::scan::{Mark, ScalarStyle};
use std::borrow::Cow;

/// One step through a stream of documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'a> {
    /// What begins, ends or stands here.
    pub kind: EventKind<'a>,
    /// Where it begins; for a node with an anchor or a tag, where these begin.
    pub start: Mark,
    /// Where it ends.
    pub end: Mark,
}

/// The kinds of events.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind<'a> {
    /// Before everything.
    StreamStart,
    /// After everything.
    StreamEnd,
    /// Before the node of a document.
    DocumentStart,
    /// After it.
    DocumentEnd,
    /// `*anchor`
    Alias(&'a str),
    /// Text, or nothing at all.
    Scalar {
        /// Anchor and tag, if it has any.
        properties: Option<Box<Properties<'a>>>,
        /// The text that it stands for.
        value: Cow<'a, str>,
        /// How it is written.
        style: ScalarStyle,
        /// Whether its type follows from its text: it is plain, or its tag is `!`.
        implicit: bool,
        /// Where it begins without its properties.
        content_start: Mark,
    },
    /// The start of a list.
    SequenceStart(Collection<'a>),
    /// The end of a list.
    SequenceEnd,
    /// The start of a mapping; keys and values follow in turn.
    MappingStart(Collection<'a>),
    /// The end of a mapping.
    MappingEnd,
}

/// How a collection begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection<'a> {
    /// Anchor and tag, if it has any.
    pub properties: Option<Box<Properties<'a>>>,
    /// Whether it is written with brackets.
    pub flow: bool,
    /// Where it begins without its properties.
    pub content_start: Mark,
}

/// What may stand before the content of a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties<'a> {
    /// Where the first of them begins.
    pub start: usize,
    /// `&anchor`
    pub anchor: Option<&'a str>,
    /// The tag, in its long form.
    pub tag: Option<String>,
}
