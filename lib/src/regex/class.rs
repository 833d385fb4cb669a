//! Sets of characters: `[...]`, `\d`, `[:alpha:]`, `\p{Greek}`.

use super::error::{Cause, Error};
use super::escape::take_escape;
use super::names::is_script;
use super::text::{check_utf8, next_rune};
use super::unicode17;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// A set and the pattern after it.
type Taken<'a> = Result<Option<(ClassUnicode, &'a [u8])>, Error>;

/// Takes a set in brackets, which `text` begins with.
///
/// # Errors
/// When it is malformed.
pub(super) fn take_brackets(text: &[u8], fold_case: bool) -> Result<(ClassUnicode, &[u8]), Error> {
    let after = text[1..].strip_prefix(b"^");
    let mut rest = after.unwrap_or(&text[1..]);
    let mut class = ClassUnicode::empty();
    let mut first = true;
    // A bracket that comes first is an ordinary character.
    while first || rest.first() != Some(&b']') {
        first = false;
        let (part, after) = take_part(rest, text, fold_case)?;
        class.union(&part);
        rest = after;
    }
    if after.is_some() {
        class.negate();
    }
    Ok((class, &rest[1..]))
}

/// One named set, character or range of a set in brackets; `whole` begins where the brackets do.
fn take_part<'a>(text: &'a [u8], whole: &[u8], fold_case: bool) -> Result<(ClassUnicode, &'a [u8]), Error> {
    if let Some(taken) = take_posix(text, fold_case)? {
        return Ok(taken);
    }
    if let Some(taken) = take_unicode(text, fold_case)? {
        return Ok(taken);
    }
    if let Some(taken) = take_perl(text, fold_case) {
        return Ok(taken);
    }
    let (low, mut rest) = take_character(text, whole)?;
    let mut high = low;
    if let [b'-', after @ ..] = rest
        && after.first().is_some_and(|&byte| byte != b']')
    {
        (high, rest) = take_character(after, whole)?;
        if high < low {
            return Err(Error::new(Cause::InvalidRange, &text[..text.len() - rest.len()]));
        }
    }
    Ok((folded(range(low, high), fold_case), rest))
}

fn take_character<'a>(text: &'a [u8], whole: &[u8]) -> Result<(u32, &'a [u8]), Error> {
    match text.first() {
        None => Err(Error::new(Cause::MissingBracket, whole)),
        Some(b'\\') => take_escape(text),
        Some(_) => next_rune(text).map(|(rune, rest)| (u32::from(rune), rest)),
    }
}

/// The characters from `low` to `high`, in which surrogates do not count: no text holds them.
fn range(low: u32, high: u32) -> ClassUnicode {
    let start = char::from_u32(low).unwrap_or('\u{e000}');
    let end = char::from_u32(high).unwrap_or('\u{d7ff}');
    if start > end { ClassUnicode::empty() } else { ClassUnicode::new([ClassUnicodeRange::new(start, end)]) }
}

/// One character, in every case if `fold_case`.
pub(super) fn single(rune: u32, fold_case: bool) -> ClassUnicode {
    folded(range(rune, rune), fold_case)
}

fn folded(mut class: ClassUnicode, fold_case: bool) -> ClassUnicode {
    if fold_case {
        // Without the tables of cases, which are built in, a class folds to itself.
        let _ = class.try_case_fold_simple();
    }
    class
}

/// Folds before it negates, as Go does.
fn finished(class: ClassUnicode, fold_case: bool, negated: bool) -> ClassUnicode {
    let mut class = folded(class, fold_case);
    if negated {
        class.negate();
    }
    class
}

fn ascii(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|(low, high)| ClassUnicodeRange::new(*low, *high)))
}

