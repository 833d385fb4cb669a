//! Fetching a chart's dependencies: the manager of `lib/fetch` with this machine's clock and environment.

use crate::{Failure, environment, variable};
use rhelm_fetch::dependencies::Manager;
use rhelm_fetch::{Access, Home};
use rhelm_lib::release::time::Time;
use rhelm_lib::render::Environment;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// A manager for the chart at `path`; `report` takes the lines that people read.
#[must_use]
pub fn manager<'a>(home: &'a Home, path: &'a Path, access: Access, report: &'a (dyn Fn(&str) + Sync)) -> Manager<'a> {
    Manager {
        home,
        path,
        access,
        skip_refresh: false,
        now: now(),
        report,
        verify: None,
        package_time: package_time().unwrap_or_default(),
        seconds: seconds(),
    }
}

/// Now, as RFC 3339.
#[must_use]
pub fn now() -> String {
    Time::now(&environment(false)).rfc3339()
}

/// When a file was last written, as RFC 3339 in local time.
///
/// # Errors
/// When it cannot be looked at.
pub fn written(path: &Path) -> std::io::Result<String> {
    let modified = path.metadata()?.modified()?;
    let clock = move || modified;
    let environment = Environment { clock: Arc::new(clock), ..environment(false) };
    Ok(Time::now(&environment).to_seconds().rfc3339())
}

/// Now, in seconds since 1970.
#[must_use]
pub fn seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The time that files of packages get, by `SOURCE_DATE_EPOCH`.
///
/// # Errors
/// When it is no number.
pub fn package_time() -> Result<Option<u64>, Failure> {
    let Some(text) = variable("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else { return Ok(None) };
    let invalid = |_| Failure::new(format!("invalid SOURCE_DATE_EPOCH: strconv.ParseInt: parsing {text:?}: invalid syntax"));
    text.parse().map(Some).map_err(invalid)
}
