//! Times and dates of RFC 3339 as Go's `time` reads and writes them.

use crate::gotext::quote_bytes;

const TIME: &str = "2006-01-02T15:04:05Z07:00";
const DATE: &str = "2006-01-02";

/// Reads a time and writes it as Go does: without zeros at the end of a fraction, and `Z` for no offset.
///
/// # Errors
/// For a text that is no time, in Go's words.
pub(crate) fn normalize(text: &str) -> Result<String, String> {
    let mut parser = Parser { rest: text };
    parser.time().map_err(|problem| problem.message(text, TIME))
}

/// Whether a text is a date.
///
/// # Errors
/// For a text that is none, in Go's words.
pub(crate) fn check_date(text: &str) -> Result<(), String> {
    let mut parser = Parser { rest: text };
    let result = parser.date().and_then(|date| parser.finish(date));
    result.map_err(|problem| problem.message(text, DATE))
}

enum Problem<'t> {
    /// What stands where an element of the layout is expected.
    Expected(&'t str, &'static str),
    Range(&'static str),
    Extra(&'t str),
}

impl Problem<'_> {
    fn message(&self, text: &str, layout: &str) -> String {
        let text = quote_bytes(text.as_bytes());
        match self {
            Self::Expected(rest, element) => {
                format!(
                    "parsing time {text} as \"{layout}\": cannot parse {} as \"{element}\"",
                    quote_bytes(rest.as_bytes())
                )
            }
            Self::Range(what) => format!("parsing time {text}: {what} out of range"),
            Self::Extra(rest) => format!("parsing time {text}: extra text: {}", quote_bytes(rest.as_bytes())),
        }
    }
}

/// Year, month and day.
type Date = (u32, u32, u32);

struct Parser<'t> {
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn time(&mut self) -> Result<String, Problem<'t>> {
        let date = self.date()?;
        self.literal("T")?;
        let hour = self.limited("15", 1, 23, "hour")?;
        self.literal(":")?;
        let minute = self.limited("04", 2, 59, "minute")?;
        self.literal(":")?;
        let second = self.limited("05", 2, 59, "second")?;
        let fraction = self.fraction();
        let offset = self.offset()?;
        self.finish(date)?;
        let (year, month, day) = date;
        Ok(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}"))
    }

    fn date(&mut self) -> Result<Date, Problem<'t>> {
        let year = self.year()?;
        self.literal("-")?;
        let month = self.number("01", 2)?;
        if !(1..=12).contains(&month) {
            return Err(Problem::Range("month"));
        }
        self.literal("-")?;
        Ok((year, month, self.number("02", 2)?))
    }

    /// The end of the text; only then Go looks whether a month has that day.
    fn finish(&self, (year, month, day): Date) -> Result<(), Problem<'t>> {
        if !self.rest.is_empty() {
            return Err(Problem::Extra(self.rest));
        }
        if day < 1 || day > days_in(month, year) { Err(Problem::Range("day")) } else { Ok(()) }
    }

    fn year(&mut self) -> Result<u32, Problem<'t>> {
        let start = self.rest;
        let digits = start.bytes().take(4).take_while(u8::is_ascii_digit).count();
        if digits < 4 {
            return Err(Problem::Expected(start, "2006"));
        }
        self.rest = &start[4..];
        Ok(start[..4].parse().unwrap_or_default())
    }

    fn literal(&mut self, expected: &'static str) -> Result<(), Problem<'t>> {
        self.rest = self.rest.strip_prefix(expected).ok_or(Problem::Expected(self.rest, expected))?;
        Ok(())
    }

    /// A number of two digits, or of one if that is enough.
    fn number(&mut self, element: &'static str, least: usize) -> Result<u32, Problem<'t>> {
        let start = self.rest;
        let digits = start.bytes().take(2).take_while(u8::is_ascii_digit).count();
        if digits < least {
            return Err(Problem::Expected(start, element));
        }
        self.rest = &start[digits..];
        Ok(start[..digits].parse().unwrap_or_default())
    }

    fn limited(&mut self, element: &'static str, least: usize, most: u32, name: &'static str) -> Result<u32, Problem<'t>> {
        let number = self.number(element, least)?;
        if number > most { Err(Problem::Range(name)) } else { Ok(number) }
    }

    /// The fraction of a second; only nanoseconds count.
    fn fraction(&mut self) -> String {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else { return String::new() };
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return String::new();
        }
        let (digits, rest) = rest.split_at(length);
        self.rest = rest;
        let digits = digits[..length.min(9)].trim_end_matches('0');
        if digits.is_empty() { String::new() } else { format!(".{digits}") }
    }

    fn offset(&mut self) -> Result<String, Problem<'t>> {
        let start = self.rest;
        if let Some(rest) = start.strip_prefix('Z') {
            self.rest = rest;
            return Ok("Z".to_owned());
        }
        let bytes = start.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let has_form = bytes.get(3) == Some(&b':') && [1, 2, 4, 5].into_iter().all(is_digit);
        if !has_form || !start.starts_with(['+', '-']) {
            return Err(Problem::Expected(start, "Z07:00"));
        }
        self.rest = &start[6..];
        let number = |from: usize| start[from..from + 2].parse().unwrap_or(0_u32);
        if number(1) > 24 {
            return Err(Problem::Range("time zone offset hour"));
        }
        if number(4) > 60 {
            return Err(Problem::Range("time zone offset minute"));
        }
        Ok(if number(1) == 0 && number(4) == 0 { "Z".to_owned() } else { start[..6].to_owned() })
    }
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_go_writes_them() {
        let cases = [
            ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
            ("2020-02-29T1:02:03.1200+02:00", "2020-02-29T01:02:03.12+02:00"),
            ("2020-01-01T00:00:00,123456789123Z", "2020-01-01T00:00:00.123456789Z"),
            ("2020-01-01T00:00:00.000-00:00", "2020-01-01T00:00:00Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(normalize(text), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn dates() {
        assert_eq!(check_date("2020-02-29"), Ok(()));
        let expected = "parsing time \"2020-13-01\": month out of range";
        assert_eq!(check_date("2020-13-01"), Err(expected.to_owned()));
        let expected = "parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\"";
        assert_eq!(check_date("x"), Err(expected.to_owned()));
    }

    #[test]
    fn errors_are_in_go_words() {
        let layout = |text: &str, rest: &str, element: &str| {
            format!("parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{rest}\" as \"{element}\"")
        };
        let cases = [
            ("x", layout("x", "x", "2006")),
            ("2020-01-01", layout("2020-01-01", "", "T")),
            ("2020-01-01t00:00:00Z", layout("2020-01-01t00:00:00Z", "t00:00:00Z", "T")),
            ("2020-13-01T00:00:00Z", "parsing time \"2020-13-01T00:00:00Z\": month out of range".into()),
            ("2019-02-29T00:00:00Z", "parsing time \"2019-02-29T00:00:00Z\": day out of range".into()),
            ("2020-01-01T00:00:00Zx", "parsing time \"2020-01-01T00:00:00Zx\": extra text: \"x\"".into()),
            (
                "2020-01-01T00:00:00+25:00",
                "parsing time \"2020-01-01T00:00:00+25:00\": time zone offset hour out of range".into(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(normalize(text), Err(expected));
        }
    }
}
