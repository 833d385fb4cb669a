//! Label selectors, read as Kubernetes reads them: `a=b,c!=d,e in (f,g),!h,i>1`.

mod parse;
mod valid;

use std::borrow::Cow;

/// A selector that is none; the text is Kubernetes'.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct SelectorError(String);

/// Conditions on labels, all of which have to hold.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Selector(Vec<Requirement>);

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
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Selector {
    /// Reads a selector; the empty one selects everything.
    ///
    /// # Errors
    /// When the text is none, or names a label that cannot be.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        parse::selector(text).map(Self).map_err(SelectorError)
    }

    /// Whether labels are selected, of which `label` knows the values.
    pub fn matches<'a>(&self, label: impl Fn(&str) -> Option<Cow<'a, str>>) -> bool {
        self.0.iter().all(|requirement| requirement.condition.holds(label(&requirement.key).as_deref()))
    }
}

impl std::str::FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        Self::parse(text)
    }
}

impl Condition {
    fn holds(&self, value: Option<&str>) -> bool {
        let number = || value?.parse::<i64>().ok();
        match self {
            Self::Exists => value.is_some(),
            Self::Absent => value.is_none(),
            Self::In(values) => value.is_some_and(|value| values.iter().any(|one| one == value)),
            Self::NotIn(values) => value.is_none_or(|value| values.iter().all(|one| one != value)),
            Self::Above(limit) => number().is_some_and(|number| number > *limit),
            Self::Below(limit) => number().is_some_and(|number| number < *limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_selected() {
        let labels = [("a", "b"), ("n", "7"), ("e", "")];
        let label = |key: &str| labels.iter().find(|(name, _)| *name == key).map(|(_, value)| Cow::Borrowed(*value));
        let yes =
            ["", "a=b", "a==b,n", "a in (x,b)", "!z", "z!=b", "z notin (b)", "n>6,n<8", "e=", "e", "a in (b),n notin (1,)"];
        let no = ["a=c", "!a", "a notin (b)", "z", "n>7", "a>1", "z<1", "a in ()", "e!="];
        for (texts, expected) in [(&yes[..], true), (&no[..], false)] {
            for text in texts {
                assert_eq!(Selector::parse(text).map(|selector| selector.matches(label)), Ok(expected), "{text}");
            }
        }
    }

    #[test]
    fn other_texts_are_refused_in_kubernetes_words() {
        let cases = include_str!("refused.txt").lines().filter_map(|line| line.split_once('\t'));
        for (text, expected) in cases {
            assert_eq!(Selector::parse(text), Err(SelectorError(expected.to_owned())), "{text}");
        }
    }
}
