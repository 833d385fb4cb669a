//! Small pieces of text as Go writes them: quoting, classes of characters, comparison, the names of I/O errors.
//!
//! Helm's messages and some of its rules are made of these, so they have to agree with Go's standard library.

use std::fmt::Write as _;

/// `%q` of a string: in double quotes, with Go's escapes.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        escape(&mut quoted, c, '"');
    }
    quoted.push('"');
    quoted
}

/// `%q` of a list of characters: `['a' 'b']`.
pub(crate) fn quote_chars(text: &str) -> String {
    let mut quoted = String::from("[");
    for (i, c) in text.chars().enumerate() {
        quoted.push_str(if i == 0 { "'" } else { " '" });
        escape(&mut quoted, c, '\'');
        quoted.push('\'');
    }
    quoted.push(']');
    quoted
}

fn escape(out: &mut String, c: char, delimiter: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        c if c == delimiter => {
            out.push('\\');
            out.push(c);
        }
        c if is_print(c) => out.push(c),
        c => escape_code(out, u32::from(c)),
    }
}

fn escape_code(out: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = match code {
        0..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
        0..0x10000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub(crate) fn is_print(c: char) -> bool {
    match c {
        ' '..='~' => true,
        c if c.is_ascii() => false,
        // The standard library escapes what it deems unprintable; the leading letter keeps combining marks unescaped.
        c => {
            let mut buffer = [b'a'; 5];
            let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
            std::str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().count() == 2)
        }
    }
}

/// `unicode.IsSpace`.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// `strings.EqualFold` with an ASCII text in lower case: the only other characters that fold to ASCII are `ſ` and `K`.
pub(crate) fn folds_to(text: &str, lower: &str) -> bool {
    let fold = |c: char| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    text.chars().map(fold).eq(lower.chars())
}

/// The cause of an I/O error: `no such file or directory`; the whole text of one that the system did not report.
pub(crate) fn io_cause(error: &std::io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(code) => text.trim_end_matches(&format!(" (os error {code})")).to_lowercase(),
        None => text,
    }
}

/// A float as `%v` prints it: `1e+06`, `1.5`.
pub(crate) fn float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return match scientific.as_str() {
            "inf" => "+Inf".to_owned(),
            "-inf" => "-Inf".to_owned(),
            _ => scientific,
        };
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs());
    }
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let Ok(exponent) = usize::try_from(exponent) else {
        return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    };
    let whole = exponent + 1;
    match digits.split_at_checked(whole) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, part)) => format!("{sign}{whole}.{part}"),
        None => format!("{sign}{digits:0<whole$}"),
    }
}

/// A key as Go's decoder of JSON writes it in the path of a field: as a part of a JSON pointer.
pub(crate) fn pointer_part(key: &str) -> std::borrow::Cow<'_, str> {
    if key.contains(['~', '/']) { key.replace('~', "~0").replace('/', "~1").into() } else { key.into() }
}

/// Go's quoting in the texts of its package `time`: byte for byte.
pub(crate) fn quote_bytes(text: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for &byte in text {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=0x7f => quoted.push(char::from(byte)),
            _ => quoted += &format!("\\x{byte:02x}"),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        assert_eq!(quote("é☃ \"\\\n\u{1}\u{7f}\u{200b}\u{e000}\u{f0000}'"), r#""é☃ \"\\\n\x01\x7f\u200b\ue000\U000f0000'""#);
        assert_eq!(quote_chars("é\"'\n"), r#"['é' '"' '\'' '\n']"#);
        assert_eq!(quote_chars(""), "[]");
    }

    #[test]
    fn floats_have_an_exponent_from_a_million_on() {
        let cases = [
            (1.0, "1"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (100_000.0, "100000"),
            (123_456.7, "123456.7"),
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (0.0001, "0.0001"),
            (0.000_012_5, "1.25e-05"),
            (0.125, "0.125"),
            (1e100, "1e+100"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ];
        for (number, expected) in cases {
            assert_eq!(float(number), expected);
        }
    }

    #[test]
    fn marks_are_printable_and_format_characters_are_not() {
        let printable: Vec<char> = "a é\u{301}☃\u{a0}\u{2028}\u{feff}\t\u{ad}😀".chars().filter(|c| is_print(*c)).collect();
        assert_eq!(printable, ['a', ' ', 'é', '\u{301}', '☃', '😀']);
    }

    #[test]
    fn causes_are_in_lower_case_without_the_number() {
        let error = std::fs::read("no/such/file").expect_err("nothing there");
        assert_eq!(io_cause(&error), "no such file or directory");
        assert_eq!(io_cause(&std::io::Error::other("Not Me")), "Not Me");
    }
}
