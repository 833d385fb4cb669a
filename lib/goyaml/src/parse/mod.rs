//! Tokens to events, by libyaml's grammar and with go-yaml's error texts.
//!
//! A state machine: each state is what the grammar allows next, and a stack holds the states to return to. Nothing recurses.

mod block;
mod document;
mod event;
mod flow;
mod node;

use crate::Error;
use crate::input::{Failure, Input};
use crate::scan::{Mark, Scanner, Token, TokenKind};
pub use event::{Collection, Event, EventKind, Properties};
use std::collections::BTreeMap;

/// Yields the events of a stream of documents, one at a time.
pub struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    /// The tag handles of the document and what they stand for.
    tag_handles: BTreeMap<&'a str, String>,
    /// Where the last token of content ended.
    last_end: Mark,
}

#[derive(Clone, Copy, Debug)]
enum State {
    StreamStart,
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequencePairKey,
    FlowSequencePairValue,
    FlowSequencePairEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

type Parse<T> = Result<T, Error>;

impl<'a> Parser<'a> {
    /// Begins with a text.
    #[must_use]
    pub fn of_text(text: &'a str) -> Self {
        Self::new(text, Input::from_text(text).failure)
    }

    /// Begins with checked text and the error at its end, if any.
    pub(crate) fn new(text: &'a str, failure: Option<Failure>) -> Self {
        Self {
            scanner: Scanner::new(text, failure),
            state: State::StreamStart,
            states: Vec::new(),
            tag_handles: BTreeMap::new(),
            last_end: Mark::default(),
        }
    }

    /// The next event; `None` after the end of the stream.
    ///
    /// # Errors
    /// For text that is no YAML. Nothing useful follows an error.
    pub fn next_event(&mut self) -> Result<Option<Event<'a>>, Error> {
        if matches!(self.state, State::End) { Ok(None) } else { self.step().map(Some) }
    }

    /// The next event of a stream that has not ended.
    pub(crate) fn step(&mut self) -> Parse<Event<'a>> {
        match self.state {
            State::StreamStart => self.parse_stream_start(),
            State::ImplicitDocumentStart => self.parse_document_start(true),
            State::DocumentStart => self.parse_document_start(false),
            State::DocumentContent => self.parse_document_content(),
            State::DocumentEnd => self.parse_document_end(),
            State::BlockNode => self.parse_node(node::Context::Block),
            State::BlockSequenceFirstEntry => self.parse_block_sequence_entry(true),
            State::BlockSequenceEntry => self.parse_block_sequence_entry(false),
            State::IndentlessSequenceEntry => self.parse_indentless_sequence_entry(),
            State::BlockMappingFirstKey => self.parse_block_mapping_key(true),
            State::BlockMappingKey => self.parse_block_mapping_key(false),
            State::BlockMappingValue => self.parse_block_mapping_value(),
            State::FlowSequenceFirstEntry => self.parse_flow_sequence_entry(true),
            State::FlowSequenceEntry => self.parse_flow_sequence_entry(false),
            State::FlowSequencePairKey => self.parse_flow_sequence_pair_key(),
            State::FlowSequencePairValue => self.parse_flow_sequence_pair_value(),
            State::FlowSequencePairEnd => self.parse_flow_sequence_pair_end(),
            State::FlowMappingFirstKey => self.parse_flow_mapping_key(true),
            State::FlowMappingKey => self.parse_flow_mapping_key(false),
            State::FlowMappingValue => self.parse_flow_mapping_value(),
            State::FlowMappingEmptyValue => self.parse_flow_mapping_empty_value(),
            State::End => self.end_collection(EventKind::StreamEnd, false),
        }
    }

    fn peek(&mut self) -> Parse<&Token<'a>> {
        self.scanner.peek()
    }

    fn take(&mut self) -> Parse<Token<'a>> {
        let token = self.scanner.take()?;
        self.last_end = token.end;
        Ok(token)
    }

    /// Drops the next token and says where it ends.
    fn skip(&mut self) -> Parse<Mark> {
        let token = self.peek()?;
        let (end, is_content) = (token.end, !matches!(token.kind, TokenKind::BlockEnd));
        self.scanner.skip();
        if is_content {
            self.last_end = end;
        }
        Ok(end)
    }

    /// Goes back to what surrounds the node that has ended.
    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// Ends a collection at the next token, which belongs to it if `take`.
    fn end_collection(&mut self, kind: EventKind<'a>, take: bool) -> Parse<Event<'a>> {
        self.pop_state();
        let start = self.peek()?.start;
        let end = if take { self.skip()? } else { start };
        Ok(Event { kind, start, end })
    }

    /// Reads a node and then goes on in `next`.
    fn parse_node_then(&mut self, context: node::Context, next: State) -> Parse<Event<'a>> {
        self.states.push(next);
        self.parse_node(context)
    }

    /// A node of which nothing is written, at `mark`; then goes on in `next`.
    fn empty_scalar_then(&mut self, mark: Mark, next: State) -> Event<'a> {
        self.state = next;
        node::empty_scalar(mark)
    }

    /// An error at the next token. go-yaml counts lines from 0 here and does not name the first.
    fn error_at(mark: Mark, problem: &str) -> Error {
        Error::yaml(mark.line, problem, mark.offset)
    }

    fn unexpected(&mut self, problem: &str) -> Parse<Event<'a>> {
        let start = self.peek()?.start;
        Err(Self::error_at(start, problem))
    }

    fn next_is(&mut self, wanted: fn(&TokenKind<'_>) -> bool) -> Parse<bool> {
        Ok(wanted(&self.peek()?.kind))
    }
}
