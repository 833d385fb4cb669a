//! Whether a program ends when nobody reads its output any more.

use super::super::program::process::{Ending, Process};
use super::super::{Action, Stage, Surroundings};
use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// Runs the stage's program on `stream`, reads one byte and goes away. How it ends does not matter. Filters of this process have
/// no pipe that could be closed.
///
/// # Errors
/// When the program cannot be started, or does not end within `limit`.
pub(super) fn closes(stage: &Stage, stream: &str, surroundings: &Surroundings, limit: Duration) -> Result<(), String> {
    let Action::Program(program) = &stage.action else { return Ok(()) };
    let environment = stage.options.visible(&surroundings.environment);
    let process = Process::start(program, environment, stage.options.terminal).map_err(|error| error.to_string())?;
    let Process { mut child, group, mut stdin, mut stdout, mut stderr } = process;
    let (sender, ended) = channel();
    let stream = stream.to_owned();
    // Each of them ends when the program does.
    thread::spawn(move || drop(stdin.write_all(stream.as_bytes())));
    thread::spawn(move || drop(std::io::copy(&mut stderr, &mut std::io::sink())));
    thread::spawn(move || {
        let _ = stdout.read(&mut [0]);
        drop(stdout);
        let _ = sender.send(child.wait());
    });
    match ended.recv_timeout(limit) {
        Ok(_) => Ok(()),
        Err(_) => {
            group.end(Ending::Kill);
            Err(format!("it goes on for more than {limit:?} after its output was closed"))
        }
    }
}
