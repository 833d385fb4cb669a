//! Times as TOML has them: with an offset, or local in a zone whose name says how much of a time there is.

use super::format::RFC_3339;
use super::zone::Zone;
use super::{Clock, Time, object, parse};
use crate::render::Environment;
use gotemplate::value::Value;
use std::rc::Rc;

const DATE_TIME: &str = "datetime-local";
const DATE: &str = "date-local";
const TIME: &str = "time-local";

/// The layouts of a time, and the names of the zones in which those are that name no offset.
const LAYOUTS: [(&str, Option<&str>); 7] = [
    ("2006-01-02T15:04:05.999999999Z07:00", None),
    ("2006-01-02T15:04:05.999999999", Some(DATE_TIME)),
    ("2006-01-02", Some(DATE)),
    ("15:04:05.999999999", Some(TIME)),
    ("2006-01-02T15:04Z07:00", None),
    ("2006-01-02T15:04", Some(DATE_TIME)),
    ("15:04", Some(TIME)),
];

/// Reads the times of TOML texts.
#[derive(Clone)]
pub(in super::super) struct TomlTimes(Rc<Clock>);

impl TomlTimes {
    /// Local times are in the zone of the environment, with the offset that it has now.
    pub(in super::super) fn new(environment: &Environment) -> Self {
        Self(Rc::new(Clock::new(environment)))
    }

    /// The time that a text shows.
    pub(in super::super) fn parse(&self, text: &str) -> Option<Value> {
        let (layout, time) = LAYOUTS.iter().find_map(|(layout, name)| Some((*layout, self.read(layout, *name, text)?)))?;
        has_all_digits(text, layout).then(|| object::value(time))
    }

    fn read(&self, layout: &str, name: Option<&str>, text: &str) -> Option<Time> {
        let local = &self.0.local;
        let zone = match name {
            None => local.clone(),
            Some(name) => Zone::Fixed { name: name.into(), offset: self.0.now().offset().seconds },
        };
        let time = parse::parse(layout.as_bytes(), text.as_bytes(), &zone).ok()?;
        Some(Time { local: local.clone(), ..time })
    }
}

/// Whether the digits stand where the layout has them; its parser would accept `7` for `07`.
fn has_all_digits(text: &str, layout: &str) -> bool {
    let fixed = layout.split(['.', 'Z']).next().unwrap_or_default();
    let fits = |(expected, found): (u8, u8)| expected.is_ascii_digit() || expected == found;
    text.len() >= fixed.len() && fixed.bytes().zip(text.bytes()).all(fits)
}

/// The time as TOML has it; `None` for a value that is no time.
pub(in super::super) fn toml_text(value: &Value) -> Option<Vec<u8>> {
    let time = object::time(value)?;
    let layout: &[u8] = match time.zone.name() {
        DATE_TIME => b"2006-01-02T15:04:05.999999999",
        DATE => b"2006-01-02",
        TIME => b"15:04:05.999999999",
        _ => return Some(time.format(RFC_3339)),
    };
    Some(time.in_zone(Zone::Utc).format(layout))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::environment;

    fn shown(zone: &str, text: &str) -> Option<(String, String)> {
        let times = TomlTimes::new(&Environment { time_zone: zone.into(), ..environment() });
        let value = times.parse(text)?;
        let written = String::from_utf8_lossy(&toml_text(&value)?).into_owned();
        Some((object::time(&value)?.print(), written))
    }

    fn pair(printed: &str, written: &str) -> Option<(String, String)> {
        Some((printed.into(), written.into()))
    }

    // As Helm prints and writes them.
    #[test]
    fn local_times_are_in_zones_of_their_own() {
        let zoned = "1979-05-27T00:32:00.5-07:00";
        assert_eq!(shown("UTC", zoned), pair("1979-05-27 00:32:00.5 -0700 -0700", zoned));
        assert_eq!(shown("UTC", "1979-05-27T07:32Z"), pair("1979-05-27 07:32:00 +0000 UTC", "1979-05-27T07:32:00Z"));
        let expected = pair("1979-05-27 07:32:00 +0000 datetime-local", "1979-05-27T07:32:00");
        assert_eq!(shown("UTC", "1979-05-27T07:32:00"), expected);
        assert_eq!(shown("UTC", "1979-05-27"), pair("1979-05-27 00:00:00 +0000 date-local", "1979-05-27"));
        assert_eq!(shown("UTC", "07:32:00.25"), pair("0000-01-01 07:32:00.25 +0000 time-local", "07:32:00.25"));
    }

    #[test]
    fn a_local_time_is_written_in_utc() {
        let expected = pair("1979-05-27 07:32:00 +0200 datetime-local", "1979-05-27T05:32:00");
        assert_eq!(shown("Europe/Berlin", "1979-05-27T07:32:00"), expected);
    }

    #[test]
    fn digits_may_not_be_missing() {
        assert_eq!((shown("UTC", "1979-5-27"), shown("UTC", "7:32"), shown("UTC", "1979-02-30")), (None, None, None));
    }
}
