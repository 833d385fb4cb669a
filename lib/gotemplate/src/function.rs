//! Functions that templates call: ordinary typed Rust functions, with conversion, arity and type errors in one place.
//!
//! ```
//! use gotemplate::function::FunctionTable;
//! use gotemplate::value::Str;
//! let mut table = FunctionTable::new();
//! table.add("greet", |name: Str, times: i64| name.to_str_lossy().repeat(times as usize));
//! ```
//!
//! A parameter's Rust type says which Go type it stands for ([`Parameter`]); the executor reads it from
//! [`Function::parameters`] to check arguments before the call, as Go's reflection does.

use crate::value::{List, Map, Str, Value};
use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;

/// The Go type of a parameter, which decides what the executor accepts for it and what it says when it does not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParameterType {
    /// `interface {}`: anything, nil too.
    Any,
    /// `string`.
    String,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `uint32`.
    Uint32,
    /// `float64`.
    Float,
    /// `map[string]interface {}`, nil allowed.
    Map,
    /// `[]interface {}`, nil allowed.
    List,
    /// A struct of that Go type, such as `time.Time`.
    Object(&'static str),
}

/// Why a function did not return a value.
#[derive(Clone, Debug)]
pub struct FunctionError {
    /// What went wrong, as Go's error prints it.
    pub message: String,
    /// The failed execution that a function such as `include` ran, when that is the cause.
    pub source: Option<Rc<dyn Any>>,
}

impl FunctionError {
    /// A failure with this text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }
}

impl<T: Into<String>> From<T> for FunctionError {
    fn from(message: T) -> Self {
        Self::new(message)
    }
}

/// A Rust type that stands for a Go parameter type.
pub trait Parameter: Sized {
    /// The Go type.
    const TYPE: ParameterType;

    /// Takes the argument, which the executor has checked against [`Parameter::TYPE`].
    fn take(value: Value) -> Self;
}

/// A Rust type that a function may return.
pub trait Returned {
    /// As a template value.
    ///
    /// # Errors
    /// The function's own failure.
    fn returned(self) -> Result<Value, FunctionError>;
}

/// The last parameter of a variadic function: all remaining arguments.
pub struct Rest<T>(pub Vec<T>);

/// A Go `int` parameter or result; plain `i64` stands for `int` as well, [`Int64`] for `int64`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Int64(pub i64);

type Body = dyn Fn(&mut Vec<Value>) -> Result<Value, FunctionError>;

/// A function with the Go types of its parameters.
#[derive(Clone)]
pub struct Function {
    /// The types of the fixed parameters.
    pub parameters: Rc<[ParameterType]>,
    /// The type of each further argument, if the function is variadic.
    pub rest: Option<ParameterType>,
    body: Rc<Body>,
}

impl Function {
    /// Calls the function. `arguments` must already fit the parameters in number and type.
    ///
    /// # Errors
    /// The function's own failure.
    pub fn call(&self, mut arguments: Vec<Value>) -> Result<Value, FunctionError> {
        (self.body)(&mut arguments)
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function").field("parameters", &self.parameters).field("rest", &self.rest).finish_non_exhaustive()
    }
}

/// Any Rust closure over [`Parameter`]s that returns something [`Returned`].
pub trait IntoFunction<Arguments> {
    /// The function for the table.
    fn into_function(self) -> Function;
}

/// The functions that templates know, by name.
#[derive(Clone, Debug, Default)]
pub struct FunctionTable {
    // Looked up at parse time only; never iterated towards output.
    functions: HashMap<&'static str, Function>,
}

impl FunctionTable {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces `name`.
    pub fn add<Arguments>(&mut self, name: &'static str, function: impl IntoFunction<Arguments>) {
        self.functions.insert(name, function.into_function());
    }

    /// The function `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// All names, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.functions.keys().copied()
    }
}

macro_rules! parameter {
    ($($rust:ty, $go:ident, $value:ident => $take:expr;)*) => {$(
        impl Parameter for $rust {
            const TYPE: ParameterType = ParameterType::$go;
            fn take($value: Value) -> Self {
                $take
            }
        }
    )*};
}

parameter! {
    Value, Any, value => value;
    Str, String, value => if let Value::String(text) = value { text } else { Str::from("") };
    bool, Bool, value => matches!(value, Value::Bool(true));
    i64, Int, value => integer(&value);
    Int64, Int64, value => Int64(integer(&value));
    u32, Uint32, value => u32::try_from(integer(&value)).unwrap_or_default();
    f64, Float, value => if let Value::Float(number) = value { number } else { 0.0 };
    Map, Map, value => if let Value::Map(map) = value { map } else { Map::nil() };
    List, List, value => if let Value::List(list) = value { list } else { List::nil(crate::value::Element::Any) };
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Uint64(number) => *number as i64,
        Value::Uint8(number) => i64::from(*number),
        _ => 0,
    }
}

macro_rules! returned {
    ($($rust:ty, $value:ident => $result:expr;)*) => {$(
        impl Returned for $rust {
            fn returned(self) -> Result<Value, FunctionError> {
                let $value = self;
                Ok($result)
            }
        }
    )*};
}

returned! {
    Value, value => value;
    Str, text => Value::String(text);
    String, text => Value::string(text);
    &str, text => Value::string(text);
    Vec<u8>, bytes => Value::string(bytes);
    bool, flag => Value::Bool(flag);
    i64, number => Value::Int(number);
    Int64, number => Value::Int64(number.0);
    f64, number => Value::Float(number);
    Map, map => Value::Map(map);
    List, list => Value::List(list);
}

impl<T: Returned, E: Into<FunctionError>> Returned for Result<T, E> {
    fn returned(self) -> Result<Value, FunctionError> {
        self.map_err(Into::into)?.returned()
    }
}

macro_rules! into_function {
    ($($name:ident),*) => {
        impl<Body, Output, $($name),*> IntoFunction<($($name,)*)> for Body
        where
            Body: Fn($($name),*) -> Output + 'static,
            Output: Returned,
            $($name: Parameter,)*
        {
            #[allow(non_snake_case, unused_mut, unused_variables, reason = "one expansion for every arity")]
            fn into_function(self) -> Function {
                Function {
                    parameters: Rc::new([$($name::TYPE),*]),
                    rest: None,
                    body: Rc::new(move |arguments| {
                        let mut arguments = arguments.drain(..);
                        $(let $name = $name::take(arguments.next().unwrap_or_default());)*
                        self($($name),*).returned()
                    }),
                }
            }
        }

        impl<Body, Output, Tail, $($name),*> IntoFunction<($($name,)* Rest<Tail>,)> for Body
        where
            Body: Fn($($name,)* Rest<Tail>) -> Output + 'static,
            Output: Returned,
            Tail: Parameter,
            $($name: Parameter,)*
        {
            #[allow(non_snake_case, unused_mut, reason = "one expansion for every arity")]
            fn into_function(self) -> Function {
                Function {
                    parameters: Rc::new([$($name::TYPE),*]),
                    rest: Some(Tail::TYPE),
                    body: Rc::new(move |arguments| {
                        let mut arguments = arguments.drain(..);
                        $(let $name = $name::take(arguments.next().unwrap_or_default());)*
                        self($($name,)* Rest(arguments.map(Tail::take).collect())).returned()
                    }),
                }
            }
        }
    };
}

into_function!();
into_function!(A);
into_function!(A, B);
into_function!(A, B, C);
into_function!(A, B, C, D);
into_function!(A, B, C, D, E);
into_function!(A, B, C, D, E, F);
