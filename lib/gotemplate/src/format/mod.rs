//! Go's `fmt` over values: what `{{ x }}`, `print`, `println` and `printf` write.
//!
//! Everything here yields bytes, as a string may hold any. Faults of a format are text in the output, as in Go: `%!d(MISSING)`.
//! What Go would die of, values without end and texts without end, is a [`FormatError`]; `?` turns it into a
//! [`FunctionError`](crate::function::FunctionError).

mod directive;
pub mod float;
mod number;
mod printer;
mod quote;
mod text;

pub use quote::{quoted, quoted_ascii};

use crate::value::Value;
use printer::Printer;

/// Why a value could not be formatted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FormatError {
    /// A list or map is nested too deeply, or holds itself.
    TooDeep,
    /// The text is too long.
    TooLong,
}

/// How deeply lists and maps may be nested.
pub const MAX_DEPTH: usize = 1000;

/// How long one formatted text may become, in bytes.
pub const MAX_LENGTH: usize = 1 << 25;

/// The value as `%v` prints it.
///
/// # Errors
/// [`FormatError`]
pub fn print(value: &Value) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    write(value, &mut out)?;
    Ok(out)
}

/// Appends the value as `%v` prints it.
///
/// # Errors
/// [`FormatError`]
pub fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), FormatError> {
    match value {
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        Value::Int(number) | Value::Int64(number) => number::push_decimal(out, *number),
        // Most numbers of a chart are ports and counts.
        Value::Float(number) if float::is_plain_integer(*number) => number::push_decimal(out, *number as i64),
        _ => return write_any(value, out),
    }
    Ok(())
}

fn write_any(value: &Value, out: &mut Vec<u8>) -> Result<(), FormatError> {
    let mut printer = Printer::new(out);
    printer.argument(value, 'v');
    printer.finish()
}

/// Go's `fmt.Sprint`: a blank between two operands when neither is a string.
///
/// # Errors
/// [`FormatError`]
pub fn sprint(operands: &[Value]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    let mut printer = Printer::new(&mut out);
    for (index, operand) in operands.iter().enumerate() {
        let is_string = |operand: &Value| matches!(operand, Value::String(_));
        if index > 0 && !is_string(operand) && !is_string(&operands[index - 1]) {
            printer.push(b" ");
        }
        printer.argument(operand, 'v');
    }
    printer.finish()?;
    Ok(out)
}

/// Go's `fmt.Sprintln`: blanks between all operands, and a newline.
///
/// # Errors
/// [`FormatError`]
pub fn sprintln(operands: &[Value]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    let mut printer = Printer::new(&mut out);
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            printer.push(b" ");
        }
        printer.argument(operand, 'v');
    }
    printer.push(b"\n");
    printer.finish()?;
    Ok(out)
}

/// Go's `fmt.Sprintf`.
///
/// # Errors
/// [`FormatError`]
pub fn sprintf(format: &[u8], operands: &[Value]) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::with_capacity(format.len() + 16);
    directive::format(format, operands, &mut out)?;
    Ok(out)
}

impl std::fmt::Display for FormatError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooDeep => write!(f, "cannot format a value nested more than {MAX_DEPTH} levels deep"),
            Self::TooLong => write!(f, "cannot format a value as more than {MAX_LENGTH} bytes of text"),
        }
    }
}

impl std::error::Error for FormatError {}

impl From<FormatError> for String {
    fn from(error: FormatError) -> Self {
        error.to_string()
    }
}
