//! Counting operands, with Helm's words when the count is wrong.

use crate::Failure;

/// Refuses operands.
///
/// # Errors
/// When there are any.
pub fn none(usage: &str, operands: &[String]) -> Result<(), Failure> {
    if operands.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("\"{}\" accepts no arguments\n\nUsage:  {}", command(usage), as_helm(usage))))
}

/// Asks for exactly `N` operands.
///
/// # Errors
/// When there are more or fewer.
pub fn exactly<const N: usize>(usage: &str, operands: Vec<String>) -> Result<[String; N], Failure> {
    let plural = if N == 1 { "" } else { "s" };
    let error = Failure::new(format!("\"{}\" requires {N} argument{plural}\n\nUsage:  {}", command(usage), as_helm(usage)));
    operands.try_into().map_err(|_| error)
}

/// Asks for one operand or none.
///
/// # Errors
/// When there are more.
pub fn at_most_one<'o>(usage: &str, operands: &'o [String]) -> Result<Option<&'o str>, Failure> {
    match operands {
        [] => Ok(None),
        [operand] => Ok(Some(operand)),
        _ => {
            let message = format!("\"{}\" accepts at most 1 argument\n\nUsage:  {}", command(usage), as_helm(usage));
            Err(Failure::new(message))
        }
    }
}

/// Asks for one operand or more.
///
/// # Errors
/// When there is none.
pub fn at_least_one(usage: &str, operands: Vec<String>) -> Result<Vec<String>, Failure> {
    if operands.is_empty() {
        let message = format!("\"{}\" requires at least 1 argument\n\nUsage:  {}", command(usage), as_helm(usage));
        return Err(Failure::new(message));
    }
    Ok(operands)
}

/// Splits `[NAME] CHART` into both.
///
/// # Errors
/// When there is no operand or more than two.
pub fn name_and_chart(usage: &str, operands: Vec<String>) -> Result<(Option<String>, String), Failure> {
    let mut operands = at_least_one(usage, operands)?.into_iter();
    let first = operands.next().unwrap_or_default();
    let Some(second) = operands.next() else { return Ok((None, first)) };
    let more: Vec<String> = operands.collect();
    if !more.is_empty() {
        let message = format!("expected at most two arguments, unexpected arguments: {}", more.join(", "));
        return Err(Failure::new(message));
    }
    Ok((Some(first), second))
}

/// `helm install` of `rhelm install [NAME] [CHART] [flags]`.
fn command(usage: &str) -> String {
    let words = usage.split(' ').take_while(|word| !word.starts_with(['[', '<']) && *word != word.to_uppercase());
    as_helm(&words.collect::<Vec<_>>().join(" "))
}

/// Puts Helm's name in the place of ours: scripts compare these texts.
pub(crate) fn as_helm(text: &str) -> String {
    match text.strip_prefix("rhelm") {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => format!("helm{rest}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USAGE: &str = "rhelm template [NAME] [CHART] [flags]";

    fn split(operands: &[&str]) -> Result<(Option<String>, String), String> {
        let operands = operands.iter().map(ToString::to_string).collect();
        name_and_chart(USAGE, operands).map_err(|failure| failure.message)
    }

    #[test]
    fn name_then_chart() {
        assert_eq!(split(&["c"]), Ok((None, "c".into())));
        assert_eq!(split(&["n", "c"]), Ok((Some("n".into()), "c".into())));
        let none = "\"helm template\" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] [flags]";
        assert_eq!(split(&[]), Err(none.into()));
        let four = "expected at most two arguments, unexpected arguments: c, d";
        assert_eq!(split(&["a", "b", "c", "d"]), Err(four.into()));
    }
}
