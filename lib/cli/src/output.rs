//! Writing to standard output and to the files of `--output-dir`.

use crate::{Failure, downloads};
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes to standard output. A reader that has gone away ends the program quietly.
///
/// # Errors
/// When the output cannot be written for another reason.
pub fn write_stdout(data: &[u8]) -> Result<(), Failure> {
    downloads::clear();
    let mut out = std::io::stdout().lock();
    match out.write_all(data).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::silent(0)),
        Err(error) => Err(Failure::new(format!("standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Prints a line of progress; a reader that has gone away is no matter.
pub fn say(line: &str) {
    downloads::clear();
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Files that grow document by document: the first one of a path replaces what was there.
#[derive(Default)]
pub(crate) struct Files(BTreeSet<String>);

impl Files {
    /// Adds a document to the file `name` below `folder` and says so on standard output.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add(&mut self, folder: &str, name: &str, document: &str) -> Result<(), Failure> {
        let path = format!("{folder}/{name}");
        let parent = Path::new(&path).parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(|error| failed("stat", &parent.display().to_string(), &error))?;
        let is_first = self.0.insert(path.clone());
        let file = if is_first { File::create(&path) } else { OpenOptions::new().append(true).open(&path) };
        let written = file.and_then(|mut file| file.write_all(document.as_bytes()));
        written.map_err(|error| failed("open", &path, &error))?;
        write_stdout(format!("wrote {path}\n").as_bytes())
    }
}

/// In Go's words: `stat out/c: not a directory`.
fn failed(call: &str, path: &str, error: &std::io::Error) -> Failure {
    let text = error.to_string();
    let cause = text.split(" (os error").next().unwrap_or_default().to_lowercase();
    Failure::new(format!("{call} {path}: {cause}\n\nUse --debug flag to render out invalid YAML"))
}
