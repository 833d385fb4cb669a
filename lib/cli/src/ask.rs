//! Asking the user for what no flag gives.

use crate::{Failure, write_stdout};
use std::io::{BufRead, IsTerminal};
use std::process::{Command, Stdio};

/// Nobody may see it: the answer counts all the same.
fn show(text: &str) {
    let _ = write_stdout(text.as_bytes());
}

/// Asks for a line; what is typed is shown.
///
/// # Errors
/// `EOF` when there is none.
pub fn ask(prompt: &str) -> Result<String, Failure> {
    show(prompt);
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line)? {
        0 => Err(Failure::new("EOF")),
        _ => Ok(line.trim_end_matches(['\n', '\r']).to_owned()),
    }
}

/// Asks at the terminal, which does not show what is typed.
///
/// # Errors
/// When there is no terminal, or it cannot hide what is typed.
pub fn ask_hidden(prompt: &str) -> Result<String, Failure> {
    show(prompt);
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new("inappropriate ioctl for device"));
    }
    let echo = |mode: &str| Command::new("stty").arg(mode).stdin(Stdio::inherit()).status();
    let is_hidden = echo("-echo").is_ok_and(|status| status.success());
    if !is_hidden {
        return Err(Failure::new("the terminal would show what is typed: give it in a file or through standard input"));
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    echo("echo")?;
    show("\n");
    read?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
