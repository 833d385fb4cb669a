//! Reading times by a layout.

use super::civil::{Civil, days_before, days_in, is_leap};
use super::format::{MONTHS, WEEKDAYS};
use super::layout::{Fields, Fraction, OffsetStyle, Piece, Split, split};
use super::time::Time;
use super::zone::Zone;
use crate::gotext::quote_bytes;

/// Reads `text` as `layout` says; where it names no zone it is in `local`.
///
/// # Errors
/// Go's text, when it is no such time.
pub(super) fn parse(layout: &[u8], text: &[u8], local: &Zone) -> Result<Time, String> {
    let mut parts = Parts::default();
    let (mut layout_rest, mut rest) = (layout, text);
    let failed = |element: &[u8], rest: &[u8]| {
        let (text, layout) = (quote_bytes(text), quote_bytes(layout));
        format!("parsing time {text} as {layout}: cannot parse {} as {}", quote_bytes(rest), quote_bytes(element))
    };
    let refused = |reason: &str| format!("parsing time {}: {reason}", quote_bytes(text));
    loop {
        let Split { before, piece, text: element, after } = split(layout_rest);
        rest = skip(rest, before).map_err(|rest| failed(before, rest))?;
        let Some(piece) = piece else { break };
        layout_rest = after;
        rest = parts.take(piece, rest, after).map_err(|failure| match failure {
            Failure::Bad => failed(element, rest),
            Failure::OutOfRange(what) => refused(&format!("{what} out of range")),
        })?;
    }
    if !rest.is_empty() {
        return Err(refused(&format!("extra text: {}", quote_bytes(rest))));
    }
    parts.finish(local).map_err(refused)
}

