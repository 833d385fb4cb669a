//! Colours, where people look: of headers, namespaces and states.

use crate::{Failure, GlobalArgs, print_logs};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::release::Status;

/// Whether output is coloured, by `--color`, `HELM_COLOR` and `NO_COLOR`.
///
/// # Errors
/// When the flag has no such value.
pub fn is_colored(
    global: &GlobalArgs,
    variable: impl Fn(&str) -> Option<String>,
    is_terminal: bool,
) -> Result<bool, Failure> {
    let is_off = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    let of_environment = || {
        let mode = variable("HELM_COLOR").filter(|mode| matches!(mode.as_str(), "never" | "auto" | "always"));
        if is_off { "never".to_owned() } else { mode.unwrap_or_else(|| "auto".to_owned()) }
    };
    match global.color.clone().unwrap_or_else(of_environment).as_str() {
        "never" => Ok(false),
        "always" => Ok(true),
        "auto" => Ok(is_terminal && !is_off && variable("TERM").is_none_or(|terminal| terminal != "dumb")),
        other => {
            let error = format!("invalid color mode {other:?}: must be one of: never, auto, always");
            let message = "command failed".to_owned();
            print_logs(&[Log { level: Level::Warn, message, fields: vec![("error", error)] }], false);
            Err(Failure::new(""))
        }
    }
}

/// The header of a column.
#[must_use]
pub fn header(text: &str, is_colored: bool) -> String {
    paint(text, is_colored.then_some(("1", "22")))
}

/// A namespace.
#[must_use]
pub fn namespace(text: &str, is_colored: bool) -> String {
    paint(text, is_colored.then_some(("36", "0")))
}

/// The state of a release.
#[must_use]
pub fn status(name: &str, is_colored: bool) -> String {
    let color = match Status::from_name(name) {
        Status::Deployed => Some(("32", "0")),
        Status::Failed => Some(("31", "0")),
        status if status.is_pending() => Some(("33", "0")),
        Status::Unknown => Some(("31", "0")),
        _ => None,
    };
    paint(name, color.filter(|_| is_colored))
}

fn paint(text: &str, color: Option<(&str, &str)>) -> String {
    match color {
        Some((on, off)) if !text.is_empty() => format!("\u{1b}[{on}m{text}\u{1b}[{off}m"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_over_the_environment() {
        let decide = |flag: Option<&str>, variables: &[(&str, &str)], is_terminal| {
            let global = GlobalArgs { color: flag.map(str::to_owned), ..GlobalArgs::default() };
            let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            is_colored(&global, variable, is_terminal)
        };
        assert_eq!(decide(None, &[], true), Ok(true));
        assert_eq!(decide(None, &[], false), Ok(false));
        assert_eq!(decide(None, &[("HELM_COLOR", "always")], false), Ok(true));
        assert_eq!(decide(None, &[("HELM_COLOR", "always"), ("NO_COLOR", "1")], true), Ok(false));
        assert_eq!(decide(Some("always"), &[("NO_COLOR", "1")], false), Ok(true));
        assert_eq!(decide(None, &[("HELM_COLOR", "bogus")], false), Ok(false));
        assert_eq!(decide(Some("bogus"), &[], true), Err(Failure::new("")));
    }
}
