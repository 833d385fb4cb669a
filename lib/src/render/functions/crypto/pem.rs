//! PEM, the text form of keys and certificates, read as Go reads it.

use crate::render::functions::codes::decode64;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// A block of a PEM text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Block {
    /// What it holds: `CERTIFICATE`.
    pub label: Vec<u8>,
    pub content: Vec<u8>,
}

/// The first block of a text; what is around it does not count, and broken blocks are skipped.
pub(super) fn decode(text: &[u8]) -> Option<Block> {
    let mut rest = text;
    loop {
        let begin = find_at_line_start(rest, BEGIN)?;
        rest = &rest[begin + BEGIN.len()..];
        let (line, body) = cut_line(rest);
        let Some(label) = line.strip_suffix(DASHES) else { continue };
        let Some(end) = find_at_line_start(body, &[END, label, DASHES].concat()) else { continue };
        let after = cut_line(&body[end + END.len() + label.len() + DASHES.len()..]).0;
        if after.is_empty()
            && let Some(content) = content(&body[..end])
        {
            return Some(Block { label: label.to_vec(), content });
        }
        rest = body;
    }
}

/// The text of a block.
pub(super) fn encode(label: &str, content: &[u8]) -> String {
    let letters = STANDARD.encode(content);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = letters.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text += line;
        text.push('\n');
        rest = after;
    }
    text + &format!("-----END {label}-----\n")
}

/// The bytes between the lines of a block, behind its headers if it has some.
fn content(body: &[u8]) -> Option<Vec<u8>> {
    let mut rest = body;
    while let (line, after) = cut_line(rest)
        && line.contains(&b':')
    {
        rest = after;
    }
    let letters: Vec<u8> = rest.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    decode64(&letters).ok()
}

/// A line without the blanks at its end, and the lines after it.
fn cut_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|&byte| byte == b'\n');
    let (line, rest) = end.map_or((text, &text[text.len()..]), |end| (&text[..end], &text[end + 1..]));
    (line.trim_ascii_end(), rest)
}

fn find_at_line_start(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut places = text.windows(wanted.len()).enumerate();
    places.find(|(at, bytes)| *bytes == wanted && (*at == 0 || text[at - 1] == b'\n')).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_back() {
        let content: Vec<u8> = (0..100).collect();
        let text = format!("garbage\n{}more", encode("A KEY", &content));
        assert_eq!(decode(text.as_bytes()), Some(Block { label: b"A KEY".to_vec(), content }));
        assert_eq!(text.lines().nth(2).map(str::len), Some(64));
    }

    #[test]
    fn broken_blocks_are_skipped() {
        let good = encode("B", b"x");
        for broken in ["-----BEGIN A-----\n%%%\n-----END A-----\n", "-----BEGIN A-----\neA==\n", "-----BEGIN A\n"] {
            let block = decode(format!("{broken}{good}").as_bytes()).expect("a block");
            assert_eq!((block.label.as_slice(), block.content.as_slice()), (&b"B"[..], &b"x"[..]), "{broken}");
        }
        assert_eq!(
            decode(b"-----BEGIN A-----\nProc-Type: 4\n\neA==\n-----END A-----").map(|block| block.content),
            Some(b"x".to_vec())
        );
        assert_eq!(decode(b"eA=="), None);
    }
}
