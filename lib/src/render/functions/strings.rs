//! Text: trimming, cutting, searching, joining, splitting and quoting. Text is bytes, normally UTF-8.

use super::convert::{strings, text_of};
use super::lists::text_list;
use super::{limits, runes};
use gotemplate::format;
use gotemplate::function::{FunctionError, FunctionTable, Rest};
use gotemplate::value::{List, Map, MapType, Str, Value};
use memchr::memmem;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("hello", || "Hello!");
    add_cutting(table);
    add_searching(table);
    table.add("cat", cat);
    table.add("quote", quote);
    table.add("squote", squote);
    table.add("plural", |one: Str, many: Str, count: i64| if count == 1 { one } else { many });
    table.add("join", join);
    table.add("split", |separator: Str, text: Str| split_map(separator, -1, text));
    table.add("splitn", split_map);
    table.add("splitList", split_list);
}

fn add_cutting(table: &mut FunctionTable) {
    table.add("trim", |text: Str| part(&text, trim(text.as_bytes(), &char::is_whitespace)));
    for name in ["trimAll", "trimall"] {
        table.add(name, trim_all);
    }
    table.add("trimPrefix", |prefix: Str, text: Str| match text.as_bytes().strip_prefix(prefix.as_bytes()) {
        Some(rest) => part(&text, rest),
        None => text,
    });
    table.add("trimSuffix", |suffix: Str, text: Str| match text.as_bytes().strip_suffix(suffix.as_bytes()) {
        Some(rest) => part(&text, rest),
        None => text,
    });
    table.add("trunc", trunc);
    table.add("substr", substr);
}

fn add_searching(table: &mut FunctionTable) {
    table.add("contains", |part: Str, text: Str| memmem::find(text.as_bytes(), part.as_bytes()).is_some());
    table.add("hasPrefix", |prefix: Str, text: Str| text.as_bytes().starts_with(prefix.as_bytes()));
    table.add("hasSuffix", |suffix: Str, text: Str| text.as_bytes().ends_with(suffix.as_bytes()));
    table.add("replace", replace);
}

/// A part of a text, which is the text itself if nothing is missing.
fn part(text: &Str, part: &[u8]) -> Str {
    if part.len() == text.len() { text.clone() } else { Str::from(part) }
}

fn trim<'a>(mut text: &'a [u8], cut: &dyn Fn(char) -> bool) -> &'a [u8] {
    while let Some((_, width)) = runes::runes(text).next().filter(|(rune, _)| cut(*rune)) {
        text = &text[width..];
    }
    while let Some((_, width)) = runes::last(text).filter(|(rune, _)| cut(*rune)) {
        text = &text[..text.len() - width];
    }
    text
}

fn trim_all(cut: Str, text: Str) -> Str {
    let set: Vec<char> = runes::runes(cut.as_bytes()).map(|(rune, _)| rune).collect();
    part(&text, trim(text.as_bytes(), &|rune| set.contains(&rune)))
}

fn trunc(count: i64, text: Str) -> Str {
    let len = text.len();
    let width = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    match text.as_bytes() {
        _ if width >= len => text,
        bytes if count < 0 => Str::from(&bytes[len - width..]),
        bytes => Str::from(&bytes[..width]),
    }
}

fn substr(start: i64, end: i64, text: Str) -> Result<Str, FunctionError> {
    let bytes = text.as_bytes();
    let len = bytes.len() as i64;
    let out_of_range = |what: String| FunctionError::new(format!("runtime error: slice bounds out of range {what}"));
    let (from, to) = match (start, end) {
        (..0, ..0) => return Err(out_of_range(format!("[:{end}]"))),
        (..0, _) if end > len => return Err(out_of_range(format!("[:{end}] with length {len}"))),
        (..0, _) => (0, end),
        (_, ..0) => (start, len),
        _ => (start, end.min(len)),
    };
    match bytes.get(from as usize..to as usize) {
        Some(cut) => Ok(part(&text, cut)),
        None => Err(out_of_range(format!("[{from}:{to}]"))),
    }
}

