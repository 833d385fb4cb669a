//! The run itself: what happens to the stages, until all are over or one has failed.

use super::super::filter::FilterError;
use super::super::program::process::{Ending, Group, describe};
use super::super::stage::Stage;
use super::super::{Part, PostRenderError};
use super::feed::Feed;
use super::start::{Event, Post};
use super::{Outcome, Report, StageReport, Surroundings, check};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How long stages have to end when they are told to, before they are killed.
const GRACE: Duration = Duration::from_secs(2);

/// Sends `stream` through all stages and returns what the last one wrote, with a report. What no stage changed, and without
/// stages anything, comes back as the same allocation. `part` is what messages call the stream.
///
/// The result is an error for the stage that failed first, by its name, exit status and messages; for one that took too long;
/// and for output that is empty, no text, or no manifests. A stage that ends without reading its input is no failure.
#[must_use]
pub fn run(stages: &[Stage], stream: impl Into<Arc<String>>, part: Part, surroundings: &Surroundings) -> Outcome {
    let stream = stream.into();
    if stages.is_empty() {
        return Outcome { result: Ok(stream), report: Report::default() };
    }
    let mut feeds = vec![Feed::of(&stream)];
    feeds.resize_with(stages.len() + 1, || Feed::after(&stream));
    let (sender, events) = channel();
    let mut run = Run { part, stages, feeds: &feeds, surroundings, events, progress: Vec::new(), failure: None };
    run.start(&sender);
    surroundings.interrupt.listen(sender);
    run.watch();
    run.finish()
}

struct Run<'a> {
    part: Part,
    stages: &'a [Stage],
    feeds: &'a [Feed],
    surroundings: &'a Surroundings,
    events: Receiver<Event>,
    progress: Vec<Progress>,
    failure: Option<Failure>,
}

/// How far a stage is.
#[derive(Debug, Default)]
struct Progress {
    group: Option<Group>,
    started: Duration,
    /// Since when all of its input is there.
    fed: Option<Duration>,
    /// How it ended, in Go's words, and when.
    ended: Option<(String, Duration)>,
    succeeded: bool,
    wrote: bool,
    said: Option<String>,
}

/// What ended the run.
#[derive(Debug)]
enum Failure {
    Start(PostRenderError),
    Stage(usize),
    Timeout(usize),
    /// A stage's output could not be read on.
    Output(usize, std::io::Error),
    Interrupted,
}

impl Progress {
    fn is_over(&self) -> bool {
        self.ended.is_some() && self.wrote
    }
}

