//! Which token comes next, and what it means for keys and indentation.

use super::keys::SimpleKey;
use super::{MAX_DEPTH, Mark, ScalarStyle, Scan, Scanner, Token, TokenKind};
use std::borrow::Cow;

impl<'a> Scanner<'a> {
    /// Adds at least one token to the queue.
    pub(super) fn fetch(&mut self) -> Scan {
        if !self.started {
            self.started = true;
            self.push_here(TokenKind::StreamStart);
            return self.need(1);
        }
        self.skip_to_token()?;
        self.unroll_indent(self.cursor.column().cast_signed());
        self.need(4)?;
        if self.cursor.at_end() {
            return self.fetch_stream_end();
        }
        self.fetch_token()?;
        self.need(1)
    }

    fn fetch_token(&mut self) -> Scan {
        let in_flow = self.in_flow();
        let line_starts = self.cursor.column() == 0;
        match self.cursor.peek() {
            b'%' if line_starts => self.fetch_directive(),
            b'-' if line_starts && self.cursor.is_word(b"---") => self.fetch_document_indicator(TokenKind::DocumentStart),
            b'.' if line_starts && self.cursor.is_word(b"...") => self.fetch_document_indicator(TokenKind::DocumentEnd),
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.cursor.is_blankz_at(1) => self.fetch_block_entry(),
            b'?' if in_flow || self.cursor.is_blankz_at(1) => self.fetch_key(),
            b':' if self.is_value_indicator() => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if !in_flow => self.fetch_block_scalar(ScalarStyle::Literal),
            b'>' if !in_flow => self.fetch_block_scalar(ScalarStyle::Folded),
            b'\'' => self.fetch_scalar(Self::scan_single_quoted),
            b'"' => self.fetch_scalar(Self::scan_double_quoted),
            b'-' | b'?' | b':' => self.fetch_scalar(Self::scan_plain),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => {
                Err(self.error("found character that cannot start any token"))
            }
            _ => self.fetch_scalar(Self::scan_plain),
        }
    }

    /// Passes white space, comments and breaks.
    fn skip_to_token(&mut self) -> Scan {
        loop {
            while self.cursor.peek() == b' ' || (self.cursor.peek() == b'\t' && (self.in_flow() || !self.simple_key_allowed))
            {
                self.cursor.skip_ascii(1);
            }
            if self.cursor.peek() == b'#' {
                self.cursor.skip_to_break();
            }
            self.need(1)?;
            if self.cursor.skip_break().is_empty() {
                return Ok(());
            }
            if !self.in_flow() {
                self.simple_key_allowed = true;
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Scan {
        self.cursor.end_line();
        self.leave_blocks()?;
        self.push_here(TokenKind::StreamEnd);
        self.finished = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan {
        self.leave_blocks()?;
        let start = self.cursor.mark();
        let kind = self.scan_directive()?;
        self.push(kind, start, None);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind<'a>) -> Scan {
        self.leave_blocks()?;
        self.push_ascii(kind, 3);
        Ok(())
    }

    /// Ends every block collection, before what stands outside of all.
    fn leave_blocks(&mut self) -> Scan {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'a>) -> Scan {
        let level = self.save_simple_key()?;
        // go-yaml gives the empty slot the number of the bracket, and so forgets in `fetch_flow_end` that the bracket of an empty
        // collection may begin a key: `{}: x` is an error.
        self.simple_keys.push(SimpleKey::none_at(self.taken + self.tokens.len()));
        if self.simple_keys.len() > MAX_DEPTH + 1 {
            return Err(self.error("exceeded max depth of 10000"));
        }
        self.simple_key_allowed = true;
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        self.push(kind, start, level);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'a>) -> Scan {
        self.remove_simple_key()?;
        if self.in_flow()
            && let Some(key) = self.simple_keys.pop()
        {
            self.forget_key(key.token);
        }
        self.simple_key_allowed = false;
        self.push_ascii(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Scan {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_ascii(TokenKind::FlowEntry, 1);
        Ok(())
    }

    /// `-`. In a flow collection the parser refuses it, which can name the collection.
    fn fetch_block_entry(&mut self) -> Scan {
        if !self.in_flow() {
            if !self.simple_key_allowed {
                return Err(self.error("block sequence entries are not allowed in this context"));
            }
            self.roll_indent(self.cursor.mark(), None, TokenKind::BlockSequenceStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_ascii(TokenKind::BlockEntry, 1);
        Ok(())
    }

    /// `?`
    fn fetch_key(&mut self) -> Scan {
        if !self.in_flow() {
            if !self.simple_key_allowed {
                return Err(self.error("mapping keys are not allowed in this context"));
            }
            self.roll_indent(self.cursor.mark(), None, TokenKind::BlockMappingStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = !self.in_flow();
        self.push_ascii(TokenKind::Key, 1);
        Ok(())
    }

    /// `:`, after a simple key or after `? key`.
    fn fetch_value(&mut self) -> Scan {
        let level = self.simple_keys.len() - 1;
        if self.is_key_valid(level)? {
            self.insert_key(level)?;
            self.simple_key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.simple_key_allowed {
                    return Err(self.error("mapping values are not allowed in this context"));
                }
                self.roll_indent(self.cursor.mark(), None, TokenKind::BlockMappingStart)?;
            }
            self.simple_key_allowed = !self.in_flow();
        }
        self.push_ascii(TokenKind::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self, kind: fn(&'a str) -> TokenKind<'a>) -> Scan {
        let level = self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let name = self.scan_anchor()?;
        self.push(kind(name), start, level);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Scan {
        let level = self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let kind = self.scan_tag()?;
        self.push(kind, start, level);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: ScalarStyle) -> Scan {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.scan_block_scalar(style)
    }

    fn fetch_scalar(&mut self, scan: fn(&mut Self, Option<u32>) -> Scan) -> Scan {
        let key_level = self.save_simple_key()?;
        self.simple_key_allowed = false;
        scan(self, key_level)
    }

    /// Adds a scalar from `start` to `end`, which may be the key of `key_level`.
    pub(super) fn push_scalar(
        &mut self,
        (value, style): (Cow<'a, str>, ScalarStyle),
        (start, end): (Mark, Mark),
        key_level: Option<u32>,
    ) -> Scan {
        let kind = TokenKind::Scalar { value, style };
        if key_level.is_some() && self.is_value_indicator() && self.simple_keys.last().is_some_and(|key| self.is_near(key)) {
            self.begin_key(start)?;
            self.tokens.push_back(Token { kind, start, end, key_level: None });
            self.push_ascii(TokenKind::Value, 1);
        } else {
            self.tokens.push_back(Token { kind, start, end, key_level });
        }
        Ok(())
    }
}
