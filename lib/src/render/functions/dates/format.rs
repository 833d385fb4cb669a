//! Writing times by a layout.

use super::civil::Civil;
use super::layout::{Fields, Fraction, OffsetStyle, Piece, Split, split};
use super::time::Time;
use super::zone::Offset;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// As JSON has it.
pub(super) const RFC_3339: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";

impl Time {
    /// The time as `layout` asks for it.
    pub(super) fn format(&self, layout: &[u8]) -> Vec<u8> {
        let shown = Shown { civil: self.civil(), offset: self.offset(), nanoseconds: self.nanoseconds };
        let mut text = Vec::with_capacity(layout.len() + 10);
        let mut rest = layout;
        while !rest.is_empty() {
            let Split { before, piece, after, .. } = split(rest);
            text.extend_from_slice(before);
            text.extend(piece.map(|piece| shown.piece(piece)).unwrap_or_default().into_bytes());
            rest = after;
        }
        text
    }

    /// As `{{ . }}` prints it.
    pub(super) fn print(&self) -> String {
        let text = String::from_utf8_lossy(&self.format(b"2006-01-02 15:04:05.999999999 -0700 MST")).into_owned();
        match self.running {
            None => text,
            Some(running) => {
                let (sign, size) = (if running < 0 { '-' } else { '+' }, running.unsigned_abs());
                format!("{text} m={sign}{}.{:09}", size / 1_000_000_000, size % 1_000_000_000)
            }
        }
    }

    /// As `%#v` prints it.
    pub(super) fn go_syntax(&self) -> String {
        let Civil { year, month, day, hour, minute, second, .. } = self.civil();
        let (month, zone) = (MONTHS[month as usize - 1], self.zone.go_syntax());
        format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {}, {zone})", self.nanoseconds)
    }
}

/// What clocks and calendars show of a time.
struct Shown {
    civil: Civil,
    offset: Offset,
    nanoseconds: i64,
}

impl Shown {
    fn piece(&self, piece: Piece) -> String {
        let Civil { year, month, day, year_day, weekday, hour, minute, second } = self.civil;
        let (month_name, weekday_name) = (MONTHS[month as usize - 1], WEEKDAYS[weekday as usize]);
        let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
        match piece {
            Piece::LongMonth => month_name.into(),
            Piece::Month => month_name[..3].into(),
            Piece::NumberMonth => month.to_string(),
            Piece::ZeroMonth => format!("{month:02}"),
            Piece::LongWeekday => weekday_name.into(),
            Piece::Weekday => weekday_name[..3].into(),
            Piece::Day => day.to_string(),
            Piece::UnderDay => format!("{day:2}"),
            Piece::ZeroDay => format!("{day:02}"),
            Piece::UnderYearDay => format!("{year_day:3}"),
            Piece::ZeroYearDay => format!("{year_day:03}"),
            Piece::Hour => format!("{hour:02}"),
            Piece::Hour12 => hour12.to_string(),
            Piece::ZeroHour12 => format!("{hour12:02}"),
            Piece::Minute => minute.to_string(),
            Piece::ZeroMinute => format!("{minute:02}"),
            Piece::Second => second.to_string(),
            Piece::ZeroSecond => format!("{second:02}"),
            Piece::LongYear if year < 0 => format!("-{:04}", year.unsigned_abs()),
            Piece::LongYear => format!("{year:04}"),
            Piece::Year => format!("{:02}", year.unsigned_abs() % 100),
            Piece::UpperHalf => if hour < 12 { "AM" } else { "PM" }.into(),
            Piece::LowerHalf => if hour < 12 { "am" } else { "pm" }.into(),
            Piece::ZoneName if self.offset.name.is_empty() => {
                self.zone_offset(OffsetStyle { z: false, colons: false, fields: Fields::Minutes })
            }
            Piece::ZoneName => self.offset.name.clone(),
            Piece::ZoneOffset(style) => self.zone_offset(style),
            Piece::Fraction(fraction) => self.fraction(fraction),
        }
    }

    fn zone_offset(&self, style: OffsetStyle) -> String {
        let seconds = self.offset.seconds;
        if style.z && seconds == 0 {
            return "Z".into();
        }
        let size = seconds.unsigned_abs();
        let colon = if style.colons { ":" } else { "" };
        // In Go the sign of an offset of less than a minute stands before its seconds.
        let (sign, late_sign) = match seconds {
            ..=-60 => ('-', ""),
            -59..=-1 => ('+', "-"),
            _ => ('+', ""),
        };
        let mut text = format!("{sign}{:02}", size / 3600);
        if style.fields >= Fields::Minutes {
            text += &format!("{colon}{:02}", size / 60 % 60);
        }
        if style.fields == Fields::Seconds {
            text += &format!("{colon}{late_sign}{:02}", size % 60);
        }
        text
    }

    fn fraction(&self, fraction: Fraction) -> String {
        let digits = format!("{:09}", self.nanoseconds);
        let digits = &digits[..fraction.digits.min(9)];
        let separator = char::from(fraction.separator);
        match digits.trim_end_matches('0') {
            "" if fraction.trimmed => String::new(),
            trimmed if fraction.trimmed => format!("{separator}{trimmed}"),
            _ => format!("{separator}{digits}"),
        }
    }
}