impl Run<'_> {
    fn start(&mut self, events: &Sender<Event>) {
        for (index, stage) in self.stages.iter().enumerate() {
            let (input, output) = (&self.feeds[index], &self.feeds[index + 1]);
            let post = Post { index, stage, input, output, events, surroundings: self.surroundings, part: self.part };
            let now = self.now();
            match post.start() {
                Ok(group) => {
                    let fed = (index == 0).then_some(now);
                    self.progress.push(Progress { group, started: now, fed, ..Progress::default() });
                }
                Err(error) => {
                    self.failure = Some(Failure::Start(error));
                    return;
                }
            }
        }
    }

    /// Follows the stages to their ends.
    fn watch(&mut self) {
        while self.failure.is_none() && !self.progress.iter().all(Progress::is_over) {
            let event = match self.time_left() {
                Some((stage, left)) if left.is_zero() => {
                    self.failure = Some(Failure::Timeout(stage));
                    break;
                }
                Some((_, left)) => match self.events.recv_timeout(left) {
                    Err(RecvTimeoutError::Timeout) => continue,
                    other => other.ok(),
                },
                None => self.events.recv().ok(),
            };
            match event {
                Some(event) => self.note(event),
                // The interrupt keeps a sender as long as the run goes on.
                None => break,
            }
        }
        if self.failure.is_some() {
            self.end_all();
        }
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Exited(stage, Ok(status)) => self.ended(stage, describe(status), status.success()),
            Event::Exited(stage, Err(error)) => self.ended(stage, error.to_string(), false),
            Event::Filtered(stage, Ok(())) => self.ended(stage, "exit status 0".to_owned(), true),
            Event::Filtered(stage, Err(error)) => self.ended(stage, format!("exit status {}", status_of(&error)), false),
            Event::Output(stage, copied) => {
                self.progress[stage].wrote = true;
                if let (Err(error), None) = (copied, &self.failure) {
                    self.failure = Some(Failure::Output(stage, error));
                }
                self.feed_next(stage);
            }
            Event::Said(stage, text) => self.progress[stage].said = Some(text),
            Event::Interrupted => {
                self.failure.get_or_insert(Failure::Interrupted);
            }
        }
    }

    fn ended(&mut self, stage: usize, status: String, succeeded: bool) {
        let now = self.now();
        let progress = &mut self.progress[stage];
        (progress.ended, progress.succeeded) = (Some((status, now)), succeeded);
        if !succeeded {
            self.failure.get_or_insert(Failure::Stage(stage));
        }
        self.feed_next(stage);
    }

    /// Lets the next stage see the end of its input, once it is sure that all of it is right: the output of a stage that failed
    /// never looks complete.
    fn feed_next(&mut self, stage: usize) {
        if self.progress[stage].is_over() && self.failure.is_none() {
            self.feeds[stage + 1].end();
            let now = self.now();
            if let Some(next) = self.progress.get_mut(stage + 1) {
                next.fed = Some(now);
            }
        }
    }

    /// The stage whose time runs out next, and how much it has left.
    fn time_left(&self) -> Option<(usize, Duration)> {
        let now = self.now();
        let left = |(index, progress): (usize, &Progress)| {
            let timeout = self.stages[index].options.timeout.filter(|_| !progress.is_over())?;
            Some((index, (progress.fed? + timeout).saturating_sub(now)))
        };
        self.progress.iter().enumerate().filter_map(left).min_by_key(|&(_, left)| left)
    }

    /// Ends all stages, gently at first, and waits until they are gone.
    fn end_all(&mut self) {
        // A background job of a shell does not hear an interrupt, nor does what it starts.
        let endings: &[_] = match self.failure {
            Some(Failure::Interrupted) => &[Ending::Interrupt, Ending::Terminate, Ending::Kill],
            _ => &[Ending::Terminate, Ending::Kill],
        };
        self.feeds.iter().for_each(Feed::abandon);
        for &ending in endings {
            let going = self.progress.iter().filter(|progress| !progress.is_over());
            going.filter_map(|progress| progress.group).for_each(|group| group.end(ending));
            if self.wait_for_ends() {
                return;
            }
        }
    }

    /// Waits for the ends of all stages, and for the last words of the one that failed; not for ever.
    fn wait_for_ends(&mut self) -> bool {
        let until = self.now() + GRACE;
        loop {
            let failed = self.failed().and_then(|stage| self.progress.get(stage));
            let said = failed.is_none_or(|progress| progress.said.is_some());
            if said && self.progress.iter().all(Progress::is_over) {
                return true;
            }
            let left = until.saturating_sub(self.now());
            match self.events.recv_timeout(left) {
                Ok(event) => self.note(event),
                Err(_) => return false,
            }
        }
    }

    fn failed(&self) -> Option<usize> {
        match self.failure {
            Some(Failure::Stage(stage) | Failure::Timeout(stage) | Failure::Output(stage, _)) => Some(stage),
            _ => None,
        }
    }

    fn now(&self) -> Duration {
        (self.surroundings.clock)()
    }

    fn finish(mut self) -> Outcome {
        let mut report =
            Report { stages: self.stages.iter().zip(&self.progress).map(stage_report).collect(), warnings: Vec::new() };
        let result = match self.failure.take() {
            Some(failure) => Err(self.error(failure)),
            None => check::check(self.stages, self.feeds, self.part, &mut report),
        };
        Outcome { result, report }
    }

    fn error(&mut self, failure: Failure) -> PostRenderError {
        let (stage, status) = match failure {
            Failure::Start(error) => return error,
            Failure::Interrupted => return PostRenderError::Interrupted { part: self.part },
            Failure::Stage(stage) => {
                let ended = self.progress[stage].ended.take();
                (stage, ended.map(|(status, _)| status).unwrap_or_default())
            }
            Failure::Timeout(stage) => {
                let timeout = self.stages[stage].options.timeout.unwrap_or_default();
                (stage, format!("timed out after {timeout:?}"))
            }
            Failure::Output(stage, error) => (stage, error.to_string()),
        };
        let stderr = self.progress[stage].said.take().unwrap_or_default();
        let stage = &self.stages[stage];
        let (name, called, command) = (stage.name.clone(), stage.given_name().map(str::to_owned), stage.command());
        PostRenderError::Failed { part: self.part, name, called, command, stderr, status }
    }
}

fn status_of(error: &FilterError) -> u8 {
    match error {
        FilterError::Refused { status, .. } => *status,
        FilterError::Io(_) | FilterError::Document { .. } => 1,
    }
}

fn stage_report((stage, progress): (&Stage, &Progress)) -> StageReport {
    let (status, ended) = progress.ended.clone().unwrap_or_else(|| ("still running".to_owned(), progress.started));
    let status = if progress.succeeded { "ok".to_owned() } else { status };
    StageReport { name: stage.name.clone(), status, time: ended.saturating_sub(progress.started), ..StageReport::default() }
}