fn replace(old: Str, new: Str, text: Str) -> Result<Str, FunctionError> {
    let bytes = text.as_bytes();
    let places: Vec<usize> = match old.is_empty() {
        true => boundaries(bytes),
        false => memmem::find_iter(bytes, old.as_bytes()).collect(),
    };
    if places.is_empty() {
        return Ok(text);
    }
    let size = new.len().checked_mul(places.len()).and_then(|size| size.checked_add(bytes.len()));
    let mut replaced = Vec::with_capacity(limits::text(size)?);
    let mut start = 0;
    for place in places {
        replaced.extend_from_slice(&bytes[start..place]);
        replaced.extend_from_slice(new.as_bytes());
        start = place + old.len();
    }
    replaced.extend_from_slice(&bytes[start..]);
    Ok(replaced.into())
}

/// Where runes begin, and the end.
fn boundaries(text: &[u8]) -> Vec<usize> {
    let starts = runes::runes(text).scan(0, |next, (_, width)| {
        let start = *next;
        *next += width;
        Some(start)
    });
    starts.chain([text.len()]).collect()
}

fn cat(Rest(all): Rest<Value>) -> Result<Vec<u8>, FunctionError> {
    blank_joined(&all, format::print)
}

fn quote(Rest(all): Rest<Value>) -> Result<Vec<u8>, FunctionError> {
    blank_joined(&all, |value| text_of(value).map(|text| format::quoted(text.as_bytes()).into_bytes()))
}

/// Escapes nothing.
fn squote(Rest(all): Rest<Value>) -> Result<Vec<u8>, FunctionError> {
    blank_joined(&all, |value| format::print(value).map(|text| [b"'", text.as_slice(), b"'"].concat()))
}

