//! Go's durations: nanoseconds, read and written as `1h30m`.

use crate::gotext::quote_bytes;

const NANOSECOND: u64 = 1;
const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
pub(crate) const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;

const UNITS: [(&str, u64); 8] = [
    ("ns", NANOSECOND),
    ("us", MICROSECOND),
    ("\u{b5}s", MICROSECOND),
    ("\u{3bc}s", MICROSECOND),
    ("ms", MILLISECOND),
    ("s", SECOND),
    ("m", MINUTE),
    ("h", HOUR),
];

/// The greatest number of nanoseconds, which only a negative duration can have.
const LIMIT: u64 = 1 << 63;

/// Reads a duration: numbers with units, such as `-1.5h10m`.
///
/// # Errors
/// Go's text, when it is none.
pub fn parse(text: &[u8]) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote_bytes(text));
    let negative = text.starts_with(b"-");
    let mut rest = if negative || text.starts_with(b"+") { &text[1..] } else { text };
    if rest == b"0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let (number, after) = take_number(rest).ok_or_else(invalid)?;
        let end = after.iter().position(|byte| *byte == b'.' || byte.is_ascii_digit()).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        if name.is_empty() {
            return Err(format!("time: missing unit in duration {}", quote_bytes(text)));
        }
        let unit = UNITS.iter().find(|(unit, _)| unit.as_bytes() == name).map(|(_, unit)| *unit);
        let unit =
            unit.ok_or_else(|| format!("time: unknown unit {} in duration {}", quote_bytes(name), quote_bytes(text)))?;
        let value = number.times(unit).ok_or_else(invalid)?;
        total = total.checked_add(value).filter(|total| *total <= LIMIT).ok_or_else(invalid)?;
        rest = after;
    }
    match (negative, i64::try_from(total)) {
        (true, _) => Ok((total as i64).wrapping_neg()),
        (false, Ok(total)) => Ok(total),
        (false, Err(_)) => Err(invalid()),
    }
}

/// A number as it is written: `whole` and `part / scale`.
struct Number {
    whole: u64,
    part: u64,
    scale: f64,
}

impl Number {
    fn times(&self, unit: u64) -> Option<u64> {
        if self.whole > LIMIT / unit {
            return None;
        }
        let part = if self.part > 0 { (self.part as f64 * (unit as f64 / self.scale)) as u64 } else { 0 };
        self.whole.checked_mul(unit)?.checked_add(part).filter(|value| *value <= LIMIT)
    }
}

/// Digits, a point and digits; not all of it may be missing.
fn take_number(text: &[u8]) -> Option<(Number, &[u8])> {
    let (digits, rest) = take_digits(text);
    let mut number = Number { whole: whole(digits)?, part: 0, scale: 1.0 };
    let Some(after) = rest.strip_prefix(b".") else {
        return (!digits.is_empty()).then_some((number, rest));
    };
    let (decimals, rest) = take_digits(after);
    if digits.is_empty() && decimals.is_empty() {
        return None;
    }
    for digit in decimals {
        // Decimals beyond the precision do not count.
        let Some(part) = Some(number.part).filter(|part| *part <= (LIMIT - 1) / 10) else { break };
        let part = part * 10 + u64::from(digit - b'0');
        if part > LIMIT {
            break;
        }
        number.part = part;
        number.scale *= 10.0;
    }
    Some((number, rest))
}

fn take_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()))
}

fn whole(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |number, digit| {
        let number = Some(number).filter(|number| *number <= LIMIT / 10)? * 10 + u64::from(digit - b'0');
        Some(number).filter(|number| *number <= LIMIT)
    })
}

