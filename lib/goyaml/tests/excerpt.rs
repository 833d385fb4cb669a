//! What an excerpt says is what decoding the whole document says: texts assembled at random, from a fixed seed, out of lines of
//! the common form and of pieces that break it.

mod lottery;

use goyaml::{Map, Value, decode, excerpt};
use lottery::Lottery;

const ENTRIES: &[&str] = &[
    "kind: A",
    "Kind: 1",
    "'kind': x",
    "\"kind\": \"a\\tb\"",
    "metadata:",
    "metadata: {}",
    "a:",
    "b: c d",
    "b: c # d",
    "c: |",
    "c: >-",
    "d: 'e' # f",
    "d: 'e",
    "f'",
    "d: \"e",
    "f\"",
    "g: [a, \"b\", 'c']",
    "g: []",
    "h: -1",
    "h: .5",
    "h: .inf",
    "i: ~",
    "null: j",
    "1: k",
    "# l",
    "m #n",
    "- a",
    "- a: b",
    "-",
    "- - c",
    "- |",
    "- 'd': e",
    "-  f:",
    "x",
    "x: y: z",
    "",
    "  ",
    "\u{e9}: \u{2192}",
    "o: {p: q}",
    "r: &s t",
    "u: *s",
    "<<: v",
    "w: !x y",
    "---",
    "k\t: l",
    "m: n\t",
    "\t",
    "z: %",
    "a : b",
    "a:b",
    "a: b:",
    "- # c",
    "-b: c",
    "a: \"b\\\"c\" #d",
    "a: 'b''c'",
    "\"a\\\"b\": c",
    "a: |+ # b",
    "a: |2",
    "a: - b",
    "a: --b",
    "a: ?",
    "? a",
    "a: \"\\x41\"",
    "a: \"b\\",
    "\\",
    "c\\",
    "\\ d\"",
    "{}",
    "[]",
    "null",
    ":80",
    "a: ?b",
    "a: :80",
    "a: \"\\u00e9\"",
    "\"e",
];
const PIECES: &[&str] = &[
    ":", ": ", "-", "- ", "#", " #", "'", "\"", "\\", "|", ">", "[", "]", "{", "}", ",", "&", "*", "!", "%", "@", "`", "?",
    "\t", "\n", "\r", " ", "\u{85}", "\u{feff}", ".", "~", "=", "<<",
];

fn document(lottery: &mut Lottery) -> String {
    let mut text = String::from("kind: A\n");
    let mut column = 0_usize;
    for _ in 0..lottery.draw(8) {
        column = [0, column, column + 1, column + 2, column.saturating_sub(2)][lottery.draw(5)];
        text.push_str(&" ".repeat(column));
        text.push_str(ENTRIES[lottery.draw(ENTRIES.len())]);
        text.push('\n');
    }
    if lottery.draw(2) == 0 {
        let at = lottery.draw(text.len());
        if text.is_char_boundary(at) {
            text.insert_str(at, PIECES[lottery.draw(PIECES.len())]);
        }
    }
    text
}

fn is_wanted(keys: &[&str]) -> bool {
    match keys {
        [key] => key.eq_ignore_ascii_case("kind") || *key == "metadata",
        ["metadata", key] => ["a", "b", "kind"].contains(key),
        _ => true,
    }
}

/// What is wanted of a value.
fn part(key: &str, value: Value) -> Value {
    match value {
        Value::Null if key == "metadata" => Value::Map(Map::new()),
        Value::Map(map) => Value::Map(map.into_iter().filter(|(inner, _)| is_wanted(&[key, inner])).collect()),
        other => other,
    }
}

fn wanted(text: &str) -> Result<Vec<(String, Value)>, String> {
    match decode(text).map_err(|error| error.to_string())? {
        Value::Map(map) => {
            let kept = map.into_iter().filter(|(key, _)| is_wanted(&[key]));
            Ok(kept.map(|(key, value)| (key.clone(), part(&key, value))).collect())
        }
        Value::Null => Ok(Vec::new()),
        other => Err(format!("no mapping: {other:?}")),
    }
}

#[test]
fn an_excerpt_says_what_the_document_says() {
    let mut lottery = Lottery(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    for _ in 0..100_000 {
        let text = document(&mut lottery);
        if let Some(kept) = excerpt(&text, is_wanted) {
            assert_eq!(wanted(&text), wanted(&kept), "{text:?} became {kept:?}");
            assert!(wanted(&kept).is_ok(), "{text:?} became {kept:?}");
            accepted += 1;
        }
    }
    assert!(accepted > 10_000, "{accepted}");
}
