//! Lists and mappings in brackets.

use super::node::Context;
use super::{Collection, Event, EventKind, Parse, Parser, State};
use crate::scan::TokenKind;

impl<'a> Parser<'a> {
    pub(super) fn parse_flow_sequence_entry(&mut self, first: bool) -> Parse<Event<'a>> {
        if first {
            self.skip()?;
        } else if !self.next_is(|kind| matches!(kind, TokenKind::FlowSequenceEnd))? {
            if !self.next_is(|kind| matches!(kind, TokenKind::FlowEntry))? {
                return self.unexpected("did not find expected ',' or ']'");
            }
            self.skip()?;
        }
        match self.peek()?.kind {
            TokenKind::FlowSequenceEnd => self.end_collection(EventKind::SequenceEnd, true),
            TokenKind::Key => {
                let start = self.peek()?.start;
                let end = self.skip()?;
                self.state = State::FlowSequencePairKey;
                let pair = Collection { properties: None, flow: true, content_start: start };
                Ok(Event { kind: EventKind::MappingStart(pair), start, end })
            }
            _ => self.parse_node_then(Context::Flow, State::FlowSequenceEntry),
        }
    }

    /// The key of `[key: value]`.
    pub(super) fn parse_flow_sequence_pair_key(&mut self) -> Parse<Event<'a>> {
        match self.peek()?.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // go-yaml takes the token, so that a list does not end here.
                let end = self.skip()?;
                Ok(self.empty_scalar_then(end, State::FlowSequencePairValue))
            }
            _ => self.parse_node_then(Context::Flow, State::FlowSequencePairValue),
        }
    }

    pub(super) fn parse_flow_sequence_pair_value(&mut self) -> Parse<Event<'a>> {
        if !self.next_is(|kind| matches!(kind, TokenKind::Value))? {
            return Ok(self.empty_scalar_then(self.last_end, State::FlowSequencePairEnd));
        }
        let end = self.skip()?;
        match self.peek()?.kind {
            TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => Ok(self.empty_scalar_then(end, State::FlowSequencePairEnd)),
            _ => self.parse_node_then(Context::Flow, State::FlowSequencePairEnd),
        }
    }

    pub(super) fn parse_flow_sequence_pair_end(&mut self) -> Parse<Event<'a>> {
        let start = self.peek()?.start;
        self.state = State::FlowSequenceEntry;
        Ok(Event { kind: EventKind::MappingEnd, start, end: start })
    }

    pub(super) fn parse_flow_mapping_key(&mut self, first: bool) -> Parse<Event<'a>> {
        if first {
            self.skip()?;
        } else if !self.next_is(|kind| matches!(kind, TokenKind::FlowMappingEnd))? {
            if !self.next_is(|kind| matches!(kind, TokenKind::FlowEntry))? {
                return self.unexpected("did not find expected ',' or '}'");
            }
            self.skip()?;
        }
        match self.peek()?.kind {
            TokenKind::FlowMappingEnd => self.end_collection(EventKind::MappingEnd, true),
            TokenKind::Key => {
                self.skip()?;
                self.parse_flow_mapping_part(State::FlowMappingValue)
            }
            _ => self.parse_node_then(Context::Flow, State::FlowMappingEmptyValue),
        }
    }

    pub(super) fn parse_flow_mapping_value(&mut self) -> Parse<Event<'a>> {
        if !self.next_is(|kind| matches!(kind, TokenKind::Value))? {
            return self.parse_flow_mapping_empty_value();
        }
        self.skip()?;
        self.parse_flow_mapping_part(State::FlowMappingKey)
    }

    /// The value of a key without a colon.
    pub(super) fn parse_flow_mapping_empty_value(&mut self) -> Parse<Event<'a>> {
        self.peek()?;
        Ok(self.empty_scalar_then(self.last_end, State::FlowMappingKey))
    }

    fn parse_flow_mapping_part(&mut self, next: State) -> Parse<Event<'a>> {
        match (&self.peek()?.kind, next) {
            (TokenKind::FlowEntry | TokenKind::FlowMappingEnd, _) | (TokenKind::Value, State::FlowMappingValue) => {
                Ok(self.empty_scalar_then(self.last_end, next))
            }
            _ => self.parse_node_then(Context::Flow, next),
        }
    }
}
