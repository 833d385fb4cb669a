//! Warnings of the API server, in the form in which client-go prints them.

use crate::{environment, warn};
use rhelm_lib::release::time::Time;

/// Prints what the server warns of: `I1123 09:45:20.341479    8515 warnings.go:107] "Warning: …"`.
pub fn server_warning(text: &str) {
    warn(&line(&Time::now(&environment(false)), std::process::id(), text));
}

fn line(time: &Time, process: u32, text: &str) -> String {
    let time = time.civil().strftime("%m%d %H:%M:%S%.6f");
    format!("I{time} {process:7} warnings.go:107] {:?}", format!("Warning: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_klog() {
        let time = Time::parse("2026-11-23T09:45:20.341479999Z").expect("valid").expect("a time");
        let expected = r#"I1123 09:45:20.341479    8515 warnings.go:107] "Warning: unknown field \"foo\"""#;
        assert_eq!(line(&time, 8515, "unknown field \"foo\""), expected);
    }
}
