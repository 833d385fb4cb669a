//! Block lists and block mappings.

use super::node::Context;
use super::{Event, EventKind, Parse, Parser, State};
use crate::scan::TokenKind;

impl<'a> Parser<'a> {
    pub(super) fn parse_block_sequence_entry(&mut self, first: bool) -> Parse<Event<'a>> {
        if first {
            self.skip()?;
        }
        match self.peek()?.kind {
            TokenKind::BlockEntry => {
                let end = self.skip()?;
                match self.peek()?.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => {
                        Ok(self.empty_scalar_then(end, State::BlockSequenceEntry))
                    }
                    _ => self.parse_node_then(Context::Block, State::BlockSequenceEntry),
                }
            }
            TokenKind::BlockEnd => self.end_collection(EventKind::SequenceEnd, true),
            _ => self.unexpected("did not find expected '-' indicator"),
        }
    }

    /// A list whose dashes stand below the key, not deeper.
    pub(super) fn parse_indentless_sequence_entry(&mut self) -> Parse<Event<'a>> {
        if !self.next_is(|kind| matches!(kind, TokenKind::BlockEntry))? {
            return self.end_collection(EventKind::SequenceEnd, false);
        }
        let end = self.skip()?;
        match self.peek()?.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                Ok(self.empty_scalar_then(end, State::IndentlessSequenceEntry))
            }
            _ => self.parse_node_then(Context::Block, State::IndentlessSequenceEntry),
        }
    }

    pub(super) fn parse_block_mapping_key(&mut self, first: bool) -> Parse<Event<'a>> {
        if first {
            self.skip()?;
        }
        match self.peek()?.kind {
            TokenKind::Key => self.parse_block_mapping_part(State::BlockMappingValue),
            TokenKind::BlockEnd => self.end_collection(EventKind::MappingEnd, true),
            _ => self.unexpected("did not find expected key"),
        }
    }

    pub(super) fn parse_block_mapping_value(&mut self) -> Parse<Event<'a>> {
        if !self.next_is(|kind| matches!(kind, TokenKind::Value))? {
            return Ok(self.empty_scalar_then(self.last_end, State::BlockMappingKey));
        }
        self.parse_block_mapping_part(State::BlockMappingKey)
    }

    /// What follows `?` or `:`.
    fn parse_block_mapping_part(&mut self, next: State) -> Parse<Event<'a>> {
        let end = self.skip()?;
        match self.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => Ok(self.empty_scalar_then(end, next)),
            _ => self.parse_node_then(Context::BlockEntry, next),
        }
    }
}
