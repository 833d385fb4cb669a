//! The URLs of a schema, in the dialect of `boon`.
//!
//! Helm's validator reads and joins `$id` and `$ref` as Go's `net/url` does, `boon` as browsers do, and it asks for more of them.
//! Each of them is resolved here by Go's rules, and a number takes its place that `boon` finds nothing to do with; one that Go
//! refuses becomes one that `boon` refuses too. Messages show the originals again.

use super::{formats, words};
use crate::gourl::{Url, escape_segments, unescape};
use serde_json::{Map, Value as Json};

/// Begins what stands for a URL.
const NUMBERED: &str = "rhelm:";
/// Around the number of a URL that is none: there is no such port.
const BROKEN: (&str, &str) = ("http://broken", ":99999/");
/// Ends what has the wrong form for a reference.
const REFUSED: char = '<';

/// The URLs that were replaced.
#[derive(Default)]
pub(super) struct Links {
    urls: Vec<String>,
    /// References that are none, and why.
    broken: Vec<(String, String)>,
}

/// The rules of a document, as far as they differ in its URLs.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Draft {
    /// Where the form of a reference is not checked.
    Four,
    /// 6 and 7, where nothing counts beside `$ref`, as in 4.
    Seven,
    Later,
}

impl Draft {
    fn of(document: &Json) -> Self {
        match document.get("$schema").and_then(Json::as_str) {
            Some(url) if url.contains("json-schema.org/draft-04/") => Self::Four,
            Some(url) if url.contains("json-schema.org/draft-06/") => Self::Seven,
            Some(url) if url.contains("json-schema.org/draft-07/") => Self::Seven,
            _ => Self::Later,
        }
    }
}

impl Links {
    /// What stands for a URL.
    pub(super) fn name(&mut self, url: &str) -> String {
        if is_meta(url) {
            return url.to_owned();
        }
        let number = self.urls.iter().position(|known| known == url).unwrap_or_else(|| {
            self.urls.push(url.to_owned());
            self.urls.len() - 1
        });
        format!("{NUMBERED}{number}")
    }

    /// The URL, with its fragment if it has one, that `name` stands for.
    pub(super) fn original(&self, name: &str) -> String {
        let (name, fragment) = name.split_once('#').map_or((name, None), |(name, fragment)| (name, Some(fragment)));
        let number = name.strip_prefix(NUMBERED).and_then(|number| number.parse::<usize>().ok());
        let url = number.and_then(|number| self.urls.get(number)).map_or(name, String::as_str);
        fragment.map_or_else(|| url.to_owned(), |fragment| format!("{url}#{}", encoded(&words::percent_decoded(fragment))))
    }

    /// The reference that is none, and why.
    pub(super) fn broken(&self, url: &str) -> Option<&(String, String)> {
        let (number, _) = url.strip_prefix(BROKEN.0)?.split_once(':')?;
        self.broken.get(number.parse::<usize>().ok()?)
    }

    /// Replaces all URLs of the schema that is at `location`.
    pub(super) fn translate(&mut self, document: &mut Json, location: &str) {
        let draft = Draft::of(document);
        if let Some(Json::String(dialect)) = document.get_mut("$schema").filter(|url| !is_draft(url)) {
            let url = dialect.split('#').next().unwrap_or_default().to_owned();
            *dialect = match Url::parse(url.as_bytes()) {
                Ok(_) => self.name(&url),
                Err(cause) => self.break_off(url, cause),
            };
        }
        self.schema(document, location, draft);
    }