/// The text of a duration: `1h30m0s`, `1.5µs`, `0s`.
pub(crate) fn print(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let size = nanoseconds.unsigned_abs();
    let text = match size {
        0 => "0s".to_owned(),
        1..MICROSECOND => format!("{size}ns"),
        MICROSECOND..MILLISECOND => format!("{}\u{b5}s", decimal(size, MICROSECOND)),
        MILLISECOND..SECOND => format!("{}ms", decimal(size, MILLISECOND)),
        _ => {
            let seconds = format!("{}s", decimal(size % MINUTE, SECOND));
            match (size / HOUR, size % HOUR / MINUTE) {
                (0, 0) => seconds,
                (0, minutes) => format!("{minutes}m{seconds}"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
            }
        }
    };
    format!("{sign}{text}")
}

/// `size / unit` without trailing zeros.
fn decimal(size: u64, unit: u64) -> String {
    let digits = unit.ilog10() as usize;
    let part = format!("{:0digits$}", size % unit);
    match part.trim_end_matches('0') {
        "" => (size / unit).to_string(),
        part => format!("{}.{part}", size / unit),
    }
}

/// The nearest multiple, halves away from zero; the limits where that would be beyond them.
pub(crate) fn round(nanoseconds: i64, multiple: i64) -> i64 {
    if multiple <= 0 {
        return nanoseconds;
    }
    let (number, multiple) = (i128::from(nanoseconds), i128::from(multiple));
    let rest = number % multiple;
    let rounded = number - rest + if rest.abs() * 2 >= multiple { multiple * rest.signum() } else { 0 };
    rounded.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// The multiple next to it towards zero.
pub(crate) fn truncate(nanoseconds: i64, multiple: i64) -> i64 {
    if multiple <= 0 { nanoseconds } else { nanoseconds - nanoseconds % multiple }
}

/// The greatest unit that fits more than once, as `durationRound` says it: `3mo`, `60s`.
pub(crate) fn coarse(nanoseconds: i64) -> String {
    const DAY: u64 = 24 * HOUR;
    const STEPS: [(u64, &str); 6] =
        [(365 * DAY, "y"), (30 * DAY, "mo"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")];
    let size = nanoseconds.unsigned_abs();
    let step = STEPS.iter().find(|(unit, _)| size > *unit);
    step.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", size / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected values are Go's.
    #[test]
    fn durations_are_read() {
        assert_eq!(parse(b"-1.5h10m"), Ok(-6_000_000_000_000));
        assert_eq!(parse("1µs2\u{3bc}s.5ns".as_bytes()), Ok(3000));
        assert_eq!(parse(b"-9223372036854775808ns"), Ok(i64::MIN));
        assert_eq!(parse(b"0.9223372036854775808000h"), Ok(3_320_413_933_267));
        let error = |text: &str| parse(text.as_bytes()).expect_err("no duration");
        assert_eq!(error(""), "time: invalid duration \"\"");
        assert_eq!(error("9223372036854775808ns"), "time: invalid duration \"9223372036854775808ns\"");
        assert_eq!(error(".s"), "time: invalid duration \".s\"");
        assert_eq!(error("3"), "time: missing unit in duration \"3\"");
        assert_eq!(error("1d"), "time: unknown unit \"d\" in duration \"1d\"");
        assert_eq!(error("1\u{e9}\""), "time: unknown unit \"\\xc3\\xa9\\\"\" in duration \"1\\xc3\\xa9\\\"\"");
    }

    #[test]
    fn durations_are_written() {
        let texts = [0, 1, -1500, 1_000_000, 1_100_000_000, 60_000_000_000, 3_600_000_000_001, i64::MIN].map(print);
        let expected = ["0s", "1ns", "-1.5µs", "1ms", "1.1s", "1m0s", "1h0m0.000000001s", "-2562047h47m16.854775808s"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn durations_are_rounded() {
        assert_eq!((round(1_500, 1_000), round(-1_500, 1_000), round(1_499, 1_000), round(5, 0)), (2_000, -2_000, 1_000, 5));
        assert_eq!((round(i64::MAX, 1 << 62), truncate(-1_999, 1_000)), (i64::MAX, -1_000));
    }
}
