//! Texts and their tokens.

use super::{Kind, Lexer};
use crate::format::quoted;
use crate::testing::cases;

fn tokens(text: &[u8]) -> String {
    let mut lexer = Lexer::new(text);
    let mut lines = Vec::new();
    loop {
        let token = lexer.next_token();
        lines.push(match token.kind {
            Kind::Error => format!("Error {}", lexer.failure()),
            kind => format!("{kind:?} {}", quoted(token.text(text))),
        });
        if matches!(token.kind, Kind::End | Kind::Error) {
            return lines.join("\n");
        }
    }
}

#[test]
fn texts_become_tokens() {
    cases("lex", |sections| tokens(sections[0].1.as_bytes()));
}

#[test]
fn any_bytes_become_tokens() {
    let alphabet: [&[u8]; 12] = [b"{{", b"}}", b"- ", b" -", b"/*", b"*/", b"\"", b"`", b"'", b"\xff", b"\xe2\x82", b".0x"];
    for number in 0..12usize.pow(4) {
        let pieces = [number % 12, number / 12 % 12, number / 144 % 12, number / 1728].map(|index| alphabet[index]);
        let text = pieces.concat();
        assert!(!tokens(&text).is_empty(), "{text:?}");
    }
}
