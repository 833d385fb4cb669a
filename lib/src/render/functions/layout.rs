//! Text fitted to a width: wrapped, shortened, indented or repeated. Widths count bytes.

use super::limits;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::Str;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("wrap", |width: i64, text: Str| wrap(width, b"\n", text.as_bytes(), false));
    table.add("wrapWith", |width: i64, end: Str, text: Str| {
        let end = if end.is_empty() { b"\n" } else { end.as_bytes() };
        wrap(width, end, text.as_bytes(), true)
    });
    table.add("abbrev", |width: i64, text: Str| if width < 4 { text } else { abbreviate(text, 0, width) });
    table.add(
        "abbrevboth",
        |left: i64, right: i64, text: Str| {
            if right < 4 || left > 0 && right < 7 { text } else { abbreviate(text, left, right) }
        },
    );
    table.add("indent", |width: i64, text: Str| indent(width, &text, b""));
    table.add("nindent", |width: i64, text: Str| indent(width, &text, b"\n"));
    table.add("repeat", repeat);
}

/// Breaks lines at blanks. A word longer than the width is cut, if `cuts`, or stands out.
fn wrap(width: i64, end: &[u8], text: &[u8], cuts: bool) -> Result<Vec<u8>, FunctionError> {
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let mut wrapped = Vec::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > width {
        if rest[0] == b' ' {
            rest = &rest[1..];
            continue;
        }
        let last = rest[..=width].iter().rposition(|byte| *byte == b' ');
        let next = || rest[width..].iter().position(|byte| *byte == b' ').map(|place| width + place);
        let (line, from) = match (last, cuts) {
            (Some(place), _) => (place, place + 1),
            (None, true) => (width, width),
            (None, false) => match next() {
                Some(place) => (place, place + 1),
                None => break,
            },
        };
        wrapped.extend_from_slice(&rest[..line]);
        wrapped.extend_from_slice(end);
        limits::text(Some(wrapped.len()))?;
        rest = &rest[from..];
    }
    wrapped.extend_from_slice(rest);
    Ok(wrapped)
}

/// At most `width` bytes of the text, with `...` for what is left out before byte `left` and at the end.
fn abbreviate(text: Str, left: i64, width: i64) -> Str {
    const MARK: &[u8] = b"...";
    let bytes = text.as_bytes();
    let len = bytes.len() as i64;
    if len <= width {
        return text;
    }
    let shown = width - 3;
    let mut left = left.min(len);
    // Wraps where Go's does: a huge negative offset counts as one at the end.
    if len.wrapping_sub(left) < shown {
        left = len - shown;
    }
    if left <= 4 {
        return [&bytes[..shown as usize], MARK].concat().into();
    }
    let rest = if left + shown < len {
        abbreviate(Str::from(&bytes[left as usize..]), 0, shown)
    } else {
        Str::from(&bytes[(len - shown) as usize..])
    };
    [MARK, rest.as_bytes()].concat().into()
}

fn indent(width: i64, text: &Str, before: &[u8]) -> Result<Vec<u8>, FunctionError> {
    let pad = repeated(width, 1)?;
    let bytes = text.as_bytes();
    let lines = memchr::memchr_iter(b'\n', bytes).count() + 1;
    let size = pad.checked_mul(lines).and_then(|size| size.checked_add(bytes.len() + before.len()));
    let mut out = Vec::with_capacity(limits::text(size)?);
    out.extend_from_slice(before);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        out.resize(out.len() + pad, b' ');
        out.extend_from_slice(line);
    }
    if bytes.last().is_none_or(|last| *last == b'\n') {
        out.resize(out.len() + pad, b' ');
    }
    Ok(out)
}

fn repeat(count: i64, text: Str) -> Result<Vec<u8>, FunctionError> {
    repeated(count, text.len())?;
    Ok(text.as_bytes().repeat(count as usize))
}

/// The size of `count` times `len` bytes, with the errors of Go's `strings.Repeat`.
fn repeated(count: i64, len: usize) -> Result<usize, FunctionError> {
    const ADDRESSABLE: i64 = 1 << 48;
    if count < 0 {
        return Err("strings: negative Repeat count".into());
    }
    match count.checked_mul(len as i64) {
        None => Err("strings: Repeat output length overflow".into()),
        Some(ADDRESSABLE..) => Err("runtime error: makeslice: len out of range".into()),
        Some(size) => limits::text(usize::try_from(size).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(result: Result<Vec<u8>, FunctionError>) -> String {
        match result {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => format!("error: {}", error.message),
        }
    }

    // The expected texts are those of Helm.
    #[test]
    fn lines_end_at_blanks() {
        let wrapped = |width, text_in: &str, cuts| text(wrap(width, b"\n", text_in.as_bytes(), cuts));
        assert_eq!(wrapped(5, "a  b   c", false), "a  b \n c");
        assert_eq!(wrapped(10, "a  b   c", false), "a  b   c");
        assert_eq!(wrapped(3, "abcdefgh ij", false), "abcdefgh\nij");
        assert_eq!(wrapped(3, "abcdefgh ij", true), "abc\ndef\ngh\nij");
        assert_eq!(wrapped(0, "ab c", true), "a\nb\nc");
    }

    #[test]
    fn abbreviations_move_to_the_end() {
        let cut = |left, width| abbreviate(Str::from("abcdefghijklmnop"), left, width).to_str_lossy().into_owned();
        assert_eq!((cut(2, 9), cut(7, 9), cut(5, 10)), ("abcdef...".into(), "...hij...".into(), "...fghi...".into()));
        assert_eq!((cut(i64::MIN, 10), cut(99, 10)), ("...jklmnop".into(), "...jklmnop".into()));
    }

    #[test]
    fn every_line_is_indented_the_last_empty_one_too() {
        assert_eq!(text(indent(2, &"a\n\nb\n".into(), b"")), "  a\n  \n  b\n  ");
        assert_eq!(text(indent(2, &"".into(), b"\n")), "\n  ");
        assert_eq!(text(indent(-1, &"a".into(), b"")), "error: strings: negative Repeat count");
    }

    #[test]
    fn absurd_sizes_are_errors() {
        assert_eq!(text(repeat(i64::MAX, "ab".into())), "error: strings: Repeat output length overflow");
        assert_eq!(text(repeat(1 << 62, "a".into())), "error: runtime error: makeslice: len out of range");
        let limit = "error: a template function may make at most 33554432 bytes of text";
        assert_eq!(text(repeat(1 << 40, "a".into())), limit);
        assert_eq!(text(indent(1 << 20, &"\n".repeat(100).into(), b"")), limit);
        assert_eq!(text(repeat(i64::MAX, "".into())), "");
    }
}
