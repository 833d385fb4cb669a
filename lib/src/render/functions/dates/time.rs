//! A point in time as Go's `time.Time` holds it.

use super::civil::Civil;
use super::zone::{Offset, Zone};
use crate::goduration::SECOND;

/// Seconds from 1970 back to the year 1, Go's zero time.
const ZERO: i64 = -62_135_596_800;

const NANOSECONDS: i64 = SECOND as i64;

/// A time in a zone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Time {
    /// Seconds since 1970.
    pub(super) seconds: i64,
    pub(super) nanoseconds: i64,
    pub(super) zone: Zone,
    /// The zone of the machine.
    pub(super) local: Zone,
    /// Nanoseconds since the program started, which Go keeps with `now` and prints.
    pub(super) running: Option<i64>,
}

impl Time {
    /// Go's zero time.
    pub(super) fn zero(local: Zone) -> Self {
        Self::new(ZERO, 0, Zone::Utc, local)
    }

    /// `nanoseconds` are those of the second.
    pub(super) fn new(seconds: i64, nanoseconds: i64, zone: Zone, local: Zone) -> Self {
        Self { seconds, nanoseconds, zone, local, running: None }
    }

    /// The time at which clocks in a zone show this date.
    pub(super) fn from_civil(civil: Civil, nanoseconds: i64, zone: Zone, local: Zone) -> Self {
        let shown = civil.seconds();
        let first = zone.offset(shown).seconds;
        // Near a change of clocks the first guess may be the offset of the wrong side.
        let offset = if first == 0 { 0 } else { zone.offset(shown.wrapping_sub(first)).seconds };
        Self::new(shown.wrapping_sub(offset), nanoseconds, zone, local)
    }

    /// The same time shown in another zone.
    pub(super) fn in_zone(&self, zone: Zone) -> Self {
        Self::new(self.seconds, self.nanoseconds, zone, self.local.clone())
    }

    pub(super) fn offset(&self) -> Offset {
        self.zone.offset(self.seconds)
    }

    /// What calendar and clock show.
    pub(super) fn civil(&self) -> Civil {
        Civil::at(self.seconds.wrapping_add(self.offset().seconds))
    }

    pub(super) fn is_zero(&self) -> bool {
        self.seconds == ZERO && self.nanoseconds == 0
    }

    /// Later by so many nanoseconds.
    pub(super) fn add(&self, nanoseconds: i64) -> Self {
        let sum = self.nanoseconds + nanoseconds % NANOSECONDS;
        let seconds = self.seconds.wrapping_add(nanoseconds / NANOSECONDS).wrapping_add(sum.div_euclid(NANOSECONDS));
        Self {
            seconds,
            nanoseconds: sum.rem_euclid(NANOSECONDS),
            zone: self.zone.clone(),
            local: self.local.clone(),
            running: self.running.and_then(|running| running.checked_add(nanoseconds)),
        }
    }

    /// Later by years, months and days of the calendar.
    pub(super) fn add_date(&self, years: i64, months: i64, days: i64) -> Self {
        let civil = self.civil();
        let moved = Civil {
            year: civil.year.wrapping_add(years),
            month: civil.month.wrapping_add(months),
            day: civil.day.wrapping_add(days),
            ..civil
        };
        Self::from_civil(moved, self.nanoseconds, self.zone.clone(), self.local.clone())
    }

    /// The nanoseconds from `other` to this, or the limit beyond which they are.
    pub(super) fn since(&self, other: &Self) -> i64 {
        let difference = match (self.running, other.running) {
            (Some(own), Some(other)) => i128::from(own) - i128::from(other),
            _ => self.total() - other.total(),
        };
        difference.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    pub(super) fn compare(&self, other: &Self) -> std::cmp::Ordering {
        match (self.running, other.running) {
            (Some(own), Some(other)) => own.cmp(&other),
            _ => self.total().cmp(&other.total()),
        }
    }

    /// The multiple of a duration, counted from the year 1, that is nearest, or the last one.
    pub(super) fn rounded(&self, multiple: i64, up: bool) -> Self {
        let plain = Self { running: None, ..self.clone() };
        if multiple <= 0 {
            return plain;
        }
        let since_zero = self.total() - i128::from(ZERO) * i128::from(NANOSECONDS);
        let rest = since_zero.rem_euclid(i128::from(multiple)) as i64;
        if up && rest >= multiple - rest { plain.add(multiple - rest) } else { plain.add(-rest) }
    }

    /// Nanoseconds since 1970.
    fn total(&self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOSECONDS) + i128::from(self.nanoseconds)
    }

    /// Units of `nanoseconds` since 1970, wrapping around as in Go.
    pub(super) fn count(&self, nanoseconds: i64) -> i64 {
        self.seconds.wrapping_mul(NANOSECONDS / nanoseconds).wrapping_add(self.nanoseconds / nanoseconds)
    }
}
