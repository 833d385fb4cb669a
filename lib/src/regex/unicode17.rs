//! What Unicode 17 knows and the tables of `regex-syntax`, of Unicode 16, do not: Go 1.27 has the newer ones.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// Scripts that are wholly new, in lower case and without `_`.
pub(super) const SCRIPTS: [&str; 4] = ["beriaerfe", "sidetic", "taiyo", "tolongsiki"];

/// Adds to a script what is new in it.
pub(super) fn amend_script(name: &str, class: &mut ClassUnicode) {
    for (range, ..) in rows().filter(|(_, _, script)| *script == name) {
        class.push(range);
    }
}

/// Brings general categories up to date. Which ones a class holds is told by one character of each.
pub(super) fn amend_category(class: &mut ClassUnicode) {
    let before = class.clone();
    let mut others = ClassUnicode::empty();
    for (range, category, _) in rows() {
        let known = EXAMPLES.iter().find(|(name, _)| *name == category).is_some_and(|(_, example)| holds(&before, *example));
        if known { class.push(range) } else { others.push(range) }
    }
    class.difference(&others);
}

fn holds(class: &ClassUnicode, c: char) -> bool {
    class.iter().any(|range| range.start() <= c && c <= range.end())
}

fn rows() -> impl Iterator<Item = (ClassUnicodeRange, &'static str, &'static str)> {
    let range = |first, last| Some(ClassUnicodeRange::new(char::from_u32(first)?, char::from_u32(last)?));
    NEW.iter().filter_map(move |(first, last, category, script)| Some((range(*first, *last)?, *category, *script)))
}

/// A character of each category that occurs in [`NEW`].
const EXAMPLES: [(&str, char); 12] = [
    ("Ll", '\u{61}'),
    ("Lm", '\u{2b0}'),
    ("Lo", '\u{aa}'),
    ("Lu", '\u{41}'),
    ("Mc", '\u{903}'),
    ("Mn", '\u{300}'),
    ("Nd", '\u{30}'),
    ("Nl", '\u{16ee}'),
    ("Po", '\u{21}'),
    ("Sc", '\u{24}'),
    ("Sm", '\u{2b}'),
    ("So", '\u{a6}'),
];

