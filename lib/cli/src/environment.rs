//! The world outside a chart, as templates may see it: the machine's clock, randomness, time zone and name service.

use crate::Failure;
use rhelm_fetch::{Access, FetchError, Fetcher};
use rhelm_lib::gourl::shown;
use rhelm_lib::render::{self, Environment};
use std::net::ToSocketAddrs;
use std::sync::Arc;
use std::time::SystemTime;

/// The real environment; names are resolved only with `enable_dns`.
#[must_use]
pub fn environment(enable_dns: bool) -> Environment {
    Environment {
        clock: Arc::new(SystemTime::now),
        random: Arc::new(fill),
        time_zone: time_zone(),
        time_zone_data: Arc::new(time_zone_data),
        memory: memory().map(|_| Arc::new(|| memory().unwrap_or_default()) as render::Gauge),
        resolve: if enable_dns { Arc::new(resolve) } else { Arc::new(|_| None) },
        fetch: Arc::new(fetch_schema),
    }
}

/// Makes a release's name of `--name-template`.
///
/// # Errors
/// When the template fails.
pub fn render_name(template: &str) -> Result<String, Failure> {
    Ok(render::render_name(template, &environment(true), |name| std::env::var(name).ok())?)
}

/// What the system says of this process; nothing where there is no such file.
fn memory() -> Option<usize> {
    const PAGE: usize = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

fn fill(buffer: &mut [u8]) {
    // Without randomness keys and passwords would be guessable: better none at all.
    getrandom::fill(buffer).expect("the system gives random bytes");
}

fn resolve(host: &str) -> Option<Vec<String>> {
    let addresses = (host, 0).to_socket_addrs().map(|found| found.map(|address| address.ip().to_string()).collect());
    Some(addresses.unwrap_or_default())
}

fn fetch_schema(url: &str) -> Result<Vec<u8>, String> {
    let fetched = Fetcher::new(Access::default()).get(url, url);
    let url = shown(url);
    fetched.map_err(|error| match error {
        FetchError::Status { status, .. } => {
            let (number, words) = status.split_once(' ').unwrap_or((&status, ""));
            format!("HTTP request to {url} returned status {number} ({words})")
        }
        other => format!("HTTP request failed for {url}: {other}"),
    })
}

/// Where Go looks for time zones.
const ZONES: &[&str] = &["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"];

fn time_zone_data(name: &str) -> Option<Vec<u8>> {
    let is_safe = !name.starts_with('/') && !name.split('/').any(|part| part == "..");
    let read = |folder: &&str| std::fs::read(std::path::Path::new(folder).join(name)).ok();
    ZONES.iter().filter(|_| is_safe).find_map(read)
}

/// The name of the local time zone: `TZ`, or what `/etc/localtime` links to, as Go finds it.
fn time_zone() -> String {
    match std::env::var("TZ") {
        Ok(name) if name.is_empty() => "UTC".to_owned(),
        Ok(name) => name.trim_start_matches(':').to_owned(),
        Err(_) => {
            let target = std::fs::read_link("/etc/localtime").unwrap_or_default();
            let text = target.to_string_lossy();
            text.split_once("zoneinfo/").map_or_else(|| "UTC".to_owned(), |(_, name)| name.to_owned())
        }
    }
}
