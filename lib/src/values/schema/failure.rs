//! What `boon` says of values, as the tree that Helm prints.
//!
//! Helm's validator is the same author's, a generation on. It keeps a level for every `allOf`, `anyOf` and `oneOf` even if only
//! one thing failed in it, where `boon` leaves the level out, and it says where the object is whose member has a bad name. Both
//! are found again here, from the places in the schema.

use super::links::Links;
use super::patterns::Names;
use super::words;
use boon::{ErrorKind, InstanceToken, ValidationError};
use regex_automata::meta::Regex;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Where errors come from.
pub(super) struct Origin<'o> {
    /// The values that were checked.
    pub values: &'o Json,
    /// Gives the part of a schema that a URL names.
    pub schema: &'o dyn Fn(&str) -> Option<&'o Json>,
    /// The names in the schema that were changed.
    pub names: &'o Names,
    /// The URLs in the schema that were changed.
    pub links: &'o Links,
}

impl Origin<'_> {
    /// A value that failed, as it was before patterns and URLs were translated: what is checked may be a schema itself.
    pub(super) fn original(&self, found: &Json, place: &[String]) -> Json {
        match found {
            // The name of a member.
            Json::String(name) if place.is_empty() => self.names.original(name).into(),
            Json::String(_) => at(self.values, place).unwrap_or(found).clone(),
            other => other.clone(),
        }
    }

    fn tokens(&self, error: &ValidationError<'_, '_>) -> Vec<String> {
        let token = |token: &InstanceToken<'_>| match token {
            InstanceToken::Prop(name) => self.names.original(name).to_owned(),
            InstanceToken::Item(index) => index.to_string(),
        };
        error.instance_location.tokens.iter().map(token).collect()
    }
}

/// The failures below `error`, which stands for the whole, each on a line of its own.
pub(super) fn failures<'o>(error: &ValidationError<'_, '_>, origin: &'o Origin<'o>) -> String {
    let mut report = Report { origin, text: String::new(), located: BTreeSet::new() };
    let context = Context { schema: error.schema_url, place: &[], in_combination: false, level: 0 };
    report.causes(error, context);
    report.text
}

struct Report<'o> {
    origin: &'o Origin<'o>,
    text: String,
    /// The bad names so far, each with its place and its schema.
    located: BTreeSet<(String, String)>,
}

/// What a failure is told from.
#[derive(Clone, Copy)]
struct Context<'c> {
    /// The schema that it failed in, or in a part of which it did.
    schema: &'c str,
    /// Where the value is that the schema is for.
    place: &'c [String],
    /// Whether the level of the combination is there already.
    in_combination: bool,
    level: usize,
}

