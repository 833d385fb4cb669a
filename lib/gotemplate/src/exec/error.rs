//! Why an execution failed, and where.

use crate::format::quoted;
use crate::function::FunctionError;
use crate::program::{Program, Source};
use std::borrow::Cow;
use std::rc::Rc;

/// A failed execution. Its text is Go's: `template: FILE:LINE:COLUMN: executing "NAME" at <EXPRESSION>: MESSAGE`, and, when a
/// function failed, the text of that.
#[derive(Clone, Debug)]
pub struct ExecError(Box<Failure>);

#[derive(Clone, Debug)]
struct Failure {
    template: String,
    location: Option<Location>,
    /// The text that the location is in.
    source: Option<Rc<Source>>,
    message: String,
    cause: Option<FunctionError>,
    /// Whether the message is the whole text.
    bare: bool,
}

impl Failure {
    fn nowhere(template: String, message: String, bare: bool) -> Self {
        Self { template, location: None, source: None, message, cause: None, bare }
    }
}

/// Where an execution failed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Location {
    /// The name of the file that holds the template.
    pub file: String,
    /// Counted from one.
    pub line: usize,
    /// In bytes, counted from zero.
    pub column: usize,
    /// The expression as Go prints it.
    pub expression: String,
}

impl ExecError {
    pub(crate) fn new(program: &Program, instruction: usize, message: String, cause: Option<FunctionError>) -> Self {
        let (line, column) = program.position(instruction);
        let location =
            Location { file: program.source.name.to_string(), line, column, expression: program.expression(instruction) };
        let source = Some(Rc::clone(&program.source));
        Self(Box::new(Failure {
            location: Some(location),
            source,
            cause,
            ..Failure::nowhere(program.name(), message, false)
        }))
    }

    /// A failure before anything was executed.
    pub(crate) fn nowhere(program: &Program, message: String) -> Self {
        Self(Box::new(Failure::nowhere(program.name(), message, false)))
    }

    /// A failure before there was a program.
    pub(crate) fn unparsed(name: &str, message: String) -> Self {
        Self(Box::new(Failure::nowhere(name.to_owned(), message, false)))
    }

    pub(crate) fn no_template(name: &[u8], set: &str) -> Self {
        let message = format!("template: no template {} associated with template {}", quoted(name), quoted(set.as_bytes()));
        let template = String::from_utf8_lossy(name).into_owned();
        Self(Box::new(Failure::nowhere(template, message, true)))
    }

    /// The template that was executed.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.0.template
    }

    /// Where it failed, if execution had begun.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.0.location.as_ref()
    }

    /// The line of the template that it failed in, without its end.
    #[must_use]
    pub fn source_line(&self) -> Option<Cow<'_, str>> {
        let line = self.location()?.line.checked_sub(1)?;
        let line = self.0.source.as_ref()?.text.split(|&byte| byte == b'\n').nth(line)?;
        Some(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)))
    }

    /// What went wrong, without the text of the cause: `error calling include: ` ends with the blank.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The failure of the function that was called, where that is what went wrong.
    #[must_use]
    pub fn cause(&self) -> Option<&FunctionError> {
        self.0.cause.as_ref()
    }

    /// Whether it says that there is no template of that name, `template: no template "x" associated with template "y"`.
    #[must_use]
    pub fn is_missing_template(&self) -> bool {
        self.0.bare
    }

    /// The failed execution that a failed function had begun, whatever text the function put around it.
    #[must_use]
    pub fn inner(&self) -> Option<&Self> {
        self.cause()?.execution()
    }

    /// The texts of this failure and of all that it wraps, as unwrapping Go's errors one by one shows them: each with all
    /// that is inside it, from the outermost inwards. All of them together are long: as the square of how many there are.
    pub fn chain(&self) -> impl Iterator<Item = String> {
        let mut links: Vec<&dyn std::fmt::Display> = vec![self];
        let mut error = self;
        while let Some(cause) = error.cause() {
            if !cause.is_transparent() {
                links.push(cause);
            }
            let Some(inner) = cause.execution() else { break };
            links.push(inner);
            error = inner;
        }
        links.into_iter().map(ToString::to_string)
    }
}

impl std::fmt::Display for ExecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut error = self;
        loop {
            let failure = &*error.0;
            match &failure.location {
                _ if failure.bare => {}
                Some(Location { file, line, column, expression }) => {
                    let template = quoted(failure.template.as_bytes());
                    write!(f, "template: {file}:{line}:{column}: executing {template} at <{expression}>: ")?;
                }
                None => write!(f, "template: {}: ", failure.template)?,
            }
            f.write_str(&failure.message)?;
            match &failure.cause {
                Some(cause) if cause.is_transparent() => match cause.execution() {
                    Some(inner) => error = inner,
                    None => return Ok(()),
                },
                Some(cause) => return f.write_str(&cause.message),
                None => return Ok(()),
            }
        }
    }
}

impl std::error::Error for ExecError {}
