//! Running a chain: all stages at once, joined by the system's pipes, as a shell runs a pipeline.

use super::{PostRenderError, Program};
use std::io::{ErrorKind, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};

/// How a stage ended.
struct Ended {
    stage: usize,
    status: ExitStatus,
    stderr: String,
}

/// Sends `stream` through all stages and returns what the last one wrote. Without stages the stream comes back as it is.
///
/// # Errors
/// The stage that failed first, by its name, exit status and standard error; or output that is empty or no text. A stage that
/// ends without reading its input is no failure.
pub fn run(stages: &[Program], stream: String) -> Result<String, PostRenderError> {
    let Some(last) = stages.last() else { return Ok(stream) };
    let (children, input, mut output) = start(stages)?;
    let mut bytes = Vec::new();
    let ends = std::thread::scope(|scope| -> Result<Vec<Ended>, PostRenderError> {
        let (sender, receiver) = channel();
        for (stage, child) in children.into_iter().enumerate() {
            let sender = sender.clone();
            scope.spawn(move || wait(stage, child, &sender));
        }
        drop(sender);
        let writer = scope.spawn(|| feed(input, stream));
        output.read_to_end(&mut bytes)?;
        // A panic of the writer is impossible: it only writes.
        writer.join().unwrap_or(Ok(()))?;
        receiver.iter().collect::<Result<_, _>>().map_err(PostRenderError::Pipe)
    })?;
    if let Some(failed) = first_failure(ends) {
        return Err(PostRenderError::Failed {
            program: stages[failed.stage].path.clone(),
            status: describe(failed.status),
            stderr: failed.stderr,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| PostRenderError::NotText(last.name.clone()))?;
    if text.trim().is_empty() {
        return Err(PostRenderError::Empty(last.name.clone()));
    }
    Ok(text)
}

/// Starts every stage, each reading what the one before it writes.
fn start(stages: &[Program]) -> Result<(Vec<Child>, ChildStdin, ChildStdout), PostRenderError> {
    let mut children: Vec<Child> = Vec::with_capacity(stages.len());
    for program in stages {
        let stdin = children.last_mut().and_then(|before| before.stdout.take()).map_or_else(Stdio::piped, Stdio::from);
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        match command.spawn() {
            Ok(child) => children.push(child),
            Err(source) => {
                stop(children);
                return Err(PostRenderError::Start { program: program.path.clone(), source });
            }
        }
    }
    let input = children.first_mut().and_then(|child| child.stdin.take());
    let output = children.last_mut().and_then(|child| child.stdout.take());
    match (input, output) {
        (Some(input), Some(output)) => Ok((children, input, output)),
        _ => Err(std::io::Error::from(ErrorKind::BrokenPipe).into()),
    }
}

/// Ends stages that were started before one that could not be.
fn stop(children: Vec<Child>) {
    for mut child in children {
        // Either it is gone already, or the kill is what makes the wait short.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Writes the stream. A reader that has had enough is its own affair, as in a shell.
fn feed(mut input: ChildStdin, stream: String) -> std::io::Result<()> {
    match input.write_all(stream.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

fn wait(stage: usize, mut child: Child, sender: &Sender<std::io::Result<Ended>>) {
    let mut stderr = Vec::new();
    let read = child.stderr.take().map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut stderr));
    let ended = read.and_then(|_| child.wait()).map(|status| {
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        Ended { stage, status, stderr }
    });
    // The receiver lives as long as the scope that this thread belongs to.
    let _ = sender.send(ended);
}

/// The failure that caused the others: the first in time. A stage that a closed pipe ended did not fail: the stage after it
/// had read enough, or failed itself.
fn first_failure(ends: Vec<Ended>) -> Option<Ended> {
    ends.into_iter().find(|end| !end.status.success() && !is_broken_pipe(end.status))
}

#[cfg(unix)]
fn is_broken_pipe(status: ExitStatus) -> bool {
    const SIGPIPE: i32 = 13;
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGPIPE)
}

#[cfg(not(unix))]
fn is_broken_pipe(_: ExitStatus) -> bool {
    false
}

/// An exit status in Go's words.
#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(9)) => "signal: killed".to_owned(),
        (None, Some(15)) => "signal: terminated".to_owned(),
        (None, Some(11)) => "signal: segmentation fault".to_owned(),
        (None, signal) => format!("signal: {}", signal.unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn describe(status: ExitStatus) -> String {
    format!("exit status {}", status.code().unwrap_or_default())
}
