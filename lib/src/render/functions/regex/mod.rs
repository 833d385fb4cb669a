//! The functions that find, split and replace by regular expressions.

mod replace;

use super::limits;
use crate::regex::{Budget, Error, Haystack, Regexp};
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{Element, List, Str, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable) {
    let compiled = Compiled::default();
    let (plain, must) = (compiled.clone(), compiled.clone());
    let budget = Rc::new(Budget::default());
    table.add("regexMatch", move |pattern: Str, text: Str| {
        plain.get(&pattern).is_ok_and(|regexp| regexp.is_match(text.as_bytes()))
    });
    table.add("mustRegexMatch", move |pattern: Str, text: Str| {
        must.must(&pattern).map(|regexp| regexp.is_match(text.as_bytes()))
    });
    for (name, compile) in compiled.both("regexFind", "mustRegexFind") {
        table.add(name, move |pattern: Str, text: Str| compile(&pattern).map(|regexp| find(&regexp, &text)));
    }
    for (name, compile) in compiled.both("regexFindAll", "mustRegexFindAll") {
        let budget = Rc::clone(&budget);
        table.add(name, move |pattern: Str, text: Str, limit: i64| {
            compile(&pattern).and_then(|regexp| find_all(&regexp, &text, limit, &budget))
        });
    }
    for (name, compile) in compiled.both("regexSplit", "mustRegexSplit") {
        let budget = Rc::clone(&budget);
        table.add(name, move |pattern: Str, text: Str, limit: i64| {
            compile(&pattern).and_then(|regexp| split(&regexp, !pattern.is_empty(), &text, limit, &budget))
        });
    }
    for (name, compile) in compiled.both("regexReplaceAll", "mustRegexReplaceAll") {
        let budget = Rc::clone(&budget);
        table.add(name, move |pattern: Str, text: Str, replacement: Str| {
            let regexp = compile(&pattern)?;
            replace::replace_all(&regexp, text.as_bytes(), replacement.as_bytes(), &budget)
        });
    }
    for (name, compile) in compiled.both("regexReplaceAllLiteral", "mustRegexReplaceAllLiteral") {
        let budget = Rc::clone(&budget);
        table.add(name, move |pattern: Str, text: Str, replacement: Str| {
            let write = |out: &mut Vec<u8>| out.extend_from_slice(replacement.as_bytes());
            compile(&pattern).and_then(|regexp| {
                let replaced = regexp.replace_all(text.as_bytes(), limits::TEXT, &budget, |_, _, out| write(out));
                let replaced = replaced.map_err(|error| error.to_string())?;
                limits::text(Some(replaced.len()))?;
                Ok(replaced)
            })
        });
    }
    table.add("regexQuoteMeta", |text: Str| quote_meta(text.as_bytes()));
}

/// Whether a text matches a pattern, as a function of the text.
///
/// # Errors
/// Go's complaint about the pattern.
pub(crate) fn matcher(pattern: &str) -> Result<impl Fn(&str) -> bool, String> {
    let regexp = Regexp::compile(pattern.as_bytes()).map_err(|error| error.to_string())?;
    Ok(move |text: &str| regexp.is_match(text.as_bytes()))
}

/// A regular expression, to be asked where in a text it matches first.
///
/// # Errors
/// Go's words for a pattern that is none.
pub fn finder(pattern: &str) -> Result<impl Fn(&str) -> Option<usize>, String> {
    let regexp = Regexp::compile(pattern.as_bytes()).map_err(|error| error.to_string())?;
    Ok(move |text: &str| {
        let found = regexp.find(text.as_bytes())?;
        Some(found.as_ptr() as usize - text.as_ptr() as usize)
    })
}

/// The most patterns that are kept.
const MAX_KEPT: usize = 1000;

/// The patterns compiled so far, which charts use again and again.
#[derive(Clone, Default)]
struct Compiled(Rc<RefCell<BTreeMap<Str, Rc<Regexp>>>>);

type Compile = Rc<dyn Fn(&Str) -> Result<Rc<Regexp>, FunctionError>>;

