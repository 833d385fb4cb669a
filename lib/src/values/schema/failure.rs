//! What `boon` says of values, as the tree that Helm prints.
//!
//! Helm's validator is the same author's, a generation on. It keeps a level for every `allOf`, `anyOf` and `oneOf` even if only
//! one thing failed in it, where `boon` leaves the level out, and it says where the object is whose member has a bad name. Both
//! are found again here, from the places in the schema.

use super::words;
use boon::{ErrorKind, InstanceToken, ValidationError};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Where errors come from.
pub(super) struct Origin<'o> {
    /// The values that were checked.
    pub values: &'o Json,
    /// Gives the part of a schema that a URL names.
    pub schema: &'o dyn Fn(&str) -> Option<&'o Json>,
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
        causes[first..].sort_by_cached_key(|cause| tokens(cause));
        for cause in causes {
            self.failure(cause, context);
        }
    }

    fn failure(&mut self, error: &ValidationError<'_, '_>, mut context: Context<'_>) {
        let steps = error.schema_url.strip_prefix(context.schema).map(steps).unwrap_or_default();
        let place = match &error.kind {
            ErrorKind::PropertyName { prop } => self.locate(error, prop, &steps, context),
            _ => tokens(error),
        };
        let mut at = context.place.len();
        for (number, step) in steps.iter().enumerate() {
            match step {
                Step::Combination(_) if number == 0 && context.in_combination => {}
                Step::Combination(text) => {
                    self.line(context.level, &place[..at.min(place.len())], text);
                    context.level += 1;
                }
                Step::Member(_) | Step::AnyMember => at += 1,
            }
        }
        let below = Context { schema: error.schema_url, place: &place, in_combination: false, level: context.level + 1 };
        match error.kind {
            ErrorKind::Reference { url, .. } if error.causes.len() == 1 => {
                self.causes(error, Context { schema: url, level: context.level, ..below });
            }
            ErrorKind::Reference { url, .. } => {
                self.line(context.level, &place, "validation failed");
                self.causes(error, Context { schema: url, ..below });
            }
            _ => {
                self.line(context.level, &place, &words::kind(error, self.origin.schema));
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
        let mut value = Some(self.origin.values);
        for token in context.place {
            value = value.and_then(|value| member(value, token));
        }
        let mut places = Vec::new();
        if let Some(value) = value {
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

fn tokens(error: &ValidationError<'_, '_>) -> Vec<String> {
    let token = |token: &InstanceToken<'_>| match token {
        InstanceToken::Prop(name) => name.to_string(),
        InstanceToken::Item(index) => index.to_string(),
    };
    error.instance_location.tokens.iter().map(token).collect()
}

/// A place as a JSON pointer.
fn pointer(place: &[String]) -> String {
    place.iter().map(|token| format!("/{}", token.replace('~', "~0").replace('/', "~1"))).collect()
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
    match (step, value) {
        (Step::Combination(_), value) => find(value, rest, name, place, places),
        (Step::Member(token), value) => member(value, token).into_iter().for_each(|value| enter(token, value)),
        (Step::AnyMember, Json::Object(members)) => members.iter().for_each(|(token, value)| enter(token, value)),
        (Step::AnyMember, Json::Array(items)) => {
            items.iter().enumerate().for_each(|(index, value)| enter(&index.to_string(), value));
        }
        (Step::AnyMember, _) => {}
    }
}

/// A step from one schema to one within it, as far as it matters.
enum Step<'s> {
    /// Into a combination; what is said of it if it failed.
    Combination(&'static str),
    /// To the schema of a member or item.
    Member(std::borrow::Cow<'s, str>),
    /// To the schema of all members or items, or of some of them.
    AnyMember,
}

/// The steps of a path of keywords.
fn steps(path: &str) -> Vec<Step<'_>> {
    let mut keywords = path.split('/').skip(1).peekable();
    let mut steps = Vec::new();
    while let Some(keyword) = keywords.next() {
        match keyword {
            "allOf" | "anyOf" | "oneOf" => {
                keywords.next();
                steps.push(Step::Combination(match keyword {
                    "allOf" => "'allOf' failed",
                    "anyOf" => "'anyOf' failed",
                    _ => "'oneOf' failed, none matched",
                }));
            }
            "dependentSchemas" | "dependencies" | "$defs" | "definitions" => drop(keywords.next()),
            "properties" | "prefixItems" => {
                steps.push(Step::Member(words::unescaped(keywords.next().unwrap_or_default())));
            }
            "patternProperties" => {
                keywords.next();
                steps.push(Step::AnyMember);
            }
            "items" => match keywords.next_if(|next| next.bytes().all(|byte| byte.is_ascii_digit())) {
                Some(index) => steps.push(Step::Member(index.into())),
                None => steps.push(Step::AnyMember),
            },
            "additionalProperties" | "additionalItems" | "unevaluatedProperties" | "unevaluatedItems" | "contains" => {
                steps.push(Step::AnyMember);
            }
            _ => {}
        }
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
