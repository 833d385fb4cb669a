//! The stream and its documents.

use super::node::{Context, empty_scalar};
use super::{Event, EventKind, Parse, Parser, State};
use crate::scan::{Mark, TokenKind};

const DEFAULT_HANDLES: [(&str, &str); 2] = [("!", "!"), ("!!", "tag:yaml.org,2002:")];

impl<'a> Parser<'a> {
    pub(super) fn parse_stream_start(&mut self) -> Parse<Event<'a>> {
        let token = self.take()?;
        self.state = State::ImplicitDocumentStart;
        Ok(Event { kind: EventKind::StreamStart, start: token.start, end: token.end })
    }

    pub(super) fn parse_document_start(&mut self, implicit: bool) -> Parse<Event<'a>> {
        if !implicit {
            while self.next_is(|kind| matches!(kind, TokenKind::DocumentEnd))? {
                self.skip()?;
            }
        }
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        match token.kind {
            TokenKind::StreamEnd => {
                self.skip()?;
                self.state = State::End;
                Ok(Event { kind: EventKind::StreamEnd, start, end })
            }
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective(_) | TokenKind::DocumentStart => {
                self.parse_explicit_document(start)
            }
            _ if implicit => {
                self.process_directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                Ok(Event { kind: EventKind::DocumentStart, start, end })
            }
            _ => self.parse_explicit_document(start),
        }
    }

    fn parse_explicit_document(&mut self, start: Mark) -> Parse<Event<'a>> {
        self.process_directives()?;
        if !self.next_is(|kind| matches!(kind, TokenKind::DocumentStart))? {
            return self.unexpected("did not find expected <document start>");
        }
        let end = self.skip()?;
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        Ok(Event { kind: EventKind::DocumentStart, start, end })
    }

    pub(super) fn parse_document_content(&mut self) -> Parse<Event<'a>> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective(_)
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                let start = token.start;
                self.pop_state();
                Ok(empty_scalar(start))
            }
            _ => self.parse_node(Context::Block),
        }
    }

    pub(super) fn parse_document_end(&mut self) -> Parse<Event<'a>> {
        let token = self.peek()?;
        let (start, mut end) = (token.start, token.start);
        if matches!(token.kind, TokenKind::DocumentEnd) {
            end = self.skip()?;
        }
        self.tag_handles.clear();
        self.state = State::DocumentStart;
        Ok(Event { kind: EventKind::DocumentEnd, start, end })
    }

    fn process_directives(&mut self) -> Parse<()> {
        let mut versioned = false;
        loop {
            let token = self.peek()?;
            let start = token.start;
            match token.kind {
                TokenKind::VersionDirective { .. } if versioned => {
                    return Err(Self::error_at(start, "found duplicate %YAML directive"));
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => {
                    versioned = true;
                    self.skip()?;
                }
                TokenKind::VersionDirective { .. } => {
                    return Err(Self::error_at(start, "found incompatible YAML document"));
                }
                TokenKind::TagDirective(_) => self.take_tag_directive()?,
                _ => break,
            }
        }
        for (handle, prefix) in DEFAULT_HANDLES {
            self.tag_handles.entry(handle).or_insert_with(|| prefix.to_owned());
        }
        Ok(())
    }

    fn take_tag_directive(&mut self) -> Parse<()> {
        let token = self.take()?;
        let TokenKind::TagDirective(directive) = token.kind else { return Ok(()) };
        if self.tag_prefix(directive.handle).is_some() {
            return Err(Self::error_at(token.start, "found duplicate %TAG directive"));
        }
        self.tag_handles.insert(directive.handle, directive.text);
        Ok(())
    }

    pub(super) fn tag_prefix(&self, handle: &str) -> Option<&str> {
        self.tag_handles.get(handle).map(String::as_str)
    }
}
