//! Times of records: RFC 3339 as Go reads and writes it, each with the offset it was written with.

use crate::render::Environment;
use crate::render::functions::dates;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time as ClockTime};
use jiff::tz::{Offset, TimeZone};

/// The layout in which Go prints a time: `2024-02-03 04:05:06.1 +0100 CET`.
pub const GO_TEXT: &str = "2006-01-02 15:04:05.999999999 -0700 MST";

/// A point in time and the offset it is told in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Time {
    instant: Timestamp,
    offset: Offset,
}

/// A text that is no time of RFC 3339.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("parsing time {0:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {0:?}")]
pub struct TimeError(String);

impl Time {
    /// A point in time, told in the offset of `zone`.
    #[must_use]
    pub fn new(instant: Timestamp, zone: &TimeZone) -> Self {
        Self { instant, offset: zone.to_offset(instant) }
    }

    /// The time that the environment's clock shows, told in its zone.
    #[must_use]
    pub fn now(environment: &Environment) -> Self {
        let instant = Timestamp::try_from((environment.clock)()).unwrap_or(Timestamp::UNIX_EPOCH);
        Self::new(instant, &TimeZone::get(&environment.time_zone).unwrap_or(TimeZone::UTC))
    }

    /// Reads a time; the empty text and Go's zero time are none.
    ///
    /// # Errors
    /// When the text is no time of RFC 3339.
    pub fn parse(text: &str) -> Result<Option<Self>, TimeError> {
        if text.is_empty() {
            return Ok(None);
        }
        let time = read(text).ok_or_else(|| TimeError(text.to_owned()))?;
        Ok(Some(time).filter(|time| !time.is_zero()))
    }

    /// `2026-11-22T21:51:41.68Z`: no fraction when it is zero, no zeros at its end, `Z` only for the offset zero.
    #[must_use]
    pub fn rfc3339(&self) -> String {
        let civil = self.civil();
        let mut text = civil.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        text.push_str(&fraction(civil));
        text.push_str(&offset(self.offset, ":", "Z"));
        text
    }

    /// The time without its fraction of a second.
    #[must_use]
    pub fn to_seconds(&self) -> Self {
        let civil = self.civil();
        let whole = civil.with().subsec_nanosecond(0).build().and_then(|civil| self.offset.to_timestamp(civil));
        Self { instant: whole.unwrap_or(self.instant), offset: self.offset }
    }

    /// `Sat Feb  3 04:05:06 2024`.
    #[must_use]
    pub fn ansi_c(&self) -> String {
        self.civil().strftime("%a %b %e %H:%M:%S %Y").to_string()
    }

    /// The point in time.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        self.instant
    }

    /// Date and time of day in the offset it is told in.
    #[must_use]
    pub fn civil(&self) -> DateTime {
        self.offset.to_datetime(self.instant)
    }

    /// The offset it is told in.
    #[must_use]
    pub fn offset(&self) -> Offset {
        self.offset
    }

    fn is_zero(&self) -> bool {
        self.instant == Offset::UTC.to_timestamp(Date::constant(1, 1, 1).at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
    }
}

/// A layout of Go's, and the local time zone.
pub struct Layout<'a> {
    layout: &'a str,
    zone: dates::LocalZone,
}

impl<'a> Layout<'a> {
    /// The layout in the environment's zone.
    #[must_use]
    pub fn new(layout: &'a str, environment: &Environment) -> Self {
        Self { layout, zone: dates::LocalZone::of(environment) }
    }

    /// A time of RFC 3339 in this layout; where the local zone has the same offset then, the time is told in that zone.
    ///
    /// # Errors
    /// When the text is no time.
    pub fn write(&self, text: &str) -> Result<String, TimeError> {
        self.zone.in_layout(text, self.layout).ok_or_else(|| TimeError(text.to_owned()))
    }
}

/// The text as Go would write the time again, empty for none.
///
/// # Errors
/// When the text is no time of RFC 3339.
pub fn canonical(text: &str) -> Result<String, TimeError> {
    Ok(Time::parse(text)?.map_or_else(String::new, |time| time.rfc3339()))
}

/// Go's strict reading: fixed widths, a capital `T` and `Z`, a fraction of any length, of which nine digits count.
fn read(text: &str) -> Option<Time> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.strip_prefix('T')?.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let (nanoseconds, zone) = read_fraction(rest)?;
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let clock =
        ClockTime::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, nanoseconds);
    let offset = read_offset(zone)?;
    let instant = offset.to_timestamp(date.to_datetime(clock.ok()?)).ok()?;
    Some(Time { instant, offset })
}

fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i32; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn read_fraction(text: &str) -> Option<(i32, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let counted = &rest[..digits.min(9)];
    let value: i32 = counted.parse().ok()?;
    let scale = 10_i32.pow(u32::try_from(9 - counted.len()).ok()?);
    Some((value * scale, &rest[digits..]))
}

fn read_offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let [hours, minutes, _] = numbers(&format!("{}:00", text.get(1..)?), ':', [2, 2, 2])?;
    let valid = hours <= 24 && minutes < 60;
    valid.then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()).flatten()
}

fn fraction(civil: DateTime) -> String {
    match civil.subsec_nanosecond() {
        0 => String::new(),
        nanoseconds => format!(".{nanoseconds:09}").trim_end_matches('0').to_owned(),
    }
}

fn offset(offset: Offset, separator: &str, zero: &str) -> String {
    let minutes = offset.seconds() / 60;
    if minutes == 0 {
        return zero.to_owned();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{separator}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::SystemTime;

    #[test]
    fn times_are_written_as_go_writes_them() {
        let cases = [
            ("2026-11-22T21:51:41.680126442Z", "2026-11-22T21:51:41.680126442Z"),
            ("2023-01-01T00:00:00.500000+02:00", "2023-01-01T00:00:00.5+02:00"),
            ("2023-01-01T00:00:00.000-03:30", "2023-01-01T00:00:00-03:30"),
            ("2023-01-01T00:00:00.1234567899+00:00", "2023-01-01T00:00:00.123456789Z"),
            ("0001-01-01T00:00:00Z", ""),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "x",
            "2023-01-01",
            "2023-01-01t00:00:00Z",
            "2023-02-30T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01T00:00:00",
        ] {
            assert!(canonical(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_told_as_go_tells_them() {
        let time = Time::parse("2024-02-03T04:05:06.1+01:00").expect("valid").expect("a time");
        assert_eq!(time.ansi_c(), "Sat Feb  3 04:05:06 2024");
        let environment = |time_zone: &str| Environment {
            clock: Arc::new(|| SystemTime::UNIX_EPOCH),
            random: Arc::new(|_| {}),
            time_zone: time_zone.to_owned(),
            time_zone_data: Arc::new(|_| None),
            memory: None,
            resolve: Arc::new(|_| None),
            fetch: Arc::new(crate::values::schema::refuse),
        };
        let cases = [
            ("2024-02-03T04:05:06.1+01:00", "UTC", "2024-02-03 04:05:06.1 +0100 +0100"),
            ("2024-02-03T04:05:06.1+01:00", "Europe/Berlin", "2024-02-03 04:05:06.1 +0100 CET"),
            ("2024-02-03T04:05:06Z", "Europe/Berlin", "2024-02-03 04:05:06 +0000 UTC"),
            ("2024-02-03T04:05:06Z", "UTC", "2024-02-03 04:05:06 +0000 UTC"),
        ];
        for (text, zone, expected) in cases {
            assert_eq!(Layout::new(GO_TEXT, &environment(zone)).write(text).as_deref(), Ok(expected), "{text} in {zone}");
        }
    }
}
