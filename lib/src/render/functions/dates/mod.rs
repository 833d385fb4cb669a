//! Dates: times in zones, written and read by Go's layouts.
//!
//! Where a time is asked for, whole numbers are seconds since 1970 and everything else is the present.

mod civil;
mod format;
mod layout;
mod object;
mod parse;
mod spans;
mod time;
mod toml;
mod zone;

pub(crate) use object::number_of;
pub(crate) use time::Time;
pub(super) use toml::{TomlTimes, toml_text};

use crate::goduration;
use crate::render::Environment;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{Str, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};
use zone::Zone;

/// Adds the functions of this module to `table`.
pub(super) fn add(table: &mut FunctionTable, environment: &Environment) {
    let clock = Rc::new(Clock::new(environment));
    let present = clock.clone();
    table.add("now", move || object::value(present.now()));
    add_formatting(table, &clock);
    add_reading(table, &clock);
    spans::add(table);
    for name in ["dateModify", "date_modify"] {
        table.add(name, |duration: Str, time: Time| object::value(modify(&duration, &time).unwrap_or(time)));
    }
    for name in ["mustDateModify", "must_date_modify"] {
        table.add(name, |duration: Str, time: Time| modify(&duration, &time).map(object::value));
    }
    table.add("unixEpoch", |time: Time| time.seconds.to_string());
    table.add("duration", |seconds: Value| goduration::print(seconds_of(&seconds).wrapping_mul(goduration::SECOND as i64)));
    table.add("durationRound", {
        let clock = clock.clone();
        move |value: Value| goduration::coarse(clock.duration_of(&value))
    });
    table.add("ago", move |value: Value| {
        let since = clock.now().since(&clock.time_of(&value));
        goduration::print(goduration::round(since, goduration::SECOND as i64))
    });
}

/// The value of a time of RFC 3339; Go's zero time where it is none.
pub(crate) fn time_value(text: &str, environment: &Environment) -> Value {
    let clock = Clock::new(environment);
    let time = parse::parse(format::RFC_3339, text.as_bytes(), &clock.local);
    object::value(time.unwrap_or_else(|_| Time::zero(clock.local.clone())))
}

/// The environment's time zone, read once for many times.
pub(crate) struct LocalZone(Zone);

impl LocalZone {
    pub(crate) fn of(environment: &Environment) -> Self {
        Self(Clock::new(environment).local)
    }

    /// A time of RFC 3339 in another layout; `None` when it is none.
    pub(crate) fn in_layout(&self, text: &str, layout: &str) -> Option<String> {
        let time = parse::parse(format::RFC_3339, text.as_bytes(), &self.0).ok()?;
        Some(String::from_utf8_lossy(&time.format(layout.as_bytes())).into_owned())
    }
}

fn add_formatting(table: &mut FunctionTable, clock: &Rc<Clock>) {
    let shared = clock.clone();
    table.add("date", move |layout: Str, value: Value| {
        shared.time_of(&value).in_zone(shared.local.clone()).format(layout.as_bytes())
    });
    let shared = clock.clone();
    table.add("htmlDate", move |value: Value| shared.time_of(&value).in_zone(shared.local.clone()).format(HTML_DATE));
    let shared = clock.clone();
    table.add("htmlDateInZone", move |value: Value, zone: Str| {
        shared.time_of(&value).in_zone(shared.zone(&zone)).format(HTML_DATE)
    });
    for name in ["dateInZone", "date_in_zone"] {
        let shared = clock.clone();
        table.add(name, move |layout: Str, value: Value, zone: Str| {
            shared.time_of(&value).in_zone(shared.zone(&zone)).format(layout.as_bytes())
        });
    }
}

fn add_reading(table: &mut FunctionTable, clock: &Rc<Clock>) {
    let shared = clock.clone();
    table.add("toDate", move |layout: Str, text: Str| {
        let time = parse::parse(layout.as_bytes(), text.as_bytes(), &shared.local);
        object::value(time.unwrap_or_else(|_| Time::zero(shared.local.clone())))
    });
    let shared = clock.clone();
    table.add("mustToDate", move |layout: Str, text: Str| {
        parse::parse(layout.as_bytes(), text.as_bytes(), &shared.local).map(object::value)
    });
}

/// Year, month, day, hour, minute and second at so many seconds since 1970, in UTC.
pub(super) fn utc_fields(seconds: i64) -> [i64; 6] {
    let civil = civil::Civil::at(seconds);
    [civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second]
}

const HTML_DATE: &[u8] = b"2006-01-02";

/// The environment's clock and zone.
struct Clock {
    read: std::sync::Arc<dyn Fn() -> SystemTime + Send + Sync>,
    started: SystemTime,
    local: Zone,
    zone_data: std::sync::Arc<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>,
    /// The zones asked for so far.
    zones: RefCell<BTreeMap<String, Zone>>,
}