/// Why a piece cannot be read.
enum Failure {
    Bad,
    OutOfRange(&'static str),
}

/// What has been read.
#[derive(Debug, Default)]
struct Parts {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanoseconds: i64,
    before_noon: bool,
    after_noon: bool,
    is_utc: bool,
    offset: Option<i64>,
    zone_name: String,
}

/// Seconds, the greatest number, the name. Some people write 24 hours or 60 minutes.
const OFFSET_FIELDS: [(i64, i64, &str); 3] =
    [(3600, 24, "time zone offset hour"), (60, 60, "time zone offset minute"), (1, 60, "time zone offset second")];

type Rest<'a> = Result<&'a [u8], Failure>;

impl Parts {
    /// Takes a piece from `text`; `layout` is what follows it in the layout.
    fn take<'a>(&mut self, piece: Piece, text: &'a [u8], layout: &[u8]) -> Rest<'a> {
        let rest;
        match piece {
            Piece::Year => {
                let (year, after) = text.split_at_checked(2).ok_or(Failure::Bad)?;
                let year = signed(year).ok_or(Failure::Bad)?;
                (self.year, rest) = (year + if year >= 69 { 1900 } else { 2000 }, after);
            }
            Piece::LongYear => {
                let (year, after) = text.split_at_checked(4).filter(|_| text[0].is_ascii_digit()).ok_or(Failure::Bad)?;
                (self.year, rest) = (signed(year).ok_or(Failure::Bad)?, after);
            }
            Piece::Month | Piece::LongMonth => {
                let (index, after) = take_name(&MONTHS, piece == Piece::Month, text)?;
                (self.month, rest) = (Some(index + 1), after);
            }
            Piece::NumberMonth | Piece::ZeroMonth => {
                let (month, after) = take_number(text, piece == Piece::ZeroMonth)?;
                (self.month, rest) = (Some(in_range(month, 1..=12, "month")?), after);
            }
            Piece::Weekday | Piece::LongWeekday => (_, rest) = take_name(&WEEKDAYS, piece == Piece::Weekday, text)?,
            Piece::Day | Piece::UnderDay | Piece::ZeroDay => {
                let text = if piece == Piece::UnderDay { text.strip_prefix(b" ").unwrap_or(text) } else { text };
                let (day, after) = take_number(text, piece == Piece::ZeroDay)?;
                (self.day, rest) = (Some(day), after);
            }
            Piece::UnderYearDay | Piece::ZeroYearDay => {
                let (day, after) = take_year_day(text, piece == Piece::ZeroYearDay)?;
                (self.year_day, rest) = (Some(day), after);
            }
            Piece::Hour | Piece::Hour12 | Piece::ZeroHour12 => {
                let (hour, after) = take_number(text, piece == Piece::ZeroHour12)?;
                let last = if piece == Piece::Hour { 23 } else { 12 };
                (self.hour, rest) = (in_range(hour, 0..=last, "hour")?, after);
            }
            Piece::Minute | Piece::ZeroMinute => {
                let (minute, after) = take_number(text, piece == Piece::ZeroMinute)?;
                (self.minute, rest) = (in_range(minute, 0..=59, "minute")?, after);
            }
            Piece::Second | Piece::ZeroSecond => {
                let (second, after) = take_number(text, piece == Piece::ZeroSecond)?;
                self.second = in_range(second, 0..=59, "second")?;
                rest = self.take_unasked_fraction(after, layout)?;
            }
            Piece::UpperHalf => rest = self.take_half(text, [b"AM", b"PM"])?,
            Piece::LowerHalf => rest = self.take_half(text, [b"am", b"pm"])?,
            Piece::ZoneName => rest = self.take_zone_name(text)?,
            Piece::ZoneOffset(style) => rest = self.take_offset(style, text)?,
            Piece::Fraction(fraction) => rest = self.take_fraction(fraction, text)?,
        }
        Ok(rest)
    }

    fn take_half<'a>(&mut self, text: &'a [u8], halves: [&[u8; 2]; 2]) -> Rest<'a> {
        let (half, rest) = text.split_first_chunk::<2>().ok_or(Failure::Bad)?;
        match halves.iter().position(|name| *name == half).ok_or(Failure::Bad)? {
            0 => self.before_noon = true,
            _ => self.after_noon = true,
        }
        Ok(rest)
    }

    /// Seconds may have a fraction even if the layout does not say so.
    fn take_unasked_fraction<'a>(&mut self, text: &'a [u8], layout: &[u8]) -> Rest<'a> {
        let asked = matches!(split(layout).piece, Some(Piece::Fraction(_)));
        if asked || !is_fraction(text) {
            return Ok(text);
        }
        self.set_fraction(text)
    }

    fn take_fraction<'a>(&mut self, fraction: Fraction, text: &'a [u8]) -> Rest<'a> {
        if fraction.trimmed {
            return if is_fraction(text) { self.set_fraction(text) } else { Ok(text) };
        }
        let (digits, rest) = text.split_at_checked(fraction.digits + 1).ok_or(Failure::Bad)?;
        self.nanoseconds = nanoseconds(digits)?;
        Ok(rest)
    }

    fn set_fraction<'a>(&mut self, text: &'a [u8]) -> Rest<'a> {
        let digits = text[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.nanoseconds = nanoseconds(&text[..=digits])?;
        Ok(&text[digits + 1..])
    }

    fn take_zone_name<'a>(&mut self, text: &'a [u8]) -> Rest<'a> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.is_utc = true;
            return Ok(rest);
        }
        let (name, rest) = text.split_at(zone_name_len(text).ok_or(Failure::Bad)?);
        self.zone_name = String::from_utf8_lossy(name).into_owned();
        Ok(rest)
    }

    fn take_offset<'a>(&mut self, style: OffsetStyle, text: &'a [u8]) -> Rest<'a> {
        if let Some(rest) = text.strip_prefix(b"Z").filter(|_| style.z) {
            self.is_utc = true;
            return Ok(rest);
        }
        let fields = match style.fields {
            Fields::Hours => 1,
            Fields::Minutes => 2,
            Fields::Seconds => 3,
        };
        let width = 2 + usize::from(style.colons);
        let (offset, rest) = text.split_at_checked(3 + (fields - 1) * width).ok_or(Failure::Bad)?;
        if style.colons && (1..fields).any(|index| offset[index * width] != b':') {
            return Err(Failure::Bad);
        }
        let sign = match offset[0] {
            b'+' => Some(1),
            b'-' => Some(-1),
            _ => None,
        };
        let mut size = Some(0);
        let mut out_of_range = None;
        for (index, (unit, last, what)) in OFFSET_FIELDS.into_iter().enumerate().take(fields) {
            let at = 1 + index * width;
            let Ok((number, _)) = take_number(&offset[at..at + 2], true) else {
                size = None;
                break;
            };
            size = size.map(|size| size + number * unit);
            out_of_range = if number > last { Some(what) } else { out_of_range };
        }
        // A number out of range is reported even beside a bad sign or a bad number; of several, the last.
        if let Some(what) = out_of_range {
            return Err(Failure::OutOfRange(what));
        }
        let offset = sign.zip(size).map(|(sign, size)| sign * size).ok_or(Failure::Bad)?;
        // Go marks an offset that was not read by this value.
        self.offset = Some(offset).filter(|offset| *offset != -1);
        Ok(rest)
    }

    fn finish(mut self, local: &Zone) -> Result<Time, &'static str> {
        if self.after_noon && self.hour < 12 {
            self.hour += 12;
        } else if self.before_noon && self.hour == 12 {
            self.hour = 0;
        }
        let (month, day) = self.month_and_day()?;
        if day < 1 || day > days_in(month, self.year) {
            return Err("day out of range");
        }
        let civil = Civil {
            year: self.year,
            month,
            day,
            year_day: 0,
            weekday: 0,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
        };
        Ok(self.in_its_zone(civil, local))
    }

    fn month_and_day(&self) -> Result<(i64, i64), &'static str> {
        let Some(year_day) = self.year_day else { return Ok((self.month.unwrap_or(1), self.day.unwrap_or(1))) };
        let leap = is_leap(self.year);
        let (month, day) = match year_day {
            60 if leap => (2, 29),
            _ => month_and_day(if leap && year_day > 60 { year_day - 1 } else { year_day })?,
        };
        if self.month.is_some_and(|known| known != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|known| known != day) {
            return Err("day-of-year does not match day");
        }
        Ok((month, day))
    }

    fn in_its_zone(self, civil: Civil, local: &Zone) -> Time {
        let at = |zone: Zone| Time::from_civil(civil, self.nanoseconds, zone, local.clone());
        if self.is_utc {
            return at(Zone::Utc);
        }
        let utc = at(Zone::Utc);
        let moved = |offset: i64, zone: Zone| Time { seconds: utc.seconds.wrapping_sub(offset), zone, ..utc.clone() };
        if let Some(offset) = self.offset {
            let here = moved(offset, local.clone());
            let shown = here.offset();
            let fits = shown.seconds == offset && (self.zone_name.is_empty() || shown.name == self.zone_name);
            return if fits { here } else { moved(offset, Zone::Fixed { name: self.zone_name, offset }) };
        }
        if self.zone_name.is_empty() {
            return at(local.clone());
        }
        if let Some(offset) = local.offset_of_name(&self.zone_name, utc.seconds) {
            return moved(offset, local.clone());
        }
        // An unknown name does not move the time, even if it says by how much.
        let offset = self.zone_name.strip_prefix("GMT").and_then(|hours| signed(hours.as_bytes())).unwrap_or(0) * 3600;
        moved(0, Zone::Fixed { name: self.zone_name, offset })
    }
}