/// The texts of all values that are not nil, with blanks between.
fn blank_joined<E: Into<FunctionError>>(
    all: &[Value],
    text: impl Fn(&Value) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, FunctionError> {
    let mut joined = Vec::new();
    let present = all.iter().filter(|value| !value.is_nil());
    for (index, value) in present.enumerate() {
        if index > 0 {
            joined.push(b' ');
        }
        joined.extend_from_slice(&text(value).map_err(Into::into)?);
        limits::text(Some(joined.len()))?;
    }
    Ok(joined)
}

fn join(separator: Str, list: Value) -> Result<Vec<u8>, FunctionError> {
    let parts = strings(&list)?;
    let separators = separator.len().checked_mul(parts.len().saturating_sub(1));
    let size = separators.and_then(|size| parts.iter().map(Str::len).try_fold(size, usize::checked_add));
    limits::text(size)?;
    Ok(parts.iter().map(Str::as_bytes).collect::<Vec<_>>().join(separator.as_bytes()))
}

/// The parts between separators, at most `count` of them; without a separator, the runes.
fn split(text: &Str, separator: &Str, count: i64) -> Result<Vec<Str>, FunctionError> {
    let bytes = text.as_bytes();
    if count == 0 || bytes.is_empty() && separator.is_empty() {
        return Ok(Vec::new());
    }
    let cuts = usize::try_from(count - 1).unwrap_or(usize::MAX);
    let places: Vec<usize> = match separator.is_empty() {
        true => boundaries(bytes).into_iter().skip(1).filter(|place| *place < bytes.len()).take(cuts).collect(),
        false => memmem::find_iter(bytes, separator.as_bytes()).take(cuts).collect(),
    };
    let mut parts = Vec::with_capacity(limits::items(Some(places.len()))? + 1);
    let mut start = 0;
    for place in places {
        parts.push(Str::from(&bytes[start..place]));
        start = place + separator.len();
    }
    parts.push(Str::from(&bytes[start..]));
    Ok(parts)
}

fn split_list(separator: Str, text: Str) -> Result<List, FunctionError> {
    Ok(text_list(split(&text, &separator, -1)?))
}

/// The parts under the keys `_0`, `_1`, …
fn split_map(separator: Str, count: i64, text: Str) -> Result<Map, FunctionError> {
    let parts = split(&text, &separator, count)?.into_iter().enumerate();
    let entries = parts.map(|(index, part)| (format!("_{index}").into(), Value::String(part)));
    Ok(Map::with_type(MapType::String, entries.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<E: std::fmt::Debug>(text: Result<impl Into<Str>, E>) -> String {
        match text {
            Ok(text) => text.into().to_str_lossy().into_owned(),
            Err(error) => format!("{error:?}"),
        }
    }

    // The expected texts are those of Helm.
    #[test]
    fn trimming_stops_at_the_first_rune_that_stays() {
        assert_eq!(trim("\u{a0} é \n".as_bytes(), &char::is_whitespace), "é".as_bytes());
        assert_eq!(trim(b" \xffa\xff ", &char::is_whitespace), b"\xffa\xff");
        assert_eq!(trim_all("é-".into(), "-éaé--".into()), Str::from("a"));
        assert_eq!(trim_all("".into(), "-a".into()), Str::from("-a"));
    }

    #[test]
    fn cutting_counts_bytes() {
        let cut = |count| trunc(count, "héllo".into()).to_str_lossy().into_owned();
        assert_eq!(
            (cut(3), cut(-2), cut(9), cut(-6), cut(i64::MIN)),
            ("hé".into(), "lo".into(), "héllo".into(), "héllo".into(), "héllo".into())
        );
    }

    #[test]
    fn parts_out_of_range_are_errors() {
        let part = |start, end| match substr(start, end, "abc".into()) {
            Ok(text) => text.to_str_lossy().into_owned(),
            Err(error) => error.message.replace("runtime error: slice bounds out of range ", ""),
        };
        assert_eq!((part(-1, 2), part(1, -1), part(1, 9), part(1, 2)), ("ab".into(), "bc".into(), "bc".into(), "b".into()));
        assert_eq!((part(-1, -1), part(-1, 9)), ("[:-1]".into(), "[:9] with length 3".into()));
        assert_eq!((part(9, -1), part(3, 2), part(9, 2)), ("[9:3]".into(), "[3:2]".into(), "[9:2]".into()));
    }

    #[test]
    fn nothing_is_found_at_every_boundary() {
        let replaced = |old: &str, new: &str, text: &str| shown(replace(old.into(), new.into(), text.into()));
        assert_eq!(replaced("", "-", "héy"), "-h-é-y-");
        assert_eq!(replaced("aa", "b", "aaaaa"), "bba");
    }

    #[test]
    fn nils_are_left_out() {
        let values = || {
            Rest(vec![
                Value::Nil,
                Value::Float(1.5),
                Value::list(vec![Value::string("a"), Value::Nil]),
                Value::string("it's \"x\""),
            ])
        };
        assert_eq!(shown(quote(values())), r#""1.5" "[a <nil>]" "it's \"x\"""#);
        assert_eq!(shown(squote(values())), r#"'1.5' '[a <nil>]' 'it's "x"'"#);
        assert_eq!(shown(cat(values())), r#"1.5 [a <nil>] it's "x""#);
        assert_eq!(shown(quote(Rest(vec![Value::Nil]))), "");
    }

    #[test]
    fn texts_are_split_into_runes_without_a_separator() {
        let parts = |separator: &str, count, text: &str| {
            let parts = split(&text.into(), &separator.into(), count).expect("parts");
            parts.iter().map(|part| part.to_str_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(parts("", -1, "héy"), ["h", "é", "y"]);
        assert_eq!(parts("", 2, "abc"), ["a", "bc"]);
        assert_eq!(parts(",", -1, ""), [""]);
        assert_eq!(parts(",", 2, "a,b,c"), ["a", "b,c"]);
        assert!(parts("", -1, "").is_empty() && parts(",", 0, "a").is_empty());
    }
}
