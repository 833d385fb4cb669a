//! Go's layouts: a layout is written as the reference time `Mon Jan 2 15:04:05 MST 2006` would be.

/// A piece of a layout that stands for a part of a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Piece {
    LongMonth,
    Month,
    NumberMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperHalf,
    LowerHalf,
    ZoneName,
    ZoneOffset(OffsetStyle),
    Fraction(Fraction),
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct OffsetStyle {
    /// `Z` for UTC.
    pub z: bool,
    pub colons: bool,
    pub fields: Fields,
}

/// How much of an offset is written.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Fields {
    Hours,
    Minutes,
    Seconds,
}

/// A fraction of a second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Fraction {
    pub digits: usize,
    /// Without trailing zeros.
    pub trimmed: bool,
    pub separator: u8,
}

/// A layout, split at its first piece.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Split<'a> {
    pub before: &'a [u8],
    pub piece: Option<Piece>,
    /// The text of the piece.
    pub text: &'a [u8],
    pub after: &'a [u8],
}

const fn offset(z: bool, colons: bool, fields: Fields) -> Piece {
    Piece::ZoneOffset(OffsetStyle { z, colons, fields })
}

/// Where two fit, the first counts.
const PIECES: [(&str, Piece); 35] = [
    ("January", Piece::LongMonth),
    ("Jan", Piece::Month),
    ("Monday", Piece::LongWeekday),
    ("Mon", Piece::Weekday),
    ("MST", Piece::ZoneName),
    ("01", Piece::ZeroMonth),
    ("02", Piece::ZeroDay),
    ("03", Piece::ZeroHour12),
    ("04", Piece::ZeroMinute),
    ("05", Piece::ZeroSecond),
    ("06", Piece::Year),
    ("002", Piece::ZeroYearDay),
    ("15", Piece::Hour),
    ("1", Piece::NumberMonth),
    ("2006", Piece::LongYear),
    ("2", Piece::Day),
    ("_2", Piece::UnderDay),
    ("__2", Piece::UnderYearDay),
    ("3", Piece::Hour12),
    ("4", Piece::Minute),
    ("5", Piece::Second),
    ("PM", Piece::UpperHalf),
    ("pm", Piece::LowerHalf),
    ("-070000", offset(false, false, Fields::Seconds)),
    ("-07:00:00", offset(false, true, Fields::Seconds)),
    ("-0700", offset(false, false, Fields::Minutes)),
    ("-07:00", offset(false, true, Fields::Minutes)),
    ("-07", offset(false, false, Fields::Hours)),
    ("Z070000", offset(true, false, Fields::Seconds)),
    ("Z07:00:00", offset(true, true, Fields::Seconds)),
    ("Z0700", offset(true, false, Fields::Minutes)),
    ("Z07:00", offset(true, true, Fields::Minutes)),
    ("Z07", offset(true, false, Fields::Hours)),
    (".", Piece::Fraction(Fraction { digits: 0, trimmed: false, separator: b'.' })),
    (",", Piece::Fraction(Fraction { digits: 0, trimmed: false, separator: b',' })),
];

/// Splits `layout` at its first piece.
pub(super) fn split(layout: &[u8]) -> Split<'_> {
    for at in 0..layout.len() {
        if let Some((piece, len)) = piece_at(&layout[at..]) {
            let (before, rest) = layout.split_at(at);
            let (text, after) = rest.split_at(len);
            return Split { before, piece: Some(piece), text, after };
        }
    }
    Split { before: layout, piece: None, text: b"", after: b"" }
}

/// The piece that `layout` begins with, and its length.
fn piece_at(layout: &[u8]) -> Option<(Piece, usize)> {
    // The underscore of `_2006` is text, so that the year begins behind it.
    if !layout.first().is_some_and(|byte| b"JM012_345Pp-Z.,".contains(byte)) || layout.starts_with(b"_2006") {
        return None;
    }
    let (text, piece) = PIECES.iter().find(|(text, piece)| fits(layout, text.as_bytes(), *piece))?;
    match piece {
        Piece::Fraction(fraction) => fraction_at(layout, fraction.separator),
        piece => Some((*piece, text.len())),
    }
}

fn fits(layout: &[u8], text: &[u8], piece: Piece) -> bool {
    let Some(after) = layout.strip_prefix(text) else { return false };
    // `Janet` and `Month` are no names of the reference time.
    !matches!(piece, Piece::Month | Piece::Weekday) || !after.first().is_some_and(u8::is_ascii_lowercase)
}

/// A separator and zeros only, or nines only, up to the end of the digits.
fn fraction_at(layout: &[u8], separator: u8) -> Option<(Piece, usize)> {
    let digit = *layout.get(1).filter(|byte| matches!(byte, b'0' | b'9'))?;
    let digits = layout[1..].iter().take_while(|&&byte| byte == digit).count();
    if layout.get(digits + 1).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    // Go keeps twelve bits of the count.
    let fraction = Fraction { digits: digits & 0xfff, trimmed: digit == b'9', separator };
    Some((Piece::Fraction(fraction), digits + 1))
}