fn in_range(number: i64, range: std::ops::RangeInclusive<i64>, what: &'static str) -> Result<i64, Failure> {
    if range.contains(&number) { Ok(number) } else { Err(Failure::OutOfRange(what)) }
}

/// Skips the text between two pieces; a run of blanks stands for any other.
///
/// # Errors
/// The rest that does not begin as it should.
fn skip<'a>(text: &'a [u8], between: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    let (mut text, mut between) = (text, between);
    while let Some((&first, after)) = between.split_first() {
        match text.split_first() {
            Some((b' ', _)) | None if first == b' ' => {
                between = trim_blanks(between);
                text = trim_blanks(text);
            }
            Some((byte, rest)) if *byte == first => (text, between) = (rest, after),
            _ => return Err(text),
        }
    }
    Ok(text)
}

fn trim_blanks(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|byte| **byte == b' ').count()..]
}

/// One digit or two; two only if `fixed`.
fn take_number(text: &[u8], fixed: bool) -> Result<(i64, &[u8]), Failure> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Ok((i64::from(a - b'0') * 10 + i64::from(b - b'0'), rest)),
        [a @ b'0'..=b'9', rest @ ..] if !fixed => Ok((i64::from(a - b'0'), rest)),
        _ => Err(Failure::Bad),
    }
}

