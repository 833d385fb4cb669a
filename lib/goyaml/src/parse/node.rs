//! One node: its properties, then a scalar, an alias or the start of a collection.

use super::{Collection, Event, EventKind, Parse, Parser, Properties, State};
use crate::scan::{Mark, RawTag, ScalarStyle, TokenKind};
use std::borrow::Cow;

/// Where a node stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Context {
    Flow,
    Block,
    /// The key or value of a block mapping, where a list needs no indentation.
    BlockEntry,
}

type NodeProperties<'a> = Option<Box<Properties<'a>>>;

impl<'a> Parser<'a> {
    pub(super) fn parse_node(&mut self, context: Context) -> Parse<Event<'a>> {
        let token = self.peek()?;
        let (start, mut end) = (token.start, token.start);
        if let TokenKind::Alias(name) = token.kind {
            let end = self.skip()?;
            self.pop_state();
            return Ok(Event { kind: EventKind::Alias(name), start, end });
        }
        let properties = self.parse_properties(&mut end)?;
        let token = self.peek()?;
        let (content_start, content_end) = (token.start, token.end);
        if let TokenKind::Scalar { style, .. } = token.kind {
            return self.parse_scalar(start, style, properties);
        }
        if let Some((state, flow, mapping)) = collection_state(&token.kind, context) {
            self.state = state;
            let collection = Collection { properties, flow, content_start };
            let kind = if mapping { EventKind::MappingStart(collection) } else { EventKind::SequenceStart(collection) };
            return Ok(Event { kind, start, end: content_end });
        }
        let Some(marks) = &properties else { return self.unexpected("did not find expected node content") };
        let implicit = marks.tag.is_none();
        self.pop_state();
        Ok(Event { kind: scalar(properties, Cow::Borrowed(""), ScalarStyle::Plain, implicit, end), start, end })
    }

    /// An anchor and a tag, in either order.
    fn parse_properties(&mut self, end: &mut Mark) -> Parse<NodeProperties<'a>> {
        if !self.next_is(|kind| matches!(kind, TokenKind::Anchor(_) | TokenKind::Tag(_)))? {
            return Ok(None);
        }
        let start = end.offset;
        let mut anchor = self.take_anchor(end)?;
        let tag = self.take_tag(end)?;
        if anchor.is_none() {
            anchor = self.take_anchor(end)?;
        }
        // go-yaml reads on before it looks at the handle.
        self.peek()?;
        let tag = tag.map(|(tag, mark)| self.resolve_tag(*tag, mark)).transpose()?;
        Ok(Some(Box::new(Properties { start, anchor, tag })))
    }

    fn take_anchor(&mut self, end: &mut Mark) -> Parse<Option<&'a str>> {
        let TokenKind::Anchor(name) = self.peek()?.kind else { return Ok(None) };
        *end = self.skip()?;
        Ok(Some(name))
    }

    fn take_tag(&mut self, end: &mut Mark) -> Parse<Option<(Box<RawTag<'a>>, Mark)>> {
        if !self.next_is(|kind| matches!(kind, TokenKind::Tag(_)))? {
            return Ok(None);
        }
        let token = self.take()?;
        *end = token.end;
        match token.kind {
            TokenKind::Tag(tag) => Ok(Some((tag, token.start))),
            _ => Ok(None),
        }
    }

    fn resolve_tag(&self, RawTag { handle, text }: RawTag<'a>, mark: Mark) -> Parse<String> {
        if handle.is_empty() {
            return Ok(text);
        }
        let tag = self.tag_prefix(handle).map(|prefix| format!("{prefix}{text}"));
        tag.ok_or_else(|| Self::error_at(mark, "found undefined tag handle"))
    }

    /// Reads the scalar that comes next.
    fn parse_scalar(&mut self, start: Mark, style: ScalarStyle, properties: NodeProperties<'a>) -> Parse<Event<'a>> {
        let content_start = self.peek()?.start;
        let value = self.scanner.take_value();
        let end = self.skip()?;
        self.pop_state();
        let implicit = match properties.as_ref().and_then(|properties| properties.tag.as_deref()) {
            None => style == ScalarStyle::Plain,
            Some(tag) => tag == "!",
        };
        Ok(Event { kind: scalar(properties, value, style, implicit, content_start), start, end })
    }
}

/// The state that reads the collection beginning with a token, whether it has brackets, whether it is a mapping.
fn collection_state(kind: &TokenKind<'_>, context: Context) -> Option<(State, bool, bool)> {
    Some(match kind {
        TokenKind::BlockEntry if context == Context::BlockEntry => (State::IndentlessSequenceEntry, false, false),
        TokenKind::FlowSequenceStart => (State::FlowSequenceFirstEntry, true, false),
        TokenKind::FlowMappingStart => (State::FlowMappingFirstKey, true, true),
        TokenKind::BlockSequenceStart if context != Context::Flow => (State::BlockSequenceFirstEntry, false, false),
        TokenKind::BlockMappingStart if context != Context::Flow => (State::BlockMappingFirstKey, false, true),
        _ => return None,
    })
}

fn scalar<'a>(
    properties: NodeProperties<'a>,
    value: Cow<'a, str>,
    style: ScalarStyle,
    implicit: bool,
    content_start: Mark,
) -> EventKind<'a> {
    EventKind::Scalar { properties, value, style, implicit, content_start }
}

/// A node of which nothing is written.
pub(super) fn empty_scalar<'a>(mark: Mark) -> Event<'a> {
    let kind = scalar(None, Cow::Borrowed(""), ScalarStyle::Plain, true, mark);
    Event { kind, start: mark, end: mark }
}
