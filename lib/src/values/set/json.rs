//! The JSON value at the beginning of a text, as Go's decoder takes one value after the other from a stream.

use goyaml::Value;

/// The value at the beginning of `text`, and how long its text is; `None` if there is none.
pub(super) fn first(text: &str) -> Option<(Value, usize)> {
    let start = text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let length = start + extent(&text.as_bytes()[start..])?;
    let value = goyaml::json::parse(&text.as_bytes()[start..length]).ok()?;
    Some((value, length))
}

/// Where the value ends, given that it is well formed.
fn extent(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'{' | b'[' => container(text),
        b'"' => string(text),
        b'-' | b'0'..=b'9' => Some(number(text)),
        _ => ["true", "false", "null"].iter().find(|word| text.starts_with(word.as_bytes())).map(|word| word.len()),
    }
}

fn container(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match text.get(at)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => at += string(&text[at..])? - 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A number ends where its grammar does: `01` is `0` and then something else.
fn number(text: &[u8]) -> usize {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(text[0] == b'-');
    at += if text.get(at) == Some(&b'0') { 1 } else { digits(at) };
    if text.get(at) == Some(&b'.') {
        at += 1 + digits(at + 1);
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at += digits(at);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_its_grammar_says() {
        let cases = [
            ("1b=2", 1),
            ("01", 1),
            ("-1.5e+3x", 7),
            ("\"a\\\"b\"c", 6),
            ("[1,\"]\",{}]]", 10),
            ("{\"a\":{}},b=1", 8),
            ("true2", 4),
            (" \n null,", 7),
        ];
        for (text, length) in cases {
            assert_eq!(first(text).map(|(_, length)| length), Some(length), "{text}");
        }
        for text in ["", "x", "[1", "\"a", "nul", "-", "1.", "1e", "[}"] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