/// `\d`, `\s`, `\w` and their opposites.
pub(super) fn take_perl(text: &[u8], fold_case: bool) -> Option<(ClassUnicode, &[u8])> {
    let [b'\\', name, rest @ ..] = text else { return None };
    let class = match name.to_ascii_lowercase() {
        b'd' => ascii(&[('0', '9')]),
        b's' => ascii(&[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')]),
        b'w' => ascii(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        _ => return None,
    };
    Some((finished(class, fold_case, name.is_ascii_uppercase()), rest))
}

/// `[:alpha:]` and `[:^alpha:]`, within brackets.
fn take_posix(text: &[u8], fold_case: bool) -> Taken<'_> {
    let Some(after) = text.strip_prefix(b"[:") else { return Ok(None) };
    let Some(end) = after.windows(2).position(|pair| pair == b":]") else { return Ok(None) };
    let negated = after[..end].strip_prefix(b"^");
    let class = match negated.unwrap_or(&after[..end]) {
        b"alnum" => ascii(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        b"alpha" => ascii(&[('A', 'Z'), ('a', 'z')]),
        b"ascii" => ascii(&[('\0', '\u{7f}')]),
        b"blank" => ascii(&[('\t', '\t'), (' ', ' ')]),
        b"cntrl" => ascii(&[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')]),
        b"digit" => ascii(&[('0', '9')]),
        b"graph" => ascii(&[('!', '~')]),
        b"lower" => ascii(&[('a', 'z')]),
        b"print" => ascii(&[(' ', '~')]),
        b"punct" => ascii(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        b"space" => ascii(&[('\t', '\r'), (' ', ' ')]),
        b"upper" => ascii(&[('A', 'Z')]),
        b"word" => ascii(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        b"xdigit" => ascii(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        _ => return Err(Error::new(Cause::InvalidRange, &text[..end + 4])),
    };
    Ok(Some((finished(class, fold_case, negated.is_some()), &after[end + 2..])))
}

/// `\pN`, `\p{Greek}`, `\p{^Greek}` and their opposites.
pub(super) fn take_unicode(text: &[u8], fold_case: bool) -> Taken<'_> {
    let [b'\\', kind @ (b'p' | b'P'), after @ ..] = text else { return Ok(None) };
    let (first, rest) = next_rune(after)?;
    let (name, rest) = if first == '{' {
        let Some(end) = rest.iter().position(|&byte| byte == b'}') else {
            check_utf8(text)?;
            return Err(Error::new(Cause::InvalidRange, text));
        };
        check_utf8(&rest[..end])?;
        (&rest[..end], &rest[end + 1..])
    } else {
        (&after[..after.len() - rest.len()], rest)
    };
    let inverted = name.strip_prefix(b"^");
    let negated = (*kind == b'P') != inverted.is_some();
    let class = unicode_class(inverted.unwrap_or(name));
    let class = class.ok_or_else(|| Error::new(Cause::InvalidRange, &text[..text.len() - rest.len()]))?;
    Ok(Some((finished(class, fold_case, negated), rest)))
}

/// The general category or script of that name, in which case, blanks, `-` and `_` do not count.
fn unicode_class(name: &[u8]) -> Option<ClassUnicode> {
    let name: String =
        name.iter().filter(|byte| !b" -_".contains(byte)).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    // The library would take `isgreek` for `greek`.
    if name.is_empty() || name.starts_with("is") || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    if matches!(name.as_str(), "cs" | "surrogate") {
        return Some(ClassUnicode::empty());
    }
    let mut class;
    if unicode17::SCRIPTS.contains(&name.as_str()) || is_script(&name) {
        class = if is_script(&name) { property("sc", &name)? } else { ClassUnicode::empty() };
        unicode17::amend_script(&name, &mut class);
    } else {
        class = property("gc", &name)?;
        if name != "ascii" {
            unicode17::amend_category(&mut class);
        }
    }
    Some(class)
}

/// A class of the library.
fn property(kind: &str, name: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!("\\p{{{kind}={name}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(ClassUnicode::new(text.chars().map(|c| ClassUnicodeRange::new(c, c))))
        }
        _ => None,
    }
}

/// Go's `unicode.IsLetter` or `unicode.IsDigit`.
pub(crate) fn is_letter_or_digit(c: char) -> bool {
    let holds = |class: ClassUnicode| class.iter().any(|range| range.start() <= c && c <= range.end());
    c.is_ascii_alphanumeric() || !c.is_ascii() && [b"L".as_slice(), b"Nd"].into_iter().filter_map(unicode_class).any(holds)
}
