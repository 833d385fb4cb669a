//! Time zones: offsets and abbreviations from the tables of the machine or those built in.

use crate::gotext::quote_bytes;
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::rc::Rc;

/// Where a time is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Zone {
    Utc,
    /// By its name in the tables.
    Named(TimeZone),
    /// The zone of the machine.
    Local(Rc<Zone>),
    /// Read from a text, perhaps without a name.
    Fixed {
        name: String,
        offset: i64,
    },
}

/// What holds in a zone at some time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Offset {
    /// `CEST`, `-03`, or nothing.
    pub name: String,
    /// In seconds.
    pub seconds: i64,
    pub is_daylight_saving: bool,
}

/// Seconds of 400 years, after which the calendar repeats.
const CYCLE: i64 = 146_097 * 86_400;

/// The last second of the year 2400, from when on only the calendar decides.
const LAST: i64 = 13_601_087_999;

/// The first second of the year -9000.
const FIRST: i64 = -346_177_929_600;

impl Zone {
    /// The zone of that name, exactly as it is written in the tables; those of the machine go before those built in.
    pub(super) fn find(name: &str, machine: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<Self> {
        if name.is_empty() || name == "UTC" {
            return Some(Self::Utc);
        }
        if name.starts_with(['/', '\\']) || name.contains("..") {
            return None;
        }
        if let Some(data) = machine(name) {
            return TimeZone::tzif(name, &data).ok().map(Self::Named);
        }
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        (zone.iana_name() == Some(name)).then_some(Self::Named(zone))
    }

    /// What holds at so many seconds since 1970.
    pub(super) fn offset(&self, seconds: i64) -> Offset {
        match self {
            Self::Utc => Offset { name: "UTC".into(), seconds: 0, is_daylight_saving: false },
            Self::Local(zone) => zone.offset(seconds),
            Self::Fixed { name, offset } => Offset { name: name.clone(), seconds: *offset, is_daylight_saving: false },
            Self::Named(zone) => {
                let info = zone.to_offset_info(timestamp(seconds));
                Offset {
                    name: info.abbreviation().to_owned(),
                    seconds: i64::from(info.offset().seconds()),
                    is_daylight_saving: info.dst().is_dst(),
                }
            }
        }
    }

    /// The offset that the zone has under a name such as `CEST`, preferably at that time of day.
    pub(super) fn offset_of_name(&self, name: &str, seconds: i64) -> Option<i64> {
        let mut offsets = self.offsets_of_name(name).into_iter();
        let in_effect = |offset: &i64| self.offset(seconds.wrapping_sub(*offset)).name == name;
        let first = offsets.next()?;
        Some(std::iter::once(first).chain(offsets).find(in_effect).unwrap_or(first))
    }

    fn offsets_of_name(&self, name: &str) -> Vec<i64> {
        let zone = match self {
            Self::Named(zone) => zone,
            Self::Local(zone) => return zone.offsets_of_name(name),
            Self::Utc | Self::Fixed { .. } => return Vec::new(),
        };
        let first = self.offset(FIRST);
        let mut offsets = if first.name == name { vec![first.seconds] } else { Vec::new() };
        for change in zone.following(timestamp(FIRST)).take_while(|change| change.timestamp() <= timestamp(LAST)) {
            let offset = i64::from(change.offset().seconds());
            if change.abbreviation() == name && !offsets.contains(&offset) {
                offsets.push(offset);
            }
        }
        offsets
    }

    /// What Go calls it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Utc => "UTC",
            Self::Named(zone) => zone.iana_name().unwrap_or_default(),
            Self::Local(zone) => zone.name(),
            Self::Fixed { name, .. } => name,
        }
    }

    /// As Go's syntax has it.
    pub(super) fn go_syntax(&self) -> String {
        match self {
            Self::Utc => "time.UTC".into(),
            Self::Local(_) => "time.Local".into(),
            Self::Named(_) | Self::Fixed { .. } => format!("time.Location({})", quote_bytes(self.name().as_bytes())),
        }
    }
}

/// The library's time, or one that shows the same offset when that is out of its range.
fn timestamp(seconds: i64) -> Timestamp {
    let seconds = if seconds > LAST { LAST + (seconds - LAST) % CYCLE } else { seconds.max(FIRST) };
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in(name: &str) -> Option<Zone> {
        Zone::find(name, &|_| None)
    }

    fn shown(zone: &str, seconds: i64) -> (String, i64) {
        let offset = built_in(zone).expect("a zone").offset(seconds);
        (offset.name, offset.seconds)
    }

    #[test]
    fn names_are_exact() {
        assert_eq!(built_in(""), Some(Zone::Utc));
        for name in ["europe/berlin", "Nope/Zone", "Local", "../Europe/Berlin"] {
            assert_eq!(built_in(name), None, "{name}");
        }
    }

    #[test]
    fn offsets_change_with_the_seasons_for_ever() {
        assert_eq!(shown("Europe/Berlin", 1_600_000_000), ("CEST".into(), 7200));
        assert_eq!(shown("America/Sao_Paulo", 1_600_000_000), ("-03".into(), -10_800));
        let cycles = CYCLE * 1_000_000;
        assert_eq!(shown("Europe/Berlin", 13_600_000_000 + cycles), shown("Europe/Berlin", 13_600_000_000));
        assert_eq!(shown("Europe/Berlin", 1_600_000_000 + cycles), ("CEST".into(), 7200));
        assert_eq!(shown("Europe/Berlin", i64::MIN), ("LMT".into(), 3208));
    }

    #[test]
    fn abbreviations_have_offsets() {
        let zone = built_in("Europe/Berlin").expect("a zone");
        assert_eq!(zone.offset_of_name("CEST", 1_600_000_000), Some(7200));
        assert_eq!(zone.offset_of_name("CET", 1_600_000_000), Some(3600));
        assert_eq!(zone.offset_of_name("EST", 1_600_000_000), None);
    }
}