impl Compiled {
    fn get(&self, pattern: &Str) -> Result<Rc<Regexp>, Error> {
        if let Some(regexp) = self.0.borrow().get(pattern) {
            return Ok(regexp.clone());
        }
        let regexp = Rc::new(Regexp::compile(pattern.as_bytes())?);
        let mut kept = self.0.borrow_mut();
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(pattern.clone(), regexp.clone());
        Ok(regexp)
    }

    fn must(&self, pattern: &Str) -> Result<Rc<Regexp>, FunctionError> {
        self.get(pattern).map_err(|error| error.to_string().into())
    }

    /// A function that panics in Helm, and its sibling that returns the error: they say it in different words.
    fn both(&self, plain: &'static str, must: &'static str) -> [(&'static str, Compile); 2] {
        let (panicking, returning) = (self.clone(), self.clone());
        let panics = move |pattern: &Str| {
            panicking.get(pattern).map_err(|error| FunctionError::new(error.of_must_compile(pattern.as_bytes())))
        };
        [(plain, Rc::new(panics)), (must, Rc::new(move |pattern| returning.must(pattern)))]
    }
}

fn find(regexp: &Regexp, text: &Str) -> Str {
    regexp.find(text.as_bytes()).unwrap_or_default().into()
}

fn find_all(regexp: &Regexp, text: &Str, limit: i64, budget: &Budget) -> Result<List, FunctionError> {
    let haystack = Haystack::new(text.as_bytes());
    let part = |from: usize, to: usize| Value::string(&text.as_bytes()[haystack.original(from)..haystack.original(to)]);
    let found = spans(regexp, &haystack, usize::try_from(limit).unwrap_or(usize::MAX), budget)?;
    if found.is_empty() {
        return Ok(List::nil(Element::String));
    }
    Ok(List::grown(Element::String, found.into_iter().map(|span| part(span.start, span.end)).collect()))
}

/// The matches, if there are not too many.
fn spans(
    regexp: &Regexp,
    haystack: &Haystack<'_>,
    limit: usize,
    budget: &Budget,
) -> Result<Vec<regex_automata::Span>, FunctionError> {
    let found = regexp.find_all(haystack, limit.min(limits::ITEMS + 1), budget).map_err(|error| error.to_string())?;
    limits::items(Some(found.len()))?;
    Ok(found)
}

fn split(regexp: &Regexp, has_pattern: bool, text: &Str, limit: i64, budget: &Budget) -> Result<List, FunctionError> {
    if limit == 0 {
        return Ok(List::nil(Element::String));
    }
    if has_pattern && text.is_empty() {
        return Ok(List::new(Element::String, vec![Value::string("")]));
    }
    let haystack = Haystack::new(text.as_bytes());
    let part = |from: usize, to: usize| Value::string(&text.as_bytes()[haystack.original(from)..haystack.original(to)]);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut parts, mut start, mut last) = (Vec::new(), 0, 0);
    for span in spans(regexp, &haystack, limit, budget)? {
        if parts.len() + 1 == limit {
            break;
        }
        last = span.start;
        // An empty match at the start splits nothing off.
        if span.end > 0 {
            parts.push(part(start, last));
        }
        start = span.end;
    }
    if last < haystack.text.len() {
        parts.push(part(start, haystack.text.len()));
    }
    Ok(List::grown(Element::String, parts))
}