impl Report<'_> {
    fn causes(&mut self, error: &ValidationError<'_, '_>, context: Context<'_>) {
        let mut causes: Vec<_> = error.causes.iter().filter(|cause| !is_met(cause)).collect();
        // Members that no other keyword looks at come in any order.
        let is_unevaluated = |cause: &ValidationError<'_, '_>| cause.schema_url.ends_with("/unevaluatedProperties");
        let first = causes.iter().position(|cause| is_unevaluated(cause)).unwrap_or(causes.len());
        causes[first..].sort_by_cached_key(|cause| self.origin.tokens(cause));
        let is_whole = matches!(error.kind, ErrorKind::Schema { .. } | ErrorKind::Reference { .. });
        if is_whole && causes.len() > 1 {
            self.group(&causes, context);
        } else {
            self.all(&causes, context);
        }
    }

    fn all(&mut self, causes: &[&ValidationError<'_, '_>], context: Context<'_>) {
        for cause in causes {
            self.failure(cause, context);
        }
    }

    /// Several failures that stand for a whole schema. If all are from within one combination, `boon` has left out what holds
    /// them together there.
    fn group(&mut self, causes: &[&ValidationError<'_, '_>], context: Context<'_>) {
        let place = self.origin.tokens(causes[0]);
        let path = path(causes[0], context);
        let common = self.common_steps(causes, context);
        if !common.iter().any(|step| matches!(step.kind, Kind::Combination(_))) {
            return self.all(causes, context);
        }
        let level = self.combinations(&common, &place, context);
        let end = common.last().map_or(0, |step| step.end);
        let at = context.place.len() + common.iter().filter(|step| step.enters()).count();
        let place = &place[..at.min(place.len())];
        self.line(level, place, "validation failed");
        let schema = &causes[0].schema_url[..causes[0].schema_url.len() - path.len() + end];
        self.all(causes, Context { schema, place, in_combination: false, level: level + 1 });
    }

    /// The steps that all failures have in common, in the schema and in the values.
    fn common_steps<'s>(&self, causes: &[&ValidationError<'s, '_>], context: Context<'_>) -> Vec<Step<'s>> {
        let first = path(causes[0], context);
        let places: Vec<_> = causes.iter().map(|cause| self.origin.tokens(cause)).collect();
        let mut at = context.place.len();
        let mut common = steps(first);
        let is_common = |step: &Step<'_>, at: usize| {
            let ends_here = |path: &str| path[step.end..].is_empty() || path[step.end..].starts_with('/');
            let has_step = |path: &str| path.starts_with(&first[..step.end]) && ends_here(path);
            causes.iter().all(|cause| has_step(path(cause, context)))
                && (!step.enters() || places.iter().all(|place| place.get(at) == places[0].get(at)))
        };
        let end = common.iter().position(|step| {
            let is_common = is_common(step, at);
            at += usize::from(step.enters());
            !is_common
        });
        common.truncate(end.unwrap_or(common.len()));
        common
    }

    /// Says which combinations lie on the way; gives the level below them.
    fn combinations(&mut self, steps: &[Step<'_>], place: &[String], context: Context<'_>) -> usize {
        let (mut level, mut at) = (context.level, context.place.len());
        for (number, step) in steps.iter().enumerate() {
            at += usize::from(step.enters());
            match step.kind {
                Kind::Combination(_) if number == 0 && context.in_combination => {}
                Kind::Combination(text) => {
                    self.line(level, &place[..at.min(place.len())], text);
                    level += 1;
                }
                _ => {}
            }
        }
        level
    }

    fn failure(&mut self, error: &ValidationError<'_, '_>, context: Context<'_>) {
        let steps = steps(path(error, context));
        let place = match &error.kind {
            ErrorKind::PropertyName { prop } => self.locate(error, prop, &steps, context),
            _ => self.origin.tokens(error),
        };
        let level = self.combinations(&steps, &place, context);
        let below = Context { schema: error.schema_url, place: &place, in_combination: false, level: level + 1 };
        match error.kind {
            ErrorKind::Reference { url, .. } if error.causes.len() == 1 => {
                self.causes(error, Context { schema: url, level, ..below });
            }
            ErrorKind::Reference { url, .. } => {
                self.line(level, &place, "validation failed");
                self.causes(error, Context { schema: url, ..below });
            }
            _ => {
                self.line(level, &place, &words::kind(error, self.origin, &place));
                let in_combination = matches!(error.kind, ErrorKind::AllOf | ErrorKind::AnyOf | ErrorKind::OneOf(_));
                // Names are values by themselves.
                let place: &[String] = if matches!(error.kind, ErrorKind::PropertyName { .. }) { &[] } else { &place };
                self.causes(error, Context { place, in_combination, ..below });
            }
        }
    }

    /// The place of the object that has a member `name` it should not have.
    fn locate(
        &mut self,
        error: &ValidationError<'_, '_>,
        name: &str,
        steps: &[Step<'_>],
        context: Context<'_>,
    ) -> Vec<String> {
        let name = self.origin.names.original(name);
        let mut places = Vec::new();
        if let Some(value) = at(self.origin.values, context.place) {
            find(value, steps, name, &mut context.place.to_vec(), &mut places);
        }
        let key = |place: &[String]| (format!("{}/{name}", pointer(place)), error.schema_url.to_owned());
        let place = places.into_iter().find(|place| !self.located.contains(&key(place)));
        let place = place.unwrap_or_else(|| context.place.to_vec());
        self.located.insert(key(&place));
        place
    }

    fn line(&mut self, level: usize, place: &[String], text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{:1$}- at {2}: {text}", "", level * 2, words::quote(&pointer(place)));
    }
}

/// A place as a JSON pointer.
fn pointer(place: &[String]) -> String {
    place.iter().map(|token| format!("/{}", token.replace('~', "~0").replace('/', "~1"))).collect()
}

/// The value at a place.
fn at<'v>(value: &'v Json, place: &[String]) -> Option<&'v Json> {
    place.iter().try_fold(value, |value, token| member(value, token))
}

