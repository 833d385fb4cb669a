//! Bounds on what a function may make out of small arguments, so that no template exhausts the memory.

use gotemplate::format::MAX_DEPTH;
use gotemplate::function::FunctionError;

/// The longest text that a function makes, in bytes.
pub(super) const TEXT: usize = 1 << 25;
/// The longest list that a function makes.
pub(super) const ITEMS: usize = 1 << 21;
/// The number of values that a function looks at in one value.
const STEPS: usize = 1 << 19;

/// The size of a text, or an error where it is unknown (too large to be counted) or beyond the limit.
pub(super) fn text(size: Option<usize>) -> Result<usize, FunctionError> {
    within(size, TEXT, "bytes of text")
}

/// The length of a list, or an error where it is unknown or beyond the limit.
pub(super) fn items(len: Option<usize>) -> Result<usize, FunctionError> {
    within(len, ITEMS, "list items")
}

/// What a walk over a value may take: a value that holds another twice, level after level, is short to write and endless to
/// walk.
#[derive(Debug)]
pub(super) struct Budget {
    depth: usize,
    max_depth: usize,
    steps: usize,
}

impl Budget {
    /// The budget of one walk.
    pub(super) fn new() -> Self {
        Self::with_depth(MAX_DEPTH)
    }

    /// The budget of a walk that needs much of the stack for each level.
    pub(super) fn with_depth(max_depth: usize) -> Self {
        Self { depth: 0, max_depth, steps: STEPS }
    }

    /// Begins a list or map; [`Budget::leave`] ends it.
    pub(super) fn enter(&mut self) -> Result<(), FunctionError> {
        self.depth += 1;
        match self.depth <= self.max_depth {
            true => self.step(),
            false => Err(FunctionError::new(format!("value is nested more than {} levels deep", self.max_depth))),
        }
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Goes on to the next value.
    pub(super) fn step(&mut self) -> Result<(), FunctionError> {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => return Err(FunctionError::new(format!("value holds more than {STEPS} values"))),
        }
        Ok(())
    }
}

fn within(size: Option<usize>, limit: usize, what: &str) -> Result<usize, FunctionError> {
    match size {
        Some(size) if size <= limit => Ok(size),
        _ => Err(FunctionError::new(format!("a template function may make at most {limit} {what}"))),
    }
}