impl Clock {
    fn new(environment: &Environment) -> Self {
        let local = Zone::find(&environment.time_zone, environment.time_zone_data.as_ref()).unwrap_or(Zone::Utc);
        Self {
            read: environment.clock.clone(),
            started: (environment.clock)(),
            local: Zone::Local(Rc::new(local)),
            zone_data: environment.time_zone_data.clone(),
            zones: RefCell::default(),
        }
    }

    fn now(&self) -> Time {
        let now = (self.read)();
        let (seconds, nanoseconds) = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => (since.as_secs() as i64, i64::from(since.subsec_nanos())),
            Err(error) => {
                let before = error.duration().as_nanos() as i64;
                (before.wrapping_neg().div_euclid(1_000_000_000), before.wrapping_neg().rem_euclid(1_000_000_000))
            }
        };
        let running = now.duration_since(self.started).map_or(0, |running| running.as_nanos() as i64);
        Time { running: Some(running), ..Time::new(seconds, nanoseconds, self.local.clone(), self.local.clone()) }
    }

    /// The time that a value stands for.
    fn time_of(&self, value: &Value) -> Time {
        match value {
            Value::Int(seconds) | Value::Int64(seconds) => Time::new(*seconds, 0, self.local.clone(), self.local.clone()),
            _ => object::time(value).cloned().unwrap_or_else(|| self.now()),
        }
    }

    /// The duration that a value stands for: a text, nanoseconds, or the time since.
    fn duration_of(&self, value: &Value) -> i64 {
        match value {
            Value::String(text) => goduration::parse(text.as_bytes()).unwrap_or(0),
            Value::Int64(nanoseconds) => *nanoseconds,
            _ => object::time(value).map_or(0, |time| self.now().since(time)),
        }
    }

    /// The zone of that name, UTC when there is none.
    fn zone(&self, name: &Str) -> Zone {
        let Some(name) = name.to_str() else { return Zone::Utc };
        if name == "Local" {
            return self.local.clone();
        }
        if let Some(zone) = self.zones.borrow().get(name) {
            return zone.clone();
        }
        let zone = Zone::find(name, self.zone_data.as_ref()).unwrap_or(Zone::Utc);
        self.zones.borrow_mut().insert(name.to_owned(), zone.clone());
        zone
    }
}

fn modify(duration: &Str, time: &Time) -> Result<Time, FunctionError> {
    Ok(time.add(goduration::parse(duration.as_bytes())?))
}

