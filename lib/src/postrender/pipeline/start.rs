//! Starting a stage: its process or filter, and the threads that move its streams and say how it ends.

use super::super::annotation::Annotated;
use super::super::filter::FilterError;
use super::super::program::process::{Group, Process};
use super::super::stage::{Action, Stage};
use super::super::{Part, PostRenderError, PostRenderer};
use super::Surroundings;
use super::feed::{Feed, LARGEST};
use std::io::{BufRead, BufReader, Cursor, Error, ErrorKind, Read, Result, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};
use std::thread;

const CHUNK: usize = 1 << 16;

/// What is kept of a stage's messages.
const MOST_MESSAGES: usize = 1 << 20;

/// What happens to the stage with this index.
#[derive(Debug)]
pub(super) enum Event {
    /// Its process is over.
    Exited(usize, Result<ExitStatus>),
    /// Its filter is over.
    Filtered(usize, std::result::Result<(), FilterError>),
    /// It writes no more.
    Output(usize, Result<()>),
    /// It says no more; all that it said.
    Said(usize, String),
    /// The run is to end.
    Interrupted,
}

/// One stage's place in the run.
pub(super) struct Post<'a> {
    pub(super) index: usize,
    pub(super) stage: &'a Stage,
    pub(super) input: &'a Feed,
    pub(super) output: &'a Feed,
    pub(super) events: &'a Sender<Event>,
    pub(super) surroundings: &'a Surroundings,
    pub(super) part: Part,
}

impl Post<'_> {
    /// Starts the stage. A program can be ended by its group.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(super) fn start(&self) -> std::result::Result<Option<Group>, PostRenderError> {
        match &self.stage.action {
            Action::Filter(filter) => {
                self.start_filter(Arc::clone(filter));
                Ok(None)
            }
            Action::Program(program) => {
                let options = &self.stage.options;
                let environment = options.visible(&self.surroundings.environment);
                let process = Process::start(program, environment, options.terminal)
                    .map_err(|source| PostRenderError::Start { part: self.part, program: program.path.clone(), source })?;
                let group = process.group;
                self.start_process(process);
                Ok(Some(group))
            }
        }
    }

    fn start_process(&self, process: Process) {
        let Process { mut child, stdin, stdout, stderr, .. } = process;
        let (index, input, output) = (self.index, self.input.reader(), self.output.clone());
        let annotated = self.stage.options.filename_annotation.then(Arc::<OnceLock<Annotated>>::default);
        let to_restore = annotated.clone();
        // A stage that has had enough of its input is no failure, as in a shell.
        self.spawn(move || {
            let _ = match annotated {
                Some(annotated) => feed_annotated(input, stdin, &annotated),
                None => copy(input, stdin),
            };
            None
        });
        self.spawn(move || {
            let copied = match to_restore {
                Some(annotated) => read_annotated(stdout, &output, &annotated),
                None => copy(stdout, &output),
            };
            Some(Event::Output(index, copied))
        });
        let listen = self.listener();
        self.spawn(move || Some(Event::Said(index, listen(BufReader::new(stderr)))));
        self.spawn(move || Some(Event::Exited(index, child.wait())));
    }

    fn start_filter(&self, filter: Arc<dyn PostRenderer>) {
        let (index, mut input, output) = (self.index, self.input.reader(), self.output.clone());
        let listen = self.listener();
        let events = self.events.clone();
        self.spawn(move || {
            let mut messages = Vec::new();
            let run = AssertUnwindSafe(|| filter.run(&mut input, &mut &output, &mut messages));
            let filtered = catch_unwind(run).unwrap_or_else(|_| Err(Error::other("the filter panicked").into()));
            if let Err(error) = &filtered {
                messages.extend_from_slice(format!("Error: {error}\n").as_bytes());
            }
            let _ = events.send(Event::Said(index, listen(Cursor::new(messages))));
            let _ = events.send(Event::Output(index, Ok(())));
            Some(Event::Filtered(index, filtered))
        });
    }

    /// Runs on a thread, and tells the run what comes of it. The run may be over by then.
    fn spawn(&self, work: impl FnOnce() -> Option<Event> + Send + 'static) {
        let events = self.events.clone();
        thread::spawn(move || work().map(|event| events.send(event)));
    }

    /// Passes on the lines of a stage's messages, and keeps them.
    fn listener<R: BufRead>(&self) -> impl FnOnce(R) -> String + Send + 'static {
        let (messages, name) = (Arc::clone(&self.surroundings.messages), self.stage.name.clone());
        move |mut source| {
            let mut kept = String::new();
            let mut line = Vec::new();
            while source.by_ref().take(CHUNK as u64).read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                let text = String::from_utf8_lossy(&line);
                messages(&name, text.trim_end_matches(['\n', '\r']));
                if kept.len() < MOST_MESSAGES {
                    kept.push_str(&text);
                }
                line.clear();
            }
            kept
        }
    }
}

/// Writes the stream with annotations, once all of it is there, and leaves behind how it was without.
fn feed_annotated(mut input: impl Read, mut output: impl Write, annotated: &OnceLock<Annotated>) -> Result<()> {
    let mut stream = String::new();
    input.read_to_string(&mut stream)?;
    let annotated = annotated.get_or_init(|| Annotated::new(stream));
    output.write_all(annotated.text.as_bytes())
}

/// Reads what a stage made of a stream with annotations, and passes it on without.
fn read_annotated(mut input: impl Read, mut output: impl Write, annotated: &OnceLock<Annotated>) -> Result<()> {
    let mut written = Vec::new();
    input.by_ref().take(LARGEST as u64 + 1).read_to_end(&mut written)?;
    match String::from_utf8(written) {
        Ok(written) => output.write_all(annotated.get().unwrap_or(&Annotated::default()).restore(written).as_bytes()),
        // What is no text is found when all is over.
        Err(error) => output.write_all(error.as_bytes()),
    }
}

/// Copies until the end of `input`, passing on what is there.
fn copy(mut input: impl Read, mut output: impl Write) -> Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => output.write_all(&chunk[..length])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