/// Up to three digits, behind blanks; three only if `fixed`, and then without blanks.
fn take_year_day(text: &[u8], fixed: bool) -> Result<(i64, &[u8]), Failure> {
    let blanks = if fixed { 0 } else { text.iter().take(2).take_while(|byte| **byte == b' ').count() };
    let text = &text[blanks..];
    let digits = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || fixed && digits != 3 {
        return Err(Failure::Bad);
    }
    let number = text[..digits].iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Ok((number, &text[digits..]))
}

/// One of `names`, or their first three letters, in any case.
fn take_name<'a>(names: &[&str], short: bool, text: &'a [u8]) -> Result<(i64, &'a [u8]), Failure> {
    for (index, name) in (0..).zip(names) {
        let name = if short { &name[..3] } else { name };
        if let Some((start, rest)) = text.split_at_checked(name.len())
            && start.eq_ignore_ascii_case(name.as_bytes())
        {
            return Ok((index, rest));
        }
    }
    Err(Failure::Bad)
}

/// Digits, perhaps behind a sign.
fn signed(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let all = digits.iter().all(u8::is_ascii_digit);
    let number = digits.iter().fold(0i64, |number, digit| number.saturating_mul(10).saturating_add(i64::from(digit & 0xf)));
    all.then_some(if text.starts_with(b"-") { -number } else { number })
}

fn is_fraction(text: &[u8]) -> bool {
    matches!(text, [b'.' | b',', digit, ..] if digit.is_ascii_digit())
}

/// A separator and digits; those beyond the ninth do not count.
fn nanoseconds(text: &[u8]) -> Result<i64, Failure> {
    let digits = text.strip_prefix(b".").or_else(|| text.strip_prefix(b",")).ok_or(Failure::Bad)?;
    let digits = &digits[..digits.len().min(9)];
    let number = signed(digits).ok_or(Failure::Bad)?;
    if number < 0 {
        return Err(Failure::OutOfRange("fractional second"));
    }
    Ok(number * 10i64.pow(9 - digits.len() as u32))
}

/// Month and day of a day in a year without February 29.
fn month_and_day(year_day: i64) -> Result<(i64, i64), &'static str> {
    if !(1..=365).contains(&year_day) {
        return Err("day-of-year out of range");
    }
    let guess = (year_day - 1) / 31 + 1;
    let month = guess + i64::from(days_before(guess + 1) < year_day);
    Ok((month, year_day - days_before(month)))
}

/// The length of something that looks like the abbreviation of a zone.
fn zone_name_len(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(after) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_hours_len(after));
    }
    if matches!(text[0], b'+' | b'-') {
        return Some(signed_hours_len(text)).filter(|len| *len > 0);
    }
    match text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        3 => Some(3),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        5 if text[4] == b'T' => Some(5),
        _ => None,
    }
}

/// The length of a sign and a number up to 23; 0 for anything else.
fn signed_hours_len(text: &[u8]) -> usize {
    let [b'+' | b'-', digits @ ..] = text else { return 0 };
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match signed(&digits[..len]) {
        Some(0..=23) if len > 0 => len + 1,
        _ => 0,
    }
}
