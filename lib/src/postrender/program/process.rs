//! A program as a process: started with pipes in a process group of its own, ended with all that it started itself.

use super::Program;
use std::ffi::OsString;
use std::io;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

/// A process that has been started, with its ends of the pipes.
#[derive(Debug)]
pub(in crate::postrender) struct Process {
    pub(in crate::postrender) child: Child,
    pub(in crate::postrender) group: Group,
    pub(in crate::postrender) stdin: ChildStdin,
    pub(in crate::postrender) stdout: ChildStdout,
    pub(in crate::postrender) stderr: ChildStderr,
}

/// What a signal reaches: a process, and what it started, unless it is to stay at the terminal.
#[derive(Clone, Copy, Debug)]
pub(in crate::postrender) struct Group {
    leader: u32,
    alone: bool,
}

/// How a process is ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::postrender) enum Ending {
    /// As Ctrl-C does.
    Interrupt,
    /// As it may be caught.
    Terminate,
    /// At once.
    Kill,
}

impl Process {
    /// Starts a program. `environment` is all of its environment; without it, it has ours. At the terminal it can read from
    /// there, and what it starts itself is out of reach.
    ///
    /// # Errors
    /// When the system cannot start it.
    pub(in crate::postrender) fn start(
        program: &Program,
        environment: Option<Vec<(OsString, OsString)>>,
        terminal: bool,
    ) -> io::Result<Self> {
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(environment) = environment {
            command.env_clear().envs(environment);
        }
        command.envs(program.variables.iter().map(|(name, value)| (name, value)));
        if !terminal {
            own_group(&mut command);
        }
        let mut child = command.spawn()?;
        let group = Group { leader: child.id(), alone: terminal };
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else { return Err(io::ErrorKind::BrokenPipe.into()) };
        widen(&stdin);
        widen(&stdout);
        Ok(Self { child, group, stdin, stdout, stderr })
    }
}

/// Makes room in a pipe for more than 64 KiB, so that fewer turns are needed. Where there can be no more it stays as it is.
#[cfg(target_os = "linux")]
fn widen(pipe: &impl std::os::fd::AsFd) {
    const ROOM: usize = 1 << 20;
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, ROOM);
}

#[cfg(not(target_os = "linux"))]
fn widen<P>(_: &P) {}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

impl Group {
    /// Sends a signal. That there is nobody left to get it is no failure.
    #[cfg(unix)]
    pub(in crate::postrender) fn end(self, ending: Ending) {
        use rustix::process::{Pid, Signal, kill_process, kill_process_group};
        let signal = match ending {
            Ending::Interrupt => Signal::INT,
            Ending::Terminate => Signal::TERM,
            Ending::Kill => Signal::KILL,
        };
        let Some(pid) = i32::try_from(self.leader).ok().and_then(Pid::from_raw) else { return };
        let _ = if self.alone { kill_process(pid, signal) } else { kill_process_group(pid, signal) };
    }

    #[cfg(not(unix))]
    pub(in crate::postrender) fn end(self, _: Ending) {}
}

/// An exit status in Go's words.
#[cfg(unix)]
#[must_use]
pub fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(1)) => "signal: hangup".to_owned(),
        (None, Some(2)) => "signal: interrupt".to_owned(),
        (None, Some(6)) => "signal: aborted".to_owned(),
        (None, Some(9)) => "signal: killed".to_owned(),
        (None, Some(11)) => "signal: segmentation fault".to_owned(),
        (None, Some(13)) => "signal: broken pipe".to_owned(),
        (None, Some(15)) => "signal: terminated".to_owned(),
        (None, signal) => format!("signal: {}", signal.unwrap_or_default()),
    }
}

/// An exit status in Go's words.
#[cfg(not(unix))]
#[must_use]
pub fn describe(status: ExitStatus) -> String {
    format!("exit status {}", status.code().unwrap_or_default())
}