/// The pattern that matches just this text.
fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut quoted = Vec::with_capacity(text.len());
    for &byte in text {
        if br"\.+*?()|[]{}^$".contains(&byte) {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::call;

    fn ask(name: &str, texts: &[&str], limit: Option<i64>) -> Result<String, String> {
        let mut table = FunctionTable::new();
        add(&mut table);
        let texts = texts.iter().map(|text| Value::string(*text));
        call(&table, name, &texts.chain(limit.map(Value::Int)).collect::<Vec<_>>())
    }

    fn error(pattern: &str) -> String {
        ask("mustRegexMatch", &[pattern, ""], None).map_or_else(|error| error, |_| String::new())
    }

    // The expected values are Helm's.
    #[test]
    fn patterns_are_refused_in_go_s_words() {
        let cases = [
            ("[", "missing closing ]: `[`"),
            ("(a", "missing closing ): `(a`"),
            ("a)", "unexpected ): `a)`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("a|+?", "missing argument to repetition operator: `+?`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?<n", "invalid named capture: `(?<n`"),
            ("(?P<a-b>c)", "invalid named capture: `(?P<a-b>`"),
            ("\\", "trailing backslash at end of expression: ``"),
            ("\\1", "invalid escape sequence: `\\1`"),
            ("\\C", "invalid escape sequence: `\\C`"),
            ("\\x{110000}", "invalid escape sequence: `\\x{110000`"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
            ("\\p{Nope}", "invalid character class range: `\\p{Nope}`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("(a{100}){11}", "invalid repeat count: `{11}`"),
        ];
        for (pattern, text) in cases {
            assert_eq!(error(pattern), format!("error parsing regexp: {text}"), "{pattern}");
        }
        assert_eq!(ask("regexMatch", &["[", ""], None), Ok("false".into()));
        let found = ask("regexFind", &["a`[", ""], None);
        assert_eq!(found, Err("regexp: Compile(\"a`[\"): error parsing regexp: missing closing ]: `[`".into()));
    }

    #[test]
    fn what_other_engines_read_otherwise() {
        let found = |pattern: &str, text: &str| ask("mustRegexFind", &[pattern, text], None).expect("a pattern");
        assert_eq!(found(r"\w+", "éa_1é"), "a_1");
        assert_eq!(found(r"\Qa.b\E+", "a.bb"), "a.bb");
        assert_eq!(found(r"a{,2}{", "a{,2}{"), "a{,2}{");
        assert_eq!(found(r"[\d-z]+", "x1-z"), "1-z");
        assert_eq!(found(r"[a&&b]+", "&"), "&");
        assert_eq!(found(r"(?i)k\x{212a}", "\u{212a}K"), "\u{212a}K");
        assert_eq!(found(r"\101\x42", "AB"), "AB");
        assert_eq!(found(r"a$", "a\n"), "");
        assert_eq!(found(r"(?U)a+", "aaa"), "a");
        assert_eq!(found(r"\p{old-italic}|\p{^Lu}", "Aa"), "a");
        assert_eq!(found(r"(a|ab)(c|bcd)", "abcd"), "abcd");
    }

    #[test]
    fn texts_need_not_be_utf_8() {
        let regexp = Regexp::compile(b"a.b").expect("a pattern");
        assert_eq!(regexp.find(b"\xffa\xffb"), Some(b"a\xffb".as_slice()));
        let replaced = regexp.replace_all(b"\xffa\xc3\xa9b\xfe", usize::MAX, &Budget::default(), |_, _, out| out.push(b'-'));
        assert_eq!(replaced.expect("a short text"), b"\xff-\xfe");
    }

    #[test]
    fn matches_are_found_and_split() {
        let all =
            |pattern: &str, text: &str, limit: i64| ask("regexFindAll", &[pattern, text], Some(limit)).expect("a list");
        assert_eq!((all("a*", "baaab", -1), all("[0-9]", "1a2b3", 2)), ("[ aaa ]".into(), "[1 2]".into()));
        let split =
            |pattern: &str, text: &str, limit: i64| ask("regexSplit", &[pattern, text], Some(limit)).expect("a list");
        assert_eq!((split("b*", "abbc", -1), split(",", "a,b,c", 2)), ("[a c]".into(), "[a b,c]".into()));
        assert_eq!(
            (split("", "ab", -1), split(",", "", -1), split(",", ",", -1)),
            ("[a b]".into(), "[]".into(), "[ ]".into())
        );
        assert_eq!(ask("regexQuoteMeta", &["a.b[é]"], None), Ok("a\\.b\\[é\\]".into()));
    }
}
