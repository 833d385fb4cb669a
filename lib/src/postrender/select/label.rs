//! Kubernetes' label selectors: `app=web,tier!=db,env in (test, prod),!legacy`.

use std::borrow::Cow;

/// A selector that is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read {0:?}: a requirement is KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (VALUE,…) or KEY notin (VALUE,…)")]
pub struct SelectorError(String);

/// Requirements, all of which have to hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LabelSelector(Vec<Requirement>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Requirement {
    key: String,
    condition: Condition,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Condition {
    Exists,
    Absent,
    In(Vec<String>),
    /// Holds without the label, too.
    NotIn(Vec<String>),
}

impl LabelSelector {
    /// Whether labels, of which `label` knows the values, fulfil all requirements.
    pub fn matches<'a>(&self, label: impl Fn(&str) -> Option<Cow<'a, str>>) -> bool {
        self.0.iter().all(|requirement| {
            let value = label(&requirement.key);
            match (&requirement.condition, value) {
                (Condition::Exists, value) => value.is_some(),
                (Condition::Absent, value) => value.is_none(),
                (Condition::In(values), value) => value.is_some_and(|value| values.iter().any(|one| *one == value)),
                (Condition::NotIn(values), value) => value.is_none_or(|value| values.iter().all(|one| *one != value)),
            }
        })
    }
}

impl std::str::FromStr for LabelSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let requirements = split(text).into_iter().map(str::trim).filter(|part| !part.is_empty());
        requirements
            .map(|part| requirement(part).ok_or_else(|| SelectorError(part.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The parts between commas that are not in parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut inside = false;
    let separates = |c: char| {
        inside = (inside || c == '(') && c != ')';
        c == ',' && !inside
    };
    text.split(separates).collect()
}

fn requirement(text: &str) -> Option<Requirement> {
    let (key, condition) = if let Some(key) = text.strip_prefix('!') {
        (key, Condition::Absent)
    } else if let Some((key, value)) = text.split_once("!=") {
        (key, Condition::NotIn(vec![word(value)?]))
    } else if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        (key, Condition::In(vec![word(value)?]))
    } else if let Some((key, values)) = text.split_once(" notin") {
        (key, Condition::NotIn(set(values)?))
    } else if let Some((key, values)) = text.split_once(" in") {
        (key, Condition::In(set(values)?))
    } else {
        (text, Condition::Exists)
    };
    let key = word(key).filter(|key| !key.is_empty())?;
    Some(Requirement { key, condition })
}

fn set(text: &str) -> Option<Vec<String>> {
    let values = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    values.split(',').map(word).collect()
}

fn word(text: &str) -> Option<String> {
    let word = text.trim();
    let ordinary = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    word.chars().all(ordinary).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str) -> bool {
        let labels = [("app", "web"), ("env", "prod"), ("example.com/tier", "")];
        let selector: LabelSelector = selector.parse().expect("a selector");
        selector.matches(|key| labels.iter().find(|(name, _)| *name == key).map(|(_, value)| Cow::Borrowed(*value)))
    }

    #[test]
    fn requirements() {
        let hold = [
            "",
            "app",
            "!x",
            "app=web",
            "app == web",
            "app!=x",
            "x != y",
            "env in (test, prod),app",
            "env notin (test)",
            "example.com/tier=",
        ];
        let fail = ["x", "!app", "app=x", "app!=web", "env in (test)", "x in (y)", "env notin (prod),app", "app,x"];
        assert_eq!(hold.map(matches), [true; 10]);
        assert_eq!(fail.map(matches), [false; 8]);
    }

    #[test]
    fn what_is_no_requirement() {
        for wrong in ["=x", "!", "a b", "app in x", "app in (a", "a=b=c", "a=(b)"] {
            assert!(wrong.parse::<LabelSelector>().is_err(), "{wrong}");
        }
    }
}
