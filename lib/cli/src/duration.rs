//! Durations of flags.

use rhelm_lib::goduration;
use std::time::Duration;

/// Reads a duration as Go's `time.ParseDuration` does: `300ms`, `1h15m`, `5m0s`. Those below zero become zero.
///
/// # Errors
/// Go's words.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let nanoseconds = goduration::parse(text.as_bytes())?;
    Ok(Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_go() {
        assert_eq!(parse_duration("1h15m"), Ok(Duration::from_secs(4500)));
        assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!([parse_duration("0"), parse_duration("-1s")], [Ok(Duration::ZERO), Ok(Duration::ZERO)]);
        assert_eq!(parse_duration("5"), Err("time: missing unit in duration \"5\"".into()));
        assert_eq!(parse_duration("\u{e9}"), Err("time: invalid duration \"\\xc3\\xa9\"".into()));
    }
}
