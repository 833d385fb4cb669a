//! The flags that say what is waited for.

use crate::{parse_duration, print_logs};
use clap::Args;
use rhelm_lib::action::{Strategy, WaitOptions};
use rhelm_lib::log::{Level, Log};
use std::time::Duration;

/// What to wait for, and how long.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Waiting")]
pub struct WaitArgs {
    /// Wait until everything is ready: `watcher`, `legacy` or `hookOnly`
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "watcher", value_parser = parse_wait)]
    pub wait: Option<String>,
    /// How long each single wait may take
    #[arg(long, default_value = "5m0s", value_parser = parse_duration)]
    pub timeout: Duration,
}

/// Reads the value of `--wait`.
pub(crate) fn parse_wait(text: &str) -> Result<String, String> {
    match text {
        "watcher" | "legacy" | "hookOnly" | "true" | "false" => Ok(text.to_owned()),
        _ => Err(format!("invalid wait input {text:?}. Valid inputs are watcher, hookOnly, and legacy")),
    }
}

/// Says what has taken the place of Helm 3's `--wait=true`.
pub(crate) fn warn_of_old_wait(wait: Option<&str>) {
    let (old, new) = match wait {
        Some("true") => ("true", "watcher"),
        Some("false") => ("false", "hookOnly"),
        _ => return,
    };
    let message = format!("--wait={old} is deprecated (boolean value) and can be replaced with --wait={new}");
    print_logs(&[Log { level: Level::Warn, message, fields: Vec::new() }], false);
}

impl WaitArgs {
    /// What the flags come to; `jobs` says whether Jobs must have completed. Old forms get a warning.
    #[must_use]
    pub fn options(&self, jobs: bool) -> WaitOptions {
        warn_of_old_wait(self.wait.as_deref());
        let strategy = match self.wait.as_deref() {
            Some("watcher" | "true") => Strategy::Watcher,
            Some("legacy") => Strategy::Legacy,
            _ => Strategy::HookOnly,
        };
        WaitOptions { strategy, jobs, timeout: self.timeout }
    }

    /// The flags again, as words.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self.wait.iter().map(|wait| format!("--wait={wait}")).collect();
        if self.timeout != Duration::from_secs(300) {
            words.push(format!("--timeout={}ms", self.timeout.as_millis()));
        }
        words
    }
}