/// First and last character, category, script. U+0295 is not new, but was a small letter before.
const NEW: [(u32, u32, &str, &str); 68] = [
    (0x295, 0x295, "Lo", "latin"),
    (0x88f, 0x88f, "Lo", "arabic"),
    (0xc5c, 0xc5c, "Lo", "telugu"),
    (0xcdc, 0xcdc, "Lo", "kannada"),
    (0x1acf, 0x1add, "Mn", "inherited"),
    (0x1ae0, 0x1aeb, "Mn", "inherited"),
    (0x20c1, 0x20c1, "Sc", "common"),
    (0x2b96, 0x2b96, "So", "common"),
    (0xa7ce, 0xa7ce, "Lu", "latin"),
    (0xa7cf, 0xa7cf, "Ll", "latin"),
    (0xa7d2, 0xa7d2, "Lu", "latin"),
    (0xa7d4, 0xa7d4, "Lu", "latin"),
    (0xa7f1, 0xa7f1, "Lm", "latin"),
    (0xfbc3, 0xfbd2, "So", "arabic"),
    (0xfd90, 0xfd91, "So", "arabic"),
    (0xfdc8, 0xfdce, "So", "arabic"),
    (0x10940, 0x10959, "Lo", "sidetic"),
    (0x10ec5, 0x10ec5, "Lm", "arabic"),
    (0x10ec6, 0x10ec7, "Lo", "arabic"),
    (0x10ed0, 0x10ed0, "Po", "arabic"),
    (0x10ed1, 0x10ed8, "So", "arabic"),
    (0x10efa, 0x10efb, "Mn", "arabic"),
    (0x11b60, 0x11b60, "Mn", "sharada"),
    (0x11b61, 0x11b61, "Mc", "sharada"),
    (0x11b62, 0x11b64, "Mn", "sharada"),
    (0x11b65, 0x11b65, "Mc", "sharada"),
    (0x11b66, 0x11b66, "Mn", "sharada"),
    (0x11b67, 0x11b67, "Mc", "sharada"),
    (0x11db0, 0x11dd8, "Lo", "tolongsiki"),
    (0x11dd9, 0x11dd9, "Lm", "tolongsiki"),
    (0x11dda, 0x11ddb, "Lo", "tolongsiki"),
    (0x11de0, 0x11de9, "Nd", "tolongsiki"),
    (0x16ea0, 0x16eb8, "Lu", "beriaerfe"),
    (0x16ebb, 0x16ed3, "Ll", "beriaerfe"),
    (0x16ff2, 0x16ff3, "Lm", "han"),
    (0x16ff4, 0x16ff6, "Nl", "han"),
    (0x187f8, 0x187ff, "Lo", "tangut"),
    (0x18d09, 0x18d1e, "Lo", "tangut"),
    (0x18d80, 0x18df2, "Lo", "tangut"),
    (0x1ccfa, 0x1ccfc, "So", "common"),
    (0x1ceba, 0x1ced0, "So", "common"),
    (0x1cee0, 0x1ceef, "So", "common"),
    (0x1cef0, 0x1cef0, "Sm", "common"),
    (0x1e6c0, 0x1e6de, "Lo", "taiyo"),
    (0x1e6e0, 0x1e6e2, "Lo", "taiyo"),
    (0x1e6e3, 0x1e6e3, "Mn", "taiyo"),
    (0x1e6e4, 0x1e6e5, "Lo", "taiyo"),
    (0x1e6e6, 0x1e6e6, "Mn", "taiyo"),
    (0x1e6e7, 0x1e6ed, "Lo", "taiyo"),
    (0x1e6ee, 0x1e6ef, "Mn", "taiyo"),
    (0x1e6f0, 0x1e6f4, "Lo", "taiyo"),
    (0x1e6f5, 0x1e6f5, "Mn", "taiyo"),
    (0x1e6fe, 0x1e6fe, "Lo", "taiyo"),
    (0x1e6ff, 0x1e6ff, "Lm", "taiyo"),
    (0x1f6d8, 0x1f6d8, "So", "common"),
    (0x1f777, 0x1f77a, "So", "common"),
    (0x1f8d0, 0x1f8d8, "Sm", "common"),
    (0x1fa54, 0x1fa57, "So", "common"),
    (0x1fa8a, 0x1fa8a, "So", "common"),
    (0x1fa8e, 0x1fa8e, "So", "common"),
    (0x1fac8, 0x1fac8, "So", "common"),
    (0x1facd, 0x1facd, "So", "common"),
    (0x1faea, 0x1faea, "So", "common"),
    (0x1faef, 0x1faef, "So", "common"),
    (0x1fbfa, 0x1fbfa, "So", "common"),
    (0x2b73a, 0x2b73f, "Lo", "han"),
    (0x2cea2, 0x2cead, "Lo", "han"),
    (0x323b0, 0x33479, "Lo", "han"),
];

#[cfg(test)]
mod tests {
    use crate::regex::Regexp;

    // As Helm has them.
    #[test]
    fn new_characters_are_in_their_classes() {
        let held = |name: &str, text: &str| {
            Regexp::compile(format!("^\\p{{{name}}}+$").as_bytes()).map(|r| r.is_match(text.as_bytes()))
        };
        for (name, text) in [
            ("Sidetic", "\u{10940}\u{10959}"),
            ("Lo", "\u{295}\u{33479}"),
            ("Cased_Letter", "\u{16ea0}a"),
            ("L", "\u{a7ce}"),
            ("Han", "\u{323b0}"),
            ("Assigned", "\u{11db0}"),
        ] {
            assert_eq!(held(name, text), Ok(true), "{name}");
        }
        for (name, text) in
            [("Ll", "\u{295}"), ("C", "\u{33479}"), ("Cn", "\u{11db0}"), ("ASCII", "\u{10ed0}"), ("Lu", "\u{16ebb}")]
        {
            assert_eq!(held(name, text), Ok(false), "{name}");
        }
    }
}
