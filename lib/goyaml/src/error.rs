//! The one error of this crate: Go's text, and where in the input it arose.

use std::fmt;

/// What was refused, in the words of the Go libraries.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error(Box<Detail>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Detail {
    message: String,
    offset: Option<usize>,
}

impl Error {
    /// An error with this text and no place, for a [`crate::Walk`] that cannot go on.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Detail { message: message.into(), offset: None }))
    }

    /// A `yaml: …` error found at byte `offset` of the input, whose text names `line` unless that is 0.
    pub(crate) fn yaml(line: u32, problem: &str, offset: usize) -> Self {
        let message = if line == 0 { format!("yaml: {problem}") } else { format!("yaml: line {line}: {problem}") };
        Self(Box::new(Detail { message, offset: Some(offset) }))
    }

    /// The same error, noticed at byte `offset` of the input.
    pub(crate) fn noticed_at(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// The same error with `context: ` before its text.
    #[must_use]
    pub fn within(mut self, context: &str) -> Self {
        self.0.message.insert_str(0, ": ");
        self.0.message.insert_str(0, context);
        self
    }

    /// Byte offset in the input at which the problem was noticed, where one is known. The line in the text is Go's, which is
    /// often one too high or too low and absent for the first line; this is exact.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}