/// Whole seconds in decimal digits, the limit where they are beyond it; 0 for everything else.
fn seconds_of(value: &Value) -> i64 {
    match value {
        Value::Int64(seconds) => *seconds,
        Value::String(text) => text.to_str().map_or(0, |text| match text.parse::<i64>() {
            Ok(seconds) => seconds,
            Err(error) => match error.kind() {
                std::num::IntErrorKind::PosOverflow => i64::MAX,
                std::num::IntErrorKind::NegOverflow => i64::MIN,
                _ => 0,
            },
        }),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::{call, environment};

    fn ask_in(zone: &str, name: &str, arguments: &[Value]) -> Result<String, String> {
        let mut table = FunctionTable::new();
        add(&mut table, &Environment { time_zone: zone.into(), ..environment() });
        call(&table, name, arguments)
    }

    fn ask(name: &str, arguments: &[Value]) -> Result<String, String> {
        ask_in("UTC", name, arguments)
    }

    fn read_in(zone: &str, layout: &str, text: &str) -> String {
        let arguments = [Value::string(layout), Value::string(text)];
        ask_in(zone, "mustToDate", &arguments).unwrap_or_else(|error| error)
    }

    fn shown(layout: &str, seconds: i64) -> String {
        ask("date", &[Value::string(layout), Value::Int64(seconds)]).expect("a text")
    }

    // The expected values are Helm's.
    #[test]
    fn times_are_written_by_layout() {
        let time = 1_600_000_000;
        assert_eq!(shown("Mon Jan _2 15:04:05 2006", time), "Sun Sep 13 12:26:40 2020");
        assert_eq!(shown("06-1-2 03:4:5 pm .000 .999", time), "20-9-13 12:26:40 pm .000 ");
        assert_eq!(shown("002 __2 _2006 January Monday Month Janet", time), "257 257 _2020 September Sunday Month Janet");
        assert_eq!(shown("Z0700 Z07:00 -07 -07:00:00 MST", time), "Z Z +00 +00:00:00 UTC");
        assert_eq!(shown("2006-01-02", i64::MAX), "292277026596-12-04");
    }

    #[test]
    fn numbers_are_seconds_and_the_rest_is_now() {
        assert_eq!(ask("htmlDate", &[Value::Int(86_400)]), Ok("1970-01-02".into()));
        assert_eq!(ask("htmlDate", &[Value::Float(86_400.0)]), Ok("2020-09-13".into()));
        assert_eq!(ask("now", &[]), Ok("2020-09-13 12:26:40 +0000 UTC m=+0.000000000".into()));
        assert_eq!(ask("ago", &[Value::Int(1_599_999_910)]), Ok("1m30s".into()));
        assert_eq!(ask("durationRound", &[Value::string("2400h")]), Ok("3mo".into()));
        let durations = [Value::string("95"), Value::Int64(95), Value::Int(95), Value::string("1.0")];
        assert_eq!(
            durations.map(|value| ask("duration", &[value])),
            ["1m35s", "1m35s", "0s", "0s"].map(|text| Ok(text.into()))
        );
    }

    #[test]
    fn zones_are_known_by_their_exact_names() {
        let shown = |zone: &str| {
            let arguments = [Value::string("15h04 MST"), Value::Int(1_600_000_000), Value::string(zone)];
            ask_in("America/New_York", "dateInZone", &arguments).expect("a text")
        };
        assert_eq!(
            ["Asia/Kolkata", "Local", "asia/kolkata", ""].map(shown),
            ["17h56 IST", "08h26 EDT", "12h26 UTC", "12h26 UTC"]
        );
    }

    #[test]
    fn times_are_read_by_layout() {
        let zone = "Europe/Berlin";
        assert_eq!(read_in("UTC", "2006-01-02", "2021-03-04"), "2021-03-04 00:00:00 +0000 UTC");
        assert_eq!(read_in(zone, "2006-01-02 15:04:05 MST", "2020-01-01 12:00:00 CEST"), "2020-01-01 11:00:00 +0100 CET");
        assert_eq!(
            read_in(zone, "2006-01-02 15:04:05 -0700", "2020-07-01 12:00:00 +0200"),
            "2020-07-01 12:00:00 +0200 CEST"
        );
        assert_eq!(read_in(zone, "2006-01-02 MST", "2020-07-01 GMT+3"), "2020-07-01 03:00:00 +0300 GMT+3");
        assert_eq!(read_in("UTC", "Jan _2 2006 3:04:05PM", "feb  9 2020 12:00:00.5AM"), "2020-02-09 00:00:00.5 +0000 UTC");
        assert_eq!(read_in("UTC", "2006 002", "2020 060"), "2020-02-29 00:00:00 +0000 UTC");
        assert_eq!(ask("toDate", &[Value::string("2006"), Value::string("x")]), Ok("0001-01-01 00:00:00 +0000 UTC".into()));
    }

    #[test]
    fn what_is_no_time_is_said_in_go_s_words() {
        let error = |layout: &str, text: &str| read_in("UTC", layout, text);
        assert_eq!(error("2006-01-02", "bad"), "parsing time \"bad\" as \"2006-01-02\": cannot parse \"bad\" as \"2006\"");
        assert_eq!(error("2006-01-02", "2021-03-04T"), "parsing time \"2021-03-04T\": extra text: \"T\"");
        assert_eq!(error("2006-01-02", "2021-13-04"), "parsing time \"2021-13-04\": month out of range");
        assert_eq!(error("2006-01-02", "2021-02-29"), "parsing time \"2021-02-29\": day out of range");
        assert_eq!(
            error("2006/é", "2021é"),
            "parsing time \"2021\\xc3\\xa9\" as \"2006/\\xc3\\xa9\": cannot parse \"\\xc3\\xa9\" as \"/\\xc3\\xa9\""
        );
        assert_eq!(error("2006 002", "2021 366"), "parsing time \"2021 366\": day-of-year out of range");
    }

    #[test]
    fn times_are_moved() {
        let time = |text: &str| object::value(parse::parse(b"2006-01-02", text.as_bytes(), &Zone::Utc).expect("a time"));
        let modified = ask("dateModify", &[Value::string("-1.5h"), time("2020-01-01")]);
        assert_eq!(modified, Ok("2019-12-31 22:30:00 +0000 UTC".into()));
        assert_eq!(
            ask("date_modify", &[Value::string("1d"), time("2020-01-01")]),
            Ok("2020-01-01 00:00:00 +0000 UTC".into())
        );
        let error = ask("mustDateModify", &[Value::string("1d"), time("2020-01-01")]);
        assert_eq!(error, Err("time: unknown unit \"d\" in duration \"1d\"".into()));
        assert_eq!(ask("unixEpoch", &[time("1970-01-02")]), Ok("86400".into()));
    }
}