fn member<'v>(value: &'v Json, token: &str) -> Option<&'v Json> {
    match value {
        Json::Array(items) => items.get(token.parse::<usize>().ok()?),
        value => value.get(token),
    }
}

/// The places of all objects that `steps` may lead to and that have a member `name`.
fn find(value: &Json, steps: &[Step<'_>], name: &str, place: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    let Some((step, rest)) = steps.split_first() else {
        if value.get(name).is_some() {
            places.push(place.clone());
        }
        return;
    };
    let mut enter = |token: &str, value: &Json| {
        place.push(token.to_owned());
        find(value, rest, name, place, places);
        place.pop();
    };
    match (&step.kind, value) {
        (Kind::Combination(_), value) => find(value, rest, name, place, places),
        (Kind::Member(token), value) => member(value, token).into_iter().for_each(|value| enter(token, value)),
        (Kind::AnyMember(pattern), Json::Object(members)) => {
            let pattern = pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok());
            let fits = |token: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(token));
            members.iter().filter(|(token, _)| fits(token)).for_each(|(token, value)| enter(token, value));
        }
        (Kind::AnyMember(_), Json::Array(items)) => {
            items.iter().enumerate().for_each(|(index, value)| enter(&index.to_string(), value));
        }
        (Kind::AnyMember(_), _) => {}
    }
}

/// The keywords from the context's schema to the one that failed.
fn path<'s>(error: &ValidationError<'s, '_>, context: Context<'_>) -> &'s str {
    error.schema_url.strip_prefix(context.schema).unwrap_or_default()
}

/// A step from one schema to one within it, as far as it matters.
struct Step<'s> {
    kind: Kind<'s>,
    /// Where it ends in the path of keywords.
    end: usize,
}

enum Kind<'s> {
    /// Into a combination; what is said of it if it failed.
    Combination(&'static str),
    /// To the schema of a member or item.
    Member(Cow<'s, str>),
    /// To the schema of all members or items, or of those whose names match a pattern.
    AnyMember(Option<Cow<'s, str>>),
}

impl Step<'_> {
    /// Whether it leads into the value.
    fn enters(&self) -> bool {
        !matches!(self.kind, Kind::Combination(_))
    }
}

/// The steps of a path of keywords.
fn steps(path: &str) -> Vec<Step<'_>> {
    let mut keywords = path.split('/').skip(1).peekable();
    let mut steps = Vec::new();
    let mut end = 0;
    while let Some(keyword) = keywords.next() {
        end += 1 + keyword.len();
        let name = match keyword {
            "allOf" | "anyOf" | "oneOf" | "dependentSchemas" | "dependencies" | "$defs" | "definitions" => keywords.next(),
            "properties" | "prefixItems" | "patternProperties" => keywords.next(),
            "items" => keywords.next_if(|next| next.bytes().all(|byte| byte.is_ascii_digit())),
            _ => None,
        };
        end += name.map_or(0, |name| 1 + name.len());
        let unescaped = name.map(words::unescaped);
        let kind = match (keyword, unescaped) {
            ("allOf", _) => Kind::Combination("'allOf' failed"),
            ("anyOf", _) => Kind::Combination("'anyOf' failed"),
            ("oneOf", _) => Kind::Combination("'oneOf' failed, none matched"),
            ("properties" | "prefixItems" | "items", Some(name)) => Kind::Member(name),
            ("patternProperties", pattern) => Kind::AnyMember(pattern),
            ("items" | "additionalItems" | "unevaluatedItems" | "contains", _) => Kind::AnyMember(None),
            ("additionalProperties" | "unevaluatedProperties", _) => Kind::AnyMember(None),
            _ => continue,
        };
        steps.push(Step { kind, end });
    }
    steps
}

/// Whether a failure is none after all: `boon` divides floats to see what is a multiple of what, Helm calculates in decimals.
fn is_met(error: &ValidationError<'_, '_>) -> bool {
    let mut causes = error.causes.iter();
    match &error.kind {
        ErrorKind::MultipleOf { got, want } => words::is_multiple(got, want),
        ErrorKind::Group | ErrorKind::AllOf | ErrorKind::Reference { .. } | ErrorKind::PropertyName { .. } => {
            !error.causes.is_empty() && causes.all(is_met)
        }
        ErrorKind::AnyOf | ErrorKind::Contains => causes.any(is_met),
        ErrorKind::OneOf(None) => causes.filter(|cause| is_met(cause)).count() == 1,
        _ => false,
    }
}
