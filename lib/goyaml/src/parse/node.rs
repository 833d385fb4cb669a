//! One node: its properties, then a scalar, an alias or the start of a collection.

use super::{Collection, Event, EventKind, Parse, Parser, Properties, State};
use crate::scan::{Mark, ScalarStyle, Token, TokenKind};
use std::borrow::Cow;

/// Where a node stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Context {
    Flow,
    Block,
    /// The key or value of a block mapping, where a list needs no indentation.
    BlockEntry,
}

/// A tag as written, before its handle is resolved.
type RawTag<'a> = (&'a str, String, Mark);

impl<'a> Parser<'a> {
    pub(super) fn parse_node(&mut self, context: Context) -> Parse<Event<'a>> {
        let token = self.peek()?;
        let (start, mut end) = (token.start, token.start);
        if let TokenKind::Alias(name) = token.kind {
            let end = self.take()?.end;
            self.pop_state();
            return Ok(Event { kind: EventKind::Alias(name), start, end });
        }
        let properties = self.parse_properties(&mut end)?;
        let token = self.peek()?;
        let (content_start, content_end) = (token.start, token.end);
        if matches!(token.kind, TokenKind::Scalar { .. }) {
            return self.parse_scalar(start, properties);
        }
        if let Some((state, flow, mapping)) = collection_state(&token.kind, context) {
            self.state = state;
            let collection = Collection { properties, flow, content_start };
            let kind = if mapping { EventKind::MappingStart(collection) } else { EventKind::SequenceStart(collection) };
            return Ok(Event { kind, start, end: content_end });
        }
        if properties.anchor.is_none() && properties.tag.is_none() {
            return self.unexpected("did not find expected node content");
        }
        self.pop_state();
        let implicit = properties.tag.is_none();
        Ok(Event { kind: scalar(properties, Cow::Borrowed(""), ScalarStyle::Plain, implicit, end), start, end })
    }

    /// An anchor and a tag, in either order.
    fn parse_properties(&mut self, end: &mut Mark) -> Parse<Properties<'a>> {
        let mut anchor = self.take_anchor(end)?;
        let tag = self.take_tag(end)?;
        if anchor.is_none() && tag.is_some() {
            anchor = self.take_anchor(end)?;
        }
        // go-yaml reads on before it looks at the handle.
        self.peek()?;
        let tag = tag.map(|tag| self.resolve_tag(tag)).transpose()?;
        Ok(Properties { anchor, tag })
    }

    fn take_anchor(&mut self, end: &mut Mark) -> Parse<Option<&'a str>> {
        let TokenKind::Anchor(name) = self.peek()?.kind else { return Ok(None) };
        *end = self.take()?.end;
        Ok(Some(name))
    }

    fn take_tag(&mut self, end: &mut Mark) -> Parse<Option<RawTag<'a>>> {
        if !self.next_is(|kind| matches!(kind, TokenKind::Tag { .. }))? {
            return Ok(None);
        }
        let token = self.take()?;
        *end = token.end;
        match token.kind {
            TokenKind::Tag { handle, suffix } => Ok(Some((handle, suffix, token.start))),
            _ => Ok(None),
        }
    }

    fn resolve_tag(&self, (handle, suffix, mark): RawTag<'a>) -> Parse<String> {
        if handle.is_empty() {
            return Ok(suffix);
        }
        let tag = self.tag_prefix(handle).map(|prefix| format!("{prefix}{suffix}"));
        tag.ok_or_else(|| Self::error_at(mark, "found undefined tag handle"))
    }

    fn parse_scalar(&mut self, start: Mark, properties: Properties<'a>) -> Parse<Event<'a>> {
        let Token { kind, start: content_start, end, .. } = self.take()?;
        let TokenKind::Scalar { value, style } = kind else { return self.unexpected("did not find expected node content") };
        self.pop_state();
        let implicit = match properties.tag.as_deref() {
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
    properties: Properties<'a>,
    value: Cow<'a, str>,
    style: ScalarStyle,
    implicit: bool,
    content_start: Mark,
) -> EventKind<'a> {
    EventKind::Scalar { properties, value, style, implicit, content_start }
}

/// A node of which nothing is written.
pub(super) fn empty_scalar<'a>(mark: Mark) -> Event<'a> {
    let kind = scalar(Properties::default(), Cow::Borrowed(""), ScalarStyle::Plain, true, mark);
    Event { kind, start: mark, end: mark }
}
