//! `--labels`: pairs as Go's pflag reads them.

use crate::csv::fields;
use std::collections::BTreeMap;

/// The labels that one flag gives.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Labels(BTreeMap<String, String>);

/// Reads `a=b,c=d`. What has but one `=` is one pair, commas or not; everything else is a line of CSV.
///
/// # Errors
/// The words of pflag for what is no pair.
pub fn parse_labels(text: &str) -> Result<Labels, String> {
    let pairs = match text.matches('=').count() {
        0 => return Err(format!("{text} must be formatted as key=value")),
        1 => vec![text.trim_matches('"').to_owned()],
        _ => fields(text)?,
    };
    let pair = |pair: String| match pair.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err(format!("{pair} must be formatted as key=value")),
    };
    Ok(Labels(pairs.into_iter().map(pair).collect::<Result<_, _>>()?))
}

impl Labels {
    /// All that several flags give; the last word counts.
    #[must_use]
    pub fn merge(flags: &[Self]) -> BTreeMap<String, String> {
        flags.iter().flat_map(|labels| labels.0.clone()).collect()
    }

    /// The flags again, as words.
    #[must_use]
    pub fn words(flags: &[Self]) -> Vec<String> {
        let word = |(name, value): (String, String)| match value.contains('=') {
            true => format!("--labels=\"{name}={}\"", value.replace('"', "\"\"")),
            false => format!("--labels={name}={value}"),
        };
        Self::merge(flags).into_iter().map(word).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, String> {
        parse_labels(text).map(|labels| labels.0.into_iter().collect())
    }

    #[test]
    fn pairs_are_read_as_pflag_reads_them() {
        let pairs = |pairs: &[(&str, &str)]| Ok(pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect());
        assert_eq!(read("a=b"), pairs(&[("a", "b")]));
        assert_eq!(read("a=b,c"), pairs(&[("a", "b,c")]));
        assert_eq!(read("a=b,c=d"), pairs(&[("a", "b"), ("c", "d")]));
        assert_eq!(read("a=b,c=d\"e"), Err("parse error on line 1, column 8: bare \" in non-quoted-field".into()));
        assert_eq!(read("\"a=b,\"\"x\"\"\",c=d"), pairs(&[("a", "b,\"x\""), ("c", "d")]));
        assert_eq!(read("a"), Err("a must be formatted as key=value".into()));
        assert_eq!(read("a=b,c,d=e"), Err("c must be formatted as key=value".into()));
    }

    #[test]
    fn words_are_read_as_what_they_were() {
        let flags = [parse_labels("a=b,c=d").expect("pairs"), parse_labels("\"e=f=g\",a=x").expect("pairs")];
        let words = Labels::words(&flags);
        assert_eq!(words, ["--labels=a=x", "--labels=c=d", "--labels=\"e=f=g\""]);
        let again = words.iter().map(|word| parse_labels(&word["--labels=".len()..]).expect("pairs")).collect::<Vec<_>>();
        assert_eq!(Labels::merge(&again), Labels::merge(&flags));
    }
}
