//! A line about the downloads under way, for people at a terminal: drawn over itself on standard error, and gone before anything
//! else is printed.
//!
//! ```text
//! web-1.2.0.tgz [######--------------] 12.3 of 45.0 MB
//! ```

use crate::live::{bar, can_draw, fit, terminal_size};
use rhelm_fetch::{Transfer, Watch};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is smaller is there before anybody could read the line.
const NOTABLE: u64 = 1 << 20;
/// Of a file's name; that of a registry's blob is long.
const LONGEST_NAME: usize = 40;

/// The terminal is one, whoever fetches and whoever prints.
static SCREEN: Mutex<Screen> = Mutex::new(Screen { transfers: BTreeMap::new(), drawn: String::new() });

struct Screen {
    /// Bytes received and expected, by URL.
    transfers: BTreeMap<String, (u64, Option<u64>)>,
    drawn: String,
}

/// Draws downloads where there is a terminal for it.
pub(crate) fn watch() -> Watch {
    if can_draw() { Watch::new(show) } else { Watch::default() }
}

/// Takes the line away: somebody is about to print.
pub(crate) fn clear() {
    screen().draw(String::new());
}

fn screen() -> MutexGuard<'static, Screen> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn show(transfer: &Transfer<'_>) {
    let mut screen = screen();
    if transfer.is_over {
        screen.transfers.remove(transfer.url);
    } else if transfer.received.max(transfer.total.unwrap_or(0)) >= NOTABLE {
        screen.transfers.insert(transfer.url.to_owned(), (transfer.received, transfer.total));
    }
    let text = screen.text();
    screen.draw(text);
}

impl Screen {
    fn text(&self) -> String {
        let received: u64 = self.transfers.values().map(|(received, _)| received).sum();
        let total: Option<u64> = self.transfers.values().map(|(_, total)| *total).sum();
        let what = match self.transfers.len() {
            0 => return String::new(),
            1 => self.transfers.keys().next().map(|url| file_name(url)).unwrap_or_default(),
            several => format!("{several} downloads"),
        };
        match total {
            Some(total) => format!("{what} {} {} of {} MB", bar(received, total), megabytes(received), megabytes(total)),
            None => format!("{what} {} MB", megabytes(received)),
        }
    }

    fn draw(&mut self, text: String) {
        if text == self.drawn {
            return;
        }
        let line = fit(&text, terminal_size().0);
        // A terminal that has gone away is no matter.
        let _ = std::io::stderr().lock().write_all(format!("\r\x1b[K{line}").as_bytes());
        self.drawn = text;
    }
}

/// The last part of a URL's path: nothing of a user or a query.
fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().chars().take(LONGEST_NAME).collect()
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}
