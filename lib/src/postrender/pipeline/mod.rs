//! Running stages as a shell runs a pipe: all at once, each reading what the one before it writes.
//!
//! ```text
//! stream → feed → stage → feed → stage → feed → stream        report: what each stage made of each document
//! ```
//!
//! The first stage that fails, or takes too long, ends the others. What no stage changed comes back byte for byte.

mod changes;
mod check;
mod feed;
mod file;
mod report;
mod run;
mod start;

pub use file::{FileStage, PipelineFile, PipelineFileError};
pub use report::{Report, StageReport};
pub use run::run;

use std::ffi::OsString;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a run needs of the world around it.
#[derive(Clone)]
pub struct Surroundings {
    /// Gets each line that a stage writes to its standard error, as it comes.
    pub messages: Arc<dyn Fn(&str, &str) + Send + Sync>,
    /// A clock that only goes forward.
    pub clock: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// The environment, of which stages with a list see a part.
    pub environment: Vec<(OsString, OsString)>,
    /// Ends the run from outside.
    pub interrupt: Interrupt,
}

/// A run's end and what led to it.
#[derive(Debug)]
pub struct Outcome {
    /// What became of the stream.
    pub result: Result<Arc<String>, super::PostRenderError>,
    /// What each stage did, as far as it came.
    pub report: Report,
}

/// Ends runs from outside, as a signal does.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    raised: bool,
    runs: Vec<Sender<start::Event>>,
}

impl Interrupt {
    /// Ends the runs that go on, and those that begin later.
    pub fn raise(&self) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.raised = true;
        // A run that is over does not listen any more.
        waiting.runs.drain(..).for_each(|run| drop(run.send(start::Event::Interrupted)));
    }

    fn listen(&self, run: Sender<start::Event>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.raised {
            drop(run.send(start::Event::Interrupted));
        } else {
            waiting.runs.push(run);
        }
    }
}
