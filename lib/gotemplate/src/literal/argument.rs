//! Literals as arguments: they take the type of the parameter, where values would have to have it.

use super::Number;
use crate::function::ParameterType;
use crate::value::Value;

/// What kind of literal an operand is, if it is one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Literal {
    No,
    Nil,
    Bool,
    String,
    Number(Number),
}

impl Literal {
    /// The literal as an argument for that parameter. `ideal` is its value where no type is asked for.
    ///
    /// # Errors
    /// Go's message when it does not fit.
    pub(crate) fn fit(self, ideal: Option<Value>, parameter: ParameterType, text: &[u8]) -> Result<Value, String> {
        let text = || String::from_utf8_lossy(text);
        let expected = |what: &str| format!("expected {what}; found {}", text());
        match (parameter, self) {
            (_, Self::Nil) if parameter.accepts_nil() => Ok(Value::Nil),
            (_, Self::Nil) => Err(format!("cannot assign nil to {parameter}")),
            (ParameterType::Any, _) => ideal.ok_or_else(|| format!("{} overflows int", text())),
            (ParameterType::Bool, Self::Bool) | (ParameterType::String, Self::String) => Ok(ideal.unwrap_or_default()),
            (ParameterType::Bool, _) => Err(expected("bool")),
            (ParameterType::String, _) => Err(expected("string")),
            (ParameterType::Named(_), Self::Number(number)) => {
                number.int.map(Value::Int64).ok_or_else(|| expected("integer"))
            }
            (ParameterType::Named(_), _) => Err(expected("integer")),
            (ParameterType::Int | ParameterType::Int64 | ParameterType::Uint32 | ParameterType::Float, _) => {
                let number = if let Self::Number(number) = self { number } else { Number::default() };
                match parameter {
                    ParameterType::Int => number.int.map(Value::Int).ok_or_else(|| expected("integer")),
                    ParameterType::Int64 => number.int.map(Value::Int64).ok_or_else(|| expected("integer")),
                    // Go cuts what does not fit.
                    ParameterType::Uint32 => {
                        let value = number.uint.map(|number| Value::Uint64(number & u64::from(u32::MAX)));
                        value.ok_or_else(|| expected("unsigned integer"))
                    }
                    _ => number.float.map(Value::Float).ok_or_else(|| expected("float")),
                }
            }
            _ => Err(format!("can't handle {} for arg of type {parameter}", text())),
        }
    }
}
