//! `%YAML` and `%TAG`.

use super::token::RawTag;
use super::{Scan, Scanner, TokenKind};

impl<'a> Scanner<'a> {
    pub(super) fn scan_directive(&mut self) -> Scan<TokenKind<'a>> {
        self.cursor.skip_ascii(1);
        let name = self.scan_name();
        self.need(1)?;
        if name.is_empty() {
            return Err(self.error("could not find expected directive name"));
        }
        if !self.cursor.is_blankz() {
            return Err(self.error("found unexpected non-alphabetical character"));
        }
        let kind = match name {
            "YAML" => self.scan_version()?,
            "TAG" => self.scan_tag_directive()?,
            _ => return Err(self.error("found unknown directive name")),
        };
        self.finish_header_line()?;
        Ok(kind)
    }

    fn scan_version(&mut self) -> Scan<TokenKind<'a>> {
        self.cursor.skip_blanks();
        let major = self.scan_version_number()?;
        if self.cursor.peek() != b'.' {
            return Err(self.error("did not find expected digit or '.' character"));
        }
        self.cursor.skip_ascii(1);
        let minor = self.scan_version_number()?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn scan_version_number(&mut self) -> Scan<u8> {
        let from = self.cursor.offset();
        while self.cursor.peek().is_ascii_digit() {
            if self.cursor.offset() - from == 2 {
                return Err(self.error("found extremely long version number"));
            }
            self.cursor.skip_ascii(1);
        }
        self.need(1)?;
        self.cursor.slice(from).parse().map_err(|_| self.error("did not find expected version number"))
    }

    fn scan_tag_directive(&mut self) -> Scan<TokenKind<'a>> {
        self.cursor.skip_blanks();
        let handle = self.scan_tag_handle(true)?;
        self.need(1)?;
        if !self.cursor.is_blank() {
            return Err(self.error("did not find expected whitespace"));
        }
        self.cursor.skip_blanks();
        let text = self.scan_tag_uri("", false)?;
        if !self.cursor.is_blankz() {
            return Err(self.error("did not find expected whitespace or line break"));
        }
        Ok(TokenKind::TagDirective(Box::new(RawTag { handle, text })))
    }
}
