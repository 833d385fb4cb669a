//! Anchors, aliases and tags.

use super::token::RawTag;
use super::{Scan, Scanner, TokenKind};

impl<'a> Scanner<'a> {
    /// `&name` or `*name`.
    pub(super) fn scan_anchor(&mut self) -> Scan<&'a str> {
        self.cursor.skip_ascii(1);
        let name = self.scan_name();
        self.need(1)?;
        let ended =
            self.cursor.is_blankz() || matches!(self.cursor.peek(), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ended {
            return Err(self.error("did not find expected alphabetic or numeric character"));
        }
        Ok(name)
    }

    /// Letters, digits, `_` and `-`.
    pub(super) fn scan_name(&mut self) -> &'a str {
        let from = self.cursor.offset();
        while self.cursor.peek().is_ascii_alphanumeric() || matches!(self.cursor.peek(), b'_' | b'-') {
            self.cursor.skip_ascii(1);
        }
        self.cursor.slice(from)
    }

    /// `!<uri>`, `!handle!suffix`, `!suffix` or `!`.
    pub(super) fn scan_tag(&mut self) -> Scan<TokenKind<'a>> {
        self.need(2)?;
        let kind = if self.cursor.peek_at(1) == b'<' { self.scan_verbatim_tag()? } else { self.scan_shorthand_tag()? };
        self.need(1)?;
        if !self.cursor.is_blankz() {
            return Err(self.error("did not find expected whitespace or line break"));
        }
        Ok(kind)
    }

    fn scan_verbatim_tag(&mut self) -> Scan<TokenKind<'a>> {
        self.cursor.skip_ascii(2);
        let suffix = self.scan_tag_uri("", false)?;
        if self.cursor.peek() != b'>' {
            return Err(self.error("did not find the expected '>'"));
        }
        self.cursor.skip_ascii(1);
        Ok(tag("", suffix))
    }

    fn scan_shorthand_tag(&mut self) -> Scan<TokenKind<'a>> {
        let handle = self.scan_tag_handle(false)?;
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = self.scan_tag_uri("", false)?;
            return Ok(tag(handle, suffix));
        }
        let suffix = self.scan_tag_uri(&handle[1..], true)?;
        if suffix.is_empty() {
            return Ok(tag("", "!".to_owned()));
        }
        Ok(tag("!", suffix))
    }

    /// `!` and what belongs to it: all of `!name!`, or `!name` where no second `!` follows.
    pub(super) fn scan_tag_handle(&mut self, directive: bool) -> Scan<&'a str> {
        if self.cursor.peek() != b'!' {
            return Err(self.error("did not find expected '!'"));
        }
        let from = self.cursor.offset();
        self.cursor.skip_ascii(1);
        self.scan_name();
        if self.cursor.peek() == b'!' {
            self.cursor.skip_ascii(1);
        } else if directive && self.cursor.slice(from) != "!" {
            return Err(self.error("did not find expected '!'"));
        }
        Ok(self.cursor.slice(from))
    }

    /// The characters of a URI, with `%` escapes decoded, after `head`. Only after a handle that was none may there be none.
    pub(super) fn scan_tag_uri(&mut self, head: &str, may_be_empty: bool) -> Scan<String> {
        let from = self.cursor.offset();
        let mut uri = head.as_bytes().to_vec();
        loop {
            self.need(1)?;
            match self.cursor.peek() {
                b'%' => self.scan_uri_escape(&mut uri)?,
                byte if is_uri_byte(byte) => {
                    uri.push(byte);
                    self.cursor.skip_ascii(1);
                }
                _ => break,
            }
        }
        if self.cursor.offset() == from && !may_be_empty {
            return Err(self.error("did not find expected tag URI"));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// One character, written as the `%xx` of its bytes.
    fn scan_uri_escape(&mut self, uri: &mut Vec<u8>) -> Scan {
        let lead = self.scan_uri_octet()?;
        let width = match lead {
            0..0x80 => 1,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf8 => 4,
            _ => return Err(self.error("found an incorrect leading UTF-8 octet")),
        };
        uri.push(lead);
        self.cursor.skip_ascii(3);
        for _ in 1..width {
            let octet = self.scan_uri_octet()?;
            if octet & 0xc0 != 0x80 {
                return Err(self.error("found an incorrect trailing UTF-8 octet"));
            }
            uri.push(octet);
            self.cursor.skip_ascii(3);
        }
        Ok(())
    }

    fn scan_uri_octet(&self) -> Scan<u8> {
        self.need(3)?;
        let digit = |at| char::from(self.cursor.peek_at(at)).to_digit(16);
        match (self.cursor.peek(), digit(1), digit(2)) {
            (b'%', Some(high), Some(low)) => Ok(u8::try_from(high << 4 | low).unwrap_or_default()),
            _ => Err(self.error("did not find URI escaped octet")),
        }
    }
}

fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-;/?:@&=+$,.!~*'()[]".contains(&byte)
}

fn tag(handle: &str, text: String) -> TokenKind<'_> {
    TokenKind::Tag(Box::new(RawTag { handle, text }))
}
