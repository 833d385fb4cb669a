//! Letter case and word forms: `upper`, `title`, `camelcase`, `snakecase`, `initials` and their like.

use super::runes::{self, is_lower, is_title, is_upper, push, runes};
use super::words;
use gotemplate::function::FunctionTable;
use gotemplate::value::Str;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("upper", upper);
    table.add("lower", lower);
    table.add("title", title);
    table.add("untitle", untitle);
    table.add("swapcase", swapcase);
    table.add("nospace", nospace);
    table.add("initials", initials);
    table.add("camelcase", camelcase);
    table.add("snakecase", |text: Str| words::separated(text.as_bytes(), '_'));
    table.add("kebabcase", |text: Str| words::separated(text.as_bytes(), '-'));
}

fn upper(text: Str) -> Vec<u8> {
    if text.as_bytes().is_ascii() {
        return text.as_bytes().to_ascii_uppercase();
    }
    runes::map(text.as_bytes(), runes::upper)
}

fn lower(text: Str) -> Vec<u8> {
    if text.as_bytes().is_ascii() {
        return text.as_bytes().to_ascii_lowercase();
    }
    runes::map(text.as_bytes(), runes::lower)
}

/// Capitals after everything that ends a word; punctuation beyond ASCII does not.
fn title(text: Str) -> Vec<u8> {
    let mut starts = true;
    runes::map(text.as_bytes(), |rune| {
        let mapped = if starts { runes::title(rune) } else { rune };
        starts = ends_word(rune);
        mapped
    })
}

fn ends_word(rune: char) -> bool {
    match rune {
        _ if rune.is_ascii() => !rune.is_ascii_alphanumeric() && rune != '_',
        _ => rune.is_whitespace(),
    }
}

fn untitle(text: Str) -> Vec<u8> {
    let mut starts = true;
    runes::map(text.as_bytes(), |rune| {
        let mapped = if starts { runes::lower(rune) } else { rune };
        starts = rune.is_whitespace();
        mapped
    })
}

fn swapcase(text: Str) -> Vec<u8> {
    let mut starts = true;
    runes::map(text.as_bytes(), |rune| match rune {
        _ if is_upper(rune) || is_title(rune) => {
            starts = false;
            runes::lower(rune)
        }
        _ if is_lower(rune) => {
            let mapped = if starts { runes::title(rune) } else { runes::upper(rune) };
            starts = false;
            mapped
        }
        _ => {
            starts = rune.is_whitespace();
            rune
        }
    })
}

/// Takes every byte for a rune, so that text beyond ASCII is mangled as soon as anything is removed.
fn nospace(text: Str) -> Str {
    if !text.as_bytes().iter().copied().any(is_space) {
        return text;
    }
    let mut kept = Vec::with_capacity(text.len());
    for byte in text.as_bytes().iter().copied().filter(|byte| !is_space(*byte)) {
        push(&mut kept, char::from(byte));
    }
    kept.into()
}

/// Takes every byte for a rune, as [`nospace`] does.
fn initials(text: Str) -> Vec<u8> {
    let mut letters = Vec::new();
    let mut starts = true;
    for byte in text.as_bytes().iter().copied() {
        if starts && !is_space(byte) {
            push(&mut letters, char::from(byte));
        }
        starts = is_space(byte);
    }
    letters
}

/// Whether the byte, taken for a rune, is white space: U+0085 and U+00A0 are.
fn is_space(byte: u8) -> bool {
    char::from(byte).is_whitespace()
}

/// Joins words with capitals. Of several connectors in a row all but the last stay, and a word that began with a capital
/// has the capitals after it made small. Connectors alone gain one more.
fn camelcase(text: Str) -> Vec<u8> {
    let mut joined = Vec::with_capacity(text.len());
    let mut rest = runes(text.as_bytes()).map(|(rune, _)| rune);
    let mut last = None;
    for rune in rest.by_ref() {
        last = Some(rune);
        if !words::is_connector(rune) {
            break;
        }
        push(&mut joined, rune);
    }
    let Some(first) = last else { return joined };
    let mut shrinks = is_upper(first);
    let mut last = runes::upper(first);
    for rune in rest {
        let before = std::mem::replace(&mut last, rune);
        if words::is_connector(before) {
            if words::is_connector(rune) {
                push(&mut joined, before);
                continue;
            }
            shrinks = is_upper(rune);
            last = runes::upper(rune);
            continue;
        }
        push(&mut joined, before);
        shrinks = shrinks && is_upper(rune);
        if shrinks {
            last = runes::lower(rune);
        }
    }
    push(&mut joined, last);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(function: impl Fn(Str) -> Vec<u8>, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&function(Str::from(*text))), *expected, "{text}");
        }
    }

    // The expected texts are those of Helm.
    #[test]
    fn titles_begin_after_what_ends_a_word() {
        check(title, &[("it's a_b é.x\u{2019}y", "It'S A_b É.X\u{2019}y"), ("ǆ ß", "ǅ ß"), ("", "")]);
        check(untitle, &[("Hello World", "hello world"), ("  A-B", "  a-B")]);
    }

    #[test]
    fn swapped_words_begin_with_a_title_letter() {
        check(swapcase, &[("HTTPServer", "httpsERVER"), ("ǆ ß hello World ǅx", "ǅ ß HELLO wORLD ǆX")]);
    }

    #[test]
    fn bytes_are_taken_for_runes() {
        let no_space = |text: Str| nospace(text).as_bytes().to_vec();
        check(no_space, &[("à b", "Ãb"), ("héllo", "héllo"), ("hé llo", "hÃ©llo")]);
        check(initials, &[("Foo bar  baz", "Fbb"), ("é x", "Ãx")]);
    }

    #[test]
    fn camel_case_keeps_all_connectors_but_the_last_before_a_word() {
        let cases = [
            ("HTTPServer", "Httpserver"),
            ("GO_PATH", "GoPath"),
            ("XMLHttpRequest2", "XmlhttpRequest2"),
            ("NoHTTPS", "NoHTTPS"),
            ("foo--bar", "Foo-Bar"),
            ("-a", "-A"),
            ("a-", "A-"),
            ("-", "--"),
            ("--", "---"),
            ("", ""),
        ];
        check(camelcase, &cases);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced() {
        assert_eq!(upper(Str::from(&b"\xffa\xc3\xa9"[..])), b"\xef\xbf\xbdA\xc3\x89");
        assert_eq!(upper(Str::from("ab")), b"AB");
    }
}
