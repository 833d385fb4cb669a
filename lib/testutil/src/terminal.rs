//! A terminal for a program's standard error, as people have one.

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

/// Runs a program whose standard error is a terminal, and returns what the terminal shows.
///
/// # Panics
/// When there can be no terminal, or the program does not run.
pub fn shown_on_terminal(command: &mut Command) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("its other end");
    let name = ptsname(&terminal, Vec::new()).expect("its name");
    let end = open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("its other end can be opened");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::from(end)).spawn().expect("the program runs");
    // The command holds the other end, and reading stops when nobody does.
    command.stderr(Stdio::null());
    let mut shown = Vec::new();
    let mut chunk = [0; 4096];
    let mut terminal = File::from(terminal);
    // A terminal that nobody writes to any more fails to be read.
    while let Ok(length @ 1..) = terminal.read(&mut chunk) {
        shown.extend_from_slice(&chunk[..length]);
    }
    child.wait().expect("the program ends");
    String::from_utf8(shown).expect("text").replace("\r\n", "\n")
}
