//! `snakecase` and `kebabcase`: how a text is cut into words, and where a connector stands between them.

use super::runes::{is_letter, is_number, is_punct, is_upper, lower, push, runes};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// One capital with the small letters after it, or several capitals.
    Capital,
    /// Letters that begin with a small one.
    Small,
    Number,
    Connector,
    Punctuation,
    Other,
    /// The text ends here.
    End,
}

struct Word<'a> {
    kind: Kind,
    text: &'a [Letter<'a>],
}

/// A rune and its bytes, with those before it that are not UTF-8.
struct Letter<'a> {
    rune: char,
    bytes: &'a [u8],
}

/// The words of a text in small letters, with `connector` between them.
pub(super) fn separated(text: &[u8], connector: char) -> Vec<u8> {
    let Some(all) = letters(text) else { return text.to_vec() };
    let mut writer = Writer { out: Vec::with_capacity(text.len() + 8), connector, rest: &all };
    let mut word = writer.next();
    while word.kind != Kind::End {
        writer.write(&word);
        word = match word.kind {
            Kind::Number => writer.glue(),
            Kind::Connector | Kind::Punctuation => writer.next(),
            Kind::Capital | Kind::Small | Kind::Other | Kind::End => writer.after_letters(),
        };
    }
    writer.out
}

/// The letters of a text, which bytes that are not UTF-8 do not interrupt. `None` if there is nothing else.
fn letters(text: &[u8]) -> Option<Vec<Letter<'_>>> {
    let mut letters = Vec::with_capacity(text.len());
    let (mut start, mut end) = (0, 0);
    for (rune, width) in runes(text) {
        end += width;
        if rune != char::REPLACEMENT_CHARACTER {
            letters.push(Letter { rune, bytes: &text[start..end] });
            start = end;
        }
    }
    let rune = letters.last()?.rune;
    if start < end {
        letters.push(Letter { rune, bytes: &text[start..] });
    }
    Some(letters)
}

/// Whether the rune stands between words.
pub(super) fn is_connector(rune: char) -> bool {
    rune == '-' || rune == '_' || rune.is_whitespace()
}

struct Writer<'a> {
    out: Vec<u8>,
    connector: char,
    rest: &'a [Letter<'a>],
}

impl<'a> Writer<'a> {
    fn next(&mut self) -> Word<'a> {
        let (kind, len) = first_word(self.rest);
        let (text, rest) = self.rest.split_at(len);
        self.rest = rest;
        Word { kind, text }
    }

    fn write(&mut self, word: &Word<'_>) {
        for bytes in word.text.iter().map(|letter| letter.bytes) {
            match word.kind {
                Kind::Connector | Kind::Capital => self.write_runes(bytes),
                _ => self.out.extend_from_slice(bytes),
            }
        }
    }

    fn write_runes(&mut self, bytes: &[u8]) {
        for (rune, _) in runes(bytes) {
            let mapped = match rune {
                _ if is_connector(rune) => self.connector,
                _ if is_upper(rune) => lower(rune),
                _ => rune,
            };
            push(&mut self.out, mapped);
        }
    }

    /// The next word after small letters and numbers that belong to the number just written.
    fn glue(&mut self) -> Word<'a> {
        let mut word = self.next();
        while matches!(word.kind, Kind::Small | Kind::Number) {
            self.write(&word);
            word = self.next();
        }
        self.connect(&word);
        word
    }

    /// The next word after one of letters. A number stays with those letters, unless small letters follow it.
    fn after_letters(&mut self) -> Word<'a> {
        let word = self.next();
        if word.kind != Kind::Number {
            self.connect(&word);
            return word;
        }
        if self.rest.is_empty() {
            return word;
        }
        let after = self.next();
        if after.kind != Kind::Small {
            self.write(&word);
            self.connect(&after);
            return after;
        }
        push(&mut self.out, self.connector);
        self.write(&word);
        self.write(&after);
        self.glue()
    }

    fn connect(&mut self, word: &Word<'_>) {
        if !matches!(word.kind, Kind::Connector | Kind::Punctuation | Kind::End) {
            push(&mut self.out, self.connector);
        }
    }
}

fn first_word(text: &[Letter<'_>]) -> (Kind, usize) {
    let Some(first) = text.first().map(|letter| letter.rune) else { return (Kind::End, 0) };
    let run = |holds: &dyn Fn(char) -> bool| 1 + count(&text[1..], holds);
    match first {
        _ if is_connector(first) => (Kind::Connector, run(&is_connector)),
        _ if is_punct(first) => (Kind::Punctuation, run(&is_punct)),
        _ if is_upper(first) => (Kind::Capital, capital_word(text)),
        _ if is_alphabet(first) => (Kind::Small, run(&is_small)),
        _ if is_number(first) => (Kind::Number, run(&is_number)),
        _ => (Kind::Other, run(&|rune| !is_connector(rune) && !is_alphabet(rune) && !is_number(rune) && !is_punct(rune))),
    }
}

/// The last capital of several belongs to the small letters after it.
fn capital_word(text: &[Letter<'_>]) -> usize {
    let capitals = count(text, &is_upper);
    let small = count(&text[capitals..], &is_small);
    match (capitals, small) {
        (1, _) => 1 + small,
        (_, 0) => capitals,
        _ => capitals - 1,
    }
}

/// The number of letters at the beginning for which something holds.
fn count(text: &[Letter<'_>], holds: &dyn Fn(char) -> bool) -> usize {
    text.iter().take_while(|letter| holds(letter.rune)).count()
}

fn is_small(rune: char) -> bool {
    is_alphabet(rune) && !is_upper(rune)
}

/// Letters but for Chinese characters.
fn is_alphabet(rune: char) -> bool {
    is_letter(rune) && !matches!(rune, '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    // As Helm's `snakecase` prints them.
    #[test]
    fn numbers_stay_with_the_letters_before_them_unless_small_letters_follow() {
        let cases = [
            ("HTTPServer", "http_server"),
            ("Bld4Floor3rd", "bld4_floor_3rd"),
            ("http2xx", "http_2xx"),
            ("ABC123def", "abc_123def"),
            ("userID2Name", "user_id2_name"),
            ("Duration2m3s", "duration_2m3s"),
            ("foo--bar", "foo__bar"),
            ("foo.bar Baz", "foo.bar_baz"),
            ("日本Go語x", "日本_go_語_x"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&separated(text.as_bytes(), '_')), expected, "{text}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_do_not_end_a_word() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"a\xffb", b"a\xffb"),
            (b"A\xffb", b"a\xef\xbf\xbdb"),
            (b"a\xffB", b"a_\xef\xbf\xbdb"),
            (b"a\xff-b", b"a\xef\xbf\xbd_b"),
            (b"\xff\xff", b"\xff\xff"),
        ];
        for (text, expected) in cases {
            assert_eq!(separated(text, '_'), expected);
        }
    }
}
