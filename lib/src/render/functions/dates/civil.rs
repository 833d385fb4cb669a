//! The calendar, as far into past and future as 64 bits of seconds reach.
//!
//! Days are counted without a sign from a March 1 so long ago that every time is later, as Go does, so that even times which
//! overflow come out the same. A year that begins in March has its leap day at the end.

/// The year in which the count of days begins.
const FIRST_YEAR: u64 = 292_277_022_400;

/// Days of 400 years.
const DAYS_OF_CYCLE: u64 = 146_097;

/// From March 1 to the end of December.
const DAYS_FROM_MARCH: u64 = 306;

const SECONDS_OF_DAY: u64 = 86_400;

/// Seconds from the year 1 to 1970.
const SECONDS_TO_1970: u64 = 62_135_596_800;

/// Seconds from the beginning of the count to 1970.
const OFFSET: u64 =
    (FIRST_YEAR / 400 * DAYS_OF_CYCLE + DAYS_FROM_MARCH).wrapping_mul(SECONDS_OF_DAY).wrapping_add(SECONDS_TO_1970);

/// A date and a time of day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Civil {
    pub year: i64,
    /// 1 for January.
    pub month: i64,
    pub day: i64,
    /// 1 for January 1.
    pub year_day: i64,
    /// 0 for Sunday.
    pub weekday: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

impl Civil {
    /// The date at so many seconds since 1970.
    pub(super) fn at(seconds: i64) -> Self {
        let since = (seconds as u64).wrapping_add(OFFSET);
        let (days, second) = (since / SECONDS_OF_DAY, (since % SECONDS_OF_DAY) as i64);
        let quarters = 4 * days + 3;
        let century = quarters / DAYS_OF_CYCLE;
        let quarters = (quarters % DAYS_OF_CYCLE) | 3;
        let (year_of_century, day_of_year) = (quarters / 1461, quarters % 1461 / 4);
        let fifths = 5 * day_of_year + 461;
        let (month, day) = ((fifths / 153) as i64, (fifths % 153 / 5) as i64 + 1);
        let next_year = i64::from(month > 12);
        let year = (century * 100).wrapping_sub(FIRST_YEAR).wrapping_add(year_of_century) as i64 + next_year;
        let month = month - 12 * next_year;
        Self {
            year,
            month,
            day,
            year_day: days_before(month) + i64::from(month > 2 && is_leap(year)) + day,
            // The count begins on a Wednesday.
            weekday: ((days + 3) % 7) as i64,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// Seconds since 1970. Day, hour, minute and second may be beyond their range, the month too.
    pub(super) fn seconds(self) -> i64 {
        let (years, month) = (self.month.wrapping_sub(1).div_euclid(12), self.month.wrapping_sub(1).rem_euclid(12) + 1);
        let previous_year = i64::from(month < 3);
        let year = self.year.wrapping_add(years).wrapping_sub(previous_year) as u64;
        let year = year.wrapping_add(FIRST_YEAR);
        let day_of_year = ((month + 12 * previous_year) as u64 * 153 - 457) / 5;
        let before = DAYS_OF_CYCLE.wrapping_mul(year / 100) / 4 + 1461 * (year % 100) / 4 + day_of_year;
        let days = before.wrapping_add(self.day as u64).wrapping_sub(1);
        let second = self.hour.wrapping_mul(3600).wrapping_add(self.minute.wrapping_mul(60)).wrapping_add(self.second);
        days.wrapping_mul(SECONDS_OF_DAY).wrapping_add(second as u64).wrapping_sub(OFFSET) as i64
    }
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a common year before the month; of month 13, the whole year.
pub(super) fn days_before(month: i64) -> i64 {
    (214 * month - 211) / 7 - if month > 2 { 2 } else { 0 }
}

pub(super) fn days_in(month: i64, year: i64) -> i64 {
    days_before(month + 1) - days_before(month) + i64::from(month == 2 && is_leap(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_each_other() {
        let mut expected = (1896, 12, 31);
        for day in 0..80_000 {
            let (year, month, last) = expected;
            expected = match (month, last) {
                (12, 31) => (year + 1, 1, 1),
                _ if last == days_in(month, year) => (year, month + 1, 1),
                _ => (year, month, last + 1),
            };
            let seconds = -2_303_596_800 + day * 86_400;
            let civil = Civil::at(seconds);
            assert_eq!((civil.year, civil.month, civil.day), expected);
            assert_eq!((civil.seconds(), civil.weekday), (seconds, (5 + day) % 7));
        }
    }

    // The expected dates are those of Go 1.26.
    #[test]
    fn the_ends_of_time_are_go_s() {
        let date = |seconds: i64| {
            let Civil { year, month, day, year_day, weekday, hour, minute, second } = Civil::at(seconds);
            (year, month, day, year_day, weekday, hour, minute, second)
        };
        assert_eq!(date(i64::MAX), (292_277_026_596, 12, 4, 339, 0, 15, 30, 7));
        assert_eq!(date(-62_135_596_800), (1, 1, 1, 1, 1, 0, 0, 0));
    }
}