    fn schema(&mut self, schema: &mut Json, base: &str, draft: Draft) {
        match schema {
            Json::Object(members) => {
                let base = self.id(members, base, draft);
                for (keyword, value) in members.iter_mut() {
                    self.keyword(keyword, value, &base, draft);
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.schema(item, base, draft)),
            _ => {}
        }
    }

    fn keyword(&mut self, keyword: &str, value: &mut Json, base: &str, draft: Draft) {
        match (keyword, value) {
            // These hold values, not schemas.
            ("enum" | "const" | "default" | "examples", _) => {}
            ("$ref" | "$recursiveRef" | "$dynamicRef", Json::String(reference)) => {
                let is_refused = is_refused(reference, draft);
                *reference = match resolve(base, reference) {
                    Ok((url, fragment)) => self.name(&url) + &fragment,
                    Err((url, cause)) => self.break_off(url, cause),
                };
                reference.extend(is_refused.then_some(REFUSED));
            }
            // Here the names are not keywords.
            ("properties" | "patternProperties" | "$defs" | "definitions", Json::Object(members))
            | ("dependentSchemas" | "dependencies", Json::Object(members)) => {
                members.values_mut().for_each(|schema| self.schema(schema, base, draft));
            }
            (_, value) => self.schema(value, base, draft),
        }
    }

    /// Replaces the URL that a schema gives itself, and returns that which its references start from.
    fn id(&mut self, members: &mut Map<String, Json>, base: &str, draft: Draft) -> String {
        let does_count = draft == Draft::Later || !members.contains_key("$ref");
        let key = if draft == Draft::Four { "id" } else { "$id" };
        let Some(Json::String(id)) = members.get_mut(key) else { return base.to_owned() };
        let is_refused = is_refused(id, draft);
        let (url, fragment) = id.split_once('#').map_or((id.as_str(), None), |(url, fragment)| (url, Some(fragment)));
        // A byte that is no text is refused where an anchor is asked for, and only there.
        let fragment =
            fragment.map(|text| format!("#{}", decoded(text).map_or_else(|_| "%FF".into(), |text| encoded(&text))));
        let (name, own) = match resolve(base, url) {
            _ if url.is_empty() => (String::new(), None),
            Ok((url, _)) => (self.name(&url), Some(url)),
            Err((url, cause)) => (self.break_off(url, cause), None),
        };
        *id = name + &fragment.unwrap_or_default();
        id.extend(is_refused.then_some(REFUSED));
        own.filter(|_| does_count).unwrap_or_else(|| base.to_owned())
    }

    fn break_off(&mut self, url: String, cause: String) -> String {
        self.broken.push((url, cause));
        let (start, end) = BROKEN;
        format!("{start}{}{end}", self.broken.len() - 1)
    }
}

/// Whether `boon` knows the schema, or takes its place for one of those.
fn is_meta(url: &str) -> bool {
    let path = url.strip_prefix("http://json-schema.org/").or_else(|| url.strip_prefix("https://json-schema.org/"));
    path.is_some_and(|path| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-')))
}

fn is_draft(url: &Json) -> bool {
    url.as_str().is_some_and(|url| is_meta(url.strip_suffix('#').unwrap_or(url)))
}

fn is_refused(reference: &str, draft: Draft) -> bool {
    draft != Draft::Four && formats::check("uri-reference", reference).is_err()
}

/// The URL and the fragment that a reference names.
///
/// # Errors
/// What is wrong with which part of it.
fn resolve(base: &str, reference: &str) -> Result<(String, String), (String, String)> {
    let (url, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let parse = |url: &str| Url::parse(url.as_bytes()).map_err(|cause| (url.to_owned(), cause));
    let base = parse(base)?;
    let fragment = decoded(fragment).map_err(|cause| (reference.to_owned(), cause))?;
    let url = parse(url)?;
    let mut resolved = base.resolve(&url);
    if url.scheme.is_empty() && !base.opaque.is_empty() {
        resolved.opaque = base.opaque;
    }
    let fragment = if reference.contains('#') { format!("#{}", encoded(&fragment)) } else { String::new() };
    Ok((text(resolved.print()), fragment))
}

fn decoded(fragment: &str) -> Result<String, String> {
    unescape(fragment.as_bytes()).map(text)
}

fn encoded(fragment: &str) -> String {
    text(escape_segments(fragment.as_bytes()))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn urls_are_numbered_by_what_they_mean() {
        let mut schema = json!({
            "$id": "urn:a:b",
            "$ref": "y.json#/a b",
            "const": {"$ref": "z"},
            "properties": {"$ref": {"$id": "http://h/a%zz"}, "b": {"$id": "http://h/a/", "items": [{"$ref": "../c"}]}},
        });
        let mut links = Links::default();
        links.translate(&mut schema, "file:///s.json");
        let expected = json!({
            "$id": "rhelm:0",
            "$ref": "rhelm:0#/a%20b",
            "const": {"$ref": "z"},
            "properties": {
                "$ref": {"$id": "http://broken0:99999/<"},
                "b": {"$id": "rhelm:1", "items": [{"$ref": "rhelm:2"}]},
            },
        });
        assert_eq!(schema, expected);
        assert_eq!(["rhelm:0#/a,b", "rhelm:2"].map(|name| links.original(name)), ["urn:a:b#/a%2Cb", "http://h/c"]);
        let cause = "parse \"http://h/a%zz\": invalid URL escape \"%zz\"";
        assert_eq!(links.broken("http://broken0:99999/"), Some(&("http://h/a%zz".to_owned(), cause.to_owned())));
    }
}
