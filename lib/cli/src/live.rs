//! The live table of a wait, for people at a terminal: drawn over itself on standard error, and gone when the wait is over.
//!
//! ```text
//! Waiting until 2 objects are ready [#####-----] 1/2, 12s of 5m0s
//! Service/w     Current
//! Deployment/w  InProgress  Available: 0/1
//!   pod w-7c9-x2: container web is waiting: ErrImagePull: no such image
//! ```

use rhelm_lib::cluster::readiness::Goal;
use rhelm_lib::cluster::{Progress, Row};
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use terminal_size::{Height, Width, terminal_size_of};

/// Characters of the bar.
const BAR: usize = 20;
/// What a terminal is taken for that does not say how large it is.
const USUAL: (usize, usize) = (80, 24);

/// A table at the terminal.
#[derive(Default)]
pub struct LiveTable(Mutex<Drawn>);

#[derive(Default)]
struct Drawn {
    /// Lines that are there now.
    lines: usize,
    /// Nothing is drawn any more.
    stopped: bool,
}

impl LiveTable {
    /// A table, where standard error is a terminal that can draw one.
    #[must_use]
    pub fn at_terminal() -> Option<Self> {
        can_draw().then(Self::default)
    }

    /// Draws how a wait stands in the place of what was drawn before; `None`: takes it away.
    pub fn show(&self, progress: Option<&Progress>) {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.stopped {
            return;
        }
        let size = terminal_size();
        let lines = progress.map(|progress| lines(progress, size.0, size.1)).unwrap_or_default();
        drawn.put(&lines);
    }

    /// Takes the table away for good: somebody else is about to write.
    pub fn stop(&self) {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.put(&[]);
        drawn.stopped = true;
    }
}

impl Drawn {
    fn put(&mut self, lines: &[String]) {
        let mut text = String::new();
        if self.lines > 0 {
            text = format!("\x1b[{}A\r\x1b[J", self.lines);
        }
        lines.iter().for_each(|line| text.push_str(&format!("{line}\r\n")));
        self.lines = lines.len();
        // A terminal that has gone away is no matter.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Whether standard error is a terminal that can draw.
pub(crate) fn can_draw() -> bool {
    let is_dumb = std::env::var("TERM").is_ok_and(|terminal| terminal == "dumb");
    std::io::stderr().is_terminal() && !is_dumb
}

/// Its columns and lines.
pub(crate) fn terminal_size() -> (usize, usize) {
    let size = terminal_size_of(std::io::stderr());
    size.map_or(USUAL, |(Width(width), Height(height))| (usize::from(width), usize::from(height)))
}

/// The table, no larger than this. What is not done comes first.
fn lines(progress: &Progress, width: usize, height: usize) -> Vec<String> {
    let all = progress.rows.len();
    let (done, missing): (Vec<&Row>, Vec<&Row>) = progress.rows.iter().partition(|row| row.is_done);
    let mut table = Vec::new();
    let rows: Vec<&Row> = missing.into_iter().chain(done.iter().copied()).collect();
    let longest = rows.iter().map(|row| name(row).chars().count()).max().unwrap_or_default();
    for row in rows {
        let line = format!("{:longest$}  {}  {}", name(row), row.state.status, row.state.message);
        table.push(line.trim_end().to_owned());
        table.extend(row.reasons.iter().map(|reason| format!("  {reason}")));
    }
    let room = height.saturating_sub(2).max(1);
    if table.len() > room {
        let left = table.len() - room + 1;
        table.truncate(room - 1);
        table.push(format!("… {left} more lines"));
    }
    table.insert(0, heading(progress, done.len(), all));
    table.iter().map(|line| fit(line, width)).collect()
}

fn heading(progress: &Progress, done: usize, all: usize) -> String {
    let bar = bar(done as u64, all as u64);
    let goal = match progress.goal {
        Goal::Ready { .. } => "ready",
        Goal::Finished { .. } => "finished",
        Goal::Gone { .. } => "gone",
    };
    let (objects, are) = if all == 1 { ("object", "is") } else { ("objects", "are") };
    let limit = match progress.timeout {
        Duration::ZERO => String::new(),
        timeout => format!(" of {}", span(timeout)),
    };
    format!("Waiting until {all} {objects} {are} {goal} {bar} {done}/{all}, {}{limit}", span(progress.elapsed))
}

/// `[#####-----]`: how much of a whole there is.
pub(crate) fn bar(done: u64, all: u64) -> String {
    let filled = (BAR as u64 * done).checked_div(all).map_or(BAR, |filled| BAR.min(filled as usize));
    format!("[{}{}]", "#".repeat(filled), "-".repeat(BAR - filled))
}

/// `1h2m3s`, as Go writes whole seconds.
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

fn name(row: &Row) -> String {
    format!("{}/{}", row.id.kind, row.id.name)
}

/// One line of the terminal: what comes from logs must not move its cursor.
pub(crate) fn fit(line: &str, width: usize) -> String {
    let clean = line.chars().map(|c| if c.is_control() { ' ' } else { c });
    let (fits, rest): (Vec<_>, Vec<_>) = clean.enumerate().partition(|(at, _)| *at < width.saturating_sub(1));
    let text: String = fits.into_iter().map(|(_, c)| c).collect();
    if rest.is_empty() { text } else { text + "…" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhelm_lib::cluster::ObjectId;
    use rhelm_lib::cluster::readiness::{State, Status};

    fn row(kind: &str, status: Status, message: &str, reasons: &[&str]) -> Row {
        let id = ObjectId { api_version: "v1".into(), kind: kind.into(), namespace: "n".into(), name: "w".into() };
        let reasons = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        Row { id, state: State::new(status, message), is_done: status == Status::Current, reasons }
    }

    fn progress() -> Progress {
        let log = "log of web: \x1b[31mpanic\tno";
        let rows = vec![
            row("Service", Status::Current, "Service is ready", &[]),
            row("Deployment", Status::InProgress, "Available: 0/1", &["pod w-1: container web is not ready", log]),
        ];
        let goal = Goal::Ready { jobs: false, legacy: false };
        Progress { goal, elapsed: Duration::from_millis(72_900), timeout: Duration::from_secs(300), rows }
    }

    #[test]
    fn objects_are_shown_with_their_states_and_reasons() {
        let expected = [
            "Waiting until 2 objects are ready [##########----------] 1/2, 1m12s of 5m0s",
            "Deployment/w  InProgress  Available: 0/1",
            "  pod w-1: container web is not ready",
            "  log of web:  [31mpanic no",
            "Service/w     Current  Service is ready",
        ];
        assert_eq!(lines(&progress(), 80, 24), expected);
    }

    #[test]
    fn a_table_is_no_larger_than_its_terminal() {
        let expected = ["Waiting until 2 obj…", "Deployment/w  InPro…", "… 3 more lines"];
        assert_eq!(lines(&progress(), 20, 4), expected);
        assert_eq!(lines(&progress(), 20, 0)[1..], ["… 4 more lines"]);
    }
}
