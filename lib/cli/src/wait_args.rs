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
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "watcher", value_parser = parse)]
    pub wait: Option<String>,
    /// How long each single wait may take
    #[arg(long, default_value = "5m0s", value_parser = parse_duration)]
    pub timeout: Duration,
}

fn parse(text: &str) -> Result<String, String> {
    match text {
        "watcher" | "legacy" | "hookOnly" | "true" | "false" => Ok(text.to_owned()),
        _ => Err(format!("invalid wait input {text:?}. Valid inputs are watcher, hookOnly, and legacy")),
    }
}

impl WaitArgs {
    /// What the flags come to; `jobs` says whether Jobs must have completed. Old forms get a warning.
    #[must_use]
    pub fn options(&self, jobs: bool) -> WaitOptions {
        let warn = |old: &str, new: &str| {
            let message = format!("--wait={old} is deprecated (boolean value) and can be replaced with --wait={new}");
            print_logs(&[Log { level: Level::Warn, message, fields: Vec::new() }], false);
        };
        let strategy = match self.wait.as_deref() {
            Some("true") => {
                warn("true", "watcher");
                Strategy::Watcher
            }
            Some("false") => {
                warn("false", "hookOnly");
                Strategy::HookOnly
            }
            Some("watcher") => Strategy::Watcher,
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
