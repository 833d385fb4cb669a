//! Scanning numbers. What is scanned may still be no number; reading its value finds out.

use super::{Kind, Lexer, Token, is_alphanumeric};
use crate::format::quoted;
use crate::rune::decode;

impl Lexer<'_> {
    pub(super) fn number(&mut self, start: usize) -> Token {
        self.at = start;
        if !self.scan_number() {
            return self.bad_number(start);
        }
        if !matches!(self.rest().first(), Some(b'+' | b'-')) {
            return self.token(Kind::Number, start);
        }
        // 1+2i, without blanks.
        if !self.scan_number() || self.source[self.at - 1] != b'i' {
            return self.bad_number(start);
        }
        self.token(Kind::Complex, start)
    }

    fn bad_number(&mut self, start: usize) -> Token {
        let message = std::format!("bad number syntax: {}", quoted(&self.source[start..self.at]));
        self.fail(start, message)
    }

    fn accept(&mut self, any: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|byte| any.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn accept_run(&mut self, is_digit: fn(u8) -> bool) {
        self.at += self.rest().iter().take_while(|&&byte| is_digit(byte) || byte == b'_').count();
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut is_digit: fn(u8) -> bool = |byte| byte.is_ascii_digit();
        let mut exponents: &[u8] = b"eE";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                is_digit = |byte| byte.is_ascii_hexdigit();
                exponents = b"pP";
            } else if self.accept(b"oO") {
                is_digit = |byte| matches!(byte, b'0'..=b'7');
                exponents = b"";
            } else if self.accept(b"bB") {
                is_digit = |byte| matches!(byte, b'0' | b'1');
                exponents = b"";
            }
        }
        self.accept_run(is_digit);
        if self.accept(b".") {
            self.accept_run(is_digit);
        }
        if self.accept(exponents) {
            self.accept(b"+-");
            self.accept_run(|byte| byte.is_ascii_digit());
        }
        self.accept(b"i");
        match self.rest() {
            [] => true,
            rest => match decode(rest) {
                (Some(rune), width) if is_alphanumeric(rune) => {
                    self.at += width;
                    false
                }
                _ => true,
            },
        }
    }
}
