//! Replacements of `regexReplaceAll`: `$1`, `${name}`, `$$`.

use super::super::limits;
use crate::regex::{Budget, Groups, Haystack, Regexp, is_letter_or_digit};
use gotemplate::function::FunctionError;

/// Pieces of a replacement.
#[derive(Debug, Eq, PartialEq)]
enum Piece<'a> {
    Text(&'a [u8]),
    Group(Option<usize>, &'a str),
}

/// Replaces every match in `text` by `replacement`, in which `$` stands before the number or name of a group.
pub(super) fn replace_all(
    regexp: &Regexp,
    text: &[u8],
    replacement: &[u8],
    budget: &Budget,
) -> Result<Vec<u8>, FunctionError> {
    let pieces = split(replacement);
    let replaced = regexp.replace_all(text, limits::TEXT, budget, |groups, haystack, out| {
        for piece in &pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Group(Some(number), _) => write_group(*number, groups, haystack, text, out),
                Piece::Group(None, name) => {
                    if let Some(number) = find_named(regexp, name, groups) {
                        write_group(number, groups, haystack, text, out);
                    }
                }
            }
        }
    });
    let replaced = replaced.map_err(|error| error.to_string())?;
    limits::text(Some(replaced.len()))?;
    Ok(replaced)
}

fn write_group(number: usize, groups: &Groups, haystack: &Haystack<'_>, text: &[u8], out: &mut Vec<u8>) {
    if let Some(Some(span)) = groups.get(number) {
        out.extend_from_slice(&text[haystack.original(span.start)..haystack.original(span.end)]);
    }
}

/// The first group of that name that took part in the match.
fn find_named(regexp: &Regexp, name: &str, groups: &Groups) -> Option<usize> {
    let named = |(index, group): (usize, &Option<String>)| (group.as_deref() == Some(name)).then_some(index + 1);
    regexp.groups().iter().enumerate().filter_map(named).find(|number| groups.get(*number).is_some_and(Option::is_some))
}

fn split(replacement: &[u8]) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), replacement);
    while let Some(dollar) = rest.iter().position(|&byte| byte == b'$') {
        pieces.push(Piece::Text(&rest[..dollar]));
        let after = &rest[dollar + 1..];
        rest = match take_name(after) {
            _ if after.starts_with(b"$") => {
                pieces.push(Piece::Text(b"$"));
                &after[1..]
            }
            Some((name, after)) => {
                pieces.push(Piece::Group(take_number(name), name));
                after
            }
            None => {
                pieces.push(Piece::Text(b"$"));
                after
            }
        };
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// `name` or `{name}`, as long as it can be: `$1x` is the group `1x`.
fn take_name(text: &[u8]) -> Option<(&str, &[u8])> {
    let braced = text.strip_prefix(b"{");
    let start = braced.unwrap_or(text);
    let valid = match std::str::from_utf8(start) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&start[..error.valid_up_to()]).ok()?,
    };
    let len = valid.find(|c: char| c != '_' && !is_letter_or_digit(c)).unwrap_or(valid.len());
    let (name, rest) = (&valid[..len], &start[len..]);
    let rest = if braced.is_some() { rest.strip_prefix(b"}")? } else { rest };
    (!name.is_empty()).then_some((name, rest))
}

/// The number that a name is, if it has digits only, no leading zero, and is below 1e8.
fn take_number(name: &str) -> Option<usize> {
    let digits_only = name.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = name.len() > 1 && name.starts_with('0');
    if digits_only && !leading_zero { name.parse().ok().filter(|number| *number < 1_000_000_000) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, text: &str, replacement: &str) -> String {
        let regexp = Regexp::compile(pattern.as_bytes()).expect("a pattern");
        String::from_utf8_lossy(
            &replace_all(&regexp, text.as_bytes(), replacement.as_bytes(), &Budget::default()).expect("a short text"),
        )
        .into_owned()
    }

    // The expected values are Helm's.
    #[test]
    fn groups_are_named_by_number_or_name() {
        assert_eq!(replaced("(a)(?P<n>b)?", "ab a", "<$1-${2}-$n-$1x-${1}x>"), "<a-b-b--ax> <a----ax>");
        assert_eq!(replaced("a", "a", "$$0 ${ ${} ${0 $- $"), "$0 ${ ${} ${0 $- $");
        assert_eq!(replaced("a", "a", "$9$00$123456789012"), "");
        assert_eq!(replaced("(?P<n>a)|(?P<n>b)", "ab", "[$n]"), "[a][b]");
    }

    #[test]
    fn empty_matches_behind_others_are_left_alone() {
        assert_eq!(replaced("b*", "abc", "-"), "-a-c-");
        assert_eq!(replaced("", "aé", "."), ".a.é.");
    }
}
